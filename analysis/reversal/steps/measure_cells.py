"""Tables of the cells of one job: read the recordings, measure them, fit the ratios."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from reversal.experiment.step_settings import CellsToMeasure, CellToMeasure
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.ingest_cell import ingest_cell, not_read
from reversal.recordings.recording.store import read_recordings, write_recordings
from reversal.steps.cell_files import CellFiles
from reversal.steps.step_record import StepRecord, digest, for_each_cell
from reversal.tables.files import read_table
from reversal.tables.iv_table import IVPoint
from reversal.tables.results import CellFits, CellMeasures, write_results
from reversal.tables.reversals_table import ReversalRow


def measure_cells(batch: CellsToMeasure, results: Path, reports: Path) -> dict[str, dict[str, Any]]:
    """Bring the tables of each cell up to date; what they were made from, by cell and step.

    Raises Refusal at the end if a cell ended with an error.
    """
    files = [CellFiles(one.reading.cell, results, reports) for one in batch.cells]
    for_each_cell([of.cell for of in files], lambda place: _measure(batch.cells[place], batch.code, files[place]))
    return {of.cell: StepRecord(of.record).of(batch.code) for of in files}


def _measure(cell: CellToMeasure, code: Mapping[str, str], files: CellFiles) -> None:
    record = StepRecord(files.record)
    recordings = measures = None

    made_from = digest([cell.reading.model_dump_json(by_alias=True), code["ingest"]])
    with record.step("ingest", made_from, [files.recordings]) as needed:
        if needed:
            read = ingest_cell(cell.reading, files.results)
            instead = partial(not_read, settings=cell.reading, results=files.results)
            recordings = write_recordings(files.recordings, read, instead)

    made_from = digest([cell.measuring.model_dump_json(by_alias=True), code["measure"]], [files.recordings])
    tables = files.tables_of(CellMeasures)
    with record.step("measure", made_from, tables.values()) as needed:
        if needed:
            # not from the raw files: they may be gone or changed by now, and the copy is what the record is about
            measures = measure_cell(recordings or read_recordings(files.recordings), cell.measuring)
            write_results(measures, tables)

    used = [files.table("reversals"), files.table("iv")]
    made_from = digest([cell.fitting.model_dump_json(by_alias=True), code["fit"]], used)
    tables = files.tables_of(CellFits)
    with record.step("fit", made_from, tables.values()) as needed:
        if needed:
            reversals = measures.reversals if measures else read_table(used[0], ReversalRow)
            iv = measures.iv if measures else read_table(used[1], IVPoint)
            write_results(fit_cell(reversals, cell.fitting, iv), tables)
