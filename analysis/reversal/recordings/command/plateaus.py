"""Epochs found in a voltage that is known sample by sample: it is cut at its jumps into plateaus and ramps.

The cuts are the same in all sweeps. A jump in one sweep cuts all of them, because in some sweep of a family the step
can have the same level as the epoch before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording.recording import Epoch, Shape, SweepCommand
from reversal.recordings.recording.stored_samples import Samples, every, stretches
from reversal.recordings.recordings_constants import (
    JUMP_SAMPLES,
    MAX_EDGES,
    MIN_EPOCH_SAMPLES,
    MIN_JUMP_NOISE_FACTOR,
    PLATEAU_END_DIVISOR,
    WHOLE_SAMPLES,
    MAX_PLATEAU_CHANGE_mV,
    MIN_JUMP_mV,
)


def commands_from_samples(voltages_mV: Sequence[Samples]) -> tuple[SweepCommand, ...]:
    """Command of every sweep from its voltage [mV]: the samples, with the epochs found in them."""
    edges = _edges(voltages_mV)
    return tuple(SweepCommand(_epochs(v, edges), v) for v in voltages_mV)


def _edges(voltages_mV: Sequence[Samples]) -> list[int]:
    """First sample after each jump; empty if sweeps differ in length, or if there are too many jumps."""
    if len({v.size for v in voltages_mV}) != 1 or voltages_mV[0].size < 4 * MIN_EPOCH_SAMPLES:
        return []
    samples = voltages_mV[0].size
    limits_mV = [max(MIN_JUMP_mV, MIN_JUMP_NOISE_FACTOR * median_change(trace)) for trace in voltages_mV]
    starts: list[int] = []
    last = False
    for begin in range(0, samples - JUMP_SAMPLES, WHOLE_SAMPLES):
        part = slice(begin, begin + WHOLE_SAMPLES + JUMP_SAMPLES)
        jumping = np.zeros(min(WHOLE_SAMPLES, samples - JUMP_SAMPLES - begin), dtype=bool)  # of any sweep
        for trace, limit_mV in zip(voltages_mV, limits_mV, strict=True):
            values = np.asarray(trace[part], dtype=float)
            jumping |= np.abs(values[JUMP_SAMPLES:] - values[:-JUMP_SAMPLES]) > limit_mV
        starts += (np.flatnonzero(jumping & ~np.append(last, jumping[:-1])) + begin + JUMP_SAMPLES).tolist()
        last = bool(jumping[-1])
    first, stop = MIN_EPOCH_SAMPLES, samples - MIN_EPOCH_SAMPLES
    edges: list[int] = []
    for start in starts:
        if first <= start <= stop and (not edges or start - edges[-1] >= MIN_EPOCH_SAMPLES):
            edges.append(start)
    return edges if len(edges) <= MAX_EDGES else []


def median_change(trace: Samples) -> float:
    """Median change from sample to sample, which shows the noise of a trace."""
    return float(np.median(np.abs(np.concatenate([np.diff(np.asarray(s, dtype=float)) for s in stretches(trace)]))))


def _epochs(voltage: Samples, edges: list[int]) -> tuple[Epoch, ...]:
    bounds = [0, *edges, voltage.size]
    names = ["before", *(epoch_name(n) for n in range(len(bounds) - 3)), "after"] if edges else ["recorded"]
    if voltage.size <= WHOLE_SAMPLES:
        voltage = np.asarray(voltage[:], dtype=float)
    return tuple(
        _epoch(name, voltage, start, stop) for name, start, stop in zip(names, bounds[:-1], bounds[1:], strict=True)
    )


def _epoch(name: str, trace: Samples, start: int, stop: int) -> Epoch:
    """Epoch that is a plateau, a ramp or neither, judged by its second half, when the membrane has settled."""
    step = every(stop - start)
    sample = np.arange(start, stop, step)
    voltage = np.asarray(trace[start:stop:step], dtype=float)
    samples = Epoch(name, Shape.SAMPLES, start, stop, float(voltage[0]), float(trace[stop - 1 : stop][0]))
    if stop - start < MIN_EPOCH_SAMPLES or not np.all(np.isfinite(voltage)):
        return samples
    half = voltage[sample >= (start + stop) // 2]
    part = max(half.size // PLATEAU_END_DIVISOR, 1)
    change = float(np.median(half[-part:]) - np.median(half[:part]))
    if abs(change) <= MAX_PLATEAU_CHANGE_mV:
        level = round(float(np.median(half)), 3)
        return Epoch(name, Shape.HOLD if name in ("before", "after") else Shape.STEP, start, stop, level, level)
    inner = slice(sample.size // 4, sample.size - JUMP_SAMPLES)  # the last samples can belong to the next jump
    slope, intercept = np.polyfit(sample[inner], voltage[inner], 1)
    line = slope * sample + intercept
    distance = np.abs(voltage - line)[inner]
    noise = float(np.mean(np.abs(np.diff(voltage[inner]))))  # the median is 0 for a coarse digitiser
    noise = max(noise - abs(slope) * (step - 1), 0.0)  # the rest is from sample to sample, also where some are left out
    if float(np.max(distance)) <= max(MAX_PLATEAU_CHANGE_mV, MIN_JUMP_NOISE_FACTOR * noise):
        return Epoch(name, Shape.RAMP, start, stop, round(float(line[0]), 3), round(float(line[-1]), 3))
    return samples
