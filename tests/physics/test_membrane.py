"""The membrane's charge, its surfaces, and electrodiffusion through it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.driving import driving_force_mV
from reversal.atlas.systems.electrodiffusion import constant_field_profile_mM, nernst_planck_flux
from reversal.atlas.systems.membrane_charge import (
    debye_length_nm,
    fraction_of_bulk,
    ions_to_change_voltage,
    sphere_capacitance_pF,
    surface_charge_C_per_m2,
    surface_concentration_mM,
    surface_potential_mV,
)
from reversal.errors import DomainError
from reversal.physics.ghk import ghk_current
from reversal.physics.nernst import nernst_mV

VOLTS, MILLIMOLAR = st.floats(-300, 300), st.floats(0.1, 500)
CHARGE = st.sampled_from([-2, -1, 1, 2])


def test_an_action_potential_moves_nine_million_ions():
    """10 µm sphere, 1 µF/cm², 110 mV: 8.63e6 monovalent ions (recomputed independently)."""
    assert -ions_to_change_voltage(sphere_capacitance_pF(10), 110) == pytest.approx(8.63e6, rel=1e-3)


def test_a_thin_neurite_moves_a_larger_share():
    assert fraction_of_bulk(-70, 1, 300) == pytest.approx(10 * fraction_of_bulk(-70, 10, 300))


@given(st.floats(-200, 200), VOLTS, MILLIMOLAR, MILLIMOLAR, CHARGE)
def test_driving_force_is_the_same_at_a_charged_face(psi, v, out, inside, z):
    """The trap: a surface potential moves V and E alike, so that V − E and the reversal potential stay."""
    at_face = surface_concentration_mM(inside, psi, z, 37)
    assert driving_force_mV(v + psi, nernst_mV(out, at_face, z, 37)) == pytest.approx(
        float(driving_force_mV(v, nernst_mV(out, inside, z, 37))), abs=1e-9
    )


@given(st.floats(-0.3, 0.3), st.floats(0.001, 1))
def test_grahame_inverts(charge, salt):
    psi = surface_potential_mV(charge, salt, 78.4, 25)
    assert surface_charge_C_per_m2(psi, salt, 78.4, 25) == pytest.approx(charge, abs=1e-12)


def test_weak_charge_follows_debye():
    """For small charge ψ = σ λ_D/(ε ε₀)."""
    linear = 1e-4 * float(debye_length_nm(0.15, 78.4, 25)) * 1e-9 / (8.8541878188e-12 * 78.4) * 1e3
    assert surface_potential_mV(1e-4, 0.15, 78.4, 25) == pytest.approx(linear, rel=1e-4)


def test_debye_length_at_25_degrees():
    """0.304 nm/√(I/M) for a 1:1 salt in water at 25 °C (Israelachvili, Intermolecular and Surface Forces)."""
    assert debye_length_nm(0.1, 78.4, 25) == pytest.approx(0.304 / np.sqrt(0.1), rel=2e-3)


@given(VOLTS, MILLIMOLAR, MILLIMOLAR, CHARGE)
def test_constant_field_profile_carries_the_ghk_current(v, out, inside, z):
    """Nernst–Planck flux taken anywhere on the profile, with D and thickness 1, is the GHK flux."""
    x, h = 0.37, 1e-4
    profile = constant_field_profile_mM(np.array([0, x - h, x, x + h, 1]), inside, out, v, z, 20)
    assert profile[0] == pytest.approx(inside)
    assert profile[-1] == pytest.approx(out)
    slope = (profile[3] - profile[1]) / (2 * h)
    flux = nernst_planck_flux(1, max(float(profile[2]), 0.0), slope, -v, z, 20)
    ghk = ghk_current(v, 1, out, inside, z, 20) / (z * 96485.33212 * 1e-6)
    assert flux == pytest.approx(float(ghk), abs=2e-4 * (1 + (abs(z * v) / 25) ** 3 * 1e-3) * (out + inside))


def test_profile_without_field_is_a_line():
    assert constant_field_profile_mM([0, 0.25, 1], 100, 20, 0, 1, 20) == pytest.approx([100, 80, 20])


def test_a_place_outside_the_membrane_is_refused():
    with pytest.raises(DomainError, match="position is outside its range"):
        constant_field_profile_mM(1.5, 100, 20, 0, 1, 20)
