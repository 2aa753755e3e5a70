"""Junction potentials: published values, laws, and refused solutions."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reversal
from reversal.errors import DomainError
from reversal.physics.junctions import (
    henderson_mV,
    salt_bridge_mV,
    silver_chloride_mV,
    whole_cell_mV,
    whole_cell_offset_mV,
)
from reversal.physics.planck import charge_mM, steady_junction

TABLE = Path(reversal.__file__).parent / "reference" / "junctions.tsv"
with TABLE.open(encoding="utf-8", newline="") as stream:
    PUBLISHED = {row["id"]: row for row in csv.DictReader(stream, delimiter="\t")}
HENDERSON = [name for name, row in PUBLISHED.items() if row["method"] in {"henderson", "both"}]
NERNST_PLANCK = [name for name, row in PUBLISHED.items() if row["method"] in {"nernst-planck", "both"}]


def recipe(text):
    return {name: float(amount) for name, amount in (part.split() for part in text.split(", "))}


@pytest.fixture
def arrays(ions):
    def of(case, **changed):
        sides = [recipe(PUBLISHED[case]["bath_mM"]), recipe(PUBLISHED[case]["pipette_mM"]) | changed]
        names = list(dict.fromkeys([*sides[0], *sides[1]]))
        chosen = [ions[name] for name in names]
        bath, pipette = (np.array([side.get(name, 0.0) for name in names]) for side in sides)
        return bath, pipette, np.array([ion.z for ion in chosen]), np.array([ion.mobility for ion in chosen])

    return of


@pytest.mark.parametrize("case", HENDERSON)
def test_henderson_matches_published_junctions(case, arrays):
    row = PUBLISHED[case]
    found = henderson_mV(*arrays(case), float(row["temperature_C"]))
    assert found == pytest.approx(float(row["published_mV"]), abs=float(row["tolerance_mV"]))


@pytest.mark.parametrize("case", NERNST_PLANCK)
def test_nernst_planck_matches_published_junctions(case, arrays):
    row = PUBLISHED[case]
    found = steady_junction(*arrays(case), float(row["temperature_C"])).junction_mV
    assert found == pytest.approx(float(row["published_mV"]), abs=float(row["tolerance_mV"]))


def test_methods_differ_by_half_a_millivolt_for_potassium_gluconate(arrays):
    """+0.44 mV by an independent solver of the same equations (AxoBits 39 recipe, 20 °C)."""
    recipe = arrays("AxoBits-39")
    difference = steady_junction(*recipe, 20).junction_mV - henderson_mV(*recipe, 20)
    assert difference == pytest.approx(0.44, abs=0.01)


def test_harper_sodium_chloride_has_the_value_for_constant_mobilities(arrays):
    """Printed −15.6 mV; constant mobilities at 25 °C give −15.92 mV by hand."""
    by_hand = -25.6926 * (0.682 - 1.0382) / (0.682 + 1.0382) * np.log(4.99 / 99.5)
    assert henderson_mV(*arrays("Harper-NaCl"), 25) == pytest.approx(by_hand, abs=1e-3)


def test_solution_that_is_not_electroneutral_is_refused(arrays):
    bath, pipette, z, u = arrays("LJPcalc-KGlu", Na=9.0)  # as printed, 2 mM short
    assert charge_mM(pipette, z) == pytest.approx(-2)
    with pytest.raises(DomainError, match=r"pipette_mM is not electroneutral.*-2 mM"):
        steady_junction(bath, pipette, z, u, 25)


def test_net_charge_below_the_tolerance_hardly_changes_the_potential(arrays):
    bath, pipette, z, u = arrays("LJPcalc-KGlu")
    exact = steady_junction(bath, pipette, z, u, 25).junction_mV
    charged = pipette + np.where(z == z.max(), 0.25 / z.max(), 0.0) * (pipette > 0)
    assert 0 < charge_mM(charged, z) <= 0.5
    assert steady_junction(bath, charged, z, u, 25, tolerance_mM=0.5).junction_mV == pytest.approx(exact, abs=0.1)


def test_silver_chloride_shift_is_that_of_the_jpcalc_manual():
    """Manual of JPCalcWin, page 20: 145 against 75 mM Cl at 20 °C shifts bare Ag/AgCl by 16.65 mV."""
    assert silver_chloride_mV(145, 20) - silver_chloride_mV(75, 20) == pytest.approx(16.65, abs=0.01)


def test_salt_bridge_changes_by_less_than_a_millivolt(ions):
    z, u = [1, -1], [ions["Na"].mobility, ions["Cl"].mobility]
    shift = salt_bridge_mV([145, 145], z, u, 20) - salt_bridge_mV([75, 75], z, u, 20)
    assert abs(shift) < 1.0


SALT = st.floats(1, 500)


@given(SALT, SALT, SALT, SALT)
def test_junctions_of_exchanged_solutions_are_opposite(a, b, c, d):
    z, u = np.array([1, 1, -1]), np.array([1.0, 0.682, 1.0382])
    one, two = np.array([a, b, a + b]), np.array([c, d, c + d])
    assert henderson_mV(one, two, z, u, 20) == pytest.approx(-float(henderson_mV(two, one, z, u, 20)), abs=1e-9)
    assert henderson_mV(one, one, z, u, 20) == 0


@pytest.mark.parametrize("case", ["NgBarry-2.4", "AxoBits-39", "JLJP-Zn"])
def test_nernst_planck_changes_sign_when_the_solutions_are_exchanged(case, arrays):
    bath, pipette, z, u = arrays(case)
    forward, exchanged = steady_junction(bath, pipette, z, u, 20), steady_junction(pipette, bath, z, u, 20)
    assert forward.junction_mV == pytest.approx(-exchanged.junction_mV, abs=1e-5)
    assert steady_junction(bath, bath, z, u, 20).junction_mV == pytest.approx(0, abs=1e-9)


def test_steady_junction_is_neutral_everywhere_and_carries_no_current(arrays):
    bath, pipette, z, u = arrays("AxoBits-39")
    steady = steady_junction(bath, pipette, z, u, 20)
    total = steady.concentrations_mM.sum(0)
    assert np.abs(z @ steady.concentrations_mM).max() < 1e-9 * total.max()
    assert abs(z @ steady.fluxes) < 1e-9 * np.abs(steady.fluxes).max()
    # Nernst–Planck holds between the points for every ion: dc/dx + z c dψ/dx = −J/u
    middle = 0.5 * (steady.concentrations_mM[:, 1:] + steady.concentrations_mM[:, :-1])
    step, psi = np.diff(steady.position), np.diff(steady.potential_mV) / 25.2617
    left = np.diff(steady.concentrations_mM) / step + z[:, None] * middle * psi / step
    assert np.abs(left + (steady.fluxes / u)[:, None]).max() < 2e-3 * np.abs(steady.fluxes / u).max()


@given(SALT, SALT)
def test_dilution_potential_of_one_salt_is_logarithmic(a, b):
    expected = -25.2617 * (0.682 - 1.0382) / (0.682 + 1.0382) * np.log(a / b)
    assert henderson_mV([a, a], [b, b], [1, -1], [0.682, 1.0382], 20) == pytest.approx(expected, abs=1e-3)


@settings(max_examples=15)
@given(st.floats(1, 500), st.floats(1, 500), st.sampled_from([(1, -1, 0.682), (2, -1, 0.4048), (1, -2, 0.682)]))
def test_nernst_planck_agrees_with_henderson_for_one_salt(a, b, salt):
    z_cation, z_anion, u = salt
    parts = np.array([-z_anion, z_cation], dtype=float)
    salt_on_both_sides = (a * parts, b * parts, [z_cation, z_anion], [u, 1.0382], 25)
    expected = henderson_mV(*salt_on_both_sides)
    assert steady_junction(*salt_on_both_sides).junction_mV == pytest.approx(float(expected), abs=1e-4)


def test_potential_is_continuous_at_equal_conductance():
    z, u, bath = np.array([1, 1, -1]), np.array([1.0, 0.5, 1.0]), np.array([100.0, 0.0, 100.0])
    other = np.array([0.0, 400 / 3, 400 / 3])  # same Σ z² u c
    at = float(henderson_mV(bath, other, z, u, 20))
    near = float(henderson_mV(bath, other * (1 + 1e-9), z, u, 20))
    assert at == pytest.approx(near, abs=1e-6)
    assert at == pytest.approx(-25.2617 * (100 - 200 / 3 - (100 - 400 / 3)) / 200, abs=1e-3)


def test_whole_cell_potential_is_command_minus_junction_minus_change_at_the_reference():
    """Barry & Lynch 1991: V_m = V_cmd − V_L, and the change at the reference electrode is subtracted."""
    assert whole_cell_mV(-70, 15) == -85
    assert whole_cell_mV(-70, 15, reference_now_mV=3, reference_zeroed_mV=1) == -87


def test_uncompensated_series_resistance_shifts_the_membrane_potential():
    """Ohm's law: 2 nA through 10 MΩ is 20 mV; through the 20 % that 80 % compensation leaves it is 4 mV."""
    assert whole_cell_mV(0, 0, current_pA=2000, series_MOhm=10) == -20
    assert whole_cell_mV(0, 0, current_pA=[2000, -2000], series_MOhm=10, compensation=0.8) == pytest.approx([-4, 4])
    with pytest.raises(DomainError, match="compensation"):
        whole_cell_mV(0, 0, current_pA=2000, series_MOhm=10, compensation=1.2)


def test_junction_potential_subtracted_online_is_not_subtracted_again():
    assert whole_cell_mV(-70, 15, online_mV=10) == -75
    assert whole_cell_offset_mV(15, 3, 1, online_mV=10) == 7


def test_solution_without_ions_is_refused():
    with pytest.raises(DomainError, match="ions on both sides"):
        henderson_mV([0, 0], [100, 100], [1, -1], [1, 1], 20)
