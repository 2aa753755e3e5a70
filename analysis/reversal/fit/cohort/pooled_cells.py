"""Permeability ratios and slopes pooled over cells. The cell is the statistical unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.cohort.group_comparison import comparison_rows
from reversal.fit.cohort.mixed_slope import mixed_slope, slope_points
from reversal.fit.fit_constants import EQUAL_WEIGHT_SE, MIN_LOG_RATIO_SE, MIN_POOLED_CELLS, MIN_SLOPE_BATHS
from reversal.statistics.meta_analysis import PooledMean, pool
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import FindingRow, Judged, finding_rows, judge
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow
from reversal.tables.results import CohortFits
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

TWO_STAGE = "Hartung-Knapp-Sidik-Jonkman, spread by REML"
ONE_STAGE = "mixed model, REML"

T = TypeVar("T")
K = TypeVar("K")


def fit_cohort(
    permeabilities: Sequence[PermeabilityRow], nernst: Sequence[NernstRow], reversals: Sequence[ReversalRow] = ()
) -> CohortFits:
    """Pool the cells of each experiment and condition, and compare groups of cells.

    reversals : the fitted reversal potentials, for the mixed model of the slope; without them it is omitted
    """
    ratios = _grouped(permeabilities, lambda row: (row.experiment, row.condition, row.ion, row.reference))
    lines = _grouped(nernst, lambda row: (row.experiment, row.condition))
    by_group = _grouped(reversals, lambda row: (row.experiment, row.condition))
    pooled = [_ratio_row(of_ratio) for of_ratio in ratios.values()]
    for group, of_line in lines.items():
        pooled += _slope_rows(of_line, by_group.get(group, []))
    comparisons = comparison_rows(permeabilities)
    return CohortFits(
        tuple(one.row for one in pooled),
        tuple(one.row for one in comparisons),
        tuple(chain.from_iterable([*map(_pooled_findings, pooled), *map(_comparison_findings, comparisons)])),
    )


def _grouped(rows: Sequence[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Rows by their key, in order of first appearance."""
    groups: dict[K, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _pooled_findings(one: Judged[PooledRow]) -> list[FindingRow]:
    row = one.row
    return finding_rows(
        one.findings, "pooled", experiment=row.experiment, condition=row.condition, quantity=row.quantity
    )


def _comparison_findings(one: Judged[ComparisonRow]) -> list[FindingRow]:
    row = one.row
    quantity = f"P_{row.ion}/P_{row.reference}"
    return finding_rows(
        one.findings, "comparisons", experiment=row.experiment, condition=row.condition, quantity=quantity
    )


def _ratio_row(rows: Sequence[PermeabilityRow]) -> Judged[PooledRow]:
    """Geometric mean of a permeability ratio over the cells that have a two-sided interval."""
    used = [r for r in rows if r.bound is Bound.TWO_SIDED and r.p_ratio is not None]
    bounded = [r for r in rows if r.bound in (Bound.UPPER, Bound.LOWER)]
    values = np.log(np.array([r.p_ratio for r in used], dtype=float))
    widths = np.log(np.array([(r.ci_high or 1.0) / (r.ci_low or 1.0) for r in used], dtype=float))
    errors = np.maximum(widths / (2 * TWO_SIDED_95), MIN_LOG_RATIO_SE)
    flagged = [r for r in used if r.status is Status.FLAGGED]
    mean = _pool(values, errors)
    found = [
        *_about_cells(Code.CELLS_BOUND_ONLY, bounded),
        *_about_cells(Code.CELLS_FLAGGED, flagged if isinstance(mean, PooledMean) else []),
        *_about_cells(Code.CELLS_WITHOUT_VALUE, [r for r in rows if r not in used and r not in bounded]),
        *_about_cells(Code.CELLS_INCOMPLETE, [r for r in used if r.n_left_out]),
    ]
    group = _Group(rows, used, len(bounded), PooledKind.PERMEABILITY_RATIO, rows[0].ion, rows[0].reference)
    return _row(group, mean, TWO_STAGE, found, np.exp)


def _slope_rows(rows: Sequence[NernstRow], reversals: Sequence[ReversalRow]) -> list[Judged[PooledRow]]:
    """Mean slope ratio by meta-analysis of the cells and, if reversal potentials are given, by a mixed model."""
    used = [r for r in rows if r.slope_ratio is not None and r.n_baths >= MIN_SLOPE_BATHS]
    values = np.array([r.slope_ratio for r in used], dtype=float)
    found = [
        *_about_cells(Code.CELLS_WITHOUT_VALUE, [r for r in rows if r not in used]),
        *_about_cells(Code.CELLS_INCOMPLETE, [r for r in used if r.n_left_out]),
    ]
    group = _Group(rows, used, 0, PooledKind.SLOPE_RATIO)
    # Equal weights: the error of a cell's slope comes from a few residuals and is too uncertain to be a weight.
    pooled = [_row(group, _pool(values, np.full(values.shape, EQUAL_WEIGHT_SE)), TWO_STAGE, found)]
    if reversals and values.size:
        mixed = mixed_slope(slope_points(reversals, [r.cell for r in used]))
        if isinstance(mixed, PooledMean):
            mixed = _as_slope_ratio(mixed, rows[0].z or 1)
        pooled.append(_row(group, mixed, ONE_STAGE, found))
    return pooled


def _about_cells(code: Code, rows: Sequence[PermeabilityRow] | Sequence[NernstRow]) -> list[Finding]:
    """One finding that names the cells; empty without cells."""
    return [finding(code, len(rows), place=", ".join(row.cell for row in rows))] if rows else []


def _pool(values: FloatArray, standard_errors: FloatArray) -> PooledMean | Finding:
    """Pooled mean of the cells, or a finding if there are too few."""
    if values.size < MIN_POOLED_CELLS:
        return finding(Code.CELLS_TOO_FEW, values.size, MIN_POOLED_CELLS)
    return pool(values, standard_errors)


def _as_slope_ratio(pooled: PooledMean, z: int) -> PooledMean:
    """Slope against (RT/F) ln out as a ratio to its Nernst value 1/z."""
    low, high = sorted((z * pooled.low, z * pooled.high))
    return PooledMean(z * pooled.mean, low, high, abs(z) * pooled.se, abs(z) * pooled.between_sd, pooled.cells)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one quantity in one experiment and condition.

    used : rows that enter the mean;  bounded : number of cells with only a bound
    """

    rows: Sequence[PermeabilityRow] | Sequence[NernstRow]
    used: Sequence[PermeabilityRow] | Sequence[NernstRow]
    bounded: int
    kind: PooledKind
    ion: str | None = None
    reference: str | None = None

    @property
    def quantity(self) -> str:
        """Name of what is pooled."""
        return self.kind.value if self.ion is None else f"P_{self.ion}/P_{self.reference}"


def _row(
    group: _Group,
    mean: PooledMean | Finding,
    method: str,
    found: Sequence[Finding],
    to_quantity: Callable[[float], float] = float,
) -> Judged[PooledRow]:
    """Row of a pooled quantity; ``to_quantity`` inverts the transform of the pooled values (log for ratios)."""
    pooled = mean if isinstance(mean, PooledMean) else None
    return judge(
        PooledRow,
        found if isinstance(mean, PooledMean) else [mean, *found],
        experiment=group.rows[0].experiment,
        condition=group.rows[0].condition,
        quantity=group.quantity,
        estimate=None if pooled is None else float(to_quantity(pooled.mean)),
        ci_low=None if pooled is None else float(to_quantity(pooled.low)),
        ci_high=None if pooled is None else float(to_quantity(pooled.high)),
        between_cell_sd=None if pooled is None else pooled.between_sd,
        n_cells=len(group.used) if pooled is None else pooled.cells,
        n_recordings=sum(r.n_recordings for r in group.used),
        n_bounded=group.bounded,
        n_excluded=sum(r.n_left_out for r in group.rows),
        method=method,
        kind=group.kind,
        ion=group.ion,
        reference=group.reference,
    )
