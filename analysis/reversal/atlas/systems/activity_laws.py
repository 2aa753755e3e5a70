"""Activity coefficients from ionic strength alone: the Debye–Hückel limiting law and the Davies equation.

Each law is valid up to an ionic strength; above it, a ValidityWarning gives the limit. At the ionic strength of body
fluids, :mod:`reversal.physics.pitzer` is more accurate.
Sources: Debye & Hückel, Phys. Z. 24:185 (1923); Davies, Ion Association (1962).
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.debye_huckel import debye_huckel_slope
from reversal.physics.domain import ValidityWarning, nonzero, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV

LIMITING_LAW_MAX_M = 0.005
DAVIES_MAX_M = 0.5


def ionic_strength_M(concentrations_mM: ArrayLike, z: ArrayLike) -> FloatArray:
    """Ionic strength I = ½ Σ c z² [mol/L].

    concentrations_mM : (..., ions) [mM], ≥ 0;  z : (ions,) charge numbers, not 0. Returns the leading shape.

    Raises DomainError for a value outside its range.

    >>> float(ionic_strength_M([100, 200], [2, -1]))
    0.3
    """
    return np.asarray(0.5e-3 * (not_negative(concentrations_mM, "concentrations_mM") * nonzero(z) ** 2).sum(-1))


def log10_gamma_limiting(z: ArrayLike, ionic_strength: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """log₁₀ γ by the limiting law, −A z² √I. Parameters broadcast.

    z : charge number, not 0;  ionic_strength : [mol/L], ≥ 0;  temperature_C : [°C]

    Holds up to 0.005 mol/L; above it a ValidityWarning. Raises DomainError for a value outside its range.
    """
    strength = _strength_up_to(LIMITING_LAW_MAX_M, ionic_strength, "the Debye–Hückel limiting law")
    return np.asarray(-debye_huckel_slope(temperature_C) * nonzero(z) ** 2 * np.sqrt(strength))


def log10_gamma_davies(z: ArrayLike, ionic_strength: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """log₁₀ γ by the Davies equation, −A z² (√I/(1 + √I) − 0.3 I). Parameters broadcast.

    z : charge number, not 0;  ionic_strength : [mol/L], ≥ 0;  temperature_C : [°C]

    Meant for up to 0.5 mol/L, above it a ValidityWarning; accurate to 1 % only up to 0.05 mol/L. Raises DomainError
    for a value outside its range.
    """
    strength = _strength_up_to(DAVIES_MAX_M, ionic_strength, "the Davies equation")
    root = np.sqrt(strength)
    return np.asarray(-debye_huckel_slope(temperature_C) * nonzero(z) ** 2 * (root / (1 + root) - 0.3 * strength))


def activity_shift_mV(gamma_out: ArrayLike, gamma_in: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Nernst potential from activities minus that from concentrations, (RT/zF) ln(γ_out/γ_in) [mV].

    gamma_out, gamma_in : activity coefficients, > 0;  z : charge number, not 0;  temperature_C : [°C]. They broadcast.

    Raises DomainError for a value outside its range.
    """
    ratio = np.log(positive(gamma_out, "gamma_out") / positive(gamma_in, "gamma_in"))
    return np.asarray(thermal_voltage_mV(temperature_C) / nonzero(z) * ratio)


def _strength_up_to(limit_M: float, ionic_strength: ArrayLike, law: str) -> FloatArray:
    """Ionic strength as floats, with a ValidityWarning if it is above the limit of the law."""
    strength = not_negative(ionic_strength, "ionic_strength")
    highest = float(np.max(strength, initial=0.0))
    if highest > limit_M:
        warnings.warn(f"{law} holds up to {limit_M} mol/L; used at {highest:.3g}", ValidityWarning, stacklevel=3)
    return strength
