"""Epochs found in a recorded voltage are those of the protocol behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command import evidence, plateaus
from reversal.recordings.command.evidence import largest_disagreement
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording import stored_samples
from reversal.recordings.recording.recording import Epoch, Shape, SweepCommand
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind


def family(noise_mV: float, tau_samples: float = 0.0) -> list[np.ndarray]:
    """Membrane voltage of a family of steps, each followed by a step to −100 mV and a ramp to 60 mV."""
    table = (
        AbfEpoch(EpochKind.STEP, -120.0, 400, level_step_mV=40.0),
        AbfEpoch(EpochKind.STEP, -100.0, 300),
        AbfEpoch(EpochKind.RAMP, 60.0, 800),
    )
    protocol = AbfProtocol(table, -80.0, sweeps=4, samples=1920, sample_rate_Hz=10000.0)
    rng = np.random.default_rng(7)
    sweeps = []
    for command in protocol.command_mV():
        voltage = command.copy()
        for n in range(1, command.size if tau_samples else 0):
            voltage[n] = voltage[n - 1] + (command[n] - voltage[n - 1]) / tau_samples
        sweeps.append(voltage + rng.normal(0, noise_mV, command.size))
    return sweeps


@pytest.mark.parametrize(("noise_mV", "tau_samples"), [(0.0, 0.0), (0.1, 0.0), (0.1, 10.0)])
def test_levels_and_edges_of_a_family_are_found(noise_mV: float, tau_samples: float) -> None:
    found = commands_from_samples(family(noise_mV, tau_samples))
    for n, sweep in enumerate(found):
        first, step, second, last = sweep.epochs[0], sweep.epochs[1], sweep.epochs[2], sweep.epochs[-1]
        assert [e.name for e in sweep.epochs[:3]] == ["before", "A", "B"]
        assert [first.level_mV, step.level_mV] == pytest.approx([-80.0, -120.0 + 40 * n], abs=0.15)
        assert step.start == pytest.approx(30, abs=2)
        assert second.start == pytest.approx(430, abs=2)
        assert last.level_mV == pytest.approx(-80.0, abs=0.15)
        assert step.shape is Shape.STEP


def test_a_ramp_between_two_jumps_is_found() -> None:
    wave = np.concatenate([np.full(200, -80.0), np.linspace(-110.0, 50.0, 3000), np.full(400, -80.0)])
    rng = np.random.default_rng(3)
    (sweep,) = commands_from_samples([wave + rng.normal(0, 0.2, wave.size)])
    ramp = sweep.epochs[1]
    assert (ramp.shape, ramp.start, ramp.stop) == (Shape.RAMP, 200, pytest.approx(3200, abs=2))
    assert [ramp.from_mV, ramp.level_mV] == pytest.approx([-110.0, 50.0], abs=0.3)


def test_another_wave_stays_as_samples() -> None:
    wave = -80.0 + 20 * np.sin(np.arange(2000) / 300.0)
    (sweep,) = commands_from_samples([wave])
    assert [epoch.shape for epoch in sweep.epochs] == [Shape.SAMPLES]
    assert sweep.samples is wave


@pytest.mark.parametrize("wave", [np.array([1.0, 50.0]), np.full(100, np.nan), np.append(np.arange(99.0), np.inf)])
def test_short_and_infinite_voltages_stay_as_samples(wave: np.ndarray) -> None:
    (sweep,) = commands_from_samples([wave])
    assert [epoch.shape for epoch in sweep.epochs] == [Shape.SAMPLES]


def test_sweeps_of_unequal_length_are_not_cut() -> None:
    found = commands_from_samples([np.repeat([-80.0, 0.0], 100), np.repeat([-80.0, 0.0], 90)])
    assert [len(sweep.epochs) for sweep in found] == [1, 1]


@pytest.mark.real
def test_epochs_of_real_recorded_voltages_match_their_commands(shared_data: Path) -> None:
    clamp = read_recording(shared_data / "imlijunda+abf2load/data/example.abf")
    cut = commands_from_samples([sweep.v_mV for sweep in clamp.sweeps if sweep.v_mV is not None])
    for found, header in zip(cut, clamp.command.sweeps, strict=True):
        step = next(epoch for epoch in header.epochs if epoch.name == "B")
        assert found.epochs[1].level_mV == pytest.approx(step.level_mV, abs=0.5)
        assert (found.epochs[1].start, found.epochs[1].stop) == pytest.approx((step.start, step.stop), abs=2)
    heka = read_recording(shared_data / "GabStoelting+HEKAimport/tests/test2.dat", ReadingOptions(channel="E-25/1"))
    (ramp,) = [epoch for epoch in heka.command.sweeps[0].epochs if epoch.shape is Shape.RAMP]
    assert [ramp.from_mV, ramp.level_mV] == pytest.approx([-50.0, 50.0], abs=1.0)


def test_a_ramp_has_the_levels_of_its_first_and_its_last_sample() -> None:
    wave = np.concatenate([np.full(200, -80.0), np.linspace(-100.0, 60.0, 401), np.full(200, -80.0)])
    (sweep,) = commands_from_samples([wave])
    ramp = sweep.epochs[1]
    assert (ramp.shape, ramp.start, ramp.stop) == (Shape.RAMP, 200, 601)
    assert (ramp.from_mV, ramp.level_mV) == pytest.approx((-100.0, 60.0), abs=0.05)


@pytest.fixture
def _long_from_200_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of parts of more than 200 samples, some samples are looked at; the traces have 1920."""
    for module in (stored_samples, plateaus, evidence):
        monkeypatch.setattr(module, "WHOLE_SAMPLES", 200)
    monkeypatch.setattr(stored_samples, "STRETCHES", 4)


@pytest.mark.usefixtures("_long_from_200_samples")
def test_epochs_of_a_long_trace_are_those_of_all_its_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    voltages = family(0.05)
    found = commands_from_samples(voltages)
    monkeypatch.undo()
    for some, every_sample in zip(found, commands_from_samples(voltages), strict=True):
        assert [(e.name, e.shape, e.start, e.stop) for e in some.epochs] == [
            (e.name, e.shape, e.start, e.stop) for e in every_sample.epochs
        ]
        assert [e.level_mV for e in some.epochs] == pytest.approx([e.level_mV for e in every_sample.epochs], abs=0.05)


@pytest.mark.usefixtures("_long_from_200_samples")
@pytest.mark.parametrize("is_copy", [True, False])
def test_a_long_recorded_voltage_is_compared_with_its_command(is_copy: bool) -> None:
    step, ramp = Epoch("A", Shape.STEP, 0, 1000, -80.0, -80.0), Epoch("B", Shape.RAMP, 1000, 1920, -80.0, 40.0)
    commands = [SweepCommand((step, ramp))] * 3
    voltages = [expand(command, 1920) for command in commands]
    found = largest_disagreement(commands, voltages, is_copy=is_copy)
    assert found is not None
    assert found.difference_mV == 0.0
    voltages[2][760 if is_copy else slice(1400, None)] += 7.0
    found = largest_disagreement(commands, voltages, is_copy=is_copy)
    assert found is not None
    assert (found.sweep, found.difference_mV) == (2, pytest.approx(7.0))
