"""Equilibrium potential, its slope, its inverse, and refused arguments."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.nernst import nernst_in_mM, nernst_mV, nernst_slope_mV_per_decade, thermal_voltage_mV

MILLIMOLAR = st.floats(1e-9, 1e4)
CHARGE = st.sampled_from([-3, -2, -1, 1, 2, 3])
CELSIUS = st.floats(0, 50)


def test_constants_are_those_of_the_si():
    assert pytest.approx(96485.33212331, abs=1e-8) == FARADAY_C_PER_MOL
    assert pytest.approx(8.31446261815324, abs=1e-13) == GAS_CONSTANT_J_PER_MOL_K


@pytest.mark.parametrize(
    ("celsius", "mV", "decade"), [(20, 25.2617, 58.17), (25, 25.6926, 59.16), (37, 26.7267, 61.54)]
)
def test_thermal_voltage_has_the_printed_values(celsius, mV, decade):
    assert thermal_voltage_mV(celsius) == pytest.approx(mV, abs=5e-5)
    assert nernst_slope_mV_per_decade(1, celsius) == pytest.approx(decade, abs=5e-3)


@given(MILLIMOLAR, MILLIMOLAR, CHARGE, CELSIUS)
def test_reversing_the_charge_reverses_the_potential(out, inside, z, celsius):
    assert nernst_mV(out, inside, -z, celsius) == pytest.approx(-nernst_mV(out, inside, z, celsius), abs=1e-12)


@given(st.floats(1e-9, 1e3), MILLIMOLAR, CHARGE, CELSIUS)
def test_tenfold_outside_concentration_shifts_the_potential_by_one_decade(out, inside, z, celsius):
    step = nernst_mV(10 * out, inside, z, celsius) - nernst_mV(out, inside, z, celsius)
    assert step == pytest.approx(nernst_slope_mV_per_decade(z, celsius), abs=1e-9)


@given(MILLIMOLAR, MILLIMOLAR, CHARGE, CELSIUS)
def test_inside_concentration_is_recovered_from_the_potential(out, inside, z, celsius):
    assert nernst_in_mM(nernst_mV(out, inside, z, celsius), out, z, celsius) == pytest.approx(inside, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((-1, 140, 1, 37), "out_mM is outside its range"),
        ((5, 0, 1, 37), "in_mM is outside its range"),
        ((5, 140, 0, 37), "charge number z is outside its range"),
        ((5, 140, 1, -273.15), "temperature_C is outside its range"),
        ((5, float("nan"), 1, 37), "in_mM is outside its range"),
        (("five", 140, 1, 37), "out_mM is not a number"),
    ],
)
def test_argument_outside_its_range_is_refused(arguments, what):
    with pytest.raises(DomainError, match=what):
        nernst_mV(*arguments)


def test_arguments_broadcast_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        e = nernst_mV(np.array([1e-9, 1, 1e4])[:, None], [1e-9, 1e4], 2, 20)
    assert e.shape == (3, 2)
