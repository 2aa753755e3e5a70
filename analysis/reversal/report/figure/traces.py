"""Reduction of traces for drawing; the minimum and maximum of each segment are kept."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.recordings.recording.recording import Recording, Shape, SweepCommand

STEADY = 1.5  # largest range of two segments together, over that of each, of a steady trace
EDGE_SHARE = 0.1  # smallest step between two samples, over the range of the command, that counts as an edge

Places = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def thinned(values: SampleArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """Positions and values of the minimum and maximum of each bin of a trace, in order of time.

    Two bins are one where the trace is steady: their ranges are about the same.

    values : shape (samples,)
    Returns positions [samples from the start] and values, shape (≤ 2·bins,); the complete trace if it is short enough.
    """
    samples = values.size
    if samples <= 2 * bins:
        return np.arange(samples, dtype=float), np.asarray(values, dtype=float)
    kept = _joined(extremes(values, -(-samples // bins)), values)
    kept = kept[np.append(True, np.diff(kept) > 0)]
    return kept.astype(float), values[kept].astype(float)


def _joined(places: Places, values: SampleArray) -> Places:
    """Places of the extremes of segments, shape (segments, 2), of which two are joined where the trace is steady.

    Returns places in order of time, shape (≤ 2·segments,).
    """
    pairs = places[: places.shape[0] // 2 * 2].reshape(-1, 4)
    found = values[pairs]
    least, most = np.minimum(found[:, ::2], found[:, 1::2]), np.maximum(found[:, ::2], found[:, 1::2])
    whole, single = most.max(axis=1) - least.min(axis=1), (most - least).min(axis=1)
    kept = np.ones(pairs.shape, dtype=bool)
    steady = np.flatnonzero(whole <= STEADY * single)
    kept[steady] = False
    kept[steady, found[steady].argmin(axis=1)] = True
    kept[steady, found[steady].argmax(axis=1)] = True
    return np.append(pairs[kept], places[pairs.shape[0] * 2 :])


def extremes(values: SampleArray, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Places of the lowest and the highest sample of each segment of a trace, in order of time, shape (segments, 2).

    values : shape (samples,), at least one
    width : of a segment [samples]; the last one may be shorter
    """
    missing = -values.size % width
    filled = np.concatenate((values, np.full(missing, values[-1]))) if missing else values
    segments = filled.reshape(-1, width)
    low, high = segments.argmin(axis=1), segments.argmax(axis=1)
    starts = np.arange(0, filled.size, width)
    return np.stack((starts + np.minimum(low, high), starts + np.maximum(low, high)), axis=1)


def shown_sweeps(recording: Recording, most: int) -> tuple[int, ...]:
    """Numbers of the sweeps to draw: all, or ``most`` of them, evenly spaced, including the first and the last."""
    count = len(recording.sweeps)
    if count <= most:
        return tuple(range(count))
    return tuple(sorted({round(place) for place in np.linspace(0, count - 1, most)}))


def command_line(command: SweepCommand, bins: int = 200) -> tuple[FloatArray, FloatArray]:
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


def away_from_edges(current: SampleArray, command: SweepCommand, blank: int) -> SampleArray:
    """Samples of a current that are not within ``blank`` samples after an edge of the command; all if few are left.

    The capacitive transient of an edge is often larger than every current of the channel.
    """
    kept = np.ones(current.size, dtype=bool)
    for edge in _edges(command):
        kept[max(edge - 1, 0) : edge + blank] = False
    return current[kept] if 2 * np.count_nonzero(kept) >= current.size else current


def _edges(command: SweepCommand) -> list[int]:
    """Samples at which the command steps."""
    if command.samples_mV is not None:
        levels = np.asarray(command.samples_mV, dtype=float)
        steps = np.abs(np.diff(levels))
        return [int(n) + 1 for n in np.flatnonzero(steps > EDGE_SHARE * np.ptp(levels))] if levels.size > 1 else []
    edges: list[int] = []
    last_mV: float | None = None
    for epoch in command.epochs:
        if last_mV is not None and (epoch.from_mV if epoch.shape is Shape.RAMP else epoch.level_mV) != last_mV:
            edges.append(epoch.start)
        if epoch.period and epoch.width:
            for start in range(epoch.start, epoch.stop, epoch.period):
                edges += [start, start + epoch.width]
        last_mV = epoch.level_mV
    return edges
