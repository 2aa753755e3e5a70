"""Slope of the Debye–Hückel limiting law.

Source: Debye & Hückel, Phys. Z. 24:185 (1923).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import kelvin
from reversal.physics.water import water_density_kg_per_L, water_permittivity


def debye_huckel_slope(temperature_C: ArrayLike) -> FloatArray:
    """Slope A of log₁₀ γ = −A z² √I [(L/mol)^½], same shape as ``temperature_C`` [°C].

    Raises DomainError for a temperature outside -5 to 60 °C.

    >>> round(float(debye_huckel_slope(25)), 3)
    0.511
    """
    thermal = water_permittivity(temperature_C) * kelvin(temperature_C)
    return np.asarray(1.8248e6 * np.sqrt(water_density_kg_per_L(temperature_C)) * thermal**-1.5)
