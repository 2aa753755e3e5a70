"""A few currents that identify a recording, also under another file name or in another format."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.recording import Recording
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
    counts = f"{len(sweeps)} {max(sweep.i_pA.size for sweep in sweeps)}"
    return f"{counts} {' '.join(f'{value:.{FINGERPRINT_DIGITS}g}' for value in currents)}"


def _sample(recording: Recording, n: int) -> float:
    sweep = recording.sweeps[round(n * (len(recording.sweeps) - 1) / (FINGERPRINT_SAMPLES - 1))]
    return float(sweep.i_pA[int((n * GOLDEN_SECTION) % 1.0 * sweep.i_pA.size)])


def same_recording(fingerprint: str, others: list[str]) -> list[bool]:
    """Whether each of the other fingerprints is of the same recording."""
    counts, currents = _parts(fingerprint)
    found = []
    for other in others:
        other_counts, other_currents = _parts(other)
        apart = np.abs(currents - other_currents).max()
        found.append(counts == other_counts and bool(apart <= FINGERPRINT_TOLERANCE * np.abs(currents).max()))
    return found


def _parts(fingerprint: str) -> tuple[tuple[str, ...], FloatArray]:
    sweeps, samples, *currents = fingerprint.split()
    return (sweeps, samples), np.array(currents, dtype=float)
