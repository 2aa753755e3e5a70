"""Permeability ratios as free energies, with the sign convention kept beside the number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, kelvin, positive
from reversal.physics.constants import GAS_CONSTANT_J_PER_MOL_K


class SignConvention(StrEnum):
    """Both signs are in print; the number alone does not tell which."""

    DISFAVOURED_POSITIVE = "ΔΔG = −RT ln(P_X/P_ref), positive = X disfavoured"
    FAVOURED_POSITIVE = "ΔΔG = +RT ln(P_X/P_ref), positive = X favoured"


@dataclass(frozen=True, slots=True)
class SelectivityEnergy:
    """A difference of barrier heights [kJ/mol], one number or an array, with the convention of its sign."""

    kJ_per_mol: FloatArray | float
    convention: SignConvention = SignConvention.DISFAVOURED_POSITIVE


def selectivity_energy(
    p_ratio: ArrayLike,
    temperature_C: ArrayLike,
    convention: SignConvention = SignConvention.DISFAVOURED_POSITIVE,
) -> SelectivityEnergy:
    """ΔΔG of X against the reference from P_X/P_ref > 0 at ``temperature_C`` [°C]; both broadcast."""
    energy = _signed_rt_kJ_per_mol(temperature_C, convention) * np.log(positive(p_ratio, "p_ratio"))
    return SelectivityEnergy(np.asarray(energy), convention)


def permeability_ratio(energy: SelectivityEnergy, temperature_C: ArrayLike) -> FloatArray:
    """P_X/P_ref from a selectivity energy; the inverse of :func:`selectivity_energy`.

    >>> round(float(1 / permeability_ratio(SelectivityEnergy(12.0), 37)), 1)
    104.9
    """
    exponent = finite(energy.kJ_per_mol, "kJ_per_mol") / _signed_rt_kJ_per_mol(temperature_C, energy.convention)
    return np.asarray(np.exp(exponent))


def _signed_rt_kJ_per_mol(temperature_C: ArrayLike, convention: SignConvention) -> FloatArray:
    """RT [kJ/mol] with the sign that the convention gives a favoured ion."""
    sign = -1e-3 if convention is SignConvention.DISFAVOURED_POSITIVE else 1e-3
    return np.asarray(sign * GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C))
