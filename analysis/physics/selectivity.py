"""Permeability ratios as free energies, with the sign convention kept beside the number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.physics.checks import finite, kelvin, positive
from analysis.physics.constants import GAS_CONSTANT_J_PER_MOL_K


class SignConvention(StrEnum):
    """Both signs are in print; the number alone does not tell which."""

    DISFAVOURED_POSITIVE = "ΔΔG = −RT ln(P_X/P_ref), positive = X disfavoured"
    FAVOURED_POSITIVE = "ΔΔG = +RT ln(P_X/P_ref), positive = X favoured"


@dataclass(frozen=True, slots=True)
class SelectivityEnergy:
    """A difference of barrier heights [kJ/mol] with the convention of its sign."""

    kJ_per_mol: float
    convention: SignConvention = SignConvention.DISFAVOURED_POSITIVE


def selectivity_energy(
    p_ratio: float, temperature_C: float, convention: SignConvention = SignConvention.DISFAVOURED_POSITIVE
) -> SelectivityEnergy:
    """ΔΔG of X against the reference from P_X/P_ref > 0 at ``temperature_C`` [°C]."""
    energy = (
        float(kelvin(temperature_C)) * GAS_CONSTANT_J_PER_MOL_K * 1e-3 * float(np.log(positive(p_ratio, "p_ratio")))
    )
    sign = -1.0 if convention is SignConvention.DISFAVOURED_POSITIVE else 1.0
    return SelectivityEnergy(sign * energy, convention)


def permeability_ratio(energy: SelectivityEnergy, temperature_C: float) -> float:
    """P_X/P_ref from a selectivity energy; the inverse of :func:`selectivity_energy`.

    >>> round(1 / permeability_ratio(SelectivityEnergy(12.0), 37), 1)
    104.9
    """
    thermal = float(kelvin(temperature_C)) * GAS_CONSTANT_J_PER_MOL_K * 1e-3
    sign = -1.0 if energy.convention is SignConvention.DISFAVOURED_POSITIVE else 1.0
    return float(np.exp(sign * finite(energy.kJ_per_mol, "energy") / thermal))
