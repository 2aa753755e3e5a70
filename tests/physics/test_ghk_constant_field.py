"""GHK current, and the voltage at which currents cancel."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from reversal.atlas.systems.slope_conductance import ghk_slope_conductance_nS
from reversal.errors import DomainError
from reversal.physics.ghk_constant_field import (
    PA_PER_PERMEABILITY_AND_MM,
    bernoulli,
    ghk_current,
    ghk_voltage_mV,
)
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV

MILLIMOLAR = st.floats(1e-9, 1e4)
BODY = st.floats(0.1, 500)
CHARGE = st.sampled_from([-3, -2, -1, 1, 2, 3])
VOLTS = st.floats(-1000, 1000)
RATIO = st.floats(1e-3, 1e3)


@given(st.floats(-600, 600))
def test_bernoulli_of_minus_x_is_that_of_x_plus_x(x):
    assert bernoulli(-x) == pytest.approx(bernoulli(x) + x, rel=1e-12, abs=1e-12)


@given(MILLIMOLAR, MILLIMOLAR, CHARGE, VOLTS)
def test_current_equals_the_textbook_quotient_away_from_zero_voltage(out, inside, z, v):
    u = z * v / 25.26171
    if abs(u) < 0.1:
        return
    quotient = z * u * (inside - out * np.exp(-u)) / -np.expm1(-u)
    scale = abs(z * u) * (inside / abs(np.expm1(-u)) + out / abs(np.expm1(u)))
    current = ghk_current(v, 1, out, inside, z, 20) / PA_PER_PERMEABILITY_AND_MM
    assert current == pytest.approx(quotient, rel=1e-5, abs=1e-5 * scale)


@given(MILLIMOLAR, MILLIMOLAR, CHARGE)
def test_current_is_continuous_at_zero_voltage(out, inside, z):
    at, near = ghk_current([0.0, 1e-12], 1, out, inside, z, 20)
    assert near == pytest.approx(at, rel=1e-12, abs=1e-12 * (out + inside))
    assert at == pytest.approx(z * PA_PER_PERMEABILITY_AND_MM * (inside - out), rel=1e-12)


@given(BODY, BODY, CHARGE)
def test_current_vanishes_at_the_nernst_potential(out, inside, z):
    e = nernst_mV(out, inside, z, 37)
    assert ghk_current(e, 1, out, inside, z, 37) == pytest.approx(0, abs=1e-11 * (out + inside))


@given(MILLIMOLAR, CHARGE, VOLTS)
def test_current_is_ohmic_for_equal_concentrations(c, z, v):
    slope = z**2 * PA_PER_PERMEABILITY_AND_MM * c / thermal_voltage_mV(20)
    assert ghk_current(v, 1, c, c, z, 20) == pytest.approx(slope * v, rel=1e-12)


@given(BODY, BODY)
def test_voltage_of_one_permeant_ion_is_its_nernst_potential(out, inside):
    voltage = ghk_voltage_mV([1, 0], [out, 145], [inside, 12], [1, 1], 37)
    assert voltage == pytest.approx(nernst_mV(out, inside, 1, 37), abs=1e-9)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(RATIO, MILLIMOLAR, MILLIMOLAR, CHARGE), min_size=1, max_size=5),
    st.floats(0, 50),
)
def test_voltage_is_the_zero_of_the_total_current(ions, celsius):
    p, out, inside, z = (np.array(column) for column in zip(*ions, strict=True))
    voltage = ghk_voltage_mV(p, out, inside, z, celsius)
    slopes = ghk_slope_conductance_nS(voltage, p, out, inside, z, celsius)
    total = ghk_current(voltage, p, out, inside, z, celsius).sum()
    assert abs(total / slopes.sum()) < 1e-6 * max(1.0, abs(float(voltage)))  # error of the root [mV]


@given(st.lists(st.tuples(RATIO, BODY, BODY, CHARGE), min_size=2, max_size=4), st.floats(1e-3, 1e3))
def test_voltage_depends_on_ratios_of_permeability_only(ions, scale):
    p, out, inside, z = (np.array(column) for column in zip(*ions, strict=True))
    assert ghk_voltage_mV(scale * p, out, inside, z, 20) == pytest.approx(
        float(ghk_voltage_mV(p, out, inside, z, 20)), abs=1e-7
    )


@given(st.lists(st.tuples(RATIO, BODY, BODY, CHARGE), min_size=1, max_size=4))
def test_exchanging_the_sides_reverses_the_voltage(ions):
    p, out, inside, z = (np.array(column) for column in zip(*ions, strict=True))
    assert ghk_voltage_mV(p, inside, out, z, 20) == pytest.approx(
        -float(ghk_voltage_mV(p, out, inside, z, 20)), abs=1e-7
    )


@pytest.mark.parametrize("z", [[1, 1, 2], [1, -1, 2], [1, 2, 3], [-2, 1, 3], [4, -1, 1]])
def test_every_branch_agrees_with_a_bracketing_solver(z):
    draw = np.random.default_rng(7)
    p, out, inside = (
        10 ** draw.uniform(-2, 1, (50, 3)),
        draw.uniform(0.1, 150, (50, 3)),
        draw.uniform(0.1, 150, (50, 3)),
    )
    found = ghk_voltage_mV(p, out, inside, z, 25)
    for k in range(50):
        root = brentq(lambda v, k=k: ghk_current(v, p[k], out[k], inside[k], z, 25).sum(), -400, 400, xtol=1e-12)
        assert found[k] == pytest.approx(root, abs=1e-9)


def test_chloride_enters_with_its_sides_exchanged():
    """Hodgkin & Katz (1949) squid ratios K : Na : Cl = 1 : 0.04 : 0.45, written out by hand."""
    voltage = ghk_voltage_mV([1, 0.04, 0.45], [10, 440, 560], [400, 50, 40], [1, 1, -1], 20)
    by_hand = 25.2617 * np.log((10 + 0.04 * 440 + 0.45 * 40) / (400 + 0.04 * 50 + 0.45 * 560))
    assert voltage == pytest.approx(by_hand, abs=1e-3)


def test_no_warning_and_no_overflow_in_the_whole_range():
    grid = np.array([1e-9, 1e-3, 1, 1e4])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for z in (-3, -2, -1, 1, 2, 3):
            current = ghk_current(np.linspace(-1000, 1000, 41)[:, None, None], 1, grid[:, None], grid, z, 0)
            assert np.all(np.isfinite(current))
        p = np.array([1e-6, 1, 1e6])
        for valences in ([1, 1, -1], [1, 2, -2], [1, 2, 3], [-3, 2, 1]):
            out, inside = np.meshgrid(grid, grid)
            sides = [np.repeat(side.reshape(-1, 1), 3, axis=1) for side in (out, inside)]
            assert np.all(np.isfinite(ghk_voltage_mV(p, *sides, valences, 0)))


def test_ions_all_on_one_side_are_refused():
    with pytest.raises(DomainError, match="no voltage balances"):
        ghk_voltage_mV([1, 1], [0, 0], [140, 10], [1, 1], 20)
    with pytest.raises(DomainError, match="no voltage balances"):
        ghk_voltage_mV([1, 1, 1], [0, 0, 0], [140, 10, 5], [1, 2, 3], 20)


def test_arrays_of_the_wrong_length_are_refused():
    with pytest.raises(DomainError, match="one value for each ion"):
        ghk_voltage_mV([1, 1], [5, 145, 1], [140, 10, 1], [1, 1, 1], 20)


def test_charge_number_that_is_not_whole_is_refused():
    with pytest.raises(DomainError, match="not a whole number"):
        ghk_voltage_mV([1, 1], [5, 145], [140, 10], [1, 1.5], 20)


def test_bernoulli_has_its_values_at_whole_numbers():
    """B(1) = 1/(e − 1), B(−1) = e/(e − 1), B(2) = 2/(e² − 1)."""
    e = np.e
    assert bernoulli([0.0, 1.0, -1.0, 2.0]) == pytest.approx([1.0, 1 / (e - 1), e / (e - 1), 2 / (e**2 - 1)], rel=1e-14)
