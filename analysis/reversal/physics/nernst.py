"""The equilibrium (Nernst) potential of one ion: its value, its slope per decade, its inverse."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.domain import finite, kelvin, nonzero, positive


def thermal_voltage_mV(temperature_C: ArrayLike) -> FloatArray:
    """RT/F [mV], same shape as ``temperature_C`` [°C]. At this voltage zFV of a monovalent ion equals RT.

    Raises DomainError for a temperature outside -5 to 60 °C.

    >>> round(float(thermal_voltage_mV(37)), 4)
    26.7267
    """
    return np.asarray(kelvin(temperature_C) * (1e3 * GAS_CONSTANT_J_PER_MOL_K / FARADAY_C_PER_MOL))


def nernst_mV(out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Equilibrium potential of one ion, inside minus outside [mV].

    All parameters broadcast together.

    out_mM, in_mM : concentrations or activities outside and inside [mM], > 0
    z : charge number, not 0
    temperature_C : [°C]

    Raises DomainError for a value outside its range.

    >>> round(float(nernst_mV(5, 140, 1, 37)), 2)
    -89.06

    Source: Nernst, Z. Phys. Chem. 2:613 (1888); Hille, Ion Channels of Excitable Membranes (2001), ch. 1.
    """
    ratio = np.log(positive(out_mM, "out_mM")) - np.log(positive(in_mM, "in_mM"))
    return np.asarray(thermal_voltage_mV(temperature_C) / nonzero(z) * ratio)


def nernst_slope_mV_per_decade(z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Change of the equilibrium potential if the outside concentration rises tenfold, RT ln 10 / zF [mV/decade].

    z : charge number, not 0;  temperature_C : [°C]. Both broadcast. Raises DomainError for a value outside its range.

    >>> round(float(nernst_slope_mV_per_decade(1, 20)), 2)
    58.17
    """
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(10.0) / nonzero(z))


def nernst_in_mM(e_mV: ArrayLike, out_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Inside concentration [mM] at which the equilibrium potential is ``e_mV``; the inverse of :func:`nernst_mV`.

    All parameters broadcast together.

    e_mV : equilibrium potential [mV];  out_mM : outside concentration [mM], > 0
    z : charge number, not 0;  temperature_C : [°C]

    Raises DomainError for a value outside its range.

    >>> round(float(nernst_in_mM(-89.06, 5, 1, 37)), 1)
    140.0
    """
    exponent = -nonzero(z) * finite(e_mV, "e_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(out_mM, "out_mM") * np.exp(exponent))
