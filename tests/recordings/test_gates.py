"""Each gate: what it lets pass and what it stops or says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.plausibility import passed
from reversal.recordings.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    RecordingRefused,
    Shape,
    Sweep,
    SweepCommand,
)

FILE = Path("f.abf")


def recording(i_pA: np.ndarray | None = None, level_mV: float = -20.0, **changes: object) -> Recording:
    current = np.random.default_rng(1).normal(0, 20, 500) if i_pA is None else i_pA
    command = SweepCommand(
        (Epoch("before", Shape.HOLD, 0, 100, -80.0, -80.0), Epoch("A", Shape.STEP, 100, 500, level_mV, level_mV))
    )
    channel = Channel("IN 0", "pA", "current")
    found = Recording(
        "f.abf", "0" * 64, "ABF", 10000.0, (Sweep(0.0, current),), Command((command,), Evidence.RECONSTRUCTED, ""),
        channel, (channel,), digitiser_limit_pA=20000.0,
    )  # fmt: skip
    return replace(found, **changes)


def test_a_sound_recording_passes_without_a_word() -> None:
    assert passed(recording(), FILE).warnings == ()


def noise(scale: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, scale, 500)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (recording(noise(20.0), sweeps=()), "no sweep"),
        (recording(np.full(500, np.nan)), "no numbers"),
        (recording(np.append(noise(20.0)[1:], np.inf)), "no numbers"),
        (recording(noise(20.0) * 1e9), "its unit is probably wrong"),
        (recording(np.full(500, 3.0)), "flat line"),
        (recording(level_mV=70000.0), "asks for 70000 mV"),
        (recording(level_mV=float("nan")), "asks for nan mV"),
        (recording(sample_rate_Hz=0.1), "0.1 Hz is not possible"),
        (recording(digitiser_limit_pA=1e13), "the unit or the gain is wrong"),
    ],
)
def test_what_cannot_be_a_recording_is_refused(found: Recording, reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        passed(found, FILE)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (recording(np.clip(noise(20000.0), -20000, 20000)), "clipped at the digitiser's limit"),
        (recording(noise(1e5)), "a two-electrode clamp, or a unit slip of 1000"),
        (recording(noise(1e-5)), "less than an amplifier's noise"),
        (recording(sample_rate_Hz=400.0), "does not resolve"),
        (recording(level_mV=-80.0), "no I–V can be made"),
        (
            recording(sweeps=tuple(Sweep(t, noise(20.0)) for t in (0.0, 2.0, 4.0, 8.0, 10.0))),
            "one may have been left out",
        ),
        (recording(sweeps=(Sweep(0.0, noise(20.0)), Sweep(1.0, np.zeros(500)))), "sweeps 1 is a flat line"),
    ],
)
def test_what_is_odd_is_said_and_let_pass(found: Recording, sentence: str) -> None:
    assert any(sentence in warning for warning in passed(found, FILE).warnings)
