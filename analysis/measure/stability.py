"""What the quiet part of the sweeps says of a recording: drift of the holding current, mains hum, clipped samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.measure.curve import Curve
from analysis.measure.stretches import common_flats, stack
from analysis.recordings.model import Recording

FloatArray = NDArray[np.float64]

MAINS_Hz = (50.0, 60.0)
CLEAR = 4.0  # standard errors from which a drift is one


@dataclass(frozen=True, slots=True)
class Hum:
    """The stronger mains frequency and its amplitude."""

    frequency_Hz: float
    amplitude_pA: float


def holding_drift_pA(recording: Recording) -> float | None:
    """Change of the holding current from first to last sweep by its trend; None where it cannot be told from noise."""
    flats, sweeps = common_flats(recording), len(recording.sweeps)
    if sweeps < 4 or not flats or flats[0].stop - flats[0].start < 8:
        return None
    rows = stack(recording, range(sweeps), np.full(sweeps, flats[0].start), flats[0].stop - flats[0].start)
    means, order = rows.mean(1), np.arange(sweeps) - (sweeps - 1) / 2
    slope = float(order @ means) / float(order @ order)
    residual = means - means.mean() - slope * order
    error = np.sqrt(float(residual @ residual) / (sweeps - 2) / float(order @ order))
    return slope * (sweeps - 1) if abs(slope) > CLEAR * error else None


def mains_hum(recording: Recording) -> Hum | None:
    """Amplitude of 50 and 60 Hz in the quiet begin of the sweeps; None where that is shorter than a period of either.

    What all sweeps share is taken off first, then a level and a slope of each: a step has every frequency in it. The
    amplitude that broad-band noise has at the frequency by itself, from the neighbouring ones, is taken off its square.
    """
    flats, sweeps = common_flats(recording), len(recording.sweeps)
    rate = recording.sample_rate_Hz
    if sweeps < 3 or not flats or flats[-1].stop - flats[0].start < rate / min(MAINS_Hz):
        return None
    length = flats[-1].stop - flats[0].start
    rows = stack(recording, range(sweeps), np.full(sweeps, flats[0].start), length)
    rows = (rows - rows.mean(0)) * np.sqrt(sweeps / (sweeps - 1))
    t = np.linspace(-1.0, 1.0, length)
    basis, _ = np.linalg.qr(np.vander(t, 2))
    rows = rows - (rows @ basis) @ basis.T
    found = [Hum(frequency, _amplitude(rows, frequency, rate)) for frequency in MAINS_Hz]
    return max(found, key=lambda hum: hum.amplitude_pA)


def saturated_samples(recording: Recording, curve: Curve) -> int:
    """Samples of the measured windows that lie at the digitiser's limit."""
    limit = recording.digitiser_limit_pA
    if limit is None:
        return 0
    per_ms = recording.sample_rate_Hz / 1000.0
    count = 0
    for sweep, (start, stop) in zip(curve.sweep.tolist(), curve.window_ms.tolist(), strict=True):
        samples = recording.sweeps[sweep].i_pA[round(start * per_ms) : round(stop * per_ms)]
        count += int(np.count_nonzero(np.abs(samples) >= 0.999 * limit))
    return count


def _amplitude(rows: FloatArray, frequency_Hz: float, rate_Hz: float) -> float:
    length = rows.shape[1]
    phase = 2j * np.pi * np.arange(length) / rate_Hz

    def power(at_Hz: float) -> float:
        projected = np.abs(rows @ np.exp(-phase * at_Hz))
        return float(np.mean((2.0 / length * projected) ** 2))

    apart = 2.0 * rate_Hz / length
    around = min(power(frequency_Hz + apart), power(frequency_Hz + 1.5 * apart))
    return float(np.sqrt(max(power(frequency_Hz) - around, 0.0)))
