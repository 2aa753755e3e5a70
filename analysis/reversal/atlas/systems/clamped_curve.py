"""Reading a reversal potential from a clamped current–voltage curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.errors import DomainError
from reversal.physics.domain import finite


def crossing_mV(v_mV: ArrayLike, current_pA: ArrayLike) -> float:
    """Voltage at which a current that rises with voltage changes sign, on a straight line between two points [mV].

    v_mV : (points,) rising [mV];  current_pA : (points,) outward positive [pA]

    Raises DomainError if the current does not change from inward to outward exactly once.
    """
    v, i = finite(v_mV, "v_mV"), finite(current_pA, "current_pA")
    before = np.flatnonzero((i[:-1] < 0) & (i[1:] >= 0))
    if before.size != 1:
        raise DomainError(
            "the current does not reverse once",
            found=f"{before.size} changes from inward to outward",
            expected="one, within the range of voltages",
        )
    k = int(before[0])
    return float(v[k] - i[k] * (v[k + 1] - v[k]) / (i[k + 1] - i[k]))
