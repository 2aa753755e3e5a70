"""A current that does not decay, from the reversal potential of the part of tails or peaks that does.

At a constant voltage, a leak is the same at the start and at the end of the window, and so is any other current that
does not change. The difference is gated. It is zero where the current of the channel is zero, whatever the size of the
rest. What a channel itself carries at the end reverses at the same potential and does not shift this zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points, points_of
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_constants import MIN_LEAK_POINTS
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.measure.reversal.sign_changes import sign_changes
from reversal.statistics.statistics_constants import DETECTION_SE
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class Background:
    """Reversal potential of the decaying part, and its distance from E_rev.

    decaying_mV : its reversal potential; if it has one sign, the last voltage at which it differs from zero
    shift_mV : that minus E_rev
    se_mV : standard error of the shift: that of the decaying part, since the noise of E_rev is in both
    is_bound : whether the decaying part has one sign on both sides of E_rev, so that it reverses beyond
    """

    decaying_mV: float
    shift_mV: float
    se_mV: float
    is_bound: bool = False

    @property
    def shown_mV(self) -> float:
        """The part of the shift that its error does not explain, with its sign: noise adds nothing to its square."""
        excess = self.shift_mV**2 - self.se_mV**2
        return float(np.copysign(np.sqrt(excess), self.shift_mV)) if excess > 0 else 0.0

    @property
    def sides_mV(self) -> tuple[float | None, float | None]:
        """Shift to negative and to positive potentials, one of them 0; None where nothing limits it."""
        down, up = min(self.shown_mV, 0.0), max(self.shown_mV, 0.0)
        return (None if self.is_bound and down else down), (None if self.is_bound and up else up)


def background_of(v_mV: FloatArray, curve: IVCurve, estimate: Estimate) -> Background | None:
    """Background of tails or peaks; None for other kinds, or if their decaying part does not show it.

    v_mV : voltage of each point of the curve, (points,); estimate : E_rev of its current
    """
    if curve.decaying_pA is None or curve.decaying_se_pA is None:
        return None
    # noise that lasts from sweep to sweep is the same at both times
    decaying = replace(curve, i_pA=curve.decaying_pA, se_pA=curve.decaying_se_pA, correlation=None)
    points = points_of(v_mV, decaying)
    brackets = sign_changes(points.i_pA, points.se_pA)
    rising = sum(bracket.rising for bracket in brackets)
    is_peak = curve.kind is IVKind.PEAK
    if is_peak and not brackets:
        return _beyond(points, estimate.e_mV)
    # what does not inactivate is the largest deflection at the start of its window, and has the opposite sign
    if rising != 1 or (is_peak and len(brackets) > 1) or points.v_mV.size < MIN_LEAK_POINTS:
        return None
    found = reversal_of(points, compare=False).estimate
    return None if found is None else Background(found.e_mV, found.e_mV - estimate.e_mV, found.se_mV)


def _beyond(points: Points, e_mV: float) -> Background | None:
    """Background of peaks whose inactivating part has one sign on both sides of E_rev."""
    clear = np.abs(points.i_pA) > DETECTION_SE * points.se_pA
    v_mV, inward = points.v_mV[clear], points.i_pA[clear] < 0
    if not v_mV.size or inward.any() != inward.all():
        return None
    last_mV = float(v_mV.max() if inward.all() else v_mV.min())
    is_beyond = last_mV > e_mV if inward.all() else last_mV < e_mV
    return Background(last_mV, last_mV - e_mV, 0.0, is_bound=True) if is_beyond else None
