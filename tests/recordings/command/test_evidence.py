"""A command compared with a recorded voltage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.command.evidence import Disagreement, largest_disagreement, refuse_disagreement
from reversal.recordings.command.waveform import expand
from reversal.recordings.recording.recording import CommandUnknown, Epoch, Shape, SweepCommand

STEP = SweepCommand(
    (
        Epoch("before", Shape.HOLD, 0, 100, -80.0, -80.0),
        Epoch("A", Shape.STEP, 100, 400, 20.0, 20.0),
        Epoch("after", Shape.HOLD, 400, 500, -80.0, -80.0),
    )
)


def largest(voltage: np.ndarray, *, is_copy: bool = True) -> Disagreement:
    found = largest_disagreement([STEP], [voltage], is_copy=is_copy)
    assert found is not None
    return found


def test_two_samples_at_an_edge_are_left_out() -> None:
    assert largest(np.roll(expand(STEP, 500), 2)).difference_mV == 0
    assert largest(np.roll(expand(STEP, 500), 3)).difference_mV == pytest.approx(-100.0)


def test_more_than_half_a_millivolt_is_refused_with_sweep_and_epoch() -> None:
    refuse_disagreement(largest(expand(STEP, 500) + 0.5), "AO #0", Path("f.abf"))
    off = expand(STEP, 500)
    off[100:400] += 0.6
    with pytest.raises(CommandUnknown, match=r"sweep 0, epoch A: .*differs from the command by \+0\.6 mV"):
        refuse_disagreement(largest(off), "AO #0", Path("f.abf"))


def test_a_membrane_voltage_may_settle_and_have_noise_but_no_offset() -> None:
    rng = np.random.default_rng(5)
    settling = expand(STEP, 500)
    for start, jump in ((100, -100.0), (400, 100.0)):
        settling[start:] += jump * np.exp(-np.arange(500 - start) / 8.0)
    membrane = settling + rng.normal(0, 1.0, 500)
    assert abs(largest(membrane, is_copy=False).difference_mV) < 0.5
    assert abs(largest(membrane - 2.0, is_copy=False).difference_mV) > 1.5


@pytest.mark.parametrize(("length", "is_copy"), [(9, True), (24, False)])
def test_an_epoch_too_short_to_judge_is_passed_over(length: int, is_copy: bool) -> None:
    """Two samples at each edge are left out; a copy is judged from 5 samples on, a membrane voltage from 20."""
    command = SweepCommand((Epoch("A", Shape.STEP, 0, length, 20.0, 20.0),))
    shorter = SweepCommand((Epoch("A", Shape.STEP, 0, length - 1, 20.0, 20.0),))
    found = largest_disagreement([command], [np.full(length, 23.0)], is_copy=is_copy)
    assert found is not None
    assert found.difference_mV == pytest.approx(3.0)
    assert largest_disagreement([shorter], [np.full(length - 1, 23.0)], is_copy=is_copy) is None


def test_the_largest_difference_of_all_sweeps_is_named() -> None:
    off = [expand(STEP, 500) for _ in range(3)]
    off[1][420:480] -= 4.0
    off[2][150:300] += 3.0
    found = largest_disagreement([STEP] * 3, off, is_copy=True)
    assert found is not None
    assert (found.sweep, found.epoch.name, found.difference_mV) == (1, "after", pytest.approx(-4.0))
    refuse_disagreement(None, "AO #0", Path("f.abf"))
