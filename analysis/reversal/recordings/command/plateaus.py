"""Epochs found in a voltage that is known sample by sample: it is cut at its jumps into plateaus and ramps.

The cuts are the same in all sweeps. A jump in one sweep cuts all of them, because in some sweep of a family the step
can have the same level as the epoch before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording.recording import Epoch, Shape, SweepCommand
from reversal.recordings.recording.stored_samples import Samples
from reversal.recordings.recordings_constants import (
    JUMP_SAMPLES,
    MAX_EDGES,
    MIN_EPOCH_SAMPLES,
    MIN_JUMP_NOISE_FACTOR,
    PLATEAU_END_DIVISOR,
    MAX_PLATEAU_CHANGE_mV,
    MIN_JUMP_mV,
)


def commands_from_samples(voltages_mV: Sequence[Samples]) -> tuple[SweepCommand, ...]:
    """Command of every sweep from its voltage [mV]: the samples, with the epochs found in them."""
    edges = _edges(voltages_mV)
    return tuple(SweepCommand(_epochs(np.asarray(v[:], dtype=float), edges), v) for v in voltages_mV)


def _edges(voltages_mV: Sequence[Samples]) -> list[int]:
    """First sample after each jump; empty if sweeps differ in length, or if there are too many jumps."""
    if len({v.size for v in voltages_mV}) != 1 or voltages_mV[0].size < 4 * MIN_EPOCH_SAMPLES:
        return []
    samples = voltages_mV[0].size
    jumping = np.zeros(samples - JUMP_SAMPLES + 1, dtype=bool)  # of any sweep; one trace at a time is in memory
    for trace in voltages_mV:
        jumping[1:] |= _is_jump(np.asarray(trace[:], dtype=float))
    starts = np.flatnonzero(jumping[1:] & ~jumping[:-1]) + JUMP_SAMPLES
    first, last = MIN_EPOCH_SAMPLES, samples - MIN_EPOCH_SAMPLES
    edges: list[int] = []
    for start in starts.tolist():
        if first <= start <= last and (not edges or start - edges[-1] >= MIN_EPOCH_SAMPLES):
            edges.append(start)
    return edges if len(edges) <= MAX_EDGES else []


def _is_jump(trace: FloatArray) -> NDArray[np.bool_]:
    """Whether a trace jumps to each sample from that some samples before, shape (samples − JUMP_SAMPLES,)."""
    noise = np.median(np.abs(np.diff(trace)))
    change = np.abs(trace[JUMP_SAMPLES:] - trace[:-JUMP_SAMPLES])
    return np.asarray(change > np.maximum(MIN_JUMP_mV, MIN_JUMP_NOISE_FACTOR * noise))


def _epochs(voltage: FloatArray, edges: list[int]) -> tuple[Epoch, ...]:
    bounds = [0, *edges, voltage.size]
    names = ["before", *(epoch_name(n) for n in range(len(bounds) - 3)), "after"] if edges else ["recorded"]
    return tuple(
        _epoch(name, voltage, start, stop) for name, start, stop in zip(names, bounds[:-1], bounds[1:], strict=True)
    )


def _epoch(name: str, voltage: FloatArray, start: int, stop: int) -> Epoch:
    """Epoch that is a plateau, a ramp or neither, judged by its second half, when the membrane has settled."""
    samples = Epoch(name, Shape.SAMPLES, start, stop, float(voltage[start]), float(voltage[stop - 1]))
    if stop - start < MIN_EPOCH_SAMPLES or not np.all(np.isfinite(voltage[start:stop])):
        return samples
    half = voltage[(start + stop) // 2 : stop]
    part = max(half.size // PLATEAU_END_DIVISOR, 1)
    change = float(np.median(half[-part:]) - np.median(half[:part]))
    if abs(change) <= MAX_PLATEAU_CHANGE_mV:
        level = round(float(np.median(half)), 3)
        return Epoch(name, Shape.HOLD if name in ("before", "after") else Shape.STEP, start, stop, level, level)
    sample = np.arange(start, stop)
    inner = slice(sample.size // 4, sample.size - JUMP_SAMPLES)  # the last samples can belong to the next jump
    slope, intercept = np.polyfit(sample[inner], voltage[start:stop][inner], 1)
    line = slope * sample + intercept
    distance = np.abs(voltage[start:stop] - line)[inner]
    noise = float(np.mean(np.abs(np.diff(voltage[start:stop][inner]))))  # the median is 0 for a coarse digitiser
    if float(np.max(distance)) <= max(MAX_PLATEAU_CHANGE_mV, MIN_JUMP_NOISE_FACTOR * noise):
        return Epoch(name, Shape.RAMP, start, stop, round(float(line[0]), 3), round(float(line[-1]), 3))
    return samples
