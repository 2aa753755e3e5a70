"""Activities of a solution compared with printed activity coefficients."""

from __future__ import annotations

import pytest

from reversal.experiment.activities import activities_of, effective_mM
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import IonFacts

IONS = {
    "K": IonFacts(z=1, mobility=1.0),
    "Ca": IonFacts(z=2, mobility=0.4048),
    "Cl": IonFacts(z=-1, mobility=1.0382),
    "F": IonFacts(z=-1, mobility=0.753),
}


def test_activities_of_potassium_chloride_match_robinson_and_stokes() -> None:
    """γ± of 0.1 mol/kg KCl at 25 °C is 0.770 (Robinson & Stokes 1959); Pitzer's parameters of 1973 give 0.003 less."""
    found = activities_of(Solution(ions_mM={"K": 100.0, "Cl": 100.0}), IONS, 25.0)
    assert found.by_ion_mM == {"Cl": pytest.approx(77.0, abs=0.3), "K": pytest.approx(77.0, abs=0.3)}
    assert found.warnings == ()


def test_concentrations_are_those_of_the_free_ions() -> None:
    solution = Solution(ions_mM={"K": 140.0, "Ca": 5.0, "Cl": 150.0, "F": 0.0}, free_mM={"Ca": 1e-4})
    assert effective_mM(solution, IONS, "concentration", 22.0) == {"K": 140.0, "Ca": 1e-4, "Cl": 150.0}


def test_activities_are_below_concentrations_and_are_computed_once() -> None:
    first, again = (Solution(ions_mM={"K": 140.0, "Cl": 140.0}, note=note) for note in ("a", "b"))
    assert effective_mM(first, IONS, "pitzer", 22.0)["K"] < 140.0
    assert activities_of(first, IONS, 22.0) is activities_of(again, IONS, 22.0)


def test_a_pair_of_ions_without_parameters_gives_a_warning() -> None:
    found = activities_of(Solution(ions_mM={"Ca": 50.0, "F": 100.0}), IONS, 25.0)
    assert any("Ca" in warning and "F" in warning for warning in found.warnings)
