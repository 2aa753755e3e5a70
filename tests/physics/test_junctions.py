"""Junction potentials against published tables, their laws, and what they do to a patch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DomainError
from analysis.physics.junctions import (
    cell_attached_mV,
    henderson_mV,
    inside_out_mV,
    salt_bridge_mV,
    silver_chloride_mV,
    whole_cell_mV,
)
from analysis.physics.planck import both_methods, charge_mM, steady_junction


@dataclass(frozen=True)
class JunctionCase:
    name: str
    bath: dict[str, float]
    pipette: dict[str, float]
    v_l_mV: float


NG_BARRY_1995_TABLE_2 = [  # J. Neurosci. Methods 56:37; bath minus pipette at 20 °C, printed to 0.1 mV
    JunctionCase("NaCl 50 : KCl 50", {"K": 50, "Cl": 50}, {"Na": 50, "Cl": 50}, -4.3),
    JunctionCase("NaCl 150 : KCl 150", {"K": 150, "Cl": 150}, {"Na": 150, "Cl": 150}, -4.3),
    JunctionCase("NaCl 50 : CsCl 50", {"Cs": 50, "Cl": 50}, {"Na": 50, "Cl": 50}, -4.9),
    JunctionCase("NaCl 100 : MgCl2 100", {"Mg": 100, "Cl": 200}, {"Na": 100, "Cl": 100}, 10.0),
    JunctionCase("CaCl2 100 : MgCl2 100", {"Mg": 100, "Cl": 200}, {"Ca": 100, "Cl": 200}, 0.6),
    JunctionCase("KCl + CaCl2 : LiCl + CaCl2", {"Li": 100, "Ca": 2, "Cl": 104}, {"K": 100, "Ca": 2, "Cl": 104}, 6.4),
    JunctionCase("CaCl2 + MgCl2 : LiCl", {"Li": 100, "Cl": 100}, {"Ca": 50, "Mg": 50, "Cl": 200}, -8.2),
]
JPCALC_MANUAL = [  # JPCalcWin demonstration manual, pages 7 and 10; 20 °C
    JunctionCase("CsF + NaCl", {"Na": 145, "Cl": 145}, {"Na": 10, "Cl": 10, "Cs": 135, "F": 135}, 8.74),
    JunctionCase("CsF + CsCl", {"Na": 145, "Cl": 145}, {"Cs": 145, "F": 125, "Cl": 20}, 8.71),
]
AXOBITS_39 = JunctionCase(  # Figl et al., AxoBits 39, page 8; 20 °C
    "K gluconate",
    {"K": 2.8, "Na": 145, "Cl": 148.8, "Mg": 2, "Ca": 1, "HEPES": 5},
    {"K": 145, "Na": 13, "Cl": 10, "gluconate": 145, "Mg": 1, "HEPES": 5},
    15.6,
)
HARPER_1985_TABLE_I = [  # J. Phys. Chem. 89:1660; single-salt dilutions at 25 °C
    JunctionCase("HCl", {"H": 3.45, "Cl": 3.45}, {"H": 100, "Cl": 100}, 55.5),
    JunctionCase("CaCl2", {"Ca": 5.45, "Cl": 10.9}, {"Ca": 290, "Cl": 580}, -35.0),
    JunctionCase("ZnSO4", {"Zn": 18.6, "SO4": 18.6}, {"Zn": 400, "SO4": 400}, -8.1),
]
HARPER_NACL = JunctionCase("NaCl", {"Na": 4.99, "Cl": 4.99}, {"Na": 99.5, "Cl": 99.5}, -15.6)
JLJP_ZINC = JunctionCase("Zn/K/Cl", {"Zn": 0.0284, "K": 3, "Cl": 3.0568}, {"Zn": 9, "Cl": 18}, -20.796)  # 25 °C
ACSF = {"K": 3, "Cl": 133.8, "Mg": 1.5, "Na": 152.2, "SO4": 1.5, "H2PO4": 1.2, "Ca": 2.4, "HCO3": 25}
INTERNAL = {"HEPES": 5, "EGTA2": 1, "Cl": 24, "Mg": 2, "Na": 11, "ATP": 2}  # Na closes the printed recipe by 2 mM
LJPCALC = [  # LJPcalc, its own stationary solution at 25 °C
    JunctionCase("K gluconate", ACSF, INTERNAL | {"K": 130, "gluconate": 110}, 13.469),
    JunctionCase("K methanesulfonate", ACSF, INTERNAL | {"K": 130, "methanesulfonate": 110}, 8.594),
]


@pytest.fixture
def arrays(ions):
    def of(case: JunctionCase):
        names = list(dict.fromkeys([*case.bath, *case.pipette]))
        chosen = [ions[name] for name in names]
        bath, pipette = (np.array([side.get(name, 0.0) for name in names]) for side in (case.bath, case.pipette))
        return bath, pipette, np.array([ion.z for ion in chosen]), np.array([ion.mobility for ion in chosen])

    return of


@pytest.mark.parametrize("case", NG_BARRY_1995_TABLE_2, ids=lambda case: case.name)
def test_henderson_matches_ng_barry_1995_table_2(case, arrays):
    assert henderson_mV(*arrays(case), 20) == pytest.approx(case.v_l_mV, abs=0.05)


@pytest.mark.parametrize("case", JPCALC_MANUAL, ids=lambda case: case.name)
def test_henderson_matches_the_jpcalc_manual(case, arrays):
    assert henderson_mV(*arrays(case), 20) == pytest.approx(case.v_l_mV, abs=0.005)


def test_henderson_matches_axobits_39_and_nernst_planck_differs_by_half_a_millivolt(arrays):
    methods = both_methods(*arrays(AXOBITS_39), 20)
    assert methods.henderson_mV == pytest.approx(15.6, abs=0.05)
    assert methods.model_error_mV == pytest.approx(0.44, abs=0.02)  # difference found by an independent solver


@pytest.mark.parametrize("case", HARPER_1985_TABLE_I, ids=lambda case: case.name)
def test_both_methods_match_harper_1985_table_1(case, arrays):
    methods = both_methods(*arrays(case), 25)
    assert methods.henderson_mV == pytest.approx(case.v_l_mV, abs=0.05)
    assert methods.nernst_planck_mV == pytest.approx(case.v_l_mV, abs=0.05)


def test_harper_sodium_chloride_is_reached_to_a_third_of_a_millivolt(arrays):
    """The printed −15.6 is 0.3 mV from constant mobilities and concentrations at 25 °C (−15.92 by hand)."""
    u, v = 0.682, 1.0382
    by_hand = -25.6926 * (u - v) / (u + v) * np.log(4.99 / 99.5)
    assert henderson_mV(*arrays(HARPER_NACL), 25) == pytest.approx(by_hand, abs=1e-3)
    assert abs(by_hand - HARPER_NACL.v_l_mV) < 0.35


def test_nernst_planck_matches_the_zinc_example_of_jljp(arrays):
    assert steady_junction(*arrays(JLJP_ZINC), 25).junction_mV == pytest.approx(JLJP_ZINC.v_l_mV, abs=0.05)


@pytest.mark.parametrize("case", LJPCALC, ids=lambda case: case.name)
def test_nernst_planck_matches_ljpcalc(case, arrays):
    assert steady_junction(*arrays(case), 25).junction_mV == pytest.approx(case.v_l_mV, abs=0.05)


def test_a_recipe_that_is_not_neutral_is_refused(arrays):
    case = JunctionCase("as printed", ACSF, INTERNAL | {"K": 130, "gluconate": 110, "Na": 9}, 0)
    bath, pipette, z, u = arrays(case)
    assert charge_mM(pipette, z) == pytest.approx(-2)
    with pytest.raises(DomainError, match=r"pipette_mM is not electroneutral.*-2 mM"):
        steady_junction(bath, pipette, z, u, 25)


def test_silver_chloride_shift_is_that_of_the_jpcalc_manual():
    """Manual of JPCalcWin, page 20: 145 against 75 mM Cl at 20 °C shifts bare Ag/AgCl by 16.65 mV."""
    assert silver_chloride_mV(145, 20) - silver_chloride_mV(75, 20) == pytest.approx(16.65, abs=0.01)


def test_a_bridge_of_3_M_KCl_hides_most_of_the_change(ions):
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


@pytest.mark.parametrize("case", [NG_BARRY_1995_TABLE_2[3], AXOBITS_39, JLJP_ZINC], ids=lambda case: case.name)
def test_nernst_planck_is_opposite_when_the_solutions_are_exchanged(case, arrays):
    bath, pipette, z, u = arrays(case)
    forth, back = steady_junction(bath, pipette, z, u, 20), steady_junction(pipette, bath, z, u, 20)
    assert forth.junction_mV == pytest.approx(-back.junction_mV, abs=1e-5)
    assert steady_junction(bath, bath, z, u, 20).junction_mV == pytest.approx(0, abs=1e-9)


def test_steady_solution_carries_no_charge_and_is_neutral_everywhere(arrays):
    bath, pipette, z, u = arrays(AXOBITS_39)
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
def test_dilution_of_one_salt_is_the_logarithm(a, b):
    expected = -25.2617 * (0.682 - 1.0382) / (0.682 + 1.0382) * np.log(a / b)
    assert henderson_mV([a, a], [b, b], [1, -1], [0.682, 1.0382], 20) == pytest.approx(expected, abs=1e-3)


def test_equal_conductance_is_a_limit_not_a_gap():
    z, u, bath = np.array([1, 1, -1]), np.array([1.0, 0.5, 1.0]), np.array([100.0, 0.0, 100.0])
    rich = np.array([0.0, 400 / 3, 400 / 3])  # same Σ z² u c
    at = float(henderson_mV(bath, rich, z, u, 20))
    near = float(henderson_mV(bath, rich * (1 + 1e-9), z, u, 20))
    assert at == pytest.approx(near, abs=1e-6)
    assert at == pytest.approx(-25.2617 * (100 - 200 / 3 - (100 - 400 / 3)) / 200, abs=1e-3)


def test_patch_configurations():
    """Barry & Lynch 1991: whole cell V_c − V_L; inside-out −V_c + V_L; cell-attached V_cell − V_c + V_L."""
    assert whole_cell_mV(-70, 15) == -85
    assert inside_out_mV(-70, 15) == 85
    assert cell_attached_mV(20, -65, 15) == -70
    assert whole_cell_mV(-70, 15, reference_now_mV=3, reference_zeroed_mV=1) == -87


def test_a_solution_without_ions_is_refused():
    with pytest.raises(DomainError, match="ions on both sides"):
        henderson_mV([0, 0], [100, 100], [1, -1], [1, 1], 20)
