"""Write the page and the paper of a cell."""

from pathlib import Path

from reversal.experiment.step_settings import CellSettings
from reversal.recordings.store import read_recordings
from reversal.report.cell.cell_page import cell_report
from reversal.steps import logged, provenance, read_fits, read_measures

with logged(snakemake.log[0]):
    files = snakemake.input
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    cell_report(
        settings.cell,
        read_recordings(Path(files.recordings)),
        read_measures(files.iv, files.reversals, files.quality),
        read_fits(files.permeability, files.nernst),
        settings,
        provenance(snakemake.params.configuration),
        html=Path(snakemake.output.html),
        pdf=Path(snakemake.output.pdf),
    )
