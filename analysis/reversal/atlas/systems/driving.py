"""Driving force of an ion, and the directions of its current and of the ion itself.

The direction of the current does not depend on the sign of the charge. The direction of the ion does.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.domain import finite, nonzero, not_negative


class Direction(StrEnum):
    """Direction across the membrane."""

    INWARD = "inward"
    OUTWARD = "outward"
    NONE = "none"


def driving_force_mV(v_mV: ArrayLike, e_mV: ArrayLike) -> FloatArray:
    """Driving force V − E [mV]. Below 0 the current is inward, above 0 outward. Both parameters broadcast.

    v_mV, e_mV : membrane and equilibrium potential [mV]. Raises DomainError for a value that is not finite.

    >>> float(driving_force_mV(-70, 60))
    -130.0
    """
    return finite(v_mV, "v_mV") - finite(e_mV, "e_mV")


def electrochemical_difference_kJ_per_mol(v_mV: ArrayLike, e_mV: ArrayLike, z: ArrayLike) -> FloatArray:
    """Δμ̃ = zF(V − E), inside minus outside [kJ/mol]: the free energy needed to bring one mole of the ion in.

    v_mV, e_mV : membrane and equilibrium potential [mV];  z : charge number, not 0. All broadcast together.

    Raises DomainError for a value outside its range.
    """
    return np.asarray(nonzero(z) * FARADAY_C_PER_MOL * driving_force_mV(v_mV, e_mV) * 1e-6)


def current_direction(v_mV: float, e_mV: float) -> Direction:
    """Direction of the ion's current at ``v_mV``: the sign of V − E, for any charge."""
    return _direction(float(driving_force_mV(v_mV, e_mV)))


def ion_flux_direction(v_mV: float, e_mV: float, z: int) -> Direction:
    """Direction in which the ion itself moves: that of the current for a cation, the opposite for an anion."""
    return _direction(float(electrochemical_difference_kJ_per_mol(v_mV, e_mV, z)))


def ohmic_current_pA(g_nS: ArrayLike, v_mV: ArrayLike, e_mV: ArrayLike) -> FloatArray:
    """Ohmic current g (V − E) [pA], outward positive;  g_nS : conductance [nS], ≥ 0. All parameters broadcast."""
    return not_negative(g_nS, "g_nS") * driving_force_mV(v_mV, e_mV)


def _direction(outward: float) -> Direction:
    if outward == 0:
        return Direction.NONE
    return Direction.OUTWARD if outward > 0 else Direction.INWARD
