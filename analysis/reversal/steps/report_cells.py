"""Pages of the cells of one job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reversal.experiment.step_settings import CellsToReport, CellToReport
from reversal.recordings.recording.store import read_recordings
from reversal.report.cell.cell_report import cell_report
from reversal.steps.cell_files import CellFiles
from reversal.steps.night import provenance
from reversal.steps.step_record import StepRecord, digest, for_each_cell
from reversal.tables.results import CellFits, CellMeasures, read_results


def report_cells(batch: CellsToReport, results: Path, reports: Path) -> dict[str, dict[str, Any]]:
    """Bring the page and the PDF of each cell up to date; what its files were made from, by cell and step.

    Raises Refusal at the end if a cell ended with an error.
    """
    files = [CellFiles(one.settings.cell, results, reports) for one in batch.cells]
    for_each_cell([of.cell for of in files], lambda place: _report(batch.cells[place], batch.code, files[place]))
    return {of.cell: StepRecord(of.record).of(["report"]) for of in files}


def _report(cell: CellToReport, code: str, files: CellFiles) -> None:
    used = list(files.tables())
    made_from = digest([cell.model_dump_json(by_alias=True), code], used)
    with StepRecord(files.record).step("report", made_from, files.pages()) as needed:
        if needed:
            measures = read_results(CellMeasures, files.tables_of(CellMeasures))
            cell_report(
                files.cell,
                read_recordings(files.recordings),
                measures,
                read_results(CellFits, files.tables_of(CellFits)),
                cell.settings,
                provenance(cell.configuration_hash, measures.recordings, cell.labels),
                html=files.page,
                pdf=files.pdf,
            )
