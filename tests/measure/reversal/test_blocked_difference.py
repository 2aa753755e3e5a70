"""Blocker-sensitive current: the difference of two recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import amplifier_of, cell_of, declared, protocol_of
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Leak
from reversal.experiment.step_settings import SheetRow
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.recording.store import Ingested
from reversal.simulate.rig import ChannelLoss, true_values
from reversal.tables.findings.code import Code
from reversal.tables.results import CellMeasures


def with_and_without_blocker(
    leaking: Case, blocked_to_mV: float, experiment: str = "default", subtracted: str = "blocker"
) -> tuple[CellMeasures, float]:
    """A cell without blocker, and with blocker up to ``blocked_to_mV``; and the channel's reversal potential.

    experiment : that of the recording with the blocker;  subtracted : condition that the default experiment subtracts
    """
    rig = cell_of(leaking), amplifier_of(leaking), conditions_in(leaking.bath)
    shorter = protocol_of(replace(leaking, high_mV=blocked_to_mV))
    truth = true_values(cell_of(leaking), conditions_in(leaking.bath), protocol_of(leaking))
    entry, settings = declared(leaking)
    entries = (
        entry.model_copy(update={"recording": "control"}),
        entry.model_copy(update={"recording": "blocked", "condition": "blocker", "experiment": experiment}),
    )
    settings = settings.model_copy(
        update={
            "sheet_rows": tuple(
                SheetRow(row=n, recording=e.recording, cell=e.cell, experiment=e.experiment, entry=e)
                for n, e in enumerate(entries, start=2)
            ),
            "experiments": {
                experiment: Experiment(leak=Leak(subtract="blocker", blocker="blocker")),
                "default": Experiment(leak=Leak(subtract="blocker", blocker=subtracted)),
            },
        }
    )
    outcomes = [
        Ingested("control", recording_of(*rig, protocol_of(leaking), 1), None),
        Ingested("blocked", recording_of(*rig, shorter, 2, loss=ChannelLoss(blocked=1.0)), None),
    ]
    return measure_cell(outcomes, settings), truth.e_rev_channel_mV


def test_blocked_current_has_the_reversal_potential_of_the_channel(case: Case) -> None:
    """Both have a leak of 2 nS reversing at 0 mV, which cancels in the difference."""
    measures, truth = with_and_without_blocker(replace(case, leak_nS=2.0, noise_pA=1.5), 60.0)
    (row,) = [row for row in measures.reversals if row.recording == "control"]
    assert row.ci_low_mV is not None
    assert row.ci_high_mV is not None
    assert row.ci_low_mV < truth < row.ci_high_mV
    assert row.leak_shift_mV is not None
    assert row.leak_shift_mV < -5.0


def test_a_blocked_recording_of_another_experiment_is_subtracted(case: Case) -> None:
    """It may be measured in another window."""
    leaking = replace(case, leak_nS=2.0, noise_pA=1.5)
    measures, truth = with_and_without_blocker(leaking, 60.0, experiment="blocked")
    (row,) = measures.reversals
    assert row.e_rev_mV == pytest.approx(truth, abs=1.0)
    assert Code.BLOCKED_RECORDING_MISSING not in {found.code for found in measures.findings}


def test_another_blocker_is_not_subtracted(case: Case) -> None:
    leaking = replace(case, leak_nS=2.0, noise_pA=1.5)
    measures, truth = with_and_without_blocker(leaking, 60.0, experiment="blocked", subtracted="TTX")
    (row,) = measures.reversals
    assert row.e_rev_mV is not None
    assert row.e_rev_mV > truth + 5.0
    assert Code.BLOCKED_RECORDING_MISSING in {found.code for found in measures.findings}


def test_voltages_without_a_blocked_recording_are_not_used(case: Case) -> None:
    measures, truth = with_and_without_blocker(replace(case, leak_nS=2.0, noise_pA=1.5), 20.0)
    points = [point for point in measures.iv if point.recording == "control"]
    assert {point.v_command_mV for point in points if point.reason} == {30.0, 40.0, 50.0, 60.0}
    assert all((point.leak_pA is None) == (point.reason is not None) for point in points)
    (row,) = [row for row in measures.reversals if row.recording == "control"]
    assert row.e_rev_mV == pytest.approx(truth, abs=1.0)


def test_error_of_the_difference_includes_both_errors(case: Case) -> None:
    measures, _ = with_and_without_blocker(replace(case, leak_nS=2.0, noise_pA=1.5), 60.0)
    of_both, of_one = (
        np.array([point.se_pA for point in measures.iv if point.recording == name]) for name in ("control", "blocked")
    )
    np.testing.assert_allclose(
        of_both, np.sqrt(2.0) * of_one, rtol=0.35
    )  # two errors, each estimated from a few sweeps
