"""Nernst slope of a cohort by a mixed model with a random intercept and slope for each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.fit_constants import MIN_SPREAD_CELLS
from reversal.statistics.meta_analysis import PooledMean
from reversal.statistics.random_lines import mean_slope
from reversal.statistics.student_t import interval
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.line_points_table import LinePointRow


@dataclass(frozen=True, slots=True)
class SlopePoints:
    """Points of the lines of several cells, with the cell of each.

    x_mV : (n,) Nernst potentials [mV];  e_mV : (n,) reversal potentials [mV]
    """

    x_mV: FloatArray
    e_mV: FloatArray
    cell: tuple[str, ...]


def slope_points(points: Sequence[LinePointRow], cells: Sequence[str]) -> SlopePoints:
    """Points of the lines of the given cells, all with the same weight."""
    used = [point for point in points if point.cell in cells]
    return SlopePoints(
        x_mV=np.array([point.e_nernst_mV for point in used], dtype=float),
        e_mV=np.array([point.e_rev_mV for point in used], dtype=float),
        cell=tuple(point.cell for point in used),
    )


def mixed_slope(points: SlopePoints) -> PooledMean | Finding:
    """Mean slope ratio (1 by the Nernst equation) and its standard deviation between cells, or why there is none.

    Fitted by REML. The interval uses Student's t with one degree of freedom fewer than cells, because the cell is the
    statistical unit.
    """
    cells = len(set(points.cell))
    if cells < MIN_SPREAD_CELLS:
        return finding(Code.MIXED_MODEL_CELLS, cells, MIN_SPREAD_CELLS)
    fitted = mean_slope(points.x_mV, points.e_mV, points.cell)
    if fitted is None:
        return finding(Code.MIXED_MODEL_UNSOLVED)
    low, high = interval(fitted.mean, fitted.se, cells - 1)
    return PooledMean(fitted.mean, low, high, fitted.se, fitted.between_sd, cells)
