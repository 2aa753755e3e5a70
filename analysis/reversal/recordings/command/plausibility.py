"""Checks that a recording is physically possible. Each check is a function that returns a sentence or None.

The checks in REFUSAL_CHECKS refuse the recording. Those in WARNING_CHECKS add a warning to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from reversal.recordings.command.waveform import is_constant
from reversal.recordings.recording.recording import Recording, RecordingRefused, Sweep
from reversal.recordings.recording.stored_samples import blocks_of, extremes
from reversal.recordings.recordings_constants import (
    CLIPPED_FRACTION,
    MAX_INTERVAL_RATIO,
    MAX_COMMAND_mV,
    MAX_CURRENT_pA,
    MAX_DIGITISER_RANGE_pA,
    MAX_PATCH_CURRENT_pA,
    MIN_CURRENT_RANGE_pA,
    MIN_RATE_Hz,
    MIN_STEP_RATE_Hz,
)

PlausibilityCheck = Callable[[Recording], str | None]


def checked_recording(recording: Recording, file: Path) -> Recording:
    """Recording with the warnings of all checks. Raises RecordingRefused if it is impossible."""
    for check in REFUSAL_CHECKS:
        reason = check(recording)
        if reason is not None:
            raise RecordingRefused(reason, file=file, remedy="Check the file in the acquisition software")
    warnings = tuple(sentence for check in WARNING_CHECKS if (sentence := check(recording)) is not None)
    return replace(recording, warnings=(*recording.warnings, *warnings))


def missing_samples(recording: Recording) -> str | None:
    """A recording needs sweeps, and each sweep at least two samples."""
    if not recording.sweeps or any(sweep.current.size < 2 for sweep in recording.sweeps):
        return "the recording has no sweeps, or a sweep without samples"
    return None


def samples_not_finite(recording: Recording) -> str | None:
    """NaN and infinite samples come from invalid scaling factors or a damaged file."""
    for n, sweep in enumerate(recording.sweeps):
        if not np.all(np.isfinite(extremes(sweep.current))):
            return f"the current of sweep {recording.number_of(n)} has NaN or infinite samples"
        if sweep.voltage is not None and not np.all(np.isfinite(extremes(sweep.voltage))):
            return f"the voltage of sweep {recording.number_of(n)} has NaN or infinite samples"
    return None


def command_out_of_range(recording: Recording) -> str | None:
    """A command outside the range of membrane voltages comes from a damaged header or a wrong unit."""
    for n, sweep in enumerate(recording.command.sweeps):
        levels = [level for epoch in sweep.epochs for level in (epoch.from_mV, epoch.level_mV)]
        if sweep.samples is not None:
            levels += [float(level) for level in extremes(sweep.samples)]
        for level in levels:
            if not abs(level) <= MAX_COMMAND_mV:
                number = recording.number_of(n)
                return f"the command of sweep {number} is {level:g} mV, which is impossible for a membrane"
    return None


def current_out_of_range(recording: Recording) -> str | None:
    """A current above that of any cell comes from a wrong unit."""
    highest = _highest_current_pA(recording)
    if highest > MAX_CURRENT_pA:
        return f"the current reaches {highest:.3g} pA, which is impossible for a cell: its unit is probably wrong"
    if recording.digitiser_limit_pA is not None and recording.digitiser_limit_pA > MAX_DIGITISER_RANGE_pA:
        return (
            f"with the unit '{recording.current_channel.unit}' the range of the digitiser is "
            f"{recording.digitiser_limit_pA:.3g} pA: the unit or the gain is wrong"
        )
    return None


def current_constant(recording: Recording) -> str | None:
    """A current without any noise was not recorded from an amplifier."""
    if max(_range_pA(sweep) for sweep in recording.sweeps) > 0:
        return None
    if len({float(sweep.current[:1][0]) for sweep in recording.sweeps}) > 1:
        return (
            "the current of every sweep is constant, without noise, and differs between sweeps: this is an I–V that "
            "was measured before, not a recording"
        )
    return "the current is constant, without noise: the channel was not connected"


def rate_impossible(recording: Recording) -> str | None:
    """A rate below 1 Hz comes from a damaged header."""
    if not recording.sample_rate_Hz >= MIN_RATE_Hz:
        return f"the sampling rate of {recording.sample_rate_Hz:g} Hz is impossible"
    return None


def current_above_patch_clamp(recording: Recording) -> str | None:
    """A two-electrode clamp, or a unit that is wrong by a factor of 1000."""
    highest = _highest_current_pA(recording)
    if highest > MAX_PATCH_CURRENT_pA:
        return f"the current reaches {highest:.3g} pA: a two-electrode clamp, or a unit that is wrong by 1000"
    return None


def current_below_noise(recording: Recording) -> str | None:
    """A current that varies less than amplifier noise has a wrong unit."""
    variation = max(_range_pA(sweep) for sweep in recording.sweeps)
    if variation < MIN_CURRENT_RANGE_pA:
        return f"the current varies by only {variation:.2g} pA, less than amplifier noise: is its unit wrong by 1000?"
    return None


def current_clipped(recording: Recording) -> str | None:
    """Current at the limit of the digitiser."""
    limit = recording.digitiser_limit_pA
    if limit is None:
        return None
    clipped = [recording.number_of(n) for n, sweep in enumerate(recording.sweeps) if _clipped_samples(sweep, limit) > 1]
    if not clipped:
        return None
    return f"the current is clipped at the limit of the digitiser, {limit:.4g} pA, in sweeps {_listed(clipped)}"


def constant_sweeps(recording: Recording) -> str | None:
    """Single sweeps without any noise."""
    constant = [recording.number_of(n) for n, sweep in enumerate(recording.sweeps) if _range_pA(sweep) == 0]
    return f"the current is constant, without noise, in sweeps {_listed(constant)}" if constant else None


def rate_too_low_for_steps(recording: Recording) -> str | None:
    """The first milliseconds after a step cannot be resolved."""
    if recording.sample_rate_Hz < MIN_STEP_RATE_Hz:
        return f"a sampling rate of {recording.sample_rate_Hz:g} Hz does not resolve the current after a step"
    return None


def command_constant(recording: Recording) -> str | None:
    """Without a change of voltage there is no I–V."""
    return "the command is constant: no I–V can be measured" if is_constant(recording.command) else None


def sweep_missing(recording: Recording) -> str | None:
    """A gap between sweeps: if a sweep was deleted, increments are counted wrongly after it.

    Sweeps that are left out on purpose make no gap: the interval is that from number to number.
    """
    starts = np.array([sweep.start_s for sweep in recording.sweeps])
    numbers = np.array([recording.number_of(n) for n in range(len(recording.sweeps))])
    intervals = np.diff(starts) / np.diff(numbers)
    median = float(np.median(intervals)) if intervals.size > 2 else 0.0
    if median > 0 and np.max(intervals) > MAX_INTERVAL_RATIO * median:
        return f"intervals between sweeps differ (up to {np.max(intervals):.3g} s): a sweep may be missing in the file"
    return None


def _highest_current_pA(recording: Recording) -> float:
    return max(float(np.max(np.abs(extremes(sweep.current)))) for sweep in recording.sweeps)


def _range_pA(sweep: Sweep) -> float:
    low, high = extremes(sweep.current)
    return float(high - low)


def _clipped_samples(sweep: Sweep, limit_pA: float) -> int:
    if not np.any(np.abs(extremes(sweep.current)) >= CLIPPED_FRACTION * limit_pA):
        return 0
    return sum(
        int(np.count_nonzero(np.abs(block) >= CLIPPED_FRACTION * limit_pA)) for block in blocks_of(sweep.current)
    )


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(n) for n in numbers[:10]) + (", …" if len(numbers) > 10 else "")


REFUSAL_CHECKS: tuple[PlausibilityCheck, ...] = (
    missing_samples,
    samples_not_finite,
    command_out_of_range,
    current_out_of_range,
    current_constant,
    rate_impossible,
)
WARNING_CHECKS: tuple[PlausibilityCheck, ...] = (
    current_above_patch_clamp,
    current_below_noise,
    current_clipped,
    constant_sweeps,
    rate_too_low_for_steps,
    command_constant,
    sweep_missing,
)
