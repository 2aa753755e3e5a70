"""Permittivity and density of water between 0 and 100 °C, as the activity formulas need them.

The coefficients of both polynomials are quoted from memory, not from the paper. At 25 °C they give 78.30 and
0.99708 kg/L; tables have 78.30 and 0.99705 kg/L.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import ValidityWarning, kelvin


def water_permittivity(temperature_C: ArrayLike) -> FloatArray:
    """Relative permittivity of water, same shape as ``temperature_C`` [°C].

    A ValidityWarning below 0 °C, where the tables have no values. Raises DomainError outside -5 to 60 °C.

    >>> round(float(water_permittivity(25)), 2)
    78.3

    Source: form of Malmberg & Maryott, J. Res. Natl. Bur. Stand. 56:1 (1956).
    """
    t = _liquid(temperature_C)
    return np.asarray(87.740 - t * (0.40008 - t * (9.398e-4 - t * 1.410e-6)))


def water_density_kg_per_L(temperature_C: ArrayLike) -> FloatArray:
    """Density of water [kg/L], same shape as ``temperature_C`` [°C].

    A ValidityWarning below 0 °C, where the tables have no values. Raises DomainError outside -5 to 60 °C.

    >>> round(float(water_density_kg_per_L(25)), 5)
    0.99708
    """
    t = _liquid(temperature_C)
    return np.asarray(1 - (t + 288.9414) * (t - 3.9863) ** 2 / (508929.2 * (t + 68.12963)))


def _liquid(temperature_C: ArrayLike) -> FloatArray:
    """The temperature [°C] as floats, with a ValidityWarning below the freezing point of water."""
    kelvin(temperature_C)
    t = np.asarray(temperature_C, dtype=np.float64)
    coldest = float(np.min(t, initial=0.0))
    if coldest < 0:
        warnings.warn(
            f"permittivity and density of water are known from 0 to 100 °C; used at {coldest:g} °C",
            ValidityWarning,
            stacklevel=3,
        )
    return t
