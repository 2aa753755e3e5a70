"""Epochs are expanded to samples."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.recordings.command.waveform import epoch_name, epoch_samples, expand, is_constant
from reversal.recordings.recording.recording import Command, Epoch, Evidence, Shape, SweepCommand


def epoch(shape: Shape, samples: int, period: int | None = None, width: int | None = None) -> Epoch:
    return Epoch("A", shape, 0, samples, -80.0, 20.0, period, width)


def test_a_ramp_ends_at_its_level() -> None:
    assert epoch_samples(epoch(Shape.RAMP, 4)).tolist() == [-55.0, -30.0, -5.0, 20.0]


def test_trains_start_with_a_pulse_and_add_a_last_pulse_if_it_fits() -> None:
    assert epoch_samples(epoch(Shape.PULSES, 10, 4, 2)).tolist() == [20, 20, -80, -80, 20, 20, -80, -80, 20, 20]
    assert epoch_samples(epoch(Shape.PULSES, 9, 4, 2)).tolist() == [20, 20, -80, -80, 20, 20, -80, -80, -80]


def test_biphasic_pulses_are_symmetric() -> None:
    assert epoch_samples(epoch(Shape.BIPHASIC, 4, 4, 2)).tolist() == [20.0, -180.0, -80.0, -80.0]


def test_a_triangle_reaches_its_level_after_its_width() -> None:
    assert epoch_samples(epoch(Shape.TRIANGLE, 5, 4, 2)).tolist() == [-80.0, -30.0, 20.0, -30.0, -80.0]


def test_a_cosine_reaches_its_level_in_the_middle_of_its_period() -> None:
    wave = epoch_samples(epoch(Shape.COSINE, 9, 8))
    assert wave[[0, 2, 4, 6, 8]] == pytest.approx([-80.0, -30.0, 20.0, -30.0, -80.0])


def test_samples_are_unchanged() -> None:
    given = np.array([1.0, 2.0, 3.0])
    assert expand(SweepCommand((), given), 3).tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("first", "second", "constant"), [(-80.0, -80.0, True), (-80.0, -60.0, False)], ids=["held", "stepped"]
)
def test_a_command_is_constant_only_if_all_sweeps_are_equal(first: float, second: float, constant: bool) -> None:
    sweeps = tuple(SweepCommand((Epoch("before", Shape.HOLD, 0, 9, level, level),)) for level in (first, second))
    assert is_constant(Command(sweeps, Evidence.RECONSTRUCTED, "")) is constant


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA")])
def test_epochs_have_the_letters_of_acquisition_software(number: int, name: str) -> None:
    assert epoch_name(number) == name


def test_the_last_level_goes_on_and_a_sweep_may_be_shorter_than_its_epochs() -> None:
    command = SweepCommand((epoch(Shape.STEP, 3), Epoch("B", Shape.RAMP, 3, 5, 0.0, 10.0)))
    assert expand(command, 7).tolist() == [20, 20, 20, 5, 10, 10, 10]
    assert expand(command, 4).tolist() == [20, 20, 20, 5]


@pytest.mark.parametrize(("change_mV", "constant"), [(0.9, True), (1.0, False)])
def test_a_command_that_changes_by_less_than_a_millivolt_is_constant(change_mV: float, constant: bool) -> None:
    step = SweepCommand((Epoch("A", Shape.STEP, 0, 9, 0.0, 0.0), Epoch("B", Shape.STEP, 9, 9, 50.0, 50.0)))
    ramp = SweepCommand((Epoch("A", Shape.RAMP, 0, 9, 0.0, change_mV),))
    samples = SweepCommand((), np.array([0.0, change_mV, 0.0]))
    for other in (ramp, samples):
        assert is_constant(Command((step, other), Evidence.RECONSTRUCTED, "")) is constant


@pytest.mark.parametrize("step", [1, 2, 7, 100])
@pytest.mark.parametrize("samples", [30, 95, 120])
def test_some_samples_of_a_command_are_those_of_all(step: int, samples: int) -> None:
    """Also of a sweep that ends before its last epoch, or after it."""
    shapes = (
        Epoch("A", Shape.RAMP, 0, 31, -80.0, 20.0),
        Epoch("B", Shape.PULSES, 31, 64, -80.0, 20.0, 9, 4),
        Epoch("C", Shape.COSINE, 64, 100, -80.0, 20.0, 8),
    )
    command = SweepCommand(shapes)
    np.testing.assert_array_equal(expand(command, samples, step), expand(command, samples)[::step])
    stored = SweepCommand(shapes, np.arange(samples, dtype=np.float32))
    np.testing.assert_array_equal(expand(stored, samples, step), np.arange(0.0, samples, step))
