"""Each plausibility check: what it refuses, and what gives a warning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.command.plausibility import checked_recording
from reversal.recordings.recording.recording import (
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


def test_a_normal_recording_has_no_warnings() -> None:
    assert checked_recording(recording(), FILE).warnings == ()


def noise(scale: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, scale, 500)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (recording(noise(20.0), sweeps=()), "no sweeps"),
        (recording(np.full(500, np.nan)), "NaN or infinite"),
        (recording(np.append(noise(20.0)[1:], np.inf)), "NaN or infinite"),
        (recording(noise(20.0) * 1e9), "its unit is probably wrong"),
        (recording(np.full(500, 3.0)), "constant, without noise"),
        (
            recording(sweeps=(Sweep(0.0, np.full(500, 3.0)), Sweep(1.0, np.full(500, 4.0)))),
            "an I–V that was measured before",
        ),
        (recording(level_mV=70000.0), "is 70000 mV"),
        (recording(level_mV=float("nan")), "is nan mV"),
        (recording(sample_rate_Hz=0.1), "0.1 Hz is impossible"),
        (recording(digitiser_limit_pA=1e13), "the unit or the gain is wrong"),
    ],
)
def test_an_impossible_recording_is_refused(found: Recording, reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        checked_recording(found, FILE)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (recording(np.clip(noise(20000.0), -20000, 20000)), "clipped at the limit of the digitiser"),
        (recording(noise(1e5)), "a two-electrode clamp, or a unit that is wrong by 1000"),
        (recording(noise(1e-5)), "less than amplifier noise"),
        (recording(sample_rate_Hz=400.0), "does not resolve"),
        (recording(level_mV=-80.0), "no I–V can be measured"),
        (
            recording(sweeps=tuple(Sweep(t, noise(20.0)) for t in (0.0, 2.0, 4.0, 8.0, 10.0))),
            "a sweep may be missing",
        ),
        (recording(sweeps=(Sweep(0.0, noise(20.0)), Sweep(1.0, np.zeros(500)))), "without noise, in sweeps 1"),
    ],
)
def test_an_unusual_recording_has_a_warning(found: Recording, sentence: str) -> None:
    assert any(sentence in warning for warning in checked_recording(found, FILE).warnings)


def sweeps_at(*starts_s: float) -> Recording:
    return recording(sweeps=tuple(Sweep(start, noise(20.0)) for start in starts_s))


@pytest.mark.parametrize(
    ("starts_s", "missing"),
    [
        ((0.0, 2.0, 4.0, 6.9), False),
        ((0.0, 2.0, 4.0, 7.1), True),
        ((0.0, 2.0, 9.0), False),  # of two intervals neither is the usual one
        ((0.0, 0.0, 0.0, 0.0, 5.0), False),  # starts that are not known
    ],
)
def test_a_sweep_is_missing_where_an_interval_is_half_as_long_again(starts_s: tuple[float, ...], missing: bool) -> None:
    warnings = checked_recording(sweeps_at(*starts_s), FILE).warnings
    assert any("a sweep may be missing" in warning for warning in warnings) is missing


@pytest.mark.parametrize(
    ("found", "word", "expected"),
    [
        (recording(np.append(noise(20.0), [20000.0])), "clipped", False),  # one sample may be noise
        (recording(np.append(noise(20.0), [20000.0] * 2)), "clipped", True),
        (recording(np.append(noise(20.0), [19970.0] * 2)), "clipped", False),
        (recording(np.append(noise(20.0), [-19990.0] * 2)), "clipped", True),
        (recording(digitiser_limit_pA=None), "clipped", False),
        (recording(np.append(noise(20.0), [99_000.0]), digitiser_limit_pA=None), "two-electrode", False),
        (recording(np.append(noise(20.0), [101_000.0]), digitiser_limit_pA=None), "two-electrode", True),
        (recording(sample_rate_Hz=500.0), "does not resolve", False),
        (recording(sample_rate_Hz=499.0), "does not resolve", True),
        (recording(level_mV=-79.0), "no I–V", False),
        (recording(level_mV=-79.1), "no I–V", True),
        (recording(np.tile([0.0, 0.0011], 250)), "amplifier noise", False),
        (recording(np.tile([0.0, 0.0009], 250)), "amplifier noise", True),
    ],
)
def test_warnings_begin_at_their_limits(found: Recording, word: str, expected: bool) -> None:
    assert any(word in warning for warning in checked_recording(found, FILE).warnings) is expected


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        (recording(level_mV=1000.0), False),
        (recording(level_mV=-1001.0), True),
        (recording(sample_rate_Hz=1.0), False),
        (recording(sample_rate_Hz=0.99), True),
        (recording(sweeps=(Sweep(0.0, noise(20.0)[:2]),)), False),
        (recording(sweeps=(Sweep(0.0, noise(20.0)), Sweep(1.0, noise(20.0)[:1]))), True),
        (recording(np.append(noise(20.0), [0.99e8])), False),
        (recording(np.append(noise(20.0), [-1.01e8])), True),
    ],
)
def test_recordings_are_refused_beyond_their_limits(found: Recording, refused: bool) -> None:
    if refused:
        with pytest.raises(RecordingRefused):
            checked_recording(found, FILE)
    else:
        checked_recording(found, FILE)
