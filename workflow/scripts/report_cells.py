"""Write the page and the PDF of the cells of a batch."""

from pathlib import Path

from reversal.experiment.step_settings import CellsToReport
from reversal.steps.finished_jobs import finished
from reversal.steps.report_cells import report_cells
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    batch = CellsToReport.model_validate_json(snakemake.params.batch)
    said["cells"] = report_cells(batch, *map(Path, snakemake.params.folders))
