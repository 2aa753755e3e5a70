"""The Na⁺/K⁺ pump: bound on its voltage, cost, saturation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.pump import (
    cycles_per_s,
    electrogenic_bound_mV,
    mullins_noda_mV,
    oxygen_per_s,
    pump_saturation,
    steady_sodium_mM,
)
from reversal.errors import DomainError
from reversal.physics.ghk_constant_field import ghk_voltage_mV

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


def test_load_above_the_maximum_of_the_pump_is_refused():
    with pytest.raises(DomainError, match="outside its range"):
        steady_sodium_mM(1.2, 10)
