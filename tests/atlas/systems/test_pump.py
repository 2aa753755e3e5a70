"""The Na⁺/K⁺ pump: bound on its voltage, cost, saturation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.pump import (
    cycles_per_s,
    electrogenic_bound_mV,
    electrogenic_offset_mV,
    mullins_noda_mV,
    oxygen_per_s,
    pump_saturation,
    steady_sodium_mM,
)
from reversal.errors import DomainError
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV

MILLIMOLAR = st.floats(0.01, 500)


@given(MILLIMOLAR, MILLIMOLAR, MILLIMOLAR, MILLIMOLAR, st.floats(0, 100))
def test_effect_of_the_pump_is_within_the_mullins_noda_bound(k_out, k_in, na_out, na_in, a):
    with_pump = mullins_noda_mV(k_out, k_in, na_out, na_in, a, 37)
    without = ghk_voltage_mV([1, a], [k_out, na_out], [k_in, na_in], [1, 1], 37)
    assert abs(with_pump - without) <= electrogenic_bound_mV(37) + 1e-9
    assert mullins_noda_mV(k_out, k_in, na_out, na_in, a, 37, coupling=1) == pytest.approx(float(without), abs=1e-9)


def test_pump_of_96_pA_costs_a_hundred_million_oxygen_molecules_a_second():
    assert oxygen_per_s(96.1, 6) == pytest.approx(1e8, rel=0.01)
    assert cycles_per_s(1.0) == pytest.approx(1e-12 / 1.602176634e-19)


@given(st.floats(0.1, 50), st.floats(1, 50), st.floats(1, 3))
def test_steady_sodium_inverts_pump_saturation(na, affinity, sites):
    load = pump_saturation(na, affinity, sites)
    assert steady_sodium_mM(load, affinity, sites) == pytest.approx(na, rel=1e-8)


def test_with_ohmic_leaks_the_pump_changes_the_voltage_by_up_to_a_tenth_of_e_na_minus_e_k():
    """I_Na = −3p, I_K = 2p: V − V₀ = −p/(g_Na + g_K), largest at g_Na/g_K = √(3/2), (E_Na − E_K)/(5 + 2 √6), by hand.

    For 145/12 and 4/140 mM at 37 °C that is −16.3 mV, beyond the −10.84 mV of GHK permeabilities.
    """
    e_na, e_k = (float(nernst_mV(out, inside, 1, 37)) for out, inside in ((145, 12), (4, 140)))
    g_na = np.geomspace(1e-3, 1e3, 2001)  # relative to g_K
    without = (g_na * e_na + e_k) / (g_na + 1)
    with_pump = (2 * g_na * e_na + 3 * e_k) / (2 * g_na + 3)  # V at which 2 g_Na (V − E_Na) = −3 g_K (V − E_K)
    offset = electrogenic_offset_mV(with_pump - e_k, 2 * (g_na + 1))  # p = g_K (V − E_K)/2
    assert offset == pytest.approx(with_pump - without, abs=1e-9)
    assert offset.min() == pytest.approx(-(e_na - e_k) / (5 + 2 * np.sqrt(6)), rel=1e-5)
    assert offset.min() == pytest.approx(-16.3, abs=0.05)
    assert g_na[offset.argmin()] == pytest.approx(np.sqrt(1.5), rel=0.01)
    assert offset.min() < -electrogenic_bound_mV(37)


def test_load_above_the_maximum_of_the_pump_is_refused():
    with pytest.raises(DomainError, match="outside its range"):
        steady_sodium_mM(1.2, 10)
