"""Water between 0 and 100 °C, as far as the activity formulas need it.

Both polynomials are recalled, not read in the papers named; at 25 °C they give 78.30 and 0.99705.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import kelvin


def water_permittivity(temperature_C: ArrayLike) -> FloatArray:
    """Relative permittivity of water (after Malmberg & Maryott, J. Res. NBS 56:1, 1956);  temperature_C : [°C]."""
    kelvin(temperature_C)
    t = np.asarray(temperature_C, dtype=np.float64)
    return np.asarray(87.740 - t * (0.40008 - t * (9.398e-4 - t * 1.410e-6)))


def water_density_kg_per_L(temperature_C: ArrayLike) -> FloatArray:
    """Density of water [kg/L];  temperature_C : [°C]."""
    kelvin(temperature_C)
    t = np.asarray(temperature_C, dtype=np.float64)
    return np.asarray(1 - (t + 288.9414) * (t - 3.9863) ** 2 / (508929.2 * (t + 68.12963)))
