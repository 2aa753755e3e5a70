"""Mean of a permeability ratio over cells, where some cells may have only a bound.

If every cell resolves its ratio, the logarithms of the ratios are averaged. If the ratio of a cell may be 0, all cells
are averaged on a scale that includes 0. The value and the error of each cell then come from its profile likelihood; the
value may be below 0. The mean has two limits or an upper bound. If a ratio may be infinite, the inverse ratios are
averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.edge_scale import EdgeScale
from reversal.fit.fit_constants import LOG_RATIO_EDGE, MIN_LOG_RATIO_SE, MIN_POOLED_CELLS, MIN_RESOLVED_SE
from reversal.statistics.meta_analysis import PooledMean, limits_above, pool
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.permeabilities_table import Bound, PermeabilityRow

TWO_STAGE = "Hartung-Knapp-Sidik-Jonkman, spread by REML"
NEAR_EDGE = "Hartung-Knapp-Sidik-Jonkman on a scale that includes 0"
NEAR_INFINITY = "Hartung-Knapp-Sidik-Jonkman of inverse ratios on a scale that includes 0"


@dataclass(frozen=True, slots=True)
class CellMean:
    """Mean of k cells with its 95 % limits; estimate and one limit are None if only a bound is known.

    between_sd : standard deviation between cells, of the logarithm for a ratio; None where only a bound is known
    value : the mean, also where only a bound is known; then it may be at an edge
    """

    estimate: float | None
    low: float | None
    high: float | None
    between_sd: float | None
    cells: int
    method: str
    value: float


def ratio_mean(rows: Sequence[PermeabilityRow]) -> CellMean | Finding:
    """Mean over the cells that have a ratio or a bound, or why there is none."""
    if len(rows) < MIN_POOLED_CELLS:
        return finding(Code.CELLS_TOO_FEW, len(rows), MIN_POOLED_CELLS)
    bounds = {row.bound for row in rows}
    if {Bound.UPPER, Bound.LOWER} <= bounds:
        bounded = [row.cell for row in rows if row.bound is not Bound.TWO_SIDED]
        return finding(Code.CELLS_WITH_OPPOSITE_BOUNDS, place=", ".join(bounded))
    unknown = without_value(rows)
    if unknown:
        return finding(Code.CELLS_WITH_BOUND_BUT_NO_VALUE, len(unknown), place=", ".join(unknown))
    resolved = all(map(_is_resolved, rows))
    value_of = value_near_infinity if Bound.LOWER in bounds else value_near_0
    averaged = {row.p_ratio if resolved else value_of(row)[0] for row in rows}
    if len(averaged) == 1:
        return finding(Code.CELLS_WITHOUT_SPREAD, len(rows))
    if Bound.LOWER in bounds:
        return _mean_near_infinity(rows)
    return _mean_of_logs(rows) if resolved else _mean_near_0(rows)


def without_value(rows: Sequence[PermeabilityRow]) -> list[str]:
    """Cells with a bound only and no value with an error."""
    return [row.cell for row in rows if row.bound is not Bound.TWO_SIDED and _free(row) is None]


def _is_resolved(row: PermeabilityRow) -> bool:
    """Whether a ratio is so many standard errors above 0 that its logarithm has a symmetric error."""
    if row.bound is not Bound.TWO_SIDED or row.p_ratio is None:
        return False
    return row.free_se is None or row.p_ratio >= MIN_RESOLVED_SE * row.free_se


def _mean_of_logs(rows: Sequence[PermeabilityRow]) -> CellMean:
    """Geometric mean of cells with two limits."""
    values = np.log(np.array([row.p_ratio for row in rows], dtype=float))
    widths = np.log(np.array([(row.ci_high or 1.0) / (row.ci_low or 1.0) for row in rows], dtype=float))
    mean = pool(values, np.maximum(widths / (2 * TWO_SIDED_95), MIN_LOG_RATIO_SE))
    estimate, low, high = (float(np.exp(value)) for value in (mean.mean, mean.low, mean.high))
    return CellMean(estimate, low, high, mean.between_sd, len(rows), TWO_STAGE, estimate)


def _mean_near_0(rows: Sequence[PermeabilityRow]) -> CellMean:
    """Mean on the scale of the GHK voltage equation; the scale is linear if a balance is unknown."""
    balances = [row.ratio_at_balance for row in rows if row.ratio_at_balance is not None]
    scale = EdgeScale(max(balances) if len(balances) == len(rows) else None)
    ratios = np.array([value_near_0(row) for row in rows])
    mean = _pooled_on(scale, ratios[:, 0], ratios[:, 1])
    low, high = limits_above(mean, 0.0)
    estimate = float(scale.ratio(mean.mean))
    if low is None:
        return CellMean(None, None, float(scale.ratio(high)), None, len(rows), NEAR_EDGE, max(estimate, 0.0))
    spread = mean.between_sd / (float(scale.slope(estimate)) * estimate)
    return CellMean(estimate, float(scale.ratio(low)), float(scale.ratio(high)), spread, len(rows), NEAR_EDGE, estimate)


def _mean_near_infinity(rows: Sequence[PermeabilityRow]) -> CellMean:
    """Inverse of the mean of inverse ratios."""
    inverse = np.array([value_near_infinity(row) for row in rows])
    mean = _pooled_on(EdgeScale(None), inverse[:, 0], inverse[:, 1])
    low, high = limits_above(mean, 0.0)
    value = 1 / max(mean.mean, float(np.exp(-LOG_RATIO_EDGE)))
    if low is None:
        return CellMean(None, 1 / high, None, None, len(rows), NEAR_INFINITY, value)
    return CellMean(value, 1 / high, 1 / low, mean.between_sd / mean.mean, len(rows), NEAR_INFINITY, value)


def _pooled_on(scale: EdgeScale, ratios: FloatArray, errors: FloatArray) -> PooledMean:
    return pool(scale.of(ratios), np.maximum(errors * scale.slope(ratios), MIN_LOG_RATIO_SE))


def _free(row: PermeabilityRow) -> tuple[float, float] | None:
    """Ratio, or inverse ratio with a lower bound, as if it could be below 0, and its standard error."""
    return None if row.free_p_ratio is None or row.free_se is None else (row.free_p_ratio, row.free_se)


def value_near_0(row: PermeabilityRow) -> tuple[float, float]:
    """Ratio, which may be below 0, and its standard error; from the limits if the fit gave none."""
    return _free(row) or (row.p_ratio or 0.0, ((row.ci_high or 0.0) - (row.ci_low or 0.0)) / (2 * TWO_SIDED_95))


def value_near_infinity(row: PermeabilityRow) -> tuple[float, float]:
    """Inverse ratio, which may be below 0, and its standard error."""
    free = _free(row)
    if row.bound is Bound.LOWER and free is not None:
        return free
    return 1 / (row.p_ratio or np.inf), (1 / (row.ci_low or np.inf) - 1 / (row.ci_high or np.inf)) / (2 * TWO_SIDED_95)
