"""A declared protocol that the recorded one is not shows in the transients; a right one raises nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.experiment.protocols import DeclaredEpoch, Levels, Protocol
from reversal.measure.protocol.declared_protocol import declared_protocol
from reversal.recordings.command.declared import declared_commands
from reversal.recordings.command.waveform import expand
from reversal.recordings.recording.recording import Command, Evidence, SweepSelection
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding
from reversal.tables.status import Severity
from tests.measure.made_recordings import recording

RATE_Hz = 10000.0
HOLD = {"step": -80.0, "ms": 20.0}
RAMP = [{"step": -120.0, "ms": 50.0}, {"ramp": {"from": -120.0, "to": 40.0}, "ms": 500.0}, {"step": -80.0, "ms": 50.0}]
Epochs = Sequence[dict[str, object]]


def family(start_mV: float, stop_mV: float, by_mV: float = 10.0) -> Epochs:
    """A step of 100 ms whose level changes from sweep to sweep, between 20 ms at holding."""
    return [HOLD, {"step": {"from": start_mV, "to": stop_mV, "by": by_mV}, "ms": 100.0}, HOLD]


def protocol(epochs: Epochs) -> Protocol:
    return Protocol(holding_mV=-80.0, epochs=[DeclaredEpoch.model_validate(one) for one in epochs])


def command(epochs: Epochs, samples: int, sweeps: int, rate_Hz: float = RATE_Hz) -> Command:
    selection = SweepSelection(sweeps, tuple(range(sweeps)))
    made = declared_commands(protocol(epochs), [samples] * sweeps, rate_Hz, Path("r.npy"), selection)
    return Command(made, Evidence.DECLARED, "")


def currents(
    epochs: Epochs, sweeps: int, samples: int, transient_nS: float = 100.0, slope_nS: float = 2.0, before: int = 0
) -> FloatArray:
    """Charging currents (0.3 ms), an inwardly rectifying current and noise of 3 pA, (sweeps, samples).

    before : samples at holding before the first epoch
    """
    made = command(epochs, samples - before, sweeps)
    v_mV = np.array([np.concatenate([np.full(before, -80.0), expand(one, samples - before)]) for one in made.sweeps])
    jump = np.diff(v_mV, axis=1, prepend=-80.0)
    charging = np.zeros_like(v_mV)
    for n in range(samples):
        charging[:, n] = jump[:, n] * transient_nS + (charging[:, n - 1] * np.exp(-1 / 3) if n else 0.0)
    channel = slope_nS * (v_mV + 85.0) / (1.0 + np.exp((v_mV + 60.0) / 15.0))
    return np.asarray(charging + channel + np.random.default_rng(samples).normal(0.0, 3.0, v_mV.shape))


def found(rows: FloatArray, declared: Epochs, rate_Hz: float = RATE_Hz) -> Finding | None:
    made = recording(rows, [()] * len(rows), rate_Hz=rate_Hz)
    made = replace(made, command=command(declared, rows.shape[1], len(rows), rate_Hz))
    return next(iter(declared_protocol(made)), None)


def levels_of(epochs: Epochs) -> int:
    """Number of sweeps of a family."""
    step = protocol(epochs).epochs[1].step
    assert isinstance(step, Levels)
    return len(step.by_sweep())


FAMILIES = [family(-120, 20), family(-60, 60), family(20, -120)]


@pytest.mark.parametrize("epochs", [*FAMILIES, RAMP])
@pytest.mark.parametrize(("transient_nS", "slope_nS"), [(100.0, 2.0), (20.0, 0.0), (-20.0, 0.0)])
def test_a_right_protocol_raises_nothing(epochs: Epochs, transient_nS: float, slope_nS: float) -> None:
    sweeps = 3 if epochs is RAMP else levels_of(epochs)
    assert found(currents(epochs, sweeps, 6400, transient_nS, slope_nS), epochs) is None


@pytest.mark.parametrize("epochs", FAMILIES)
def test_a_large_rectifying_current_beside_small_transients_is_a_note(epochs: Epochs) -> None:
    at = found(currents(epochs, levels_of(epochs), 6400, transient_nS=5.0, slope_nS=20.0), epochs)
    assert at is not None
    assert (at.code, at.severity) == (Code.PROTOCOL_LEVELS_UNSEEN, Severity.NOTE)


def test_a_ramp_declared_at_half_its_rate_is_found() -> None:
    at = found(currents(RAMP, 3, 12800), RAMP, 5000.0)
    assert at is not None
    assert (at.code, at.severity) == (Code.PROTOCOL_TIMES, Severity.WARNING)
    assert at.number == pytest.approx(1100.0, abs=0.5)  # the end of the ramp, in wrong milliseconds
    assert "At 550.0 ms, where it steps by -120 mV" in at.sentence


def test_an_undeclared_time_at_holding_is_found() -> None:
    at = found(currents(RAMP, 3, 6400, before=100), RAMP)
    assert at is not None
    assert at.code is Code.PROTOCOL_TIMES
    assert at.number == pytest.approx(560.0, abs=0.5)
    assert found(currents(RAMP, 3, 6400, before=100), [{"step": -80.0, "ms": 10.0}, *RAMP]) is None


def test_lost_samples_are_found() -> None:
    epochs = family(-120, 20)
    lost = np.delete(currents(epochs, 15, 1400).ravel(), np.arange(4000, 4300))
    at = found(np.append(lost, lost[-300:]).reshape(15, 1400), epochs)
    assert at is not None
    assert at.code is Code.PROTOCOL_TIMES
    assert at.values["of_sweeps"] == 15
    assert 8 <= float(at.values["sweeps"]) <= 12


@pytest.mark.parametrize(
    ("declared", "shift_mV"),
    [
        (family(-140, 0), -20.0),
        (family(-110, 30), 10.0),
        (family(20, -120), 60.0),
        (family(-160, 120, 20.0), 0.0),
        (family(-150, 130, 20.0), 10.0),
    ],
)
def test_other_levels_than_the_declared_ones_are_found(declared: Epochs, shift_mV: float) -> None:
    """Levels in another distance are not found if one of them is the holding level in the same sweep."""
    at = found(currents(family(-120, 20), 15, 1400), declared)
    if shift_mV == 0.0:
        assert at is None
    else:
        assert at is not None
        assert at.code is Code.PROTOCOL_LEVELS
        assert abs(float(at.number or 0.0)) == pytest.approx(abs(shift_mV), abs=0.5)


def test_cancelled_transients_are_a_note_and_a_warning_if_the_sweep_is_longer_than_the_protocol() -> None:
    rows = currents(RAMP, 3, 6000, transient_nS=0.0, slope_nS=0.1)
    whole = found(rows, RAMP)
    assert whole is not None
    assert (whole.code, whole.severity, whole.number) == (Code.PROTOCOL_UNSEEN, Severity.NOTE, 0.0)
    longer = found(currents(RAMP, 3, 6400, transient_nS=0.0, slope_nS=0.1), RAMP)
    assert longer is not None
    assert (longer.code, longer.severity, longer.number) == (Code.PROTOCOL_UNSEEN, Severity.WARNING, 40.0)


def test_artefacts_of_a_stimulus_are_no_moved_steps() -> None:
    """They have one size in all sweeps, also beside transients that are cancelled."""
    epochs = family(-120, 20)
    rows = currents(epochs, 15, 1400, transient_nS=0.0)
    rows[:, 700:] += 500.0 * np.exp(-np.arange(700) / 5.0)
    at = found(rows, epochs)
    assert at is None or at.code is Code.PROTOCOL_UNSEEN


def test_a_command_of_the_file_is_not_checked() -> None:
    rows = currents(RAMP, 3, 6400, before=100)
    assert found(rows, RAMP) is not None
    of_file = recording(rows, [one.epochs for one in command(RAMP, 6400, 3).sweeps])
    assert declared_protocol(of_file) == ()


def test_sweeps_of_a_few_samples_cannot_be_checked() -> None:
    at = found(np.zeros((2, 5)), [{"step": -100.0, "ms": 0.2}])
    assert at is not None
    assert at.code is Code.PROTOCOL_UNSEEN
