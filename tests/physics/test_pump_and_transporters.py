"""Pump, coupled transport and Donnan equilibrium."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.donnan import donnan, swollen_excess_mOsm
from reversal.atlas.systems.pump import (
    cycles_per_s,
    electrogenic_bound_mV,
    mullins_noda_mV,
    oxygen_per_s,
    saturation,
    steady_sodium_mM,
)
from reversal.atlas.systems.transporters import (
    GAT1,
    KCC2,
    NAMED,
    NCX,
    NHE,
    NKCC1,
    SGLT1,
    SGLT2,
    Mode,
    free_energy_kJ_per_mol,
    ion_motive_force_mV,
    ions_per_atp,
    mode,
    proton_motive_force_mV,
    reversal_mV,
    steepest_ratio,
    stoichiometry,
)
from reversal.errors import DomainError
from reversal.physics.ghk import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV

MILLIMOLAR = st.floats(0.01, 500)
SIDES = {"Na": (145.0, 12.0), "K": (5.0, 140.0), "Cl": (140.0, 7.0), "Ca": (2.0, 1e-4), "H": (4e-5, 6e-5)}


@given(MILLIMOLAR, MILLIMOLAR, MILLIMOLAR, MILLIMOLAR, st.floats(0, 100))
def test_pump_adds_no_more_than_the_mullins_noda_bound(k_out, k_in, na_out, na_in, a):
    with_pump = mullins_noda_mV(k_out, k_in, na_out, na_in, a, 37)
    without = ghk_voltage_mV([1, a], [k_out, na_out], [k_in, na_in], [1, 1], 37)
    assert abs(with_pump - without) <= electrogenic_bound_mV(37) + 1e-9
    assert mullins_noda_mV(k_out, k_in, na_out, na_in, a, 37, coupling=1) == pytest.approx(float(without), abs=1e-9)


def test_pump_of_96_pA_costs_a_hundred_million_oxygen_molecules_a_second():
    assert oxygen_per_s(96.1, 6) == pytest.approx(1e8, rel=0.01)
    assert cycles_per_s(1.0) == pytest.approx(1e-12 / 1.602176634e-19)


@given(st.floats(0.1, 50), st.floats(1, 50), st.floats(1, 3))
def test_steady_sodium_inverts_saturation(na, affinity, sites):
    load = saturation(na, affinity, sites)
    assert steady_sodium_mM(load, affinity, sites) == pytest.approx(na, rel=1e-8)


def test_a_load_beyond_the_pump_has_no_steady_state():
    with pytest.raises(DomainError, match="outside its range"):
        steady_sodium_mM(1.2, 10)


def test_exchanger_reversal_is_three_sodium_minus_two_calcium():
    """Mullins 1979: E_NCX = 3 E_Na − 2 E_Ca."""
    expected = 3 * nernst_mV(145, 12, 1, 37) - 2 * nernst_mV(2, 1e-4, 2, 37)
    assert reversal_mV(NCX, SIDES, 37) == pytest.approx(float(expected), abs=1e-9)
    assert mode(NCX, SIDES, float(expected) - 1, 37) is Mode.FORWARD
    assert mode(NCX, SIDES, float(expected) + 1, 37) is Mode.REVERSE


@pytest.mark.parametrize(
    ("name", "charge"),
    [
        ("NKCC1", 0),
        ("KCC2", 0),
        ("NBCe1", -1),
        ("NCX", 1),
        ("NHE", 0),
        ("SGLT1", 2),
        ("SGLT2", 1),
        ("GAT", 2),
        ("GAT1", 1),
        ("NaK", -1),
    ],
)
def test_net_charge_of_every_named_cycle(name, charge):
    assert NAMED[name].net_charge == charge


def test_kcc2_alone_stands_still_at_the_potassium_potential():
    ratio = steepest_ratio(KCC2, "Cl", {"K": SIDES["K"]}, -65, 37)
    assert nernst_mV(1, ratio, -1, 37) == pytest.approx(float(nernst_mV(*SIDES["K"], 1, 37)), abs=1e-9)


def test_electroneutral_cycles_ignore_the_voltage_and_have_no_reversal():
    energies = free_energy_kJ_per_mol(NKCC1, SIDES, [-100, 0, 100], 37)
    assert np.ptp(energies) < 1e-12
    with pytest.raises(DomainError, match="no reversal potential"):
        reversal_mV(NKCC1, SIDES, 37)


def test_two_sodium_square_the_gradient_of_one():
    one = steepest_ratio(SGLT2, "glucose", SIDES, -60, 37)
    assert steepest_ratio(SGLT1, "glucose", SIDES, -60, 37) == pytest.approx(float(one) ** 2)


def test_chloride_of_gat1_changes_its_energy_by_that_of_chloride():
    sides = SIDES | {"GABA": (0.002, 1.0)}
    textbook = free_energy_kJ_per_mol(NAMED["GAT"], sides, -70, 37)
    chloride = free_energy_kJ_per_mol(stoichiometry("1 Cl- in"), sides, -70, 37)
    assert free_energy_kJ_per_mol(GAT1, sides, -70, 37) == pytest.approx(float(textbook + chloride))


@given(
    st.dictionaries(st.sampled_from(sorted(SIDES)), st.tuples(MILLIMOLAR, MILLIMOLAR), min_size=5), st.floats(-200, 200)
)
def test_free_energy_vanishes_at_reversal_and_grows_with_the_charge(sides, v):
    e = float(reversal_mV(NCX, sides, 37))
    assert free_energy_kJ_per_mol(NCX, sides, e, 37) == pytest.approx(0, abs=1e-9)
    assert free_energy_kJ_per_mol(NCX, sides, v, 37) == pytest.approx(96.485332 * (v - e) * 1e-3, abs=1e-6)


def test_sodium_proton_exchange_stops_at_equal_ratios():
    assert steepest_ratio(NHE, "Na", {"H": (10**-7.4, 10**-7.2)}, -60, 37) == pytest.approx(10**0.2)


def test_motive_forces():
    """Mitchell's proton-motive force of mitochondria: −150 mV and 0.75 pH units make about −195 mV at 37 °C."""
    force = proton_motive_force_mV(-150, 7.05, 7.8, 37)
    assert force == pytest.approx(-150 - 61.54 * 0.75, abs=0.01)
    assert ion_motive_force_mV(-150, 10**-7.05, 10**-7.8, 37) == pytest.approx(float(force))
    assert ions_per_atp(57, force) == pytest.approx(57 / (96.485 * 0.19616), rel=1e-4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2 Ca2+ out", "can be read in two ways"),
        ("3 Na+", "cannot be read"),
        ("3 Na+ sideways", "cannot be read"),
        ("0 Na+ in", "moves none"),
    ],
)
def test_an_unclear_stoichiometry_is_refused(text, message):
    with pytest.raises(DomainError, match=message):
        stoichiometry(text)


def test_a_stoichiometry_in_one_line():
    cycle = stoichiometry("3 Na+ in, Ca^2+ out, 2 glucose in, HCO3^- out")
    assert [(leg.species, leg.inward, leg.z) for leg in cycle.legs] == [
        ("Na", 3, 1),
        ("Ca", -1, 2),
        ("glucose", 2, 0),
        ("HCO3", -1, -1),
    ]


def test_missing_concentrations_are_named():
    with pytest.raises(DomainError, match="'Ca'"):
        reversal_mV(NCX, {"Na": (145, 12)}, 37)


@given(MILLIMOLAR, st.floats(0, 300), st.floats(-3, 3))
def test_donnan_puts_every_ion_at_its_nernst_potential_in_a_neutral_cell(salt, impermeant, z):
    outside = np.array([salt, 0.1 * salt, 1.2 * salt])
    found = donnan(outside, [1, 2, -1], impermeant, z, 37)
    assert nernst_mV(outside, found.in_mM, [1, 2, -1], 37) == pytest.approx(float(found.potential_mV), abs=1e-6)
    charge = found.in_mM @ [1, 2, -1] + impermeant * z
    assert charge == pytest.approx(0, abs=1e-9 * (found.in_mM.sum() + impermeant))


def test_passive_swelling_never_ends():
    excess = swollen_excess_mOsm([1, 2, 10, 100], [110, 110], [1, -1], 150, -1, 37)
    assert np.all(np.diff(excess) < 0)
    assert np.all(excess > 0)
