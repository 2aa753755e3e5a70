"""Permeability ratios and slopes pooled over cells. The cell is the statistical unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.answers.cohort_answer import cohort_answers
from reversal.fit.cohort.asked import Asked
from reversal.fit.cohort.group_comparison import comparison_rows
from reversal.fit.cohort.mixed_slope import mixed_slope, slope_points
from reversal.fit.cohort.pooled_leak import rotated, with_leak_in_mean
from reversal.fit.cohort.ratio_mean import TWO_STAGE, CellMean, ratio_mean
from reversal.fit.cohort.reversal_groups import group_reversal_rows, shift_rows
from reversal.fit.fit_constants import EQUAL_WEIGHT_SE, MIN_POOLED_CELLS, MIN_SLOPE_BATHS
from reversal.fit.nernst.verdict import slope_verdict
from reversal.statistics.meta_analysis import PooledMean, pool
from reversal.statistics.statistics_constants import EQUIVALENCE_LEVEL
from reversal.statistics.student_t import interval
from reversal.tables.answers_table import AnswerRow
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import FindingRow, Judged, finding_rows, judge
from reversal.tables.group_reversals_table import GroupReversalRow
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection
from reversal.tables.results import CohortFits
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.shifts_table import ShiftRow
from reversal.tables.status import Status

ONE_STAGE = "mixed model, REML"

Fitted = TypeVar("Fitted", PermeabilityRow, NernstRow)
T = TypeVar("T")
K = TypeVar("K")


def fit_cohort(
    permeabilities: Sequence[PermeabilityRow],
    nernst: Sequence[NernstRow],
    points: Sequence[LinePointRow] = (),
    reversals: Sequence[ReversalRow] = (),
    compare_with: Mapping[str, str] | None = None,
) -> CohortFits:
    """Pool the cells of each experiment and condition, compare groups of cells, and answer for each group.

    points : points of the Nernst lines, for the mixed model of the slope and for the answers; without them the mixed
        model is omitted
    reversals : reversal potentials of the cells, for their means and shifts
    compare_with : condition with which the others of an experiment are compared, by experiment; else all pairs are
    """
    ratios = _grouped(permeabilities, lambda row: (row.experiment, row.condition, row.ion, row.reference))
    lines = _grouped(nernst, lambda row: (row.experiment, row.condition))
    by_group = _grouped(points, lambda row: (row.experiment, row.condition))
    pooled: list[Judged[PooledRow]] = []
    for (experiment, condition, ion, reference), of_ratio in ratios.items():
        for selection, rows in _selections(of_ratio):
            kind = PooledKind.PERMEABILITY_RATIO
            pooled.append(_ratio_row(_Group(experiment, condition, selection, rows, kind, ion, reference)))
    for (experiment, condition), of_line in lines.items():
        for selection, lines_used in _selections(of_line):
            group = _Group(experiment, condition, selection, lines_used, PooledKind.SLOPE_RATIO)
            pooled += _slope_rows(group, by_group.get((experiment, condition), []))
    asked = Asked(compare_with or {})
    comparisons = comparison_rows(permeabilities, asked)
    means, shifts = group_reversal_rows(reversals), shift_rows(reversals, nernst, asked)
    answers = cohort_answers(pooled, points, reversals)
    named = (("group_reversals", means), ("shifts", shifts), ("answers", answers))
    return CohortFits(
        pooled=tuple(one.row for one in pooled),
        comparisons=tuple(one.row for one in comparisons),
        group_reversals=tuple(one.row for one in means),
        shifts=tuple(one.row for one in shifts),
        answers=tuple(one.row for one in answers),
        findings=(
            *chain.from_iterable([*map(pooled_findings, pooled), *map(comparison_findings, comparisons)]),
            *(found for table, rows in named for one in rows for found in group_findings(table, one)),
        ),
    )


def _grouped(rows: Sequence[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Rows by their key, in order of first appearance."""
    groups: dict[K, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def pooled_findings(one: Judged[PooledRow]) -> list[FindingRow]:
    """Rows of the findings about a mean."""
    row = one.row
    return finding_rows(
        one.findings, "pooled", experiment=row.experiment, condition=row.condition, quantity=row.quantity
    )


def comparison_findings(one: Judged[ComparisonRow]) -> list[FindingRow]:
    """Rows of the findings about a comparison."""
    row = one.row
    quantity = f"P_{row.ion}/P_{row.reference}"
    return finding_rows(
        one.findings, "comparisons", experiment=row.experiment, condition=row.condition, quantity=quantity
    )


def group_findings(
    table: str, one: Judged[GroupReversalRow] | Judged[ShiftRow] | Judged[AnswerRow]
) -> list[FindingRow]:
    """Rows of the findings about a row of a group of cells."""
    row = one.row
    quantity = row.quantity.value if isinstance(row, ShiftRow) else "E_rev"
    place = "" if isinstance(row, AnswerRow) or row.bath is None else f" in {row.bath}"
    return finding_rows(
        one.findings, table, experiment=row.experiment, condition=row.condition, quantity=quantity + place
    )


def _selections(rows: Sequence[Fitted]) -> Iterator[tuple[Selection, Sequence[Fitted]]]:
    """All cells. If their mean uses flagged recordings, also the cells without flagged recordings."""
    yield Selection.ALL, rows
    used = [row for row in rows if has_value(row)]
    if len(used) >= MIN_POOLED_CELLS and any(row.n_flagged for row in used):
        yield Selection.UNFLAGGED, [row for row in rows if not row.n_flagged]


def has_value(row: PermeabilityRow | NernstRow) -> bool:
    """Whether a cell enters a mean: a ratio or a bound, or a slope through three baths."""
    if isinstance(row, PermeabilityRow):
        return row.bound is not None
    return row.slope_ratio is not None and row.n_baths >= MIN_SLOPE_BATHS


def _ratio_row(group: _Group) -> Judged[PooledRow]:
    """Mean of a permeability ratio over the cells that have a value or a bound."""
    used = [r for r in group.used if isinstance(r, PermeabilityRow)]
    mean = ratio_mean(used)
    bounded = [r for r in used if r.bound is not Bound.TWO_SIDED]
    flagged = [r for r in used if r.status is Status.FLAGGED]
    found = [
        *_mean_bound(group, mean),
        *_about_cells(Code.CELLS_NEAR_EDGE, bounded if isinstance(mean, CellMean) else []),
        *_about_cells(Code.CELLS_FLAGGED, flagged if isinstance(mean, CellMean) else []),
        *_about_others(group),
    ]
    row = _row(group, mean, TWO_STAGE, found, len(bounded))
    return with_leak_in_mean(row, used, _value(mean), lambda moved: _value(ratio_mean(moved)))


def _value(mean: CellMean | PooledMean | Finding) -> float | None:
    if isinstance(mean, Finding):
        return None
    return mean.value if isinstance(mean, CellMean) else mean.mean


def _mean_bound(group: _Group, mean: CellMean | Finding) -> list[Finding]:
    """Values with which a mean without an estimate is compatible."""
    if isinstance(mean, Finding) or mean.estimate is not None:
        return []
    if mean.high is not None:
        return [finding(Code.UPPER_BOUND_ONLY, place=group.ion or "")]
    return [finding(Code.LOWER_BOUND_ONLY, place=group.reference or "")]


def _slope_rows(group: _Group, points: Sequence[LinePointRow]) -> list[Judged[PooledRow]]:
    """Mean slope ratio by meta-analysis of the cells and, if the points of the lines are given, by a mixed model."""
    used = [r for r in group.used if isinstance(r, NernstRow)]
    found, flagged = _about_others(group), [r for r in used if r.n_flagged]

    def by_cells(rows: Sequence[NernstRow]) -> PooledMean | Finding:
        # Equal weights: the error of a cell's slope comes from a few residuals and is too uncertain to be a weight.
        values = np.array([r.slope_ratio for r in rows], dtype=float)
        return _pool(values, np.full(values.shape, EQUAL_WEIGHT_SE))

    def by_points(rows: Sequence[NernstRow]) -> PooledMean | Finding:
        return mixed_slope(slope_points(rotated(points, used, rows), [r.cell for r in rows]))

    def row(mean_of: Callable[[Sequence[NernstRow]], PooledMean | Finding], method: str) -> Judged[PooledRow]:
        mean = mean_of(used)
        if isinstance(mean, Finding):
            made = _row(group, mean, method, found)
        else:
            pooled = CellMean(mean.mean, mean.low, mean.high, mean.between_sd, mean.cells, method, mean.mean)
            made = _row(group, pooled, method, [*_about_cells(Code.CELLS_FLAGGED, flagged), *found])
            made = made.adding(**_verdict_columns(mean, used))
        return with_leak_in_mean(made, used, _value(mean), lambda moved: _value(mean_of(moved)))

    rows = [row(by_cells, TWO_STAGE)]
    if points and used:
        rows.append(row(by_points, ONE_STAGE))
    return rows


def _verdict_columns(mean: PooledMean, used: Sequence[NernstRow]) -> dict[str, float | Verdict | None]:
    """Test of equivalence of a mean slope; the cells have the margin of their experiment."""
    margin = next((row.margin for row in used if row.margin is not None), None)
    if margin is None:
        return {}
    low, high = interval(mean.mean, mean.se, mean.cells - 1, EQUIVALENCE_LEVEL)
    verdict = slope_verdict((mean.low, mean.high), (low, high), margin)
    return {"verdict": verdict, "tost_low": low, "tost_high": high, "margin": margin}


def _about_others(group: _Group) -> list[Finding]:
    """Cells that are not in the mean, and cells in it with recordings that are not used."""
    return [
        *_about_cells(Code.CELLS_WITHOUT_VALUE, [r for r in group.rows if not has_value(r)]),
        *_about_cells(Code.CELLS_INCOMPLETE, [r for r in group.used if r.n_left_out]),
    ]


def _about_cells(code: Code, rows: Sequence[PermeabilityRow | NernstRow]) -> list[Finding]:
    """One finding that lists the cells; empty without cells."""
    return [finding(code, len(rows), place=", ".join(row.cell for row in rows))] if rows else []


def _pool(values: FloatArray, standard_errors: FloatArray) -> PooledMean | Finding:
    """Pooled mean of the cells, or a finding if there are too few."""
    if values.size < MIN_POOLED_CELLS:
        return finding(Code.CELLS_TOO_FEW, values.size, MIN_POOLED_CELLS)
    return pool(values, standard_errors)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one quantity in one experiment and condition, of all cells or of a selection."""

    experiment: str
    condition: str
    selection: Selection
    rows: Sequence[PermeabilityRow] | Sequence[NernstRow]
    kind: PooledKind
    ion: str | None = None
    reference: str | None = None

    @property
    def used(self) -> Sequence[PermeabilityRow | NernstRow]:
        """Rows that enter the mean."""
        return [row for row in self.rows if has_value(row)]

    @property
    def quantity(self) -> str:
        """Name of what is pooled."""
        return self.kind.value if self.ion is None else f"P_{self.ion}/P_{self.reference}"


def _row(
    group: _Group, mean: CellMean | Finding, method: str, found: Sequence[Finding], bounded: int = 0
) -> Judged[PooledRow]:
    """Row of a pooled quantity; ``method`` is that of a mean that cannot be given."""
    pooled = mean if isinstance(mean, CellMean) else None
    return judge(
        PooledRow,
        found if isinstance(mean, CellMean) else [mean, *found],
        experiment=group.experiment,
        condition=group.condition,
        quantity=group.quantity,
        estimate=None if pooled is None else pooled.estimate,
        ci_low=None if pooled is None else pooled.low,
        ci_high=None if pooled is None else pooled.high,
        between_cell_sd=None if pooled is None else pooled.between_sd,
        n_cells=len(group.used) if pooled is None else pooled.cells,
        n_recordings=sum(r.n_recordings for r in group.used),
        n_bounded=bounded,
        n_excluded=sum(r.n_left_out for r in group.rows),
        method=method if pooled is None else pooled.method,
        kind=group.kind,
        ion=group.ion,
        reference=group.reference,
        selection=group.selection,
    )
