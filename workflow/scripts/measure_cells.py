"""Read, measure and fit the cells of a batch."""

from pathlib import Path

from reversal.experiment.step_settings import CellsToMeasure
from reversal.steps.measure_cells import measure_cells
from reversal.steps.step_log import logged
from reversal.tables.files import write_json

with logged(snakemake.log[0]):
    batch = CellsToMeasure.model_validate_json(snakemake.params.batch)
    write_json(Path(snakemake.output.done), measure_cells(batch, *map(Path, snakemake.params.folders)))
