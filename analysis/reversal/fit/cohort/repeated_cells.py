"""Cells that contain a recording of another cell: a finding lists them, and a mean counts the recording once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from reversal.recordings.fingerprint import same_recording
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import FindingRow, finding_rows
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CohortFits
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import STATUS_OF, Status, worst

CellKey = tuple[str, str]  # experiment and cell
R = TypeVar("R", RecordingRow, ReversalRow, PooledRow)
InCell = TypeVar("InCell", bound=PermeabilityRow | NernstRow | LinePointRow)


def same_in_other_cells(recordings: Sequence[RecordingRow]) -> dict[str, list[RecordingRow]]:
    """Recordings of other cells with the same samples, by recording; what was left out is not counted."""
    rows = [row for row in recordings if row.samples and row.status not in (Status.EXCLUDED, Status.FAILED)]
    marks = [row.samples or "" for row in rows]
    found = {}
    for row, mark in zip(rows, marks, strict=True):
        same = same_recording(mark, marks)
        others = [other for other, is_same in zip(rows, same, strict=True) if is_same and other.cell != row.cell]
        if others:
            found[row.recording] = others
    return found


def repeated_cells(
    recordings: Sequence[RecordingRow], same: Mapping[str, Sequence[RecordingRow]]
) -> dict[CellKey, str]:
    """Cells that repeat a recording of an earlier cell of their experiment, with the name of that cell."""
    order = {cell: n for n, cell in enumerate(dict.fromkeys(row.cell for row in recordings))}
    found: dict[CellKey, str] = {}
    for row in recordings:
        for other in same.get(row.recording, ()):
            if other.experiment == row.experiment and order[other.cell] < order[row.cell]:
                found.setdefault((row.experiment, row.cell), other.cell)
    return found


def without_cells(rows: Sequence[InCell], repeated: Mapping[CellKey, str]) -> list[InCell]:
    """Rows of the cells that are counted."""
    return [row for row in rows if (row.experiment, row.cell) not in repeated]


def in_two_cells(others: Sequence[RecordingRow]) -> Finding:
    """The finding that a recording is also in other cells."""
    named = ", ".join(f"{other.recording} of cell {other.cell}" for other in others)
    return finding(Code.RECORDING_IN_TWO_CELLS, place=named)


def with_finding(row: R, found: Finding) -> R:
    """The row with a further finding; unchanged if it has that finding already."""
    if found.sentence in (row.reason or ""):
        return row
    reason = " ".join(part for part in (found.sentence, row.reason) if part)
    return row.model_copy(update={"status": worst([row.status, STATUS_OF[found.severity]]), "reason": reason})


def named_in_means(fits: CohortFits, repeated: Mapping[CellKey, str]) -> CohortFits:
    """The means of the cohort with the cells that were left out of them because they repeat another cell."""
    pooled, findings = [], list(fits.findings)
    for row in fits.pooled:
        left_out = [
            f"{cell} (as {first})" for (experiment, cell), first in repeated.items() if experiment == row.experiment
        ]
        if left_out:
            found = finding(Code.CELLS_REPEATED, len(left_out), place=", ".join(left_out))
            findings += _pooled_findings(found, row)
            row = with_finding(row, found)
        pooled.append(row)
    return CohortFits(tuple(pooled), fits.comparisons, tuple(findings))


def _pooled_findings(found: Finding, row: PooledRow) -> list[FindingRow]:
    return finding_rows([found], "pooled", experiment=row.experiment, condition=row.condition, quantity=row.quantity)
