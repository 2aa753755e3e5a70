"""Write the page and the PDF of the cells of a batch."""

from pathlib import Path

from reversal.experiment.step_settings import CellsToReport
from reversal.steps.report_cells import report_cells
from reversal.steps.step_log import logged
from reversal.tables.files import write_json

with logged(snakemake.log[0]):
    batch = CellsToReport.model_validate_json(snakemake.params.batch)
    write_json(Path(snakemake.output.done), report_cells(batch, *map(Path, snakemake.params.folders)))
