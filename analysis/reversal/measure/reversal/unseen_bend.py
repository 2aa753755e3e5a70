"""What coarse steps do not show: how far the current may bend between the two points around its reversal.

A smooth curve through steps of 30 mV cannot know a bend that is over within one step, and a rectifier has such bends.
But each reversal potential between the two points implies a chord conductance I/(V − E) at each of them. Gates and
constant fields change the logarithm of this conductance steadily with voltage. So a potential is admissible if the
change between the two points lies between the changes of the steps before and after. A straight line admits one
potential, and a rectifier a range; a part of it that grows with the steps enters the interval as a further error. If
the reversal is in the outermost step, only one point is on its other side: any change of conductance up to that of a
steep gate is then admissible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.points import Points
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_constants import (
    ADMISSIBLE_GRID_POINTS,
    ALL_ADMISSIBLE_STEP_mV,
    FINE_INNER_STEP_mV,
    FINE_OUTERMOST_STEP_mV,
    STEEPEST_CONDUCTANCE_mV,
)
from reversal.measure.reversal.sign_changes import Bracket
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED


def with_unseen_bend(estimate: Estimate, points: Points, bracket: Bracket) -> Estimate:
    """The estimate with its interval widened by bends that the steps do not show; unchanged for fine steps."""
    fraction = _unseen_fraction(points, bracket)
    found = admissible_mV(points, bracket) if fraction > 0.0 else None
    if found is None:
        return estimate
    down, up = (fraction * max(reach, 0.0) for reach in (estimate.e_mV - found[0], found[1] - estimate.e_mV))
    steps_mV = 0.5 * (down + up) / TWO_SIDED_95_ROUNDED
    low, high = estimate.low_mV, estimate.high_mV
    return replace(
        estimate,
        low_mV=None if low is None else estimate.e_mV - float(np.hypot(estimate.e_mV - low, down)),
        high_mV=None if high is None else estimate.e_mV + float(np.hypot(high - estimate.e_mV, up)),
        se_mV=float(np.hypot(estimate.se_mV, steps_mV)),
        steps_mV=steps_mV,
    )


def _unseen_fraction(points: Points, bracket: Bracket) -> float:
    """Part of the admissible range that is the half width of the 95 % interval; 0 for fine steps."""
    if not bracket.rising:
        return 0.0
    step_mV = float(np.diff(points.v_mV[bracket.low : bracket.high + 1]).max())
    inner = bracket.low > 0 and bracket.high + 1 < points.v_mV.size
    fine_mV = FINE_INNER_STEP_mV if inner else FINE_OUTERMOST_STEP_mV
    return min(max((step_mV - fine_mV) / ALL_ADMISSIBLE_STEP_mV, 0.0), 1.0)


def admissible_mV(points: Points, bracket: Bracket) -> tuple[float, float] | None:
    """Lowest and highest admissible reversal potential of a rising bracket [mV]; None if there is none."""
    low, high, v = bracket.low, bracket.high, points.v_mV
    e_mV = np.linspace(v[low], v[high], ADMISSIBLE_GRID_POINTS + 2)[1:-1]

    def change(first: int, second: int) -> FloatArray:
        """Change of the log conductance per mV from one point to another, for each potential."""
        return np.asarray((_log_nS(points, second, e_mV) - _log_nS(points, first, e_mV)) / (v[second] - v[first]))

    known = [change(n, n + 1) for n in (low - 1, high) if n >= 0 and n + 1 < v.size]
    if len(known) < 2:  # no step on one side: as steep as a gate can be
        known += [np.full(e_mV.size, sign / STEEPEST_CONDUCTANCE_mV) for sign in (-1.0, 1.0)]
    inside = change(low, high)
    fits = e_mV[(inside >= np.min(known, axis=0)) & (inside <= np.max(known, axis=0))]
    return (float(fits[0]), float(fits[-1])) if fits.size else None


def _log_nS(points: Points, n: int, e_mV: FloatArray) -> FloatArray:
    """Logarithm of the chord conductance at a point, for each potential; the current is at least its error."""
    v, i = points.v_mV[n], points.i_pA[n] * np.sign(points.v_mV[n] - e_mV)
    return np.asarray(np.log(np.maximum(i, points.se_pA[n]) / np.abs(v - e_mV)))
