"""Concentration profile in a constant field and the Nernst–Planck flux."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.electrodiffusion import (
    constant_field_profile_mM,
    ionic_conductivity_S_per_m,
    limiting_current_A_per_m2,
    nernst_planck_flux,
)
from reversal.errors import DomainError
from reversal.physics.ghk_constant_field import ghk_current

VOLTS, MILLIMOLAR = st.floats(-300, 300), st.floats(0.1, 500)
CHARGE = st.sampled_from([-2, -1, 1, 2])


@given(VOLTS, MILLIMOLAR, MILLIMOLAR, CHARGE)
def test_flux_at_any_point_of_the_profile_is_the_ghk_flux(v, out, inside, z):
    """The Nernst–Planck flux on the profile, with D and thickness 1, is the GHK flux."""
    x, h = 0.37, 1e-4
    profile = constant_field_profile_mM(np.array([0, x - h, x, x + h, 1]), inside, out, v, z, 20)
    assert profile[0] == pytest.approx(inside)
    assert profile[-1] == pytest.approx(out)
    slope = (profile[3] - profile[1]) / (2 * h)
    flux = nernst_planck_flux(1, max(float(profile[2]), 0.0), slope, -v, z, 20)
    ghk = ghk_current(v, 1, out, inside, z, 20) / (z * 96485.33212 * 1e-6)
    assert flux == pytest.approx(float(ghk), abs=2e-4 * (1 + (abs(z * v) / 25) ** 3 * 1e-3) * (out + inside))


def test_profile_without_field_is_linear():
    assert constant_field_profile_mM([0, 0.25, 1], 100, 20, 0, 1, 20) == pytest.approx([100, 80, 20])


def test_position_outside_the_membrane_is_refused():
    with pytest.raises(DomainError, match="position is outside its range"):
        constant_field_profile_mM(1.5, 100, 20, 0, 1, 20)


def test_conductivity_grows_with_the_square_of_the_charge() -> None:
    """z²F²Dc/RT: F² · 1e-12 m²/s · 10⁴ mol/m³/(R · 298.15 K) = 0.0375538 S/m, four times as much for a divalent ion."""
    assert ionic_conductivity_S_per_m(1.0, 1e4, 1, 25) == pytest.approx(0.0375538, rel=1e-5)
    assert ionic_conductivity_S_per_m(1.0, 1e4, [-1, 2, -2], 25) == pytest.approx(
        [0.0375538, 0.1502151, 0.1502151], rel=1e-5
    )


def test_limiting_current_is_that_of_a_linear_profile_without_salt_at_one_end() -> None:
    """4 F D c/L = 4 · 96485.33 · 1e-12 · 10³/30e-6 = 12.865 A/m²."""
    assert limiting_current_A_per_m2(1.0, 1e3, 30.0) == pytest.approx(12.86471, rel=1e-5)
    assert limiting_current_A_per_m2(2.0, 1e3, 60.0) == pytest.approx(12.86471, rel=1e-5)
