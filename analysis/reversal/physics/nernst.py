"""The equilibrium potential of one ion, and how far a membrane is from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, kelvin, nonzero, positive
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K


def thermal_voltage_mV(temperature_C: ArrayLike) -> FloatArray:
    """RT/F [mV]: the voltage at which electrical and thermal energy of a monovalent ion are equal.

    temperature_C : [°C], above absolute zero

    Raises DomainError for a temperature that cannot be.

    >>> round(float(thermal_voltage_mV(37)), 4)
    26.7267
    """
    return np.asarray(kelvin(temperature_C) * (1e3 * GAS_CONSTANT_J_PER_MOL_K / FARADAY_C_PER_MOL))


def nernst_mV(out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Equilibrium potential of one ion, inside minus outside [mV].

    Parameters broadcast together.

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
    """Change of the equilibrium potential for a tenfold outside concentration, RT ln 10 / zF [mV/decade].

    >>> round(float(nernst_slope_mV_per_decade(1, 20)), 2)
    58.17
    """
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(10.0) / nonzero(z))


def nernst_in_mM(e_mV: ArrayLike, out_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Inside concentration [mM] at which the ion's equilibrium potential is ``e_mV`` (the inverse of nernst_mV).

    e_mV : [mV];  out_mM : [mM], > 0;  z : not 0;  temperature_C : [°C]
    """
    exponent = -nonzero(z) * finite(e_mV, "e_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(out_mM, "out_mM") * np.exp(exponent))
