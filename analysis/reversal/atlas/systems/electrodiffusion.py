"""Diffusion and drift together: the Nernst–Planck flux and what a constant field makes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, fraction, nonzero, not_negative, positive
from reversal.physics.ghk import bernoulli
from reversal.physics.nernst import thermal_voltage_mV


def nernst_planck_flux(
    diffusion_um2_per_s: ArrayLike,
    c_mM: ArrayLike,
    slope_mM_per_um: ArrayLike,
    field_mV_per_um: ArrayLike,
    z: ArrayLike,
    temperature_C: ArrayLike,
) -> FloatArray:
    """Flux J = −D (dc/dx + (zF/RT) c dφ/dx) [mM µm/s].

    field_mV_per_um : dφ/dx [mV/µm];  c_mM ≥ 0;  D > 0. Zero exactly where the electrochemical potential is level.
    """
    drift = nonzero(z) / thermal_voltage_mV(temperature_C) * not_negative(c_mM, "c_mM")
    gradient = finite(slope_mM_per_um, "slope_mM_per_um") + drift * finite(field_mV_per_um, "field_mV_per_um")
    return np.asarray(-positive(diffusion_um2_per_s, "diffusion_um2_per_s") * gradient)


def constant_field_profile_mM(
    position: ArrayLike, in_mM: ArrayLike, out_mM: ArrayLike, v_mV: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Concentration of a steadily flowing ion in a constant field [mM] (partition coefficient 1).

    position : 0 at the inner face, 1 at the outer face;  v_mV : inside minus outside [mV]

    The profile is c = a + b exp(zu·x), u = FV/RT; at V = 0 a straight line.
    """
    x, inside, outside = fraction(position, "position"), not_negative(in_mM, "in_mM"), not_negative(out_mM, "out_mM")
    zu = nonzero(z) * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C)
    # share of the way = expm1(zu x)/expm1(zu), written with B so that it is exact at 0 and never overflows
    size = np.abs(zu)
    near = x * bernoulli(size) / np.where(x == 0, 1.0, bernoulli(size * x))
    mirrored = 1 - x
    far = 1 - mirrored * bernoulli(size) / np.where(mirrored == 0, 1.0, bernoulli(size * mirrored))
    return np.asarray(inside + (outside - inside) * np.where(zu >= 0, near, far))
