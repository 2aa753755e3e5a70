"""How hard an ion is driven, and which way its current and the ion itself go.

The direction of current does not depend on the sign of the charge; the direction of the ion does.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, nonzero
from reversal.physics.constants import FARADAY_C_PER_MOL


class Direction(StrEnum):
    """Which way across the membrane."""

    INWARD = "inward"
    OUTWARD = "outward"
    NONE = "none"


def driving_force_mV(v_mV: ArrayLike, e_mV: ArrayLike) -> FloatArray:
    """V − E [mV]: below 0 drives positive charge inward, above 0 outward.

    >>> float(driving_force_mV(-70, 60))
    -130.0
    """
    return finite(v_mV, "v_mV") - finite(e_mV, "e_mV")


def electrochemical_difference_kJ_per_mol(v_mV: ArrayLike, e_mV: ArrayLike, z: ArrayLike) -> FloatArray:
    """Δμ̃ = zF(V − E), inside minus outside [kJ/mol]: what bringing one mole of the ion in costs.

    v_mV, e_mV : membrane and equilibrium potential [mV];  z : charge number, not 0
    """
    return np.asarray(nonzero(z) * FARADAY_C_PER_MOL * driving_force_mV(v_mV, e_mV) * 1e-6)


def current_direction(v_mV: float, e_mV: float) -> Direction:
    """Direction of the ion's electric current: that of V − E, whatever the charge."""
    return _direction(float(driving_force_mV(v_mV, e_mV)))


def ion_flux_direction(v_mV: float, e_mV: float, z: int) -> Direction:
    """Direction in which the ion itself moves: with the current for a cation, against it for an anion."""
    return _direction(float(electrochemical_difference_kJ_per_mol(v_mV, e_mV, z)))


def ohmic_current_pA(g_nS: ArrayLike, v_mV: ArrayLike, e_mV: ArrayLike) -> FloatArray:
    """I = g (V − E) [pA], outward positive;  g_nS : [nS]."""
    return finite(g_nS, "g_nS") * driving_force_mV(v_mV, e_mV)


def _direction(outward: float) -> Direction:
    if outward == 0:
        return Direction.NONE
    return Direction.OUTWARD if outward > 0 else Direction.INWARD
