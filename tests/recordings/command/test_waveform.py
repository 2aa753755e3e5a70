"""Epochs are expanded to samples."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.recordings.command.waveform import epoch_samples, expand, is_constant
from reversal.recordings.recording import Command, Epoch, Evidence, Shape, SweepCommand


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
