"""Slope conductance of the GHK current."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.slope_conductance import bernoulli_slope, ghk_slope_conductance_nS
from reversal.physics.ghk_constant_field import PA_PER_PERMEABILITY_AND_MM, bernoulli, ghk_current

BODY = st.floats(0.1, 500)
CHARGE = st.sampled_from([-3, -2, -1, 1, 2, 3])


@pytest.mark.parametrize("x", [-30.0, -1.0, -0.2, -0.1, -1e-6, 0.0, 1e-6, 0.1, 0.19, 0.21, 1.0, 30.0])
def test_bernoulli_slope_is_the_derivative(x):
    step = 1e-4
    secant = (bernoulli(x + step) - bernoulli(x - step)) / (2 * step)
    assert bernoulli_slope(x) == pytest.approx(secant, abs=2e-9)


@given(st.floats(1, 1e3), BODY, BODY, CHARGE, st.floats(-200, 200))
def test_slope_conductance_is_the_derivative_of_the_current(p, out, inside, z, v):
    step = 1e-4 * max(1.0, abs(v))
    above, below = (ghk_current(at, p, out, inside, z, 25) for at in (v + step, v - step))
    secant = float(above - below) / (2 * step)
    scale = p * abs(z) * (1 + abs(z * v) / 25) * (out + inside) * PA_PER_PERMEABILITY_AND_MM
    found = ghk_slope_conductance_nS(v, p, out, inside, z, 25)
    assert found == pytest.approx(float(secant), rel=1e-5, abs=1e-7 * scale)
