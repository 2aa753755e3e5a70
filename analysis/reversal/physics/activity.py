"""Activity coefficients from the ionic strength alone: limiting law, extended Debye–Hückel, Davies.

Each holds in a range; outside it a ValidityWarning says which range was left. For what a cell sees, :mod:`pitzer` is
the better choice.
Sources: Debye & Hückel, Phys. Z. 24:185 (1923); Davies, Ion Association (1962).
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import kelvin, nonzero, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV
from reversal.physics.water import water_density_kg_per_L, water_permittivity

LIMITING_TO_M = 0.005
EXTENDED_TO_M = 0.1
DAVIES_TO_M = 0.5


class ValidityWarning(UserWarning):
    """A formula was used outside the range in which it holds; the message says which range."""


def ionic_strength_M(concentrations_mM: ArrayLike, z: ArrayLike) -> FloatArray:
    """I = ½ Σ c z² [mol/L];  concentrations [mM] with the ions on the last axis."""
    return np.asarray(0.5e-3 * (not_negative(concentrations_mM, "concentrations_mM") * nonzero(z) ** 2).sum(-1))


def debye_huckel_slope(temperature_C: ArrayLike) -> FloatArray:
    """A of log₁₀ γ = −A z² √I [(L/mol)^½];  temperature_C : [°C]."""
    thermal = water_permittivity(temperature_C) * kelvin(temperature_C)
    return np.asarray(1.8248e6 * np.sqrt(water_density_kg_per_L(temperature_C)) * thermal**-1.5)


def log10_gamma_limiting(z: ArrayLike, ionic_strength: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Limiting law: log₁₀ γ = −A z² √I;  ionic_strength [mol/L], ≥ 0, holds below 0.005."""
    strength = _within(ionic_strength, LIMITING_TO_M, "the Debye–Hückel limiting law")
    return np.asarray(-debye_huckel_slope(temperature_C) * nonzero(z) ** 2 * np.sqrt(strength))


def log10_gamma_extended(
    z: ArrayLike, ionic_strength: ArrayLike, size_angstrom: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Extended Debye–Hückel: log₁₀ γ = −A z² √I/(1 + B å √I); holds below 0.1 mol/L.

    size_angstrom : distance of closest approach å [Å], > 0; Kielland (1937) gives about 3 for K⁺ and Cl⁻, 4 for Na⁺,
    6 for Ca²⁺ (recalled, not read)
    """
    root = np.sqrt(_within(ionic_strength, EXTENDED_TO_M, "the extended Debye–Hückel law"))
    thermal = water_permittivity(temperature_C) * kelvin(temperature_C)
    per_angstrom = 50.29 * np.sqrt(water_density_kg_per_L(temperature_C) / thermal)
    screened = root / (1 + per_angstrom * positive(size_angstrom, "size_angstrom") * root)
    return np.asarray(-debye_huckel_slope(temperature_C) * nonzero(z) ** 2 * screened)


def log10_gamma_davies(z: ArrayLike, ionic_strength: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Davies: log₁₀ γ = −A z² (√I/(1 + √I) − 0.3 I); nominally below 0.5 mol/L, within 1 % only below 0.05."""
    strength = _within(ionic_strength, DAVIES_TO_M, "the Davies equation")
    root = np.sqrt(strength)
    return np.asarray(-debye_huckel_slope(temperature_C) * nonzero(z) ** 2 * (root / (1 + root) - 0.3 * strength))


def activity_shift_mV(gamma_out: ArrayLike, gamma_in: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """What activities add to a Nernst potential from concentrations: (RT/zF) ln(γ_out/γ_in) [mV]."""
    ratio = np.log(positive(gamma_out, "gamma_out") / positive(gamma_in, "gamma_in"))
    return np.asarray(thermal_voltage_mV(temperature_C) / nonzero(z) * ratio)


def _within(ionic_strength: ArrayLike, limit: float, law: str) -> FloatArray:
    strength = not_negative(ionic_strength, "ionic_strength")
    highest = float(np.max(strength, initial=0.0))
    if highest > limit:
        warnings.warn(f"{law} holds up to {limit} mol/L; used at {highest:.3g}", ValidityWarning, stacklevel=3)
    return strength
