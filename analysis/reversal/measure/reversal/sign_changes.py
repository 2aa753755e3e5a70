"""Where an I-V changes sign, judged against the error of its points.

A point counts as positive or negative only where its current differs from zero by two standard errors; points in
between belong to the bracket around the crossing. Where closed gates leave many points at zero, some of them are beyond
two by chance: of several sign changes only those count that no chance among so many points makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.normal import limit_of_largest

CHANCE = 0.01  # that noise alone makes a further sign change
CLEAR = 2.0  # standard errors from zero at which the sign of a point is taken as known


@dataclass(frozen=True, slots=True)
class Bracket:
    """Two neighbouring points of known and opposite sign.

    low, high : their indices in the sorted I-V; points between them are too small to tell
    rising : whether the current goes from negative to positive with voltage
    """

    low: int
    high: int
    rising: bool


@dataclass(frozen=True, slots=True)
class OneSidedLimit:
    """One-sided statement on a reversal potential outside the tested range.

    side : E_rev lies "above" or "below" the voltage
    """

    side: Literal["above", "below"]
    v_mV: float


def sign_changes(i_pA: FloatArray, se_pA: FloatArray) -> list[Bracket]:
    """All brackets of an I-V sorted by voltage, both shapes (points,)."""
    found = _turns(i_pA, se_pA, CLEAR)
    if len(found) < 2:
        return found
    sure = _turns(i_pA, se_pA, max(CLEAR, limit_of_largest(i_pA.size, CHANCE)))
    return [_narrowed(bracket, i_pA, se_pA) for bracket in sure] or found


def _turns(i_pA: FloatArray, se_pA: FloatArray, clear: float) -> list[Bracket]:
    known = np.flatnonzero(np.abs(i_pA) > clear * se_pA)
    signs = np.sign(i_pA[known])
    turns = np.flatnonzero(signs[1:] != signs[:-1])
    return [Bracket(int(known[n]), int(known[n + 1]), bool(signs[n] < 0)) for n in turns]


def _narrowed(bracket: Bracket, i_pA: FloatArray, se_pA: FloatArray) -> Bracket:
    """Bracket with ends moved to inner points of clear sign, as far as it is plain which end they belong to."""
    inside = np.arange(bracket.low, bracket.high + 1)
    clear = np.abs(i_pA[inside]) > CLEAR * se_pA[inside]
    as_low = inside[clear & (np.sign(i_pA[inside]) == np.sign(i_pA[bracket.low]))]
    as_high = inside[clear & (np.sign(i_pA[inside]) == np.sign(i_pA[bracket.high]))]
    low, high = as_low[as_low < as_high.min()].max(), as_high[as_high > as_low.max()].min()
    return Bracket(int(low), int(high), bracket.rising)


def one_sided_limit(v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray) -> OneSidedLimit | None:
    """Say on which side of the tested range the reversal lies, from an I-V of one sign; None where nothing is clear.

    A current that is outward wherever it can be seen reverses below the lowest voltage at which it is seen, and an
    inward one above the highest, as for any conductance that is open there.
    """
    known = np.flatnonzero(np.abs(i_pA) > CLEAR * se_pA)
    if known.size == 0:
        return None
    signs = np.sign(i_pA[known])
    if np.all(signs > 0):
        return OneSidedLimit("below", float(v_mV[known[0]]))
    if np.all(signs < 0):
        return OneSidedLimit("above", float(v_mV[known[-1]]))
    return None
