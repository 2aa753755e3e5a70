"""A command against a voltage recorded beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.command.evidence import Disagreement, must_agree, worst_disagreement
from reversal.recordings.command.waveform import expand
from reversal.recordings.recording import CommandUnknown, Epoch, Shape, SweepCommand

STEP = SweepCommand(
    (
        Epoch("before", Shape.HOLD, 0, 100, -80.0, -80.0),
        Epoch("A", Shape.STEP, 100, 400, 20.0, 20.0),
        Epoch("after", Shape.HOLD, 400, 500, -80.0, -80.0),
    )
)


def worst(voltage: np.ndarray, *, exact: bool = True) -> Disagreement:
    found = worst_disagreement([STEP], [voltage], exact=exact)
    assert found is not None
    return found


def test_two_samples_at_an_edge_do_not_count_and_three_do() -> None:
    assert worst(np.roll(expand(STEP, 500), 2)).by_mV == 0
    assert worst(np.roll(expand(STEP, 500), 3)).by_mV == pytest.approx(-100.0)


def test_half_a_millivolt_is_agreement_and_more_is_a_failure_with_its_place() -> None:
    must_agree(worst(expand(STEP, 500) + 0.5), "AO #0", Path("f.abf"))
    off = expand(STEP, 500)
    off[100:400] += 0.6
    with pytest.raises(CommandUnknown, match=r"sweep 0, epoch A: .*disagree by \+0\.6 mV"):
        must_agree(worst(off), "AO #0", Path("f.abf"))


def test_a_membrane_may_settle_and_be_noisy_but_not_be_elsewhere() -> None:
    rng = np.random.default_rng(5)
    settling = expand(STEP, 500)
    for start, jump in ((100, -100.0), (400, 100.0)):
        settling[start:] += jump * np.exp(-np.arange(500 - start) / 8.0)
    membrane = settling + rng.normal(0, 1.0, 500)
    assert abs(worst(membrane, exact=False).by_mV) < 0.5
    assert abs(worst(membrane - 2.0, exact=False).by_mV) > 1.5
