"""Donnan equilibrium: what impermeant charge does to permeant ions, voltage and osmotic pressure.

Source: Donnan, Z. Elektrochem. 17:572 (1911).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.checks import finite, kelvin, last_axis_matches, nonzero, not_negative
from reversal.physics.constants import GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.nernst import thermal_voltage_mV


@dataclass(frozen=True, slots=True)
class DonnanEquilibrium:
    """The end of a passive cell of fixed volume.

    potential_mV : (...) inside minus outside [mV];  in_mM : (..., ions) permeant ions inside [mM]
    osmotic_excess_mOsm : (...) inside minus outside, impermeant solute included [mOsm]
    """

    potential_mV: FloatArray
    in_mM: FloatArray
    osmotic_excess_mOsm: FloatArray


def donnan(
    out_mM: ArrayLike, z: ArrayLike, impermeant_mM: ArrayLike, impermeant_z: ArrayLike, temperature_C: ArrayLike
) -> DonnanEquilibrium:
    """Distribution of permeant ions at equilibrium with an impermeant solute inside.

    out_mM : (..., ions) electroneutral outside [mM];  z : (ions,)
    impermeant_mM, impermeant_z : (...) concentration [mM] and mean charge of what stays inside

    >>> eq = donnan([110, 110], [1, -1], 150, -1, 37)
    >>> eq.in_mM.round(1).tolist(), round(float(eq.potential_mV), 1)
    ([208.1, 58.1], -17.0)
    """
    valence = np.atleast_1d(nonzero(z))
    outside = last_axis_matches("out_mM", not_negative(out_mM, "out_mM"), valence.size)
    fixed = not_negative(impermeant_mM, "impermeant_mM")
    charge = fixed * finite(impermeant_z, "impermeant_z")
    cations = (outside * np.where(valence > 0, valence, 0)).sum(-1)
    anions = (outside * np.where(valence < 0, -valence, 0)).sum(-1)
    if not np.all((cations > 0) & (np.abs(cations - anions) <= 1e-6 * cations)):
        raise DomainError(
            "the outside of a Donnan equilibrium is not electroneutral", expected="cations and anions alike"
        )
    u = _donnan_root(outside, valence, charge, cations)
    inside = outside * np.exp(-valence * u[..., None])
    excess = inside.sum(-1) + fixed - outside.sum(-1)
    return DonnanEquilibrium(np.asarray(u * thermal_voltage_mV(temperature_C)), inside, excess)


def osmotic_pressure_kPa(excess_mOsm: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Pressure that would hold an osmotic excess [mOsm] at bay [kPa] (van 't Hoff)."""
    return np.asarray(finite(excess_mOsm, "excess_mOsm") * GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C) * 1e-3)


def swollen_excess_mOsm(
    relative_volume: ArrayLike,
    out_mM: ArrayLike,
    z: ArrayLike,
    impermeant_mM: ArrayLike,
    impermeant_z: ArrayLike,
    temperature_C: ArrayLike,
) -> FloatArray:
    """Osmotic excess [mOsm] of a passive cell swollen to ``relative_volume`` (1 = before) at Donnan equilibrium.

    It falls with swelling but stays above 0 at any volume: without a pump or a wall there is no rest.
    """
    diluted = not_negative(impermeant_mM, "impermeant_mM") / np.asarray(relative_volume, dtype=np.float64)
    return donnan(out_mM, z, diluted, impermeant_z, temperature_C).osmotic_excess_mOsm


def _donnan_root(outside: FloatArray, z: FloatArray, charge: FloatArray, salt: FloatArray) -> FloatArray:
    """u = FV/RT with Σ z c exp(−zu) + charge = 0; the monovalent solution bounds all others."""
    bound = np.arcsinh(charge / (2 * salt))
    if np.all(np.abs(z) == 1):
        return np.asarray(bound)
    low, high = np.minimum(bound, 0.0), np.maximum(bound, 0.0)
    for _ in range(60):  # halving 60 times leaves less than rounding
        middle = 0.5 * (low + high)
        surplus = (outside * z * np.exp(-z * middle[..., None])).sum(-1) + charge
        low, high = np.where(surplus > 0, middle, low), np.where(surplus > 0, high, middle)
    return np.asarray(0.5 * (low + high))
