"""Read, measure and fit the cells of a batch."""

from pathlib import Path

from reversal.experiment.step_settings import CellsToMeasure
from reversal.steps.finished_jobs import finished
from reversal.steps.measure_cells import measure_cells
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    batch = CellsToMeasure.model_validate_json(snakemake.params.batch)
    said["cells"] = measure_cells(batch, *map(Path, snakemake.params.folders))
