"""The predicted Nernst potential."""

from __future__ import annotations

import pytest

from reversal.calibration.case_rig import declared
from reversal.calibration.drawn_cases import Case
from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.measure.voltage.nernst_prediction import predict


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
