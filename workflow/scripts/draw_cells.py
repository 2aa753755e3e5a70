"""Write the figures of the cells of a batch as files."""

from pathlib import Path

from reversal.experiment.step_settings import CellsToReport
from reversal.steps.draw_cells import draw_cells
from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    batch = CellsToReport.model_validate_json(snakemake.params.batch)
    folders = tuple(map(Path, snakemake.params.folders))
    said["bytes"] = sizes_of(draw_cells(batch, *folders), folders)
