"""Sign changes of an I–V, given the errors of its points.

A point is positive or negative only if its current differs from zero by two standard errors; points in between belong
to the bracket around the crossing. If closed channels leave many points at zero, some of them differ by two standard
errors by chance. So if there are several sign changes, only those count that are significant for the number of points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.reversal.reversal_constants import FALSE_SIGN_CHANGE_PROBABILITY, SIGN_SE
from reversal.statistics.normal import limit_of_largest


@dataclass(frozen=True, slots=True)
class Bracket:
    """Two neighbouring points of known and opposite sign.

    low, high : their indices in the sorted I–V; the sign of points between them is not known
    rising : whether the current goes from negative to positive with voltage
    """

    low: int
    high: int
    rising: bool


@dataclass(frozen=True, slots=True)
class OneSidedLimit:
    """One-sided limit of a reversal potential outside the tested range.

    side : E_rev is "above" or "below" the voltage
    """

    side: Literal["above", "below"]
    v_mV: float


def sign_changes(i_pA: FloatArray, se_pA: FloatArray) -> list[Bracket]:
    """All brackets of an I–V sorted by voltage; i_pA, se_pA : (points,)."""
    found = _turns(i_pA, se_pA, SIGN_SE)
    if len(found) < 2:
        return found
    return [_narrowed(bracket, i_pA, se_pA) for bracket in significant_sign_changes(i_pA, se_pA)] or found


def significant_sign_changes(i_pA: FloatArray, se_pA: FloatArray) -> list[Bracket]:
    """Brackets between points whose signs are significant for the number of points; i_pA, se_pA : (points,)."""
    return _turns(i_pA, se_pA, max(SIGN_SE, limit_of_largest(i_pA.size, FALSE_SIGN_CHANGE_PROBABILITY)))


def _turns(i_pA: FloatArray, se_pA: FloatArray, clear: float) -> list[Bracket]:
    known = np.flatnonzero(np.abs(i_pA) > clear * se_pA)
    signs = np.sign(i_pA[known])
    turns = np.flatnonzero(signs[1:] != signs[:-1])
    return [Bracket(int(known[n]), int(known[n + 1]), bool(signs[n] < 0)) for n in turns]


def _narrowed(bracket: Bracket, i_pA: FloatArray, se_pA: FloatArray) -> Bracket:
    """Bracket with its ends moved to inner points of known sign, if it is unambiguous to which end they belong."""
    inside = np.arange(bracket.low, bracket.high + 1)
    clear = np.abs(i_pA[inside]) > SIGN_SE * se_pA[inside]
    as_low = inside[clear & (np.sign(i_pA[inside]) == np.sign(i_pA[bracket.low]))]
    as_high = inside[clear & (np.sign(i_pA[inside]) == np.sign(i_pA[bracket.high]))]
    low, high = as_low[as_low < as_high.min()].max(), as_high[as_high > as_low.max()].min()
    return Bracket(int(low), int(high), bracket.rising)


def one_sided_limit(v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray) -> OneSidedLimit | None:
    """Side of the tested range on which an I–V of one sign reverses; None if no point differs from zero.

    A current that is outward wherever it differs from zero reverses below the lowest of these voltages, and an inward
    one above the highest, as for any conductance that is open there.
    """
    known = np.flatnonzero(np.abs(i_pA) > SIGN_SE * se_pA)
    if known.size == 0:
        return None
    signs = np.sign(i_pA[known])
    if np.all(signs > 0):
        return OneSidedLimit("below", float(v_mV[known[0]]))
    if np.all(signs < 0):
        return OneSidedLimit("above", float(v_mV[known[-1]]))
    return None
