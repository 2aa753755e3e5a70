"""Write the page and the PDF of a cell."""

from pathlib import Path

from reversal.experiment.step_settings import CellSettings
from reversal.recordings.store import read_recordings
from reversal.report.cell.cell_report import cell_report
from reversal.steps.night import provenance
from reversal.steps.step_log import logged
from reversal.tables.results import CellFits, CellMeasures, read_results

with logged(snakemake.log[0]):
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    measures = read_results(CellMeasures, snakemake.input)
    cell_report(
        settings.cell,
        read_recordings(Path(snakemake.input.h5)),
        measures,
        read_results(CellFits, snakemake.input),
        settings,
        provenance(snakemake.params.configuration, measures.recordings),
        html=Path(snakemake.output.html),
        pdf=Path(snakemake.output.pdf),
    )
