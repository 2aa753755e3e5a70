"""The reversal potential of an I-V: one crossing with its interval, or a plain statement of why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.measure.crossings import Bound, bound_of, sign_changes
from analysis.measure.local import Estimate, fit_polynomial, local_estimate, zero_of
from analysis.measure.results import Crossing

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reversal:
    """A reversal potential, or why there is none.

    estimate : the primary one; None without a single bracketed crossing
    crossing : where it lies against the tested range
    bound : one-sided statement where the current keeps one sign
    extrapolated_mV : zero of a line through the nearest points, outside the range
    others_mV : further crossings
    reason : why there is no number, or what is doubtful about it
    """

    estimate: Estimate | None
    crossing: Crossing
    bound: Bound | None = None
    extrapolated_mV: float | None = None
    others_mV: tuple[float, ...] = ()
    reason: str | None = None


def reversal_of(v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, dof: int) -> Reversal:
    """Find the reversal potential of an I-V; arrays of one shape (points,), in any order.

    dof : degrees of freedom of the errors
    """
    if v_mV.size < 3:
        return Reversal(None, Crossing.NONE, reason=f"{v_mV.size} points are too few for a reversal potential")
    order = np.argsort(v_mV, kind="stable")
    v, i, se = v_mV[order], i_pA[order], np.maximum(se_pA[order], 1e-9 + 1e-9 * np.abs(i_pA).max())
    brackets = sign_changes(i, se)
    if not brackets:
        return _outside(v, i, se)
    estimates = [local_estimate(v, i, se, bracket, quantile(dof)) for bracket in brackets]
    rising = [n for n, bracket in enumerate(brackets) if bracket.rising]
    found = [estimate.e_mV for estimate in estimates if estimate is not None]
    chosen = rising[0] if len(rising) == 1 else 0
    if len(rising) > 1 or (not rising and len(brackets) > 1):
        listed = ", ".join(f"{e:.1f}" for e in found)
        several = f"the current changes sign {len(brackets)} times, near {listed} mV: which one it is cannot be told"
        return Reversal(None, Crossing.BRACKETED, others_mV=tuple(found), reason=several)
    estimate = estimates[chosen]
    if estimate is None:
        return Reversal(
            None, Crossing.BRACKETED, reason="no smooth curve through the points near the sign change crosses zero"
        )
    others = tuple(e for e in found if e != estimate.e_mV)
    reason: str | None = None
    if not brackets[chosen].rising:
        reason = "the current falls with voltage where it changes sign"
    elif others:
        reason = "the current also changes sign near " + ", ".join(f"{e:.1f}" for e in others) + " mV"
    return Reversal(estimate, Crossing.BRACKETED, others_mV=others, reason=reason)


def quantile(dof: int) -> float:
    """97.5 % quantile of Student's t for the given degrees of freedom (Cornish–Fisher, exact to 0.5 % from 4 up)."""
    z = 1.959964
    return z + (z**3 + z) / (4 * dof) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * dof**2)


def _outside(v: FloatArray, i: FloatArray, se: FloatArray) -> Reversal:
    bound = bound_of(v, i, se)
    if bound is None:
        return Reversal(None, Crossing.NONE, reason="no current can be told from zero at any tested voltage")
    words = "outward" if bound.side == "below" else "inward"
    reason = f"the current is {words} wherever it can be told from zero: E_rev lies {bound.side} {bound.v_mV:.1f} mV"
    extrapolated = _extrapolated(v, i, se, bound)
    crossing = Crossing.NONE if extrapolated is None else Crossing.EXTRAPOLATED
    if extrapolated is not None:
        reason += f"; a line through the nearest points meets zero {abs(extrapolated - bound.v_mV):.1f} mV outside"
    return Reversal(None, crossing, bound, extrapolated, reason=reason)


def _extrapolated(v: FloatArray, i: FloatArray, se: FloatArray, bound: Bound) -> float | None:
    """Zero of a line through the three nearest points, if within half the tested range and the line tells from flat."""
    near = slice(0, 3) if bound.side == "below" else slice(-3, None)
    fit = fit_polynomial(v[near], i[near], se[near], 1, float(v[near].mean()), float(np.ptp(v)) or 1.0)
    zero = zero_of(fit, (bound.v_mV, bound.v_mV), 1.96, 1.0, "line")
    if zero is None or fit.coefficients[1] <= 4 * np.sqrt(fit.covariance[1, 1]):
        return None
    distance = (bound.v_mV - zero.e_mV) if bound.side == "below" else (zero.e_mV - bound.v_mV)
    return zero.e_mV if 0 <= distance <= 0.5 * float(np.ptp(v)) else None
