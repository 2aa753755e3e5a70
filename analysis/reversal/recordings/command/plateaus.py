"""A voltage known sample by sample, cut at its jumps into plateaus and ramps, to be measured like a protocol.

The cuts are common to all sweeps: a jump in any of them cuts all, since a step may happen to be to the level it leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import SampleArray
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording import Epoch, Shape, SweepCommand

LAG = 3  # samples over which a jump is looked for: a filtered step takes a few
LEAST_JUMP_MV, JUMP_IN_NOISE = 2.0, 8.0
FLAT_MV = 0.5  # change over the second half of a plateau
MOST_EDGES, SHORTEST = 40, 8


def commands_from_samples(voltages_mV: Sequence[SampleArray]) -> tuple[SweepCommand, ...]:
    """Command of every sweep from its voltage [mV]: the samples as they are, with the epochs found in them."""
    edges = _edges(voltages_mV)
    return tuple(SweepCommand(_epochs(np.asarray(v, dtype=float), edges), v) for v in voltages_mV)


def _edges(voltages_mV: Sequence[SampleArray]) -> list[int]:
    """First sample after each jump, or nothing where sweeps have different lengths or jump all the time."""
    if len({v.size for v in voltages_mV}) != 1 or voltages_mV[0].size < 4 * SHORTEST:
        return []
    every = np.asarray(voltages_mV, dtype=float)
    noise = np.median(np.abs(np.diff(every, axis=1)), axis=1, keepdims=True)
    jump = np.abs(every[:, LAG:] - every[:, :-LAG]) > np.maximum(LEAST_JUMP_MV, JUMP_IN_NOISE * noise)
    jumping = np.concatenate([[False], np.any(jump, axis=0)])
    starts = np.flatnonzero(jumping[1:] & ~jumping[:-1]) + LAG
    kept: list[int] = []
    for start in starts.tolist():
        if start >= SHORTEST and start <= every.shape[1] - SHORTEST and (not kept or start - kept[-1] >= SHORTEST):
            kept.append(start)
    return kept if len(kept) <= MOST_EDGES else []


def _epochs(voltage: NDArray[np.float64], edges: list[int]) -> tuple[Epoch, ...]:
    bounds = [0, *edges, voltage.size]
    names = ["before", *(epoch_name(n) for n in range(len(bounds) - 3)), "after"] if edges else ["recorded"]
    return tuple(
        _epoch(name, voltage, start, stop) for name, start, stop in zip(names, bounds[:-1], bounds[1:], strict=True)
    )


def _epoch(name: str, voltage: NDArray[np.float64], start: int, stop: int) -> Epoch:
    """Name a stretch a plateau, a ramp, or neither, by its second half, in which a membrane has settled."""
    samples = Epoch(name, Shape.SAMPLES, start, stop, float(voltage[start]), float(voltage[stop - 1]))
    if stop - start < SHORTEST or not np.all(np.isfinite(voltage[start:stop])):
        return samples
    half = voltage[(start + stop) // 2 : stop]
    tenth = max(half.size // 5, 1)
    change = float(np.median(half[-tenth:]) - np.median(half[:tenth]))
    if abs(change) <= FLAT_MV:
        level = round(float(np.median(half)), 3)
        return Epoch(name, Shape.HOLD if name in ("before", "after") else Shape.STEP, start, stop, level, level)
    place = np.arange(start, stop)
    inner = slice(place.size // 4, place.size - LAG)  # the last samples may lead the jump that follows
    slope, intercept = np.polyfit(place[inner], voltage[start:stop][inner], 1)
    line = slope * place + intercept
    apart = np.abs(voltage[start:stop] - line)[inner]
    noise = float(np.mean(np.abs(np.diff(voltage[start:stop][inner]))))  # a median is 0 for coarse digitisers
    if float(np.max(apart)) <= max(FLAT_MV, JUMP_IN_NOISE * noise):
        return Epoch(name, Shape.RAMP, start, stop, round(float(line[0]), 3), round(float(line[-1]), 3))
    return samples
