"""Where an I-V changes sign, judged against the error of its points.

A point counts as positive or negative only where its current differs from zero by two standard errors; points in
between belong to the bracket around the crossing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

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
class Bound:
    """One-sided statement on a reversal potential outside the tested range.

    side : E_rev lies "above" or "below" the voltage
    """

    side: Literal["above", "below"]
    v_mV: float


def sign_changes(i_pA: FloatArray, se_pA: FloatArray) -> list[Bracket]:
    """All brackets of an I-V sorted by voltage, both shapes (points,)."""
    known = np.flatnonzero(np.abs(i_pA) > CLEAR * se_pA)
    signs = np.sign(i_pA[known])
    turns = np.flatnonzero(signs[1:] != signs[:-1])
    return [Bracket(int(known[n]), int(known[n + 1]), bool(signs[n] < 0)) for n in turns]


def bound_of(v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray) -> Bound | None:
    """Say on which side of the tested range the reversal lies, from an I-V of one sign; None where nothing is clear.

    A current that is outward wherever it can be seen reverses below the lowest voltage at which it is seen, and an
    inward one above the highest, as for any conductance that is open there.
    """
    known = np.flatnonzero(np.abs(i_pA) > CLEAR * se_pA)
    if known.size == 0:
        return None
    signs = np.sign(i_pA[known])
    if np.all(signs > 0):
        return Bound("below", float(v_mV[known[0]]))
    if np.all(signs < 0):
        return Bound("above", float(v_mV[known[-1]]))
    return None
