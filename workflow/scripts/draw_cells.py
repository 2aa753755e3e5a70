"""Write the figures of the cells of a batch as files."""

from pathlib import Path

from reversal.experiment.step_settings import CellsToReport
from reversal.steps.draw_cells import draw_cells
from reversal.steps.step_log import logged
from reversal.tables.files import write_json

with logged(snakemake.log[0]):
    batch = CellsToReport.model_validate_json(snakemake.params.batch)
    write_json(Path(snakemake.output.done), draw_cells(batch, *map(Path, snakemake.params.folders)))
