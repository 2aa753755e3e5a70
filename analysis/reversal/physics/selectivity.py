"""Permeability ratios as free energies. The sign convention is stored with the number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.constants import GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.domain import finite, kelvin, positive


class SignConvention(StrEnum):
    """Sign of the energy. Both conventions are in print, so a number without its convention is ambiguous."""

    DISFAVOURED_POSITIVE = "ΔΔG = −RT ln(P_X/P_ref), positive = X disfavoured"
    FAVOURED_POSITIVE = "ΔΔG = +RT ln(P_X/P_ref), positive = X favoured"


@dataclass(frozen=True, slots=True)
class SelectivityEnergy:
    """A difference of barrier heights [kJ/mol], a number or an array, with the convention of its sign."""

    kJ_per_mol: FloatArray | float
    convention: SignConvention = SignConvention.DISFAVOURED_POSITIVE


def selectivity_energy(
    p_ratio: ArrayLike,
    temperature_C: ArrayLike,
    convention: SignConvention = SignConvention.DISFAVOURED_POSITIVE,
) -> SelectivityEnergy:
    """ΔΔG of X relative to the reference ion [kJ/mol].

    p_ratio : P_X/P_ref, > 0;  temperature_C : [°C]. Both broadcast. Raises DomainError for a value outside its range.

    >>> round(float(selectivity_energy(0.01, 37).kJ_per_mol), 2)
    11.88
    """
    energy = _signed_rt_kJ_per_mol(temperature_C, convention) * np.log(positive(p_ratio, "p_ratio"))
    return SelectivityEnergy(np.asarray(energy), convention)


def permeability_ratio(energy: SelectivityEnergy, temperature_C: ArrayLike) -> FloatArray:
    """P_X/P_ref from a selectivity energy; the inverse of :func:`selectivity_energy`.

    energy : any shape;  temperature_C : [°C], broadcasts with it. Raises DomainError for a value outside its range.

    >>> round(float(1 / permeability_ratio(SelectivityEnergy(12.0), 37)), 1)
    104.9
    """
    exponent = finite(energy.kJ_per_mol, "kJ_per_mol") / _signed_rt_kJ_per_mol(temperature_C, energy.convention)
    return np.asarray(np.exp(exponent))


def _signed_rt_kJ_per_mol(temperature_C: ArrayLike, convention: SignConvention) -> FloatArray:
    """RT [kJ/mol], with the sign that ΔΔG of a favoured ion has in the convention."""
    sign = -1e-3 if convention is SignConvention.DISFAVOURED_POSITIVE else 1e-3
    return np.asarray(sign * GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C))
