"""Size of leak that explains a disagreement, and the columns that are withdrawn."""

from __future__ import annotations

from typing import Any

import pytest

from reversal.calibration.simulated_series import Rig, iv_points
from reversal.experiment.configuration import Experiment
from reversal.fit.currents.leak_verdict import OF_THE_LINE, OF_THE_RATIO, dominant_leak, without_leaky_verdict
from reversal.fit.fit_cell import fit_cell
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import Judged


def row(rig: Rig, **changes: Any) -> CurrentRatioRow:
    truth = {"K": 1.0, "Na": 0.05}
    fits = fit_cell(rig.reversals(truth), rig.settings(Experiment()), iv_points(rig, truth, None))
    return fits.current_ratios[0].model_copy(update=changes)


@pytest.mark.parametrize(
    ("agrees", "share", "explains"),
    [(False, 0.5, True), (False, 0.1, True), (False, 0.09, False), (False, None, False), (True, 0.5, False),
     (None, 0.5, False)],
)  # fmt: skip
def test_a_leak_of_a_tenth_of_the_slope_explains_a_disagreement(
    rig: Rig, agrees: bool | None, share: float | None, explains: bool
) -> None:
    one = row(rig, agrees=agrees, leak_share=share)
    assert dominant_leak([one]) is (one if explains else None)


def test_a_withdrawn_ratio_has_no_number_from_the_reversal_potentials(rig: Rig) -> None:
    points = iv_points(rig, {"K": 1.0, "Na": 0.05}, (-40.0, -25.0), leak_nS=20.0)
    reversals = [r.model_copy(update={"e_rev_mV": -10.0 - k}) for k, r in enumerate(rig.reversals({"K": 1.0}))]
    withdrawn = fit_cell(reversals, rig.settings(Experiment()), points).permeabilities[0]
    assert [getattr(withdrawn, name) for name in OF_THE_RATIO] == [None] * len(OF_THE_RATIO)
    assert {"p_ratio", "ci_low", "ci_high", "bound", "ddg_kJ_mol"} <= set(OF_THE_RATIO)


def test_a_withdrawn_slope_still_names_the_recordings_that_are_not_on_the_line(rig: Rig) -> None:
    fits = fit_cell(rig.reversals({"K": 1.0}), rig.settings(Experiment()))
    recordings = [
        finding(code, 1, place="a", ion="K", where="the bath")
        for code in (Code.RECORDINGS_FLAGGED, Code.RECORDINGS_LEFT_OUT, Code.ION_ABSENT_OUTSIDE, Code.ION_ABSENT_INSIDE)
    ]
    judged = Judged(fits.nernst[0], (*recordings, finding(Code.TWO_BATHS)))
    withdrawn = without_leaky_verdict(judged, row(rig, agrees=False, leak_share=0.5))
    assert [found.code for found in withdrawn.findings] == [
        Code.LEAK_DOMINATES_SLOPE,
        *(found.code for found in recordings),
    ]
    assert {getattr(withdrawn.row, name) for name in OF_THE_LINE} == {None}
