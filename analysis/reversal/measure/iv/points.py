"""The points of an I–V: one value per voltage, with their errors and the correlation of these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import MAX_LEVELS, MIN_RELATIVE_SE
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.lasting_noise import LastingCorrelation
from reversal.measure.protocol.protocol_constants import LEVEL_DECIMALS
from reversal.statistics.autocorrelation import positive_definite, separated
from reversal.statistics.statistics_constants import KNOWN_ERROR_SERIES_DOF
from reversal.statistics.student_t import two_sided_95_by_series
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class Points:
    """An I–V sorted by voltage, one point per level; shapes (points,).

    dof : degrees of freedom of the errors; correlation : of the errors, (points, points), None if independent
    hidden : whether errors of neighbours are correlated, so that the scatter of the points underestimates them
    """

    v_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    dof: int
    correlation: FloatArray | None = None
    hidden: bool = False

    @property
    def widen(self) -> float:
        """Factor on hidden errors that accounts for the few sweeps from which they are known."""
        return two_sided_95_by_series(self.dof) / two_sided_95_by_series(KNOWN_ERROR_SERIES_DOF) if self.hidden else 1.0

    @property
    def independent_se_pA(self) -> FloatArray:
        """Errors enlarged to those of independent points, for estimators that ignore correlation."""
        if self.correlation is None:
            return self.se_pA
        return np.asarray(self.se_pA * np.sqrt(np.maximum(self.correlation.sum(1), 1.0)))


def points_of(v_mV: FloatArray, curve: IVCurve) -> Points:
    """Sort an I–V by voltage and average the sweeps of each level.

    v_mV : voltage of each point of the curve, corrected or not, shape (points,)
    """
    group = _same_level(curve.v_command_mV)
    average = (group == np.arange(group.max() + 1)[:, None]) / np.bincount(group)[:, None]
    average = average[np.argsort(average @ v_mV, kind="stable")]
    v, i, variance = average @ v_mV, average @ curve.i_pA, curve.se_pA**2
    floor = MIN_RELATIVE_SE + MIN_RELATIVE_SE * float(np.abs(i).max())
    if curve.correlation is None:
        return Points(v, i, np.maximum(np.sqrt(average**2 @ variance), floor), curve.dof)
    if isinstance(curve.correlation, LastingCorrelation):
        se, correlation = separated(curve.correlation.covariance(average, curve.se_pA), floor)
        return Points(v, i, se, curve.dof, positive_definite(correlation))
    covariance = average @ (curve.correlation * np.sqrt(np.outer(variance, variance))) @ average.T
    se, correlation = separated(covariance, floor)
    return Points(v, i, se, curve.dof, correlation, curve.kind is IVKind.RAMP)


def _same_level(v_command_mV: FloatArray) -> NDArray[np.intp]:
    """Number of the level of each point, from 0; of very many levels, those that are near to each other are one."""
    levels, group = np.unique(np.round(v_command_mV, LEVEL_DECIMALS), return_inverse=True)
    if levels.size <= MAX_LEVELS:
        return group
    width_mV = np.ptp(levels) / MAX_LEVELS
    return np.unique(np.floor((levels - levels[0]) / width_mV), return_inverse=True)[1][group]


def slope_nS(points: Points, v_mV: float) -> float:
    """Slope of an I–V at a voltage, interpolated between the slopes at its points."""
    return float(np.interp(v_mV, points.v_mV, np.gradient(points.i_pA, points.v_mV)))
