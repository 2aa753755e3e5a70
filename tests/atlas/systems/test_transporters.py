"""Coupled transport: charge, reversal potential, free energy, largest gradient, reading of a stoichiometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    mode,
    reversal_mV,
    steepest_ratio,
    stoichiometry,
)
from reversal.errors import DomainError
from reversal.physics.nernst import nernst_mV

MILLIMOLAR = st.floats(0.01, 500)
SIDES = {"Na": (145.0, 12.0), "K": (5.0, 140.0), "Cl": (140.0, 7.0), "Ca": (2.0, 1e-4), "H": (4e-5, 6e-5)}


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


def test_kcc2_alone_is_at_equilibrium_when_e_cl_equals_e_k():
    ratio = steepest_ratio(KCC2, "Cl", {"K": SIDES["K"]}, -65, 37)
    assert nernst_mV(1, ratio, -1, 37) == pytest.approx(float(nernst_mV(*SIDES["K"], 1, 37)), abs=1e-9)


def test_electroneutral_cycle_does_not_depend_on_voltage_and_has_no_reversal_potential():
    energies = free_energy_kJ_per_mol(NKCC1, SIDES, [-100, 0, 100], 37)
    assert np.ptp(energies) < 1e-12
    with pytest.raises(DomainError, match="no reversal potential"):
        reversal_mV(NKCC1, SIDES, 37)


def test_two_sodium_ions_square_the_gradient_of_one():
    one = steepest_ratio(SGLT2, "glucose", SIDES, -60, 37)
    assert steepest_ratio(SGLT1, "glucose", SIDES, -60, 37) == pytest.approx(float(one) ** 2)


def test_free_energy_of_gat1_includes_its_chloride():
    sides = SIDES | {"GABA": (0.002, 1.0)}
    textbook = free_energy_kJ_per_mol(NAMED["GAT"], sides, -70, 37)
    chloride = free_energy_kJ_per_mol(stoichiometry("1 Cl- in"), sides, -70, 37)
    assert free_energy_kJ_per_mol(GAT1, sides, -70, 37) == pytest.approx(float(textbook + chloride))


@given(
    st.dictionaries(st.sampled_from(sorted(SIDES)), st.tuples(MILLIMOLAR, MILLIMOLAR), min_size=5), st.floats(-200, 200)
)
def test_free_energy_is_zero_at_the_reversal_potential_and_linear_in_voltage(sides, v):
    e = float(reversal_mV(NCX, sides, 37))
    assert free_energy_kJ_per_mol(NCX, sides, e, 37) == pytest.approx(0, abs=1e-9)
    assert free_energy_kJ_per_mol(NCX, sides, v, 37) == pytest.approx(96.485332 * (v - e) * 1e-3, abs=1e-6)


def test_sodium_proton_exchange_is_at_equilibrium_at_equal_ratios():
    assert steepest_ratio(NHE, "Na", {"H": (10**-7.4, 10**-7.2)}, -60, 37) == pytest.approx(10**0.2)


def test_proton_motive_force_of_mitochondria():
    """Mitchell's proton-motive force of mitochondria: −150 mV and 0.75 pH units make about −195 mV at 37 °C."""
    force = ion_motive_force_mV(-150, 10**-7.05, 10**-7.8, 37)
    assert force == pytest.approx(-150 - 61.54 * 0.75, abs=0.01)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2 Ca2+ out", "charge is ambiguous"),
        ("3 Na+", "cannot be read"),
        ("3 Na+ sideways", "cannot be read"),
        ("0 Na+ in", "moves 0 of a species"),
    ],
)
def test_unclear_stoichiometry_is_refused(text, message):
    with pytest.raises(DomainError, match=message):
        stoichiometry(text)


def test_stoichiometry_is_read_from_one_line():
    cycle = stoichiometry("3 Na+ in, Ca^2+ out, 2 glucose in, HCO3^- out")
    assert [(leg.species, leg.inward, leg.z) for leg in cycle.legs] == [
        ("Na", 3, 1),
        ("Ca", -1, 2),
        ("glucose", 2, 0),
        ("HCO3", -1, -1),
    ]


def test_species_without_concentrations_is_refused_by_name():
    with pytest.raises(DomainError, match="'Ca'"):
        reversal_mV(NCX, {"Na": (145, 12)}, 37)
