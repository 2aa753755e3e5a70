"""Tails that decay before they are measured, with the fraction that is left known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.protocol.conditioning import conditioning
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.tail_completeness import tail_completeness
from reversal.recordings.recording.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
)
from reversal.tables.iv_table import IVKind

V = np.arange(-140.0, 21.0, 20.0)
HELD, E, CELSIUS = 40.0, -75.0, 22.0
THERMAL = 8.31446261815324 * 295.15 / 96.48533212331
CHANNEL = Channel("IN 0", "pA", "current")


def goldman(v_mV: np.ndarray) -> np.ndarray:
    """Relative current of monovalent cations that reverses at E: u (1 − e^((E − V)F/RT))/(1 − e^−u)."""
    u = np.where(v_mV == 0.0, 1e-9, v_mV) / THERMAL
    return np.asarray(u * (1 - np.exp((E - v_mV) / THERMAL)) / (1 - np.exp(-u)))


AT_HELD = float(goldman(np.array([HELD]))[0])


def completeness(
    left: np.ndarray | float = 1.0, decaying: np.ndarray | float = 0.0, se_pA: float = 0.5, **changes: Any
) -> float | None:
    """Tails of a channel that carries 1000 pA at 40 mV: what is left of each, and what part of that decays."""
    full = 1000.0 / AT_HELD * goldman(V)
    i_pA = full * left
    decays = full * decaying
    offset_mV = changes.pop("offset_mV", 0.0)
    held = HELD + offset_mV
    epochs = [
        (Epoch("before", Shape.HOLD, 0, 100, -80, -80), Epoch("A", Shape.STEP, 100, 300, held, held),
         Epoch("B", Shape.STEP, 300, 600, v, v))
        for v in V.tolist()
    ]  # fmt: skip
    samples = np.zeros(600)
    samples[100:300] = np.linspace(900.0, 1000.0, 200)
    samples[280:300] = changes.pop("before_pA", 1000.0)
    command = Command(tuple(SweepCommand(one) for one in epochs), Evidence.RECONSTRUCTED, "")
    sweeps = tuple(Sweep(2.0 * n, samples) for n in range(V.size))
    recording = Recording("f.abf", "0" * 64, "ABF", 10000.0, sweeps, command, CHANNEL, (CHANNEL,))
    plan = Plan(IVKind.TAIL, "tail", tuple(one[2] for one in epochs), tuple(range(V.size)))
    errors = np.full(V.size, se_pA)
    curve = IVCurve(
        changes.pop("kind", IVKind.TAIL), np.arange(V.size), V, i_pA, errors, 50.0, np.zeros((V.size, 2)), 60,
        decaying_pA=decays, decaying_se_pA=changes.pop("decaying_se_pA", errors),
        conditioning=conditioning(Sweeps.of(recording), plan),
    )  # fmt: skip
    return tail_completeness(curve, V, offset_mV, changes.pop("e_mV", E), CELSIUS)


@pytest.mark.parametrize("left", [1.0, 0.6, 0.2])
def test_a_far_tail_is_compared_with_the_current_before_the_step(left: float) -> None:
    """At −140 mV, farthest from 40 mV, this part of the current in a constant field is left."""
    remains = np.ones(V.size)
    remains[0] = left
    assert completeness(remains) == pytest.approx(left, rel=2e-3)


def test_a_far_tail_is_compared_with_the_decay_of_the_others() -> None:
    """Tails above E_rev decay by 0.8 of what the field implies, those beyond by 0.3: 0.3/(0.8 less two errors)."""
    decaying = np.where(V > E, 0.8, 0.3)
    field = np.abs(1000.0 / AT_HELD * goldman(V))
    clear = np.abs(V - E) >= 20.0
    expected = float((decaying - 2.0 * 0.5 / field)[clear].max())
    assert completeness(1.0, decaying) == pytest.approx(0.3 / expected, rel=0.01)


def test_a_tail_that_mostly_decays_was_measured() -> None:
    decaying = np.full(V.size, 0.2)
    for part, none in ((0.45, False), (0.55, True)):
        decaying[0] = part
        assert (completeness(1.0, decaying) is None) is none


def test_without_a_driving_force_or_a_clear_current_there_is_no_answer() -> None:
    assert completeness(e_mV=-125.0) is None  # 15 mV from the farthest tail
    assert completeness(e_mV=-119.0) is not None
    assert completeness(kind=IVKind.STEADY) is None
    assert completeness(se_pA=1e4) is None


def test_the_current_before_the_step_is_the_mean_of_its_last_tenth() -> None:
    assert completeness(before_pA=500.0) == pytest.approx(2.0, rel=2e-3)


def test_the_level_before_the_step_is_corrected_by_the_offset() -> None:
    assert completeness(offset_mV=12.0) == pytest.approx(1.0, rel=2e-3)


def test_the_smallest_of_all_tails_beyond_e_rev_counts() -> None:
    """Those on the side of the most distant one, at least 20 mV from E_rev."""
    decaying = np.where(V > E, 0.8, 0.4)
    decaying[1] = 0.2  # at −120 mV
    field = np.abs(1000.0 / AT_HELD * goldman(V))
    largest = float((decaying - 2.0 * 0.5 / field)[np.abs(V - E) >= 20.0].max())
    assert completeness(1.0, decaying) == pytest.approx(0.2 / largest, rel=1e-6)
    decaying[1], decaying[-1] = 0.4, 0.1  # on the other side
    largest = float((decaying - 2.0 * 0.5 / field)[np.abs(V - E) >= 20.0].max())
    assert completeness(1.0, decaying) == pytest.approx(0.4 / largest, rel=1e-6)
    decaying[3] = 0.1  # at −80 mV, 5 mV from E_rev
    assert completeness(1.0, decaying) == pytest.approx(0.4 / largest, rel=1e-6)


@pytest.mark.parametrize(("part", "counts"), [(0.24, True), (0.26, False)])
def test_a_tail_whose_decay_is_not_known_to_a_quarter_is_not_compared(part: float, counts: bool) -> None:
    field = np.abs(1000.0 / AT_HELD * goldman(V))
    decaying = np.where(V > E, 0.8, 0.3)
    error = np.full(V.size, 0.5)
    largest = float((decaying - 2.0 * error / field)[np.abs(V - E) >= 20.0].max())
    error[:3] = part * largest * field[:3]  # at −140, −120 and −100 mV
    found = completeness(1.0, decaying, decaying_se_pA=error)
    assert found == pytest.approx(0.3 / largest if counts else 1.0, rel=2e-3)
