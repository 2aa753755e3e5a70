"""A reversal potential by one estimator, and the zero of any fitted curve with its confidence interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.rising_zeros import rising_zeros
from reversal.measure.reversal.reversal_constants import MODEL_ZERO_GRID_POINTS
from reversal.tables.estimates_table import Estimator

CurveWithError = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A reversal potential by one estimator.

    e_mV : best value; low_mV, high_mV : 95 % limits, None if the interval is open on that side
    se_mV : standard error of the value
    misfit : χ² per degree of freedom of the fit, None without degrees of freedom
    steps_mV : part of se_mV from bends that coarse steps do not show
    """

    e_mV: float
    low_mV: float | None
    high_mV: float | None
    se_mV: float
    estimator: Estimator
    misfit: float | None
    steps_mV: float = 0.0

    def is_apart_from(self, other: Estimate) -> bool:
        """Whether the 95 % intervals have no value in common; an interval that is open on a side has no limit there."""
        lower, upper = sorted((self, other), key=lambda one: one.e_mV)
        return lower.high_mV is not None and upper.low_mV is not None and lower.high_mV < upper.low_mV


def zero_of_curve(
    curve: CurveWithError, between_mV: tuple[float, float], quantile: float, estimator: Estimator, misfit: float | None
) -> Estimate | None:
    """Zero of a curve and the range around it where |I| ≤ quantile · se(I), the general form of Fieller's interval.

    curve : voltages (n,) -> current and its standard error, both (n,)
    between_mV : range searched; a limit outside it is None. None without a single rising zero.
    """
    grid = np.linspace(*between_mV, MODEL_ZERO_GRID_POINTS)
    value, se = curve(grid)
    rises, zeros = rising_zeros(grid, value)
    if rises.size != 1:
        return None
    n, zero = int(rises[0]), float(zeros[0])
    above, below = value - quantile * se, value + quantile * se
    right, left = np.flatnonzero(above[n:] > 0), np.flatnonzero(below[: n + 2] < 0)
    high = _crossing(grid, above, n + int(right[0]) - 1) if right.size and n + right[0] > 0 else None
    low = _crossing(grid, below, int(left[-1])) if left.size and left[-1] + 1 < grid.size else None
    slope = (value[n + 1] - value[n]) / (grid[n + 1] - grid[n])
    return Estimate(zero, low, high, float(np.interp(zero, grid, se) / slope), estimator, misfit)


def _crossing(grid: FloatArray, value: FloatArray, n: int) -> float:
    """Zero of the straight line between two grid points."""
    left, right = value[n], value[n + 1]
    return float(grid[n] - left * (grid[n + 1] - grid[n]) / (right - left)) if right != left else float(grid[n])
