"""The evoked current of a sweep: the current in its window less that in an earlier window of the same sweep."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.step_settings import IonFacts
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.protocol.measured_epoch import NotMeasurable
from reversal.tables.reversals_table import LeakSource
from tests.measure.made_recordings import recording, steps

LEVELS_mV = np.arange(-100.0, 21.0, 10.0)
EVOKED_mV, LEAK_mV = -63.0, -20.0


def measured(drift_pA: float = 0.0, **experiment: object) -> Measured:
    """2 nS that an agonist opens after 250 ms of a step of 400 ms, on a leak of 1 nS and noise of 1 pA."""
    rng, rows, commands = np.random.default_rng(3), [], []
    for n, level in enumerate(LEVELS_mV):
        step = 1.0 * (level - LEAK_mV) + np.where(np.arange(4000) >= 2500, 2.0 * (level - EVOKED_mV), 0.0)
        rest = np.full(500, 1.0 * (-70.0 - LEAK_mV))
        rows.append(np.concatenate([rest, step, rest]) + drift_pA * n + rng.normal(0, 1.0, 5000))
        commands.append(steps((-70.0, 500), (level, 4000), (-70.0, 500)))
    choices = Experiment.model_validate(
        {
            "junction": {"apply": False, "reference_electrode": "none"},
            "window": {"measure": "steady", "start_ms": 280, "stop_ms": 400},
            **experiment,
        }
    )
    settings = Rig().settings(choices)
    settings = settings.model_copy(update={"ions": {ion: IonFacts.of(ion_table()[ion]) for ion in settings.ions}})
    return measure_recording(next(iter(settings.entries.values())), recording(np.array(rows), commands), settings)


BASELINE = {"subtract": "baseline", "start_ms": 100, "stop_ms": 240}


def test_the_evoked_current_reverses_where_the_agonist_does() -> None:
    found = measured(leak=BASELINE)
    estimate = found.reversal.estimate
    assert estimate is not None
    assert estimate.e_mV == pytest.approx(EVOKED_mV, abs=0.2)
    assert (estimate.low_mV or 0) < EVOKED_mV < (estimate.high_mV or 0)
    assert found.used.source is LeakSource.BASELINE
    whole = measured().reversal.estimate
    assert whole is not None
    assert whole.e_mV == pytest.approx((2 * EVOKED_mV + LEAK_mV) / 3, abs=0.3)


def test_a_drift_from_sweep_to_sweep_is_in_both_windows() -> None:
    """20 pA a sweep moves the whole current, not the difference."""
    estimate = measured(20.0, leak=BASELINE).reversal.estimate
    assert estimate is not None
    assert estimate.e_mV == pytest.approx(EVOKED_mV, abs=0.2)


def test_peaks_have_no_baseline_window() -> None:
    with pytest.raises(NotMeasurable, match="subtracted from steady currents only"):
        measured(leak=BASELINE, window={"measure": "peak"})


@pytest.mark.parametrize("leak", [{"subtract": "baseline"}, {"subtract": "baseline", "start_ms": 200, "stop_ms": 100}])
def test_a_baseline_without_a_window_is_refused(leak: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="needs start_ms and stop_ms"):
        Experiment.model_validate({"leak": leak})


def test_the_baseline_is_the_leak_and_both_windows_have_an_error() -> None:
    """1 nS at −20 mV; noise of 1 pA in 1400 samples of the baseline, and in 1200 of the window."""
    used = measured(leak=BASELINE).used
    assert used.leak_pA == pytest.approx(1.0 * (LEVELS_mV - LEAK_mV), abs=0.15)
    assert used.points.i_pA == pytest.approx(2.0 * (LEVELS_mV - EVOKED_mV), abs=0.2)
    assert used.curve is not None
    assert np.median(used.curve.se_pA) == pytest.approx(np.sqrt(1 / 1400 + 1 / 1200), rel=0.15)
