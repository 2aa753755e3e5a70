"""Runs in a file: several families, ramps or sessions that were recorded one after another in one file.

A file does not always mark where a run starts. A run starts if the name, the sampling rate or the length of the
protocol changes, if ramps follow steps, after a pause, if commands return that were already played, and if levels that
changed by equal steps jump back. Repeats of one command that follow each other are one run.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.recordings.command.plateaus import commands_from_samples, median_change
from reversal.recordings.recording.recording import RecordingRefused, Shape
from reversal.recordings.recording.stored_samples import Samples, every
from reversal.recordings.recordings_constants import (
    JUMP_BACK_RATIO,
    OPPOSITE_DIRECTION,
    RUN_BLOCKS,
    RUN_NOISE_FACTOR,
    RUN_PAUSE_RATIO,
    MIN_RUN_DIFFERENCE_mV,
    MIN_RUN_RAMP_mV,
)

MAX_LISTED_RUNS = 20


def runs_of(
    commands_mV: Sequence[Samples | None],
    starts_s: Sequence[float],
    numbers: Sequence[int],
    protocols: Sequence[Hashable] | None = None,
) -> list[range]:
    """Runs as ranges of sweeps, in order.

    commands_mV : command or recorded voltage of each sweep, in the order of their starts [mV]; None if it is not known
    starts_s : start of each sweep [s]
    numbers : number of each sweep in the file; a sweep that is left out makes no pause
    protocols : what the file states about the protocol of each sweep: equal within a run
    """
    count = len(commands_mV)
    names = protocols or [None] * count
    pauses = _after_pause(np.asarray(starts_s, dtype=float), np.asarray(numbers))
    waves = [None if wave is None or wave.size < RUN_BLOCKS else wave for wave in commands_mV]
    by_command = _starts_by_command(waves)
    starts = [n for n in range(count) if n == 0 or names[n] != names[n - 1] or pauses[n] or n in by_command]
    return [range(start, stop) for start, stop in zip(starts, [*starts[1:], count], strict=True)]


def refuse_several_runs(
    runs: Sequence[range],
    starts_s: Sequence[float],
    numbers: Sequence[int],
    source: str,
    file: Path,
    names: Sequence[str] | None = None,
) -> None:
    """Raise RecordingRefused if there are several runs; the message lists them by name, sweeps and time.

    numbers : number of each sweep in the file
    source : electrode or channel of the runs
    names : what to write in the column ``channel`` for each run; None if only ``sweeps`` can choose
    """
    if len(runs) < 2:
        return
    listed = [
        (f"{names[n]}: " if names else "")
        + f"sweeps {listed_sweeps(numbers[k] for k in run)} from {starts_s[run[0]]:g} s"
        for n, run in enumerate(runs[:MAX_LISTED_RUNS])
    ]
    more = "; …" if len(runs) > MAX_LISTED_RUNS else ""
    column = "the run in the column 'channel', or its sweeps in" if names else "the sweeps of one of them in"
    raise RecordingRefused(
        f"the file has {len(runs)} runs of '{source}' ({'; '.join(listed)}{more})",
        file=file,
        expected="one run",
        remedy=f"Write {column} the column 'sweeps' of the recording sheet; name all sweeps to analyse them together",
    )


def _after_pause(starts_s: FloatArray, numbers: NDArray[np.intp]) -> NDArray[np.bool_]:
    """True for each sweep that follows a pause, shape (sweeps,)."""
    found = np.zeros(starts_s.size, dtype=bool)
    intervals = np.diff(starts_s) / np.maximum(np.diff(numbers), 1)
    for n in range(intervals.size):
        neighbours = [intervals[k] for k in (n - 1, n + 1) if 0 <= k < intervals.size and intervals[k] > 0]
        found[n + 1] = bool(neighbours) and intervals[n] > RUN_PAUSE_RATIO * min(neighbours)
    return found


def _starts_by_command(waves: Sequence[Samples | None]) -> set[int]:
    """Sweeps that start a run by their command. Sweeps without a known command start none."""
    known = [n for n, wave in enumerate(waves) if wave is not None]
    present = [wave for wave in waves if wave is not None]
    if len(present) < 2:
        return set()
    facts = [_facts_of(wave) for wave in present]
    medians, ramps = np.stack([one.medians_mV for one in facts]), [one.has_ramp for one in facts]
    tolerance_mV = max(MIN_RUN_DIFFERENCE_mV, RUN_NOISE_FACTOR * max(one.noise_mV for one in facts))
    first, starts = 0, set()
    for n in range(1, len(present)):
        last_shape = next((shape for shape in reversed(ramps[first:n]) if shape is not None), None)
        other_shape = None not in (ramps[n], last_shape) and ramps[n] != last_shape
        if other_shape or _returns(medians, first, n, tolerance_mV) or _jumps_back(medians, first, n, tolerance_mV):
            starts.add(known[n])
            first = n
    return starts


@dataclass(frozen=True, slots=True)
class _WaveFacts:
    """What is compared of the command of a sweep, so that only one wave is in memory at a time."""

    medians_mV: list[float]
    has_ramp: bool | None
    noise_mV: float


def _facts_of(wave: Samples) -> _WaveFacts:
    some = np.asarray(wave[:: every(wave.size)], dtype=float)
    medians = [float(np.median(part)) for part in np.array_split(some, RUN_BLOCKS)]
    return _WaveFacts(medians, _has_ramp(wave), _block_noise_mV(wave))


def _has_ramp(wave: Samples) -> bool | None:
    """True for a sweep with a ramp, False for one with steps only, None for a constant or unclear one."""
    (command,) = commands_from_samples([wave])
    if any(
        epoch.shape is Shape.RAMP and abs(epoch.level_mV - epoch.from_mV) > MIN_RUN_RAMP_mV for epoch in command.epochs
    ):
        return True
    if any(epoch.shape in (Shape.SAMPLES, Shape.RAMP) for epoch in command.epochs) or len(command.epochs) < 2:
        return None
    return False


def _block_noise_mV(wave: Samples) -> float:
    """Standard error of the median of a block of a recorded voltage."""
    return median_change(wave) / math.sqrt(wave.size / RUN_BLOCKS)


def _returns(medians: FloatArray, first: int, n: int, tolerance_mV: float) -> bool:
    """True if the command of a sweep was already played in the run, but not in the sweep before.

    One command between all others, such as a control, does not start a run.
    """

    def same(k: int, other: int) -> bool:
        return bool(np.max(np.abs(medians[k] - medians[other])) <= tolerance_mV)

    if n - first < 2 or same(n, n - 1):
        return False
    played = np.max(np.abs(medians[first : n - 1] - medians[n]), axis=1) <= tolerance_mV
    if not played.any():
        return False
    is_last = n + 1 == len(medians)
    between = same(n, n - 2) and (n - first > 2 if is_last else not same(n - 1, n + 1))
    return not between


def _jumps_back(medians: FloatArray, first: int, n: int, tolerance_mV: float) -> bool:
    """True if all levels of the run changed by equal steps, and this one jumps back by more than a step."""
    if n - first < 3:
        return False
    changes = np.diff(medians[first : n + 1], axis=0)
    step, jump = changes[-2], changes[-1]
    uneven_mV = float(np.max(np.abs(changes[:-1] - step)))  # of four levels, each with the noise of a block
    is_even = uneven_mV <= 3 * tolerance_mV < 3 * float(np.max(np.abs(step)))
    size, jump_size = float(np.linalg.norm(step)), float(np.linalg.norm(jump))
    if not is_even or jump_size <= JUMP_BACK_RATIO * size:
        return False
    return float(jump @ step) < OPPOSITE_DIRECTION * size * jump_size
