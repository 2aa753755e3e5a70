"""Implausible declarations are findings with their reason; usual ones of each preparation are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reversal.experiment.configuration import Experiment
from reversal.experiment.declared_values import implausible
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Quality
from reversal.experiment.preparations import Preparation
from reversal.experiment.project import Project
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetEntry
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding

BATH = {"K": 5.0, "Na": 140.0, "Ca": 2.0, "Mg": 1.0, "Cl": 151.0}
PIPETTE = {"K": 140.0, "Na": 8.0, "Cl": 20.0, "gluconate": 128.0}
SEA = {"Na": 460.0, "K": 10.0, "Ca": 10.0, "Mg": 53.0, "Cl": 540.0, "SO4": 28.0}
AXOPLASM = {"K": 400.0, "Na": 50.0, "Cl": 40.0, "glutamate": 410.0}
CHARGES = {name: ion.z for name, ion in ion_table().items()}


def found(
    bath: dict[str, float] = BATH,
    pipette: dict[str, float] = PIPETTE,
    experiment: dict[str, Any] | None = None,
    uncharged_mM: float = 0.0,
    **sheet: Any,
) -> dict[Code, Finding]:
    solutions = {"out": Solution(ions_mM=bath, uncharged_mM=uncharged_mM), "in": Solution(ions_mM=pipette)}
    values = {"recording": "r", "cell": "c", "file": "f", "bath": "out", "pipette": "in", "temperature_C": 22.0}
    entry = SheetEntry.model_validate(values | sheet)
    findings = implausible(entry, Experiment.model_validate(experiment or {}), solutions, CHARGES)
    assert len({(one.code, one.place) for one in findings}) == len(findings)
    return {one.code: one for one in findings}


@pytest.mark.parametrize("ion", ["K", "Na", "Cl"])
def test_usual_solutions_and_values_have_no_finding(ion: str) -> None:
    experiment = {"ion": ion, "permeant": ["K", "Na", "Cl"]}
    assert found(experiment=experiment, rs_MOhm=8.0, rs_compensation=0.8, cm_pF=20.0, ljp_mV=14.0) == {}


@pytest.mark.parametrize("side", ["bath", "pipette"])
def test_a_recipe_in_mol_per_litre_is_asked_for(side: str) -> None:
    recipe = {ion: amount * 1e-3 for ion, amount in (BATH if side == "bath" else PIPETTE).items()}
    one = (found(bath=recipe) if side == "bath" else found(pipette=recipe))[Code.CONCENTRATION_IMPLAUSIBLE]
    assert one.number == pytest.approx(sum(recipe.values()))
    assert (one.limit, one.place) == (100.0, "out" if side == "bath" else "in")
    assert "mol/L" in one.sentence


def test_a_recipe_with_too_much_or_too_little_is_a_finding() -> None:
    strong = found(bath={"K": 600.0, "Cl": 600.0})[Code.CONCENTRATION_IMPLAUSIBLE]
    assert (strong.number, strong.limit) == (1200.0, 1000.0)
    weak = found(bath={"K": 30.0, "Cl": 30.0})[Code.CONCENTRATION_IMPLAUSIBLE]
    assert "mol/L" not in weak.sentence
    assert found(bath={"K": 30.0, "Cl": 30.0}, uncharged_mM=220.0) == {}


def test_unconfirmed_guesses_are_a_finding_that_names_them() -> None:
    assert "confirmed them: cell, bath." in found(guessed="cell, bath")[Code.VALUES_GUESSED].sentence
    assert found(guessed=None) == {}


def test_bath_and_pipette_may_differ_twofold_in_their_total() -> None:
    dilute = {"Na": 60.0, "K": 2.0, "Cl": 62.0}
    apart = found(bath=dilute)[Code.CONCENTRATIONS_APART]
    assert (apart.number, apart.limit) == (pytest.approx(296.0 / 124.0), 2.0)
    assert found(bath=dilute, uncharged_mM=160.0) == {}


def test_a_nernst_potential_beyond_any_membrane_is_a_finding_about_its_ion() -> None:
    """RT/F ln(0.1/140) = −184 mV at 22 °C; 10 mM Ca outside and 100 nM inside are usual, +146 mV."""
    one = found(bath={**BATH, "K": 0.1})[Code.NERNST_IMPLAUSIBLE]
    assert (one.number, one.limit, one.place) == (pytest.approx(-184.2, abs=0.2), 150.0, "K")
    calcium = {"ion": "Ca", "permeant": ["K"], "divalents": ["Ca"]}
    assert found(bath={**BATH, "Ca": 10.0}, pipette={**PIPETTE, "Ca": 1e-4}, experiment=calcium) == {}
    assert Code.NERNST_IMPLAUSIBLE in found(pipette={**PIPETTE, "Ca": 1e-7}, experiment=calcium)
    assert found(bath={**BATH, "K": 0.0}) == {}


@pytest.mark.parametrize("inside", ["K", "Cs"])
def test_solutions_with_their_cations_on_the_wrong_sides_may_be_swapped(inside: str) -> None:
    pipette = {inside: 140.0, "Na": 8.0, "Cl": 148.0}
    one = found(bath=pipette, pipette=BATH)[Code.SOLUTIONS_SWAPPED]
    assert "They may be swapped." in one.sentence
    assert found(bath=BATH, pipette=pipette) == {}
    assert found(bath={"K": 150.0, "Cl": 150.0}, pipette=PIPETTE) == {}  # high K⁺ on both sides
    assert found(bath={"K": 150.0, "Cl": 150.0}, pipette={"NMDG": 140.0, "Na": 8.0, "Cl": 148.0}) == {}


@pytest.mark.parametrize("cation", ["NMDG", "choline"])
def test_a_bath_of_a_replacement_with_some_potassium_may_be_swapped(cation: str) -> None:
    bath, pipette = {cation: 140.0, "K": 5.0, "Cl": 145.0}, {"K": 140.0, "Cl": 20.0, "gluconate": 120.0}
    one = found(bath=pipette, pipette=bath)[Code.SOLUTIONS_SWAPPED]
    assert f"more {cation} than K⁺" in one.sentence
    assert Code.SOLUTIONS_SWAPPED not in found(bath=bath, pipette=pipette)
    without_potassium = {cation: 145.0, "Cl": 145.0}
    assert Code.SOLUTIONS_SWAPPED not in found(bath=pipette, pipette=without_potassium)


@pytest.mark.parametrize(
    ("column", "value", "limit"),
    [
        ("rs_MOhm", 5e6, 200.0),
        ("rs_MOhm", 0.011, 0.2),
        ("cm_pF", 1000.0, 500.0),
        ("cm_pF", 0.015, 0.5),
        ("rs_compensation", 1.0, 0.98),
        ("ljp_mV", 120.0, 40.0),
        ("temperature_C", 2.2, 4.0),
    ],
)
def test_a_value_of_the_sheet_in_another_unit_is_a_finding(column: str, value: float, limit: float) -> None:
    one = found(**{column: value})[Code.SHEET_VALUE_IMPLAUSIBLE]
    assert (one.number, one.limit, one.place) == (value, limit, column)


def test_other_preparations_have_other_usual_values() -> None:
    """Sea water, an oocyte of 200 nF, and a bilayer between 500 and 50 mM KCl."""
    assert Code.CONCENTRATION_IMPLAUSIBLE in found(SEA, AXOPLASM)
    assert found(SEA, AXOPLASM, {"preparation": "marine"}, cm_pF=2e5, temperature_C=3.0) == {}
    assert Code.SHEET_VALUE_IMPLAUSIBLE in found(cm_pF=2e5)
    assert found(experiment={"preparation": "oocyte"}, cm_pF=2e5, rs_MOhm=0.001) == {}
    salt = {name: {"K": mM, "Cl": mM} for name, mM in (("cis", 500.0), ("trans", 50.0))}
    assert Code.CONCENTRATIONS_APART in found(salt["cis"], salt["trans"])
    assert found(salt["cis"], salt["trans"], {"preparation": "bilayer"}) == {}
    sodium_inside = ({"K": 150.0, "Cl": 150.0}, {"Na": 150.0, "Cl": 150.0})
    assert found(*sodium_inside, {"preparation": "bilayer"}) == {}
    moles = {"K": 0.5, "Cl": 0.5}
    assert Code.CONCENTRATION_IMPLAUSIBLE in found(moles, salt["trans"], {"preparation": "bilayer"})


def test_large_membranes_have_limits_of_their_own_unless_declared() -> None:
    oocyte = Experiment.model_validate({"preparation": "oocyte", "quality": {"holding_pA": 5e6}})
    assert (oocyte.quality.holding_pA, oocyte.quality.input_resistance_MOhm) == (5e6, 0.01)
    assert Experiment().quality == Quality()
    again = Experiment.model_validate_json(oocyte.model_dump_json(by_alias=True))
    assert again == oocyte
    made = Experiment(preparation=Preparation.MARINE, quality=Quality(drift_mV=9.0))
    assert (made.quality.drift_mV, made.quality.holding_pA) == (9.0, 1e7)


def test_warnings_name_the_rows_once_and_leave_out_what_is_excluded(load: Callable[..., Project]) -> None:
    solutions = """
K5: {ions_mM: {K: 0.005, Na: 0.14, Cl: 0.145}}
in: {ions_mM: {K: 140, Cl: 10}, closed_by: gluconate}
"""
    project = load({}, {"file": "./r1.abf", "cell": "c2"}, {"exclude": "yes"}, solutions=solutions)
    assert project.faults == ()
    asked = [text for text in project.warnings if "mol/L" in text]
    assert len(asked) == 1
    assert "rows 2, 3: Solution K5" in asked[0]


def test_a_file_that_is_entered_twice_is_named_before_the_run(load: Callable[..., Project]) -> None:
    other_cell = load({}, {"cell": "c2"}).warnings
    assert any("row 2: The recording has the same samples as r2 of cell c2" in text for text in other_cell)
    assert any("row 3: The recording has the same samples as r1 of cell c1" in text for text in other_cell)
    (twice,) = load({}, {}).warnings
    assert "row 3" in twice
    assert "entered twice" in twice
    (differing,) = load({}, {"temperature_C": "30"}).warnings
    assert "different values of temperature_C" in differing
    assert load({}, {"exclude": "yes"}).warnings == ()


def perforated(pipette_mM: float, **sheet: Any) -> dict[Code, Finding]:
    """A pipette with KCl in a perforated patch; 148 mM monovalent cations in the cytosol."""
    solutions = {
        "out": Solution(ions_mM=BATH),
        "KCl": Solution(ions_mM={"K": pipette_mM, "Cl": pipette_mM}, uncharged_mM=300.0 - 2.0 * pipette_mM),
        "cytosol": Solution(ions_mM=PIPETTE),
    }
    values = {"recording": "r", "cell": "c", "file": "f", "bath": "out", "pipette": "KCl", "inside": "cytosol"}
    entry = SheetEntry.model_validate(values | {"temperature_C": 22.0} | sheet)
    experiment = Experiment.model_validate({"configuration": "perforated", "permeant": ["K", "Na", "Cl"]})
    return {one.code: one for one in implausible(entry, experiment, solutions, CHARGES)}


def test_other_cations_in_the_pipette_than_in_the_cytosol_are_a_finding() -> None:
    """(RT/F) ln(100/148) = −9.97 mV at 22 °C; 140 mM give −1.4 mV."""
    one = perforated(100.0)[Code.PORE_POTENTIAL]
    assert (one.number, one.limit) == (pytest.approx(-9.97, abs=0.01), 3.0)
    assert "KCl and cytosol cytosol" in one.sentence
    assert perforated(140.0) == {}
    assert perforated(100.0, ljp_mV=3.0) == {}


def test_the_nernst_potential_of_a_perforated_patch_is_that_of_the_cytosol() -> None:
    """From 0.1 mM Cl⁻ outside, (RT/F) ln(140/0.1) = 184 mV with the pipette solution, 135 mV with the cytosol."""
    solutions = {
        "out": Solution(ions_mM={"Na": 151.0, "Cl": 0.1, "gluconate": 150.9}),
        "KCl": Solution(ions_mM={"K": 140.0, "Cl": 140.0}),
        "cytosol": Solution(ions_mM=PIPETTE),
    }
    values = {"recording": "r", "cell": "c", "file": "f", "bath": "out", "pipette": "KCl", "temperature_C": 22.0}
    experiment = Experiment.model_validate(
        {"configuration": "perforated", "ion": "Cl", "permeant": ["Cl"], "reference": "Cl"}
    )
    in_cell, in_pipette = (
        {one.code for one in implausible(SheetEntry.model_validate(values | sheet), experiment, solutions, CHARGES)}
        for sheet in ({"inside": "cytosol"}, {})
    )
    assert Code.NERNST_IMPLAUSIBLE not in in_cell
    assert Code.NERNST_IMPLAUSIBLE in in_pipette
