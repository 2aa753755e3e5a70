"""Solutions are made electroneutral, or refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reversal.experiment.project import Project

Load = Callable[..., Project]


def test_the_closing_ion_makes_the_recipe_neutral(load: Load) -> None:
    assert load().solutions["in"].ions_mM == {"K": 140, "Cl": 10, "gluconate": 130}


def test_a_closing_ion_of_the_wrong_sign_is_refused(load: Load) -> None:
    solutions = "K5: {ions_mM: {K: 5, Cl: 5}}\nin: {ions_mM: {K: 140, Cl: 10}, closed_by: Na}\n"
    assert "Na cannot balance the charge of solution 'in'" in load(solutions=solutions).solution_faults["in"]


def test_a_charged_solution_is_a_fault_of_the_rows_that_use_it(load: Load) -> None:
    solutions = "K5: {ions_mM: {K: 5, Na: 140, Cl: 140}}\nin: {ions_mM: {K: 140, Cl: 140}}\n"
    project = load({}, {"cell": "c2", "file": "r1.abf", "bath": "in"}, solutions=solutions)
    (first, second) = project.sheet_rows
    assert "solution 'K5' is not electroneutral. Found: 'net charge +5 mM'" in str(first.fault)
    assert second.fault is None


def test_more_free_than_total_concentration_is_refused(load: Load) -> None:
    solutions = "K5: {ions_mM: {K: 5, Cl: 5}, free_mM: {K: 6}}\nin: {ions_mM: {K: 140, Cl: 140}}\n"
    assert "the free concentration of K is above the total" in load(solutions=solutions).solution_faults["K5"]


@pytest.mark.parametrize("name", ["potassium", "K+", "K⁺", "[K+]"])
def test_an_alias_of_an_ion_is_read_as_its_name(load: Load, name: str) -> None:
    project = load(solutions=f"K5: {{ions_mM: {{'{name}': 5, Cl-: 5}}}}\nin: {{ions_mM: {{K: 140, Cl: 140}}}}\n")
    assert project.solutions["K5"].ions_mM == {"K": 5, "Cl": 5}


def test_two_names_of_one_ion_are_refused_because_the_amounts_would_not_be_added_up(load: Load) -> None:
    project = load(solutions="K5: {ions_mM: {K+: 5, K: 5, Cl: 5}}\nin: {ions_mM: {K: 140, Cl: 140}}\n")
    assert "an ion is given twice. Found: 'K+ and K'" in project.solution_faults["K5"]


def test_an_ion_with_a_charge_that_it_does_not_have_is_unknown(load: Load) -> None:
    project = load(solutions="K5: {ions_mM: {Ca+: 5, Cl: 5}}\nin: {ions_mM: {K: 140, Cl: 140}}\n")
    assert "unknown ion. Found: 'Ca+'. Nearest: 'Ca'" in project.solution_faults["K5"]
