"""Voltages at which a current changes from inward to outward."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray


def rising_zeros(v_mV: FloatArray, i_pA: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Index of the last inward point before each rising zero, and the zero by a straight line [mV]; both (zeros,).

    v_mV, i_pA : (points,), v_mV ascending
    """
    at = np.flatnonzero((i_pA[:-1] < 0) & (i_pA[1:] >= 0))
    return at, v_mV[at] - i_pA[at] * (v_mV[at + 1] - v_mV[at]) / (i_pA[at + 1] - i_pA[at])
