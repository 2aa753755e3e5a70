"""Donnan equilibrium: effect of impermeant charge on permeant ions, voltage and osmotic pressure.

Source: Donnan, Z. Elektrochem. 17:572 (1911).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.domain import electroneutral, finite, kelvin, last_axis_matches, nonzero, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV


@dataclass(frozen=True, slots=True)
class DonnanEquilibrium:
    """Equilibrium of a passive cell of fixed volume.

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

    out_mM : (..., ions) permeant ions outside, electroneutral [mM], ≥ 0;  z : (ions,) charge numbers, not 0
    impermeant_mM, impermeant_z : (...) concentration [mM], ≥ 0, and mean charge of the impermeant solute inside
    temperature_C : broadcasts with the leading axes [°C]

    Raises DomainError for a value outside its range and for an outside solution that is not electroneutral.

    >>> eq = donnan([110, 110], [1, -1], 150, -1, 37)
    >>> eq.in_mM.round(1).tolist(), round(float(eq.potential_mV), 1)
    ([208.1, 58.1], -17.0)
    """
    valence = np.atleast_1d(nonzero(z))
    outside = last_axis_matches("out_mM", not_negative(out_mM, "out_mM"), valence.size)
    fixed = not_negative(impermeant_mM, "impermeant_mM")
    charge = fixed * finite(impermeant_z, "impermeant_z")
    cations = (outside * np.where(valence > 0, valence, 0)).sum(-1)
    name = "the outside solution of a Donnan equilibrium"
    electroneutral(outside, valence, name, remedy="Correct a concentration, or add the missing ion")
    if not np.all(cations > 0):
        raise DomainError(
            f"{name} has no ions", expected="a permeant cation and a permeant anion", remedy="Give them in mM"
        )
    u = _donnan_root(outside, valence, charge, cations)
    inside = outside * np.exp(-valence * u[..., None])
    excess = inside.sum(-1) + fixed - outside.sum(-1)
    return DonnanEquilibrium(np.asarray(u * thermal_voltage_mV(temperature_C)), inside, excess)


def osmotic_pressure_kPa(excess_mOsm: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Pressure that balances an osmotic excess [kPa], by van 't Hoff's law. Both parameters broadcast.

    excess_mOsm : inside minus outside [mOsm];  temperature_C : [°C]. Raises DomainError for a value outside its range.
    """
    return np.asarray(finite(excess_mOsm, "excess_mOsm") * GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C) * 1e-3)


def swollen_excess_mOsm(
    relative_volume: ArrayLike,
    out_mM: ArrayLike,
    z: ArrayLike,
    impermeant_mM: ArrayLike,
    impermeant_z: ArrayLike,
    temperature_C: ArrayLike,
) -> FloatArray:
    """Osmotic excess at Donnan equilibrium of a passive cell that has swollen to ``relative_volume`` [mOsm].

    relative_volume : (...) volume divided by the volume before swelling, > 0;  others as for :func:`donnan`

    The excess falls with swelling but is above 0 at any volume: without a pump or a wall the cell swells without end.
    Raises DomainError for a value outside its range.
    """
    diluted = not_negative(impermeant_mM, "impermeant_mM") / positive(relative_volume, "relative_volume")
    return donnan(out_mM, z, diluted, impermeant_z, temperature_C).osmotic_excess_mOsm


def _donnan_root(outside: FloatArray, z: FloatArray, charge: FloatArray, salt: FloatArray) -> FloatArray:
    """u = FV/RT with Σ z c exp(−zu) + charge = 0, by bisection. The solution for monovalent ions is the outer bound."""
    bound = np.arcsinh(charge / (2 * salt))
    if np.all(np.abs(z) == 1):
        return np.asarray(bound)
    low, high = np.minimum(bound, 0.0), np.maximum(bound, 0.0)
    for _ in range(60):  # 60 halvings reach the precision of a float
        middle = 0.5 * (low + high)
        net_charge = (outside * z * np.exp(-z * middle[..., None])).sum(-1) + charge
        low, high = np.where(net_charge > 0, middle, low), np.where(net_charge > 0, high, middle)
    return np.asarray(0.5 * (low + high))
