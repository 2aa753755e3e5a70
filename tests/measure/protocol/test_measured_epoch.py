"""Choice of the measured epoch and of the kind of measurement, from the command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.measure_settings import Window
from reversal.measure.protocol.measured_epoch import NotMeasurable, plan, window_samples
from reversal.recordings.recording.recording import Recording
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium
from reversal.simulate.model_cell import Cell
from reversal.simulate.stimuli import ramp_up_and_down, repeated_step, step_family, tail_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.tables.iv_table import IVKind

AROUND = conditions_in(SERIES[1])


def recording_with(protocol: AbfProtocol) -> Recording:
    return recording_of(Cell("c", background_potassium(), 15.0, 0.02), Amplifier(), AROUND, protocol, 1)


@pytest.mark.parametrize(
    ("protocol", "kind", "name"),
    [
        (step_family(-120, 40, 40), IVKind.STEADY, "step"),
        (tail_family(40, -120, 0, 40), IVKind.TAIL, "tail"),
        (ramp_up_and_down(-120, 40, repeats=2), IVKind.RAMP, "ramp"),
    ],
)
def test_protocol_kind_follows_from_the_command(protocol: AbfProtocol, kind: IVKind, name: str) -> None:
    found = plan(recording_with(protocol), Window())
    assert (found.kind, found.protocol_kind) == (kind, name)


def test_a_step_to_one_level_gives_no_iv() -> None:
    with pytest.raises(NotMeasurable, match="no epoch carries an I–V"):
        plan(recording_with(repeated_step(-20, repeats=3)), Window())


def test_an_unknown_epoch_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotMeasurable, match=r"not in the protocol.*Expected: one of before, A, B"):
        plan(recording_with(step_family(-120, 40, 40)), Window(epoch="Z"))


def test_steady_state_is_the_declared_last_part_of_the_step() -> None:
    recording = recording_with(step_family(-120, 40, 40))
    found = plan(recording, Window())
    starts, length = window_samples(found, recording, Window(last_fraction=0.1), 1.0)
    assert length == 400  # a tenth of 200 ms at 20 kHz
    assert starts[0] + length == found.epochs[0].stop


def test_a_declared_window_outside_the_step_is_refused() -> None:
    recording = recording_with(step_family(-120, 40, 40))
    window = Window(start_ms=190, stop_ms=260)
    with pytest.raises(NotMeasurable, match="does not fit the measured epoch"):
        window_samples(plan(recording, window), recording, window, 1.0)


def test_only_voltages_within_the_declared_range_are_used() -> None:
    found = plan(recording_with(step_family(-120, 40, 40)), Window(from_mV=-80, to_mV=0))
    assert [epoch.level_mV for epoch in found.epochs] == [-80.0, -40.0, 0.0]


def test_an_epoch_absent_from_one_sweep_does_not_join_the_next_one() -> None:
    """E is absent from the first sweep; F, at a different level, is at its position there."""
    recording = recording_with(tail_family(40, -20, -20, 40))
    commands = [recording.command.sweeps[0]] * 3
    epochs = [epoch for epoch in commands[0].epochs if epoch.name != "E"]
    shorter = replace(commands[0], epochs=tuple(epochs))
    sweeps = tuple(recording.sweeps[0] for _ in commands)
    command = replace(recording.command, sweeps=(shorter, *commands[1:]))
    with pytest.raises(NotMeasurable, match="no epoch carries an I–V"):
        plan(replace(recording, sweeps=sweeps, command=command), Window())
