"""Slope conductance of the GHK current: its exact derivative with respect to voltage."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import finite, nonzero, not_negative
from reversal.physics.ghk_constant_field import PA_PER_PERMEABILITY_AND_MM, bernoulli
from reversal.physics.nernst import thermal_voltage_mV

SERIES_BELOW = 0.2  # below this |x| the closed form of B′ loses digits and the series is used


def bernoulli_slope(x: ArrayLike) -> FloatArray:
    """dB/dx of the Bernoulli function, same shape as x: by its series near 0, elsewhere B (1 − B − x)/x.

    >>> float(bernoulli_slope(0.0))
    -0.5
    """
    numbers = np.asarray(x, dtype=np.float64)
    near = np.abs(numbers) < SERIES_BELOW
    away = np.where(near, 1.0, numbers)
    value = bernoulli(away)
    s = np.where(near, numbers, 0.0)
    q = s * s
    series = -0.5 + s * (1 / 6 - q * (1 / 180 - q * (1 / 5040 - q * (1 / 151200 - q / 4790016))))
    return np.where(near, series, value * (1.0 - value - away) / away)


def ghk_slope_conductance_nS(
    v_mV: ArrayLike, p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """dI/dV of the GHK current of one ion [nS]. Parameters are those of :func:`reversal.physics.ghk.ghk_current`.

    All parameters broadcast together. Raises DomainError for a value outside its range.

    >>> float(ghk_slope_conductance_nS(0.0, 0.0, 5.0, 140.0, 1, 20.0))
    0.0
    """
    z_, thermal = nonzero(z), thermal_voltage_mV(temperature_C)
    zu = z_ * finite(v_mV, "v_mV") / thermal
    outside, inside = not_negative(out_mM, "out_mM"), not_negative(in_mM, "in_mM")
    by_zu = -inside * bernoulli_slope(-zu) - outside * bernoulli_slope(zu)
    return np.asarray(not_negative(p, "p") * z_**2 * PA_PER_PERMEABILITY_AND_MM * by_zu / thermal)
