"""The reversal potential of an I–V: one crossing with its interval, or the reason why there is none.

The primary value is the zero of the averaged smooth curve if the I–V has at least four points, else of the local
polynomial. It is compared with the straight line through the bracket, the local polynomial, a gate times driving force
and constant-field currents. If one of these fits the points and disagrees with the primary value, this is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.measure.iv.points import Points
from reversal.measure.reversal.channel_models import boltzmann_estimate, ghk_estimate
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.local_polynomial import fit_polynomial, line_estimate, local_estimate, zero_of
from reversal.measure.reversal.reversal_constants import (
    EXTRAPOLATION_POINTS,
    MAX_EXTRAPOLATION_FRACTION,
    MAX_REDUCED_CHI2,
    MIN_REVERSAL_POINTS,
    MIN_SMOOTH_POINTS,
    MIN_ESTIMATOR_DISAGREEMENT_mV,
)
from reversal.measure.reversal.sign_changes import Bracket, OneSidedLimit, one_sided_limit, sign_changes
from reversal.measure.reversal.smooth_curve import smooth_estimate
from reversal.measure.reversal.unseen_bend import with_unseen_bend
from reversal.measure.voltage.nernst_prediction import Carriers
from reversal.statistics.statistics_constants import DETECTION_SE, DISAGREEMENT_SE
from reversal.statistics.student_t import two_sided_95_by_series
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.reversals_table import Crossing


@dataclass(frozen=True, slots=True)
class Reversal:
    """A reversal potential, or why there is none.

    estimate : the primary one; None without a single bracketed crossing
    crossing : its position relative to the tested range
    estimates : all estimators that gave a value, the primary one first
    bound : one-sided limit if the current has one sign
    extrapolated_mV : zero of a line through the nearest points, outside the range
    others_mV : further crossings
    findings : why there is no value, or warnings about it
    """

    estimate: Estimate | None
    crossing: Crossing
    estimates: tuple[Estimate, ...] = ()
    bound: OneSidedLimit | None = None
    extrapolated_mV: float | None = None
    others_mV: tuple[float, ...] = ()
    findings: tuple[Finding, ...] = ()

    def agreement_of(self, other: Estimate) -> bool | None:
        """Whether another estimate agrees with the primary one; None for that one itself, or if it does not fit."""
        return None if self.estimate is None or other is self.estimate else agrees(other, self.estimate)


def reversal_of(points: Points, carriers: Carriers | None = None, *, compare: bool = True) -> Reversal:
    """Find the reversal potential of an I–V.

    carriers : ions for the constant-field model, None to leave it out
    compare : whether the other estimators are computed, too
    """
    if points.v_mV.size < MIN_REVERSAL_POINTS:
        return _none(Crossing.NONE, finding(Code.VOLTAGES_TOO_FEW, points.v_mV.size, MIN_REVERSAL_POINTS))
    brackets = sign_changes(points.i_pA, points.se_pA)
    if not brackets:
        return _outside(points)
    rising = [bracket for bracket in brackets if bracket.rising]
    if len(rising) > 1 or (not rising and len(brackets) > 1):
        found = tuple(e.e_mV for bracket in brackets if (e := _primary(points, bracket)) is not None)
        several = finding(Code.SEVERAL_REVERSALS, len(brackets), voltages=_listed(found))
        return Reversal(None, Crossing.BRACKETED, others_mV=found, findings=(several,))
    chosen = rising[0] if rising else brackets[0]
    estimate = _primary(points, chosen)
    if estimate is None:
        return _none(Crossing.BRACKETED, finding(Code.CURVE_WITHOUT_ZERO))
    if estimate.low_mV is None and estimate.high_mV is None:
        return _none(Crossing.BRACKETED, finding(Code.INTERVAL_UNBOUNDED, estimate.e_mV))
    others = tuple(e.e_mV for b in brackets if b is not chosen and (e := _primary(points, b)) is not None)
    compared = _other_estimates(points, chosen, carriers) if compare and chosen.rising else ()
    findings = [
        *([] if chosen.rising else [finding(Code.CURRENT_FALLS)]),
        *([finding(Code.FURTHER_SIGN_CHANGE, voltages=_listed(others))] if others else []),
        *([finding(Code.INTERVAL_OPEN)] if estimate.low_mV is None or estimate.high_mV is None else []),
        *_disagreements(estimate, compared),
    ]
    every = (estimate, *(e for e in compared if e.estimator is not estimate.estimator))
    return Reversal(estimate, Crossing.BRACKETED, every, others_mV=others, findings=tuple(findings))


def _none(crossing: Crossing, why: Finding) -> Reversal:
    return Reversal(None, crossing, findings=(why,))


def _listed(voltages_mV: tuple[float, ...]) -> str:
    return ", ".join(f"{e:.1f}" for e in voltages_mV)


def _primary(points: Points, bracket: Bracket) -> Estimate | None:
    found = _smooth_or_local(points, bracket)
    return None if found is None else with_unseen_bend(found, points, bracket)


def _smooth_or_local(points: Points, bracket: Bracket) -> Estimate | None:
    if points.v_mV.size >= MIN_SMOOTH_POINTS:
        smooth = smooth_estimate(points.v_mV, points.i_pA, points.se_pA, bracket, points.correlation, points.widen)
        if smooth is not None:
            return smooth
    return local_estimate(
        points.v_mV, points.i_pA, points.independent_se_pA, bracket, two_sided_95_by_series(points.dof)
    )


def _other_estimates(points: Points, bracket: Bracket, carriers: Carriers | None) -> tuple[Estimate, ...]:
    """Estimates by the other estimators that give a value."""
    v, i, se, t = points.v_mV, points.i_pA, points.independent_se_pA, two_sided_95_by_series(points.dof)
    found = [
        local_estimate(v, i, se, bracket, t),
        line_estimate(v, i, se, bracket, t),
        boltzmann_estimate(v, i, se, t),
        ghk_estimate(v, i, se, carriers, t) if carriers is not None else None,
    ]
    return tuple(estimate for estimate in found if estimate is not None)


def agrees(other: Estimate, primary: Estimate) -> bool | None:
    """Whether another estimator agrees with the primary one within their errors; None if it does not fit the points.

    A straight line through two points has no degree of freedom and is not compared.
    """
    if other.misfit is None or other.misfit > MAX_REDUCED_CHI2 or other.estimator is Estimator.STRAIGHT_LINE:
        return None
    apart = abs(other.e_mV - primary.e_mV)
    return apart <= max(DISAGREEMENT_SE * float(np.hypot(primary.se_mV, other.se_mV)), MIN_ESTIMATOR_DISAGREEMENT_mV)


def _disagreements(primary: Estimate, others: tuple[Estimate, ...]) -> list[Finding]:
    """Estimators that fit the points but disagree with the primary value."""
    return [
        finding(Code.ESTIMATOR_DISAGREES, other.e_mV, place=other.estimator)
        for other in others
        if agrees(other, primary) is False
    ]


def _outside(points: Points) -> Reversal:
    bound = one_sided_limit(points.v_mV, points.i_pA, points.se_pA)
    if bound is None:
        return _none(Crossing.NONE, finding(Code.CURRENT_NOT_DETECTED))
    direction = "outward" if bound.side == "below" else "inward"
    outside = finding(Code.REVERSAL_OUT_OF_RANGE, bound.v_mV, direction=direction, side=bound.side)
    extrapolated = _extrapolated(points, bound)
    if extrapolated is None:
        return Reversal(None, Crossing.NONE, bound=bound, findings=(outside,))
    inside = points.v_mV.min() <= extrapolated <= points.v_mV.max()  # the outermost currents need not differ from zero
    beyond = finding(
        Code.REVERSAL_EXTRAPOLATED,
        abs(extrapolated - bound.v_mV),
        zero_mV=extrapolated,
        side=bound.side,
        where="inside" if inside else "outside",
    )
    return Reversal(None, Crossing.EXTRAPOLATED, bound=bound, extrapolated_mV=extrapolated, findings=(outside, beyond))


def _extrapolated(points: Points, bound: OneSidedLimit) -> float | None:
    """Zero of a line through the three nearest points, if within half the tested range and the slope is significant."""
    near = slice(0, EXTRAPOLATION_POINTS) if bound.side == "below" else slice(-EXTRAPOLATION_POINTS, None)
    v, span = points.v_mV[near], float(np.ptp(points.v_mV))
    fit = fit_polynomial(v, points.i_pA[near], points.se_pA[near], 1, float(v.mean()), span)
    zero = zero_of(fit, (bound.v_mV, bound.v_mV), two_sided_95_by_series(points.dof), 1.0, Estimator.STRAIGHT_LINE)
    if zero is None or fit.coefficients[1] <= DETECTION_SE * np.sqrt(fit.covariance[1, 1]):
        return None
    distance = (bound.v_mV - zero.e_mV) if bound.side == "below" else (zero.e_mV - bound.v_mV)
    return zero.e_mV if 0 <= distance <= MAX_EXTRAPOLATION_FRACTION * span else None
