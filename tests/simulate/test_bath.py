"""Junction potentials against printed tables, and the solutions of the rig."""

from __future__ import annotations

import pytest

from reversal.errors import DomainError
from reversal.simulate.bath import (
    PIPETTE,
    SALT_BRIDGE,
    SERIES,
    JunctionPotentials,
    RigSolution,
    junction_potential_mV,
    junction_potentials,
    mixture,
    thermal_voltage_mV,
)

# Ng & Barry, J. Neurosci. Meth. 56:37, 1995, table 2, calculated column; mV, bath minus pipette, 20 °C, as printed.
NG_BARRY_1995_TABLE_2 = [
    ({"Na": 50, "Cl": 50}, {"K": 50, "Cl": 50}, -4.3),
    ({"Na": 150, "Cl": 150}, {"K": 150, "Cl": 150}, -4.3),
    ({"Na": 100, "Cl": 100}, {"Mg": 100, "Cl": 200}, 10.0),
    ({"Ca": 100, "Cl": 200}, {"Mg": 100, "Cl": 200}, 0.6),
]


@pytest.mark.parametrize(("pipette", "bath", "printed_mV"), NG_BARRY_1995_TABLE_2)
def test_junction_matches_ng_barry_1995_table_2(pipette: dict, bath: dict, printed_mV: float) -> None:
    found = junction_potential_mV(RigSolution("bath", bath), RigSolution("pipette", pipette), 20.0)
    assert found == pytest.approx(printed_mV, abs=0.051)  # printed to 0.1 mV


def test_junction_of_a_gluconate_pipette_matches_jpcalc() -> None:
    """Figl, Lewis & Barry, AxoBits 39:8, 2003: 15.6 mV for a potassium-gluconate pipette at 20 °C."""
    pipette = RigSolution("p", {"K": 145, "Na": 13, "Cl": 10, "gluconate": 145, "Mg": 1, "HEPES": 5})
    bath = RigSolution("b", {"K": 2.8, "Na": 145, "Cl": 148.8, "Mg": 2, "Ca": 1, "HEPES": 5})
    assert junction_potential_mV(bath, pipette, 20.0) == pytest.approx(15.6, abs=0.051)


def test_junction_is_antisymmetric_and_vanishes_for_equal_solutions() -> None:
    there = junction_potential_mV(SERIES[0], PIPETTE, 23.0)
    assert junction_potential_mV(PIPETTE, SERIES[0], 23.0) == pytest.approx(-there, abs=1e-12)
    assert junction_potential_mV(PIPETTE, PIPETTE, 23.0) == 0.0


def test_junction_is_continuous_where_conductances_are_equal() -> None:
    # 100 mM KCl against a NaCl solution of nearly the same conductance, from either side of the equality
    nacl_mM = 100 * (73.50 + 76.35) / (50.11 + 76.35)
    kcl = RigSolution("KCl", {"K": 100.0, "Cl": 100.0})
    around = [RigSolution("NaCl", {"Na": nacl_mM * f, "Cl": nacl_mM * f}) for f in (1 - 1e-7, 1.0, 1 + 1e-7)]
    below, at, above = (junction_potential_mV(solution, kcl, 25.0) for solution in around)
    assert below == pytest.approx(at, abs=1e-5)
    assert above == pytest.approx(at, abs=1e-5)


def test_potential_against_the_salt_bridge_is_nearly_the_same_in_all_baths() -> None:
    against_bridge = [junction_potential_mV(bath, SALT_BRIDGE, 23.0) for bath in SERIES]
    assert max(against_bridge) - min(against_bridge) < 0.5


def test_offset_is_the_zeroing_junction_plus_the_change_at_the_reference() -> None:
    assert JunctionPotentials(v_l_mV=13.0, j_bath_mV=-0.4, j_zeroing_mV=-0.9).offset_mV == pytest.approx(13.5)
    assert junction_potentials(PIPETTE, SERIES[1], SERIES[1], 23.0).offset_mV == junction_potential_mV(
        SERIES[1], PIPETTE, 23.0
    )


def test_baths_of_the_series_have_the_same_ionic_strength() -> None:
    def ionic_strength_mM(solution: RigSolution) -> float:
        squares = {"K": 1, "Na": 1, "Cl": 1, "Ca": 4, "Mg": 4, "HEPES": 1}
        return sum(squares[ion] * mM for ion, mM in solution.ions_mM.items()) / 2

    assert [bath.mM("K") for bath in SERIES] == [2.5, 5.0, 10.0, 20.0, 40.0]
    strengths = [ionic_strength_mM(bath) for bath in SERIES]
    assert strengths == pytest.approx([strengths[0]] * 5)


def test_charged_solution_is_refused() -> None:
    with pytest.raises(DomainError, match="not electroneutral"):
        RigSolution("wrong", {"K": 5.0, "Cl": 4.0})


def test_mixture_is_linear_between_the_two_solutions() -> None:
    assert mixture(SERIES[0], SERIES[4], 1.0).mM("K") == pytest.approx(2.5)
    assert mixture(SERIES[0], SERIES[4], 0.25).mM("K") == pytest.approx(30.625)


def test_thermal_voltage_at_25_degrees() -> None:
    assert thermal_voltage_mV(25.0) == pytest.approx(25.6926, abs=1e-4)  # CODATA: RT/F
