"""Diffusion and drift: the Nernst–Planck flux, and the steady concentration profile in a constant field."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.domain import finite, fraction, nonzero, not_negative, positive
from reversal.physics.ghk_constant_field import bernoulli
from reversal.physics.nernst import thermal_voltage_mV


def nernst_planck_flux(
    diffusion_um2_per_s: ArrayLike,
    c_mM: ArrayLike,
    slope_mM_per_um: ArrayLike,
    field_mV_per_um: ArrayLike,
    z: ArrayLike,
    temperature_C: ArrayLike,
) -> FloatArray:
    """Flux J = −D (dc/dx + (zF/RT) c dφ/dx) [mM µm/s]. It is 0 where the electrochemical potential has no gradient.

    diffusion_um2_per_s : D [µm²/s], > 0;  c_mM : concentration [mM], ≥ 0;  slope_mM_per_um : dc/dx [mM/µm]
    field_mV_per_um : dφ/dx [mV/µm];  z : charge number, not 0;  temperature_C : [°C]. All broadcast together.

    Raises DomainError for a value outside its range. Source: Nernst, Z. Phys. Chem. 2:613 (1888); Planck, Ann. Phys.
    Chem. 39:161 (1890).
    """
    drift = nonzero(z) / thermal_voltage_mV(temperature_C) * not_negative(c_mM, "c_mM")
    gradient = finite(slope_mM_per_um, "slope_mM_per_um") + drift * finite(field_mV_per_um, "field_mV_per_um")
    return np.asarray(-positive(diffusion_um2_per_s, "diffusion_um2_per_s") * gradient)


def constant_field_profile_mM(
    position: ArrayLike, in_mM: ArrayLike, out_mM: ArrayLike, v_mV: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Steady concentration of an ion in a membrane with a constant field [mM], with partition coefficient 1.

    position : fraction of the thickness, 0 at the inner face, 1 at the outer face
    in_mM, out_mM : at the faces [mM], ≥ 0;  v_mV : inside minus outside [mV];  z : charge number, not 0
    temperature_C : [°C]. All broadcast together.

    The profile is c = a + b exp(zu·x) with u = FV/RT; at V = 0 it is a straight line. Raises DomainError for a value
    outside its range. Source: Goldman, J. Gen. Physiol. 27:37 (1943).
    """
    x, inside, outside = fraction(position, "position"), not_negative(in_mM, "in_mM"), not_negative(out_mM, "out_mM")
    zu = nonzero(z) * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C)
    # fraction of the change = expm1(zu x)/expm1(zu), written with B: exact at 0 and without overflow
    size = np.abs(zu)
    if_positive = x * bernoulli(size) / np.where(x == 0, 1.0, bernoulli(size * x))
    mirrored = 1 - x
    if_negative = 1 - mirrored * bernoulli(size) / np.where(mirrored == 0, 1.0, bernoulli(size * mirrored))
    return np.asarray(inside + (outside - inside) * np.where(zu >= 0, if_positive, if_negative))


def ionic_conductivity_S_per_m(
    diffusion_um2_per_s: ArrayLike, c_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Conductivity of a solid or a solution with one mobile ion, z²F²Dc/RT [S/m] (Nernst–Einstein).

    diffusion_um2_per_s : D [µm²/s], > 0;  c_mM : [mM], ≥ 0;  z : charge number, not 0;  temperature_C : [°C]

    It is the drift term of :func:`nernst_planck_flux`. All broadcast; DomainError for a value outside its range.
    """
    per_mV_um = -nernst_planck_flux(diffusion_um2_per_s, c_mM, 0.0, 1.0, z, temperature_C)  # mM µm/s in 1 mV/µm
    return np.asarray(nonzero(z) * FARADAY_C_PER_MOL * per_mV_um * 1e-9)


def limiting_current_A_per_m2(diffusion_um2_per_s: ArrayLike, c_mM: ArrayLike, thickness_um: ArrayLike) -> FloatArray:
    """Largest steady current of a 1:1 electrolyte between electrodes that pass the cation only, 4 F D c/L [A/m²].

    diffusion_um2_per_s : D of the cation [µm²/s], > 0;  c_mM : mean salt concentration [mM], > 0
    thickness_um : L [µm], > 0. At this current the salt is used up at one electrode.

    All broadcast; DomainError for a value outside its range. Source: Nernst–Planck with a resting anion; Newman,
    Electrochemical Systems (2004).
    """
    amount = positive(diffusion_um2_per_s, "diffusion_um2_per_s") * positive(c_mM, "c_mM")
    return np.asarray(4e-6 * FARADAY_C_PER_MOL * amount / positive(thickness_um, "thickness_um"))
