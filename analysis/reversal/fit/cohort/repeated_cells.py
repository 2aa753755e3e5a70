"""Cells that contain a recording of another cell: a finding lists them, and a mean counts the recording once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from reversal.fit.cohort.pooled_cells import comparison_findings, has_value, pooled_findings
from reversal.recordings.recording.fingerprint import same_recordings
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CohortFits
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import STATUS_OF, Status, worst

CellKey = tuple[str, str]  # experiment and cell
R = TypeVar("R", RecordingRow, ReversalRow, PooledRow, ComparisonRow)
InCell = TypeVar("InCell", bound=PermeabilityRow | NernstRow | LinePointRow | ReversalRow)


def same_in_other_cells(recordings: Sequence[RecordingRow]) -> dict[str, list[RecordingRow]]:
    """Recordings of other cells with the same samples, by recording; what was left out is not counted."""
    rows = [row for row in recordings if row.samples and row.status not in (Status.EXCLUDED, Status.FAILED)]
    found = {}
    for row, same in zip(rows, same_recordings([row.samples or "" for row in rows]), strict=True):
        others = [rows[place] for place in same if rows[place].cell != row.cell]
        if others:
            found[row.recording] = others
    return found


def repeated_cells(
    recordings: Sequence[RecordingRow], same: Mapping[str, Sequence[RecordingRow]]
) -> dict[CellKey, str]:
    """Cells that repeat a recording of an earlier cell of their experiment, with the name of that cell.

    A cell that is itself left out counts as no earlier cell: its other recordings are in no mean yet.
    """
    order = {cell: n for n, cell in enumerate(dict.fromkeys(row.cell for row in recordings))}
    found: dict[CellKey, str] = {}
    for row in sorted(recordings, key=lambda row: order[row.cell]):
        for other in same.get(row.recording, ()):
            counted = (other.experiment, other.cell) not in found
            if counted and other.experiment == row.experiment and order[other.cell] < order[row.cell]:
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


def named_in_means(
    fits: CohortFits,
    ratios: Sequence[PermeabilityRow],
    lines: Sequence[NernstRow],
    repeated: Mapping[CellKey, str],
) -> CohortFits:
    """The means and comparisons, with the cells that are not in them because they repeat another cell.

    ratios, lines : rows of all cells, those that were left out too
    """
    of_ratios = [row for row in ratios if _is_repeated(row, repeated)]
    of_lines = [row for row in lines if _is_repeated(row, repeated)]
    means = [(row, _named(_dropped_from_mean(row, of_ratios, of_lines), repeated)) for row in fits.pooled]
    compared = [(row, _named(_dropped_from_comparison(row, of_ratios), repeated)) for row in fits.comparisons]
    return replace(
        fits,
        pooled=tuple(row if found is None else with_finding(row, found) for row, found in means),
        comparisons=tuple(row if found is None else with_finding(row, found) for row, found in compared),
        findings=(
            *fits.findings,
            *(each for row, found in means if found for each in pooled_findings(Judged(row, (found,)))),
            *(each for row, found in compared if found for each in comparison_findings(Judged(row, (found,)))),
        ),
    )


def _is_repeated(row: PermeabilityRow | NernstRow, repeated: Mapping[CellKey, str]) -> bool:
    """Whether a row would be in a mean, but its cell repeats another one."""
    return (row.experiment, row.cell) in repeated and has_value(row)


def _dropped_from_mean(
    mean: PooledRow, ratios: Sequence[PermeabilityRow], lines: Sequence[NernstRow]
) -> list[PermeabilityRow | NernstRow]:
    rows: list[PermeabilityRow | NernstRow] = list(lines)
    if mean.kind is PooledKind.PERMEABILITY_RATIO:
        rows = [row for row in ratios if (row.ion, row.reference) == (mean.ion, mean.reference)]
    return [
        row
        for row in rows
        if (row.experiment, row.condition) == (mean.experiment, mean.condition)
        if mean.selection is Selection.ALL or not row.n_flagged
    ]


def _dropped_from_comparison(
    compared: ComparisonRow, ratios: Sequence[PermeabilityRow]
) -> list[PermeabilityRow | NernstRow]:
    groups = (
        (compared.experiment, compared.condition),
        (compared.against_experiment, compared.against_condition),
    )
    of_ratio = [row for row in ratios if (row.ion, row.reference) == (compared.ion, compared.reference)]
    return [row for row in of_ratio if (row.experiment, row.condition) in groups]


def _named(dropped: Sequence[PermeabilityRow | NernstRow], repeated: Mapping[CellKey, str]) -> Finding | None:
    """One finding that lists the cells of rows that are left out; None without any."""
    cells = dict.fromkeys(f"{row.cell} (as {repeated[row.experiment, row.cell]})" for row in dropped)
    return finding(Code.CELLS_REPEATED, len(cells), place=", ".join(cells)) if cells else None
