"""Reduction of traces for drawing; the minimum and maximum of each segment are kept."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.recordings.recording import Recording, Shape, SweepCommand


def thinned(values: SampleArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """Positions and values of the minimum and maximum of each bin of a trace, in order of time.

    values : shape (samples,)
    Returns positions [samples from the start] and values, shape (≤ 2·bins,); the complete trace if it is short enough.
    """
    samples = values.size
    if samples <= 2 * bins:
        return np.arange(samples, dtype=float), np.asarray(values, dtype=float)
    edges = np.linspace(0, samples, bins + 1).astype(int)
    kept = np.array(
        [
            place
            for start, stop in pairwise(edges)
            for place in sorted(
                (start + int(np.argmin(values[start:stop])), start + int(np.argmax(values[start:stop])))
            )
        ]
    )
    kept = np.unique(kept)
    return kept.astype(float), np.asarray(values, dtype=float)[kept]


def shown_sweeps(recording: Recording, most: int) -> tuple[int, ...]:
    """Numbers of the sweeps to draw: all, or ``most`` of them, evenly spaced, including the first and the last."""
    count = len(recording.sweeps)
    if count <= most:
        return tuple(range(count))
    return tuple(sorted({round(place) for place in np.linspace(0, count - 1, most)}))


def command_line(command: SweepCommand, bins: int = 200) -> tuple[SampleArray, FloatArray]:
    """Corners of the command of a sweep: positions [samples] and levels [mV]; pulse trains by their level."""
    if command.samples_mV is not None:
        return thinned(command.samples_mV, bins)
    positions: list[float] = []
    levels: list[float] = []
    for epoch in command.epochs:
        first = epoch.from_mV if epoch.shape is Shape.RAMP else epoch.level_mV
        positions += [epoch.start, epoch.stop]
        levels += [first, epoch.level_mV]
    return np.array(positions, dtype=float), np.array(levels, dtype=float)
