"""The predicted Nernst potential."""

from __future__ import annotations

import math

import pytest

from reversal.calibration.case_rig import declared
from reversal.calibration.drawn_cases import Case
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import IonFacts
from reversal.measure.voltage.nernst_prediction import IonRange, ion_range, predict


def test_activities_shift_the_nernst_potential_by_the_published_amount(case: Case) -> None:
    """KCl, 5 against 140 mM at 25 °C: 5.7 mV with the parameters of Pitzer & Mayorga, J. Phys. Chem. 77:2300 (1973)."""
    entry, settings = declared(case)
    solutions = {"out": Solution(ions_mM={"K": 5.0, "Cl": 5.0}), "in": Solution(ions_mM={"K": 140.0, "Cl": 140.0})}
    row = entry.model_copy(update={"bath": "out", "pipette": "in", "temperature_C": 25.0})
    plain, active = (
        predict(row, settings.model_copy(update={"solutions": solutions, "experiments": {"default": one}})).e_nernst_mV
        for one in (Experiment(), Experiment(activity="pitzer"))
    )
    assert plain is not None
    assert active is not None
    assert plain == pytest.approx(-85.61, abs=0.01)
    assert active - plain == pytest.approx(5.7, abs=0.1)


def range_between(case: Case, bath: dict[str, float], inside: dict[str, float], ion: str = "K") -> IonRange | None:
    """Range of the Nernst potentials at 25 °C."""
    entry, settings = declared(case)
    solutions = {"out": Solution(ions_mM=bath), "in": Solution(ions_mM=inside)}
    row = entry.model_copy(update={"bath": "out", "pipette": "in", "temperature_C": 25.0})
    changed = {"solutions": solutions, "experiments": {"default": Experiment(ion=ion)}}
    ions = {name: IonFacts.of(ion_table()[name]) for name in {*bath, *inside}}
    return ion_range(row, settings.model_copy(update=changed | {"ions": ions}))


def test_passive_currents_reverse_between_the_nernst_potentials_of_all_ions(case: Case) -> None:
    """25.693 mV · ln(4/130) and ln(145/10)."""
    found = range_between(case, {"K": 4.0, "Na": 145.0, "Cl": 149.0}, {"K": 130.0, "Na": 10.0, "Cl": 140.0})
    assert found is not None
    assert (found.low.ion, found.high.ion) == ("K", "Na")
    assert found.low.e_mV == pytest.approx(-89.44, abs=0.01)
    assert found.high.e_mV == pytest.approx(68.70, abs=0.01)


@pytest.mark.parametrize(
    ("bath", "inside", "low", "high"),
    [
        ({"K": 5.0, "Ca": 2.0, "Cl": 9.0}, {"K": 140.0, "Cl": 140.0}, "K", "Ca"),  # a cation outside only
        ({"K": 5.0, "Cl": 5.0}, {"K": 140.0, "Cl": 10.0, "gluconate": 130.0}, "K", "gluconate"),  # an anion inside only
        ({"Na": 145.0, "Cl": 145.0}, {"Na": 5.0, "K": 140.0, "Cl": 145.0}, "K", "Na"),  # a cation inside only
        (
            {"K": 5.0, "Cl": 2.0, "gluconate": 3.0},
            {"K": 140.0, "Cl": 140.0},
            "gluconate",
            "Cl",
        ),  # an anion outside only
    ],
)
def test_an_ion_on_one_side_only_has_no_limit(
    case: Case, bath: dict[str, float], inside: dict[str, float], low: str, high: str
) -> None:
    found = range_between(case, bath, inside)
    assert found is not None
    assert (found.low.ion, found.high.ion) == (low, high)
    one_side = {ion: ion not in bath or ion not in inside for ion in (low, high)}
    assert math.isinf(found.low.e_mV) is one_side[low]
    assert math.isinf(found.high.e_mV) is one_side[high]


def test_if_the_ion_of_the_experiment_is_not_listed_no_range_is_known(case: Case) -> None:
    """Protons are seldom listed, and carry current."""
    assert range_between(case, {"Na": 150.0, "Cl": 150.0}, {"Na": 10.0, "Cl": 10.0}, ion="H") is None
