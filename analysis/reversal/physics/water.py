"""Permittivity and density of water between 0 and 100 °C, as the activity formulas need them.

The coefficients of both polynomials are quoted from memory, not from the paper. At 25 °C they give 78.30 and
0.99708 kg/L; tables have 78.30 and 0.99705 kg/L.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import kelvin


def water_permittivity(temperature_C: ArrayLike) -> FloatArray:
    """Relative permittivity of water, same shape as ``temperature_C`` [°C].

    Raises DomainError for a temperature at or below absolute zero.

    >>> round(float(water_permittivity(25)), 2)
    78.3

    Source: form of Malmberg & Maryott, J. Res. Natl. Bur. Stand. 56:1 (1956).
    """
    kelvin(temperature_C)
    t = np.asarray(temperature_C, dtype=np.float64)
    return np.asarray(87.740 - t * (0.40008 - t * (9.398e-4 - t * 1.410e-6)))


def water_density_kg_per_L(temperature_C: ArrayLike) -> FloatArray:
    """Density of water [kg/L], same shape as ``temperature_C`` [°C].

    Raises DomainError for a temperature at or below absolute zero.

    >>> round(float(water_density_kg_per_L(25)), 5)
    0.99708
    """
    kelvin(temperature_C)
    t = np.asarray(temperature_C, dtype=np.float64)
    return np.asarray(1 - (t + 288.9414) * (t - 3.9863) ** 2 / (508929.2 * (t + 68.12963)))
