"""The membrane as a capacitor, Debye length and surface potential."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.driving import driving_force_mV
from reversal.atlas.systems.membrane_charge import (
    debye_length_nm,
    fraction_of_bulk,
    ions_to_change_voltage,
    sphere_capacitance_pF,
    surface_concentration_mM,
    surface_potential_mV,
)
from reversal.errors import DomainError
from reversal.physics.nernst import nernst_mV

VOLTS, MILLIMOLAR = st.floats(-300, 300), st.floats(0.1, 500)
CHARGE = st.sampled_from([-2, -1, 1, 2])


def test_an_action_potential_moves_nine_million_ions():
    """10 µm sphere, 1 µF/cm², 110 mV: 8.63e6 monovalent ions (computed independently)."""
    assert -ions_to_change_voltage(sphere_capacitance_pF(10), 110) == pytest.approx(8.63e6, rel=1e-3)


def test_a_thin_neurite_moves_a_larger_share():
    assert fraction_of_bulk(-70, 1, 300) == pytest.approx(10 * fraction_of_bulk(-70, 10, 300))


@given(st.floats(-200, 200), VOLTS, MILLIMOLAR, MILLIMOLAR, CHARGE)
def test_driving_force_is_the_same_at_a_charged_face(psi, v, out, inside, z):
    """A surface potential shifts V and E by the same amount, so V − E and the reversal potential do not change."""
    at_face = surface_concentration_mM(inside, psi, z, 37)
    assert driving_force_mV(v + psi, nernst_mV(out, at_face, z, 37)) == pytest.approx(
        float(driving_force_mV(v, nernst_mV(out, inside, z, 37))), abs=1e-9
    )


@given(st.floats(-0.3, 0.3), st.floats(0.001, 1))
def test_surface_potential_satisfies_grahames_equation(charge, salt):
    """σ = √(8 ε ε₀ RT c) sinh(Fψ/2RT), with RT/F 25.6926 mV and RT 2478.957 J/mol at 25 °C."""
    psi = surface_potential_mV(charge, salt, 78.4, 25)
    scale = np.sqrt(8 * 78.4 * 8.8541878188e-12 * 2478.957 * salt * 1e3)
    assert scale * np.sinh(psi / (2 * 25.69258)) == pytest.approx(charge, rel=1e-5, abs=1e-12)


def test_small_charge_has_the_linear_potential():
    """For small charge ψ = σ λ_D/(ε ε₀)."""
    linear = 1e-4 * float(debye_length_nm(0.15, 78.4, 25)) * 1e-9 / (8.8541878188e-12 * 78.4) * 1e3
    assert surface_potential_mV(1e-4, 0.15, 78.4, 25) == pytest.approx(linear, rel=1e-4)


def test_debye_length_at_25_degrees():
    """0.304 nm/√(I/M) for a 1:1 salt in water at 25 °C (Israelachvili, Intermolecular and Surface Forces)."""
    assert debye_length_nm(0.1, 78.4, 25) == pytest.approx(0.304 / np.sqrt(0.1), rel=2e-3)


def test_salt_in_millimolar_is_refused():
    """150 mM is 0.15 mol/L, 0.779 nm at 37 °C; taken as 150 mol/L it would be 0.025 nm."""
    assert debye_length_nm(0.15, 74.2, 37) == pytest.approx(0.779, abs=0.002)
    for formula in (lambda: debye_length_nm(150, 74.2, 37), lambda: surface_potential_mV(-0.05, 150, 74.2, 37)):
        with pytest.raises(DomainError, match=r"Is 150 in mM\? 0.15 mol/L"):
            formula()
