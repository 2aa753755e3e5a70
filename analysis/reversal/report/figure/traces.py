"""Reduction of traces for drawing; the minimum and maximum of each segment are kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray, SampleArray
from reversal.recordings.recording.recording import Recording, Shape, SweepCommand
from reversal.recordings.recording.stored_samples import Change, Samples, every
from reversal.recordings.recording.stored_samples import extremes as ends_of
from reversal.recordings.recordings_constants import WHOLE_SAMPLES

STEADY = 1.5  # largest range of two segments together, over that of each, of a steady trace
EDGE_SHARE = 0.1  # smallest step between two samples, over the range of the command, that counts as an edge

Places = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def thinned(values: Samples, bins: int) -> tuple[FloatArray, FloatArray]:
    """Positions and values of the minimum and maximum of each bin of a trace, in order of time.

    Two bins are one where the trace is steady: their ranges are about the same.

    values : shape (samples,)
    Returns positions [samples from the start] and values, shape (≤ 2·bins,); the complete trace if it is short enough.
    """
    samples = values.size
    if samples <= 2 * bins:
        return np.arange(samples, dtype=float), np.asarray(values[:], dtype=float)
    places, found = _joined(*envelope(values, -(-samples // bins)))
    kept = np.append(True, np.diff(places) > 0)
    return places[kept].astype(float), found[kept].astype(float)


def envelope(values: Samples, width: int, change: Change = np.asarray) -> tuple[NDArray[np.int64], SampleArray]:
    """Places and values of the lowest and the highest sample of each segment of a trace, each of shape (segments, 2).

    A long trace is read in parts of whole segments.

    change : of the samples of a part before
    """
    at_once = max(WHOLE_SAMPLES // width, 1) * width
    places, found = [], []
    for first in range(0, values.size, at_once):
        part = change(values[first : first + at_once])
        pairs = extremes(part, width)
        places.append(first + pairs)
        found.append(part[pairs])
    return np.concatenate(places), np.concatenate(found)


def _joined(places: Places, values: SampleArray) -> tuple[Places, SampleArray]:
    """Extremes of segments, shapes (segments, 2), of which two are joined where the trace is steady.

    Returns places and values in order of time, shapes (≤ 2·segments,).
    """
    even = places.shape[0] // 2 * 2
    pairs, found = places[:even].reshape(-1, 4), values[:even].reshape(-1, 4)
    least, most = np.minimum(found[:, ::2], found[:, 1::2]), np.maximum(found[:, ::2], found[:, 1::2])
    whole, single = most.max(axis=1) - least.min(axis=1), (most - least).min(axis=1)
    kept = np.ones(pairs.shape, dtype=bool)
    steady = np.flatnonzero(whole <= STEADY * single)
    kept[steady] = False
    kept[steady, found[steady].argmin(axis=1)] = True
    kept[steady, found[steady].argmax(axis=1)] = True
    return np.append(pairs[kept], places[even:]), np.append(found[kept], values[even:])


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
    if command.samples is not None:
        return thinned(command.samples, bins)
    positions: list[float] = []
    levels: list[float] = []
    for epoch in command.epochs:
        first = epoch.from_mV if epoch.shape is Shape.RAMP else epoch.level_mV
        positions += [epoch.start, epoch.stop]
        levels += [first, epoch.level_mV]
    return np.array(positions, dtype=float), np.array(levels, dtype=float)


def away_from_edges(current: Samples, command: SweepCommand, blank: int) -> SampleArray:
    """Samples of a current that are not within ``blank`` samples after an edge of the command; all if few are left.

    The capacitive transient of an edge is often larger than every current of the channel. Of a long trace, some.
    """
    step = every(current.size)
    some = current[::step]
    kept = np.ones(some.size, dtype=bool)
    for edge in _edges(command):
        kept[-(-max(edge - 1, 0) // step) : -(-(edge + blank) // step)] = False
    return some[kept] if 2 * np.count_nonzero(kept) >= some.size else some


def _edges(command: SweepCommand) -> list[int]:
    """Samples at which the command steps."""
    if command.samples is not None:
        return _steps(command.samples)
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


def _steps(levels_mV: Samples) -> list[int]:
    """Samples that differ from the one before by a part of the range of all."""
    low, high = (float(end) for end in ends_of(levels_mV))
    found: list[int] = []
    for first in range(0, levels_mV.size, WHOLE_SAMPLES):
        part = np.asarray(levels_mV[first : first + WHOLE_SAMPLES + 1], dtype=float)
        found += (np.flatnonzero(np.abs(np.diff(part)) > EDGE_SHARE * (high - low)) + first + 1).tolist()
    return found
