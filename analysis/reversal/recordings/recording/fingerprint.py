"""A few currents that identify a recording, also under another file name or in another format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recordings_constants import (
    FINGERPRINT_DIGITS,
    FINGERPRINT_SAMPLES,
    FINGERPRINT_TOLERANCE,
    GOLDEN_SECTION,
)


def fingerprint(recording: Recording) -> str | None:
    """Numbers of sweeps and samples, and currents spread over the recording [pA]; None if the current is constant."""
    sweeps = recording.sweeps
    currents = np.array([float(_sample(recording, n)) for n in range(FINGERPRINT_SAMPLES)])
    if not np.all(np.isfinite(currents)) or np.ptp(currents) == 0:
        return None
    counts = f"{len(sweeps)} {max(sweep.current.size for sweep in sweeps)}"
    return f"{counts} {' '.join(f'{value:.{FINGERPRINT_DIGITS}g}' for value in currents)}"


def _sample(recording: Recording, n: int) -> float:
    sweep = recording.sweeps[round(n * (len(recording.sweeps) - 1) / (FINGERPRINT_SAMPLES - 1))]
    at = int((n * GOLDEN_SECTION) % 1.0 * sweep.current.size)
    return float(sweep.current[at : at + 1][0])


def same_recording(fingerprint: str, others: list[str]) -> list[bool]:
    """Whether each of the other fingerprints is of the same recording."""
    counts, currents = _parts(fingerprint)
    found = []
    for other in others:
        other_counts, other_currents = _parts(other)
        apart = np.abs(currents - other_currents).max()
        found.append(counts == other_counts and bool(apart <= FINGERPRINT_TOLERANCE * np.abs(currents).max()))
    return found


def same_recordings(fingerprints: Sequence[str]) -> list[list[int]]:
    """For each fingerprint, the places of all fingerprints of the same recording, its own included.

    Only fingerprints with nearly the same current at one of the samples are compared, so that many thousands take
    seconds.
    """
    alike: dict[tuple[tuple[str, ...], int], list[int]] = {}
    currents = []
    for place, (counts, of_one) in enumerate(map(_parts, fingerprints)):
        alike.setdefault((counts, of_one.size), []).append(place)
        currents.append(of_one)
    found: list[list[int]] = [[] for _ in fingerprints]
    for places in alike.values():
        for place, same in zip(places, _same_rows(np.array([currents[place] for place in places])), strict=True):
            found[place] = [places[row] for row in same]
    return found


def _same_rows(currents: FloatArray) -> Iterator[list[int]]:
    """For each row, the rows with the same currents.

    currents : shape (fingerprints, samples) [pA]
    """
    limits = FINGERPRINT_TOLERANCE * np.abs(currents).max(axis=1)
    decisive = currents[:, np.ptp(currents, axis=0).argmax()]
    order = np.argsort(decisive)
    near = decisive[order]
    starts = np.searchsorted(near, decisive - 2 * limits)  # 2: no pair at the limit is lost by rounding
    stops = np.searchsorted(near, decisive + 2 * limits)
    for row, limit, start, stop in zip(currents, limits, starts, stops, strict=True):
        candidates = np.sort(order[start:stop])
        apart = np.abs(currents[candidates] - row).max(axis=1)
        yield [int(place) for place in candidates[apart <= limit]]


def _parts(fingerprint: str) -> tuple[tuple[str, ...], FloatArray]:
    sweeps, samples, *currents = fingerprint.split()
    return (sweeps, samples), np.array(currents, dtype=float)
