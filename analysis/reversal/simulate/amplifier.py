"""A patch-clamp amplifier and digitiser: series resistance, filter, noise, capacitance compensation, range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError

Counts = NDArray[np.int16]

COUNTS = 32768  # counts of a 16-bit converter from 0 V to the end of its range
RANGE_V = 10.0
FLICKER_TAUS_s = np.geomspace(1e-4, 10.0, 11)  # correlation times of the parts of 1/f noise, two in each decade


@dataclass(frozen=True, slots=True)
class Amplifier:
    """Settings of an amplifier during a recording.

    Series-resistance compensation is instantaneous: the cell charges through the residual resistance only.

    rs_MOhm, rs_compensation : series resistance in the first sweep, > 0, and its compensated fraction, 0 to below 1
    rs_drift_per_sweep : change of the series resistance from each sweep to the next, as a fraction of the first
    lowpass_Hz : −3 dB frequency of the four-pole Bessel filter
    noise_pA : rms of the broad-band noise after the filter
    slow_noise_pA, slow_noise_ms : rms and correlation time of slow noise
    flicker_pA : rms of 1/f noise in each decade of frequency; it continues from sweep to sweep
    hum_pA, hum_Hz : amplitude and frequency of mains pick-up
    mV_per_pA : gain; with the range of the converter it sets the largest current that is not clipped
    capacitance_compensated : fraction of the capacitive transient that is cancelled before the output

    Raises DomainError for a series resistance or a compensation outside its range.
    """

    rs_MOhm: float = 10.0
    rs_compensation: float = 0.75
    lowpass_Hz: float = 4000.0
    noise_pA: float = 3.0
    slow_noise_pA: float = 0.5
    slow_noise_ms: float = 40.0
    flicker_pA: float = 0.0
    hum_pA: float = 0.0
    hum_Hz: float = 50.0
    mV_per_pA: float = 0.5
    capacitance_compensated: float = 0.0
    rs_drift_per_sweep: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.rs_compensation < 1 and self.rs_MOhm > 0):
            raise DomainError("series resistance must be above 0 and its compensation from 0 to below 1")

    @property
    def residual_MOhm(self) -> float:
        """Uncompensated series resistance in the first sweep [MΩ]."""
        return self.rs_MOhm * (1 - self.rs_compensation)

    def residual_by_sweep_MOhm(self, sweeps: int) -> FloatArray:
        """Uncompensated series resistance in each sweep, shape (sweeps,): drift is not compensated."""
        return self.residual_MOhm + self.rs_MOhm * self.rs_drift_per_sweep * np.arange(sweeps, dtype=np.float64)

    @property
    def limit_pA(self) -> float:
        """Largest current that the converter can store [pA]."""
        return 1000.0 * RANGE_V / self.mV_per_pA

    @property
    def pA_per_count(self) -> float:
        """Current of one count of the converter [pA]."""
        return self.limit_pA / COUNTS

    def digitise(self, i_pA: FloatArray) -> Counts:
        """Counts of the converter, clipped at its range, same shape as the current [pA]."""
        return np.clip(np.rint(i_pA / self.pA_per_count), -COUNTS, COUNTS - 1).astype(np.int16)

    def in_pA(self, counts: Counts) -> FloatArray:
        """Current of the counts [pA], same shape."""
        return counts.astype(np.float64) * self.pA_per_count


def bessel_filtered(i_pA: FloatArray, rate_Hz: float, lowpass_Hz: float) -> FloatArray:
    """Four-pole Bessel low-pass along the last axis, same shape (sweeps, samples). It starts settled at sample 0."""
    from scipy.signal import sosfilt, sosfilt_zi

    sections, _gain = _bessel(rate_Hz, lowpass_Hz)
    state = sosfilt_zi(sections)[:, None, :] * i_pA[None, :, :1]
    return np.asarray(sosfilt(sections, i_pA, axis=-1, zi=state)[0])


def unfiltered_noise_rms(rate_Hz: float, lowpass_Hz: float) -> float:
    """Rms of white noise before the filter that has rms 1 after it."""
    return _bessel(rate_Hz, lowpass_Hz)[1]


@lru_cache(maxsize=32)
def _bessel(rate_Hz: float, lowpass_Hz: float) -> tuple[FloatArray, float]:
    from scipy.signal import bessel, sosfilt

    if not 0 < lowpass_Hz < rate_Hz / 2:
        raise DomainError(
            "the filter must be below half the sampling rate", found=lowpass_Hz, expected=f"below {rate_Hz / 2:g} Hz"
        )
    sections = np.asarray(bessel(4, lowpass_Hz, fs=rate_Hz, norm="mag", output="sos"))
    impulse = np.zeros(int(20 * rate_Hz / lowpass_Hz))
    impulse[0] = 1.0
    response = np.asarray(sosfilt(sections, impulse))
    return sections, float(1.0 / np.sqrt(np.sum(response**2)))


def slow_noise(
    amplifier: Amplifier, start_s: FloatArray, samples: int, rate_Hz: float, rng: np.random.Generator
) -> FloatArray:
    """Noise with an exponential autocorrelation, 1/f noise and mains hum, shape (sweeps, samples) [pA].

    start_s : start of each sweep, shape (sweeps,) [s]; the phase of the hum is continuous between sweeps
    """
    from scipy.signal import lfilter

    correlation = float(np.exp(-1000.0 / (rate_Hz * amplifier.slow_noise_ms)))
    white = rng.standard_normal((len(start_s), samples))
    white[:, 1:] *= np.sqrt(1 - correlation**2)  # the first sample has the stationary distribution
    drift = amplifier.slow_noise_pA * np.asarray(lfilter([1.0], [1.0, -correlation], white, axis=-1))
    if amplifier.flicker_pA:
        drift += amplifier.flicker_pA * flicker_noise(start_s, samples, rate_Hz, rng)
    if amplifier.hum_pA:
        time_s = start_s[:, None] + np.arange(samples) / rate_Hz
        drift += amplifier.hum_pA * np.sin(2 * np.pi * (amplifier.hum_Hz * time_s + rng.random()))
    return drift


def flicker_noise(start_s: FloatArray, samples: int, rate_Hz: float, rng: np.random.Generator) -> FloatArray:
    """1/f noise of rms 1 in each decade of frequency, shape (sweeps, samples).

    A sum of processes with exponential autocorrelation, two in each decade of their correlation times, each of variance
    ½: its spectrum is 1/(f ln 10). Between sweeps they continue.
    Source: McWhorter, in Semiconductor Surface Physics (Kingston, ed., 1957), p. 207.

    start_s : start of each sweep, shape (sweeps,) [s]
    """
    from scipy.signal import lfilter

    total = np.zeros((len(start_s), samples))
    gap_s = np.append(0.0, np.diff(start_s) - (samples - 1) / rate_Hz)  # from the last sample of the sweep before
    for tau_s in FLICKER_TAUS_s:
        kept, remaining = float(np.exp(-1.0 / (rate_Hz * tau_s))), np.exp(-gap_s / tau_s)
        white = rng.standard_normal(total.shape)
        last = float(rng.standard_normal())
        for sweep, row in enumerate(white):
            row[0] = remaining[sweep] * last + np.sqrt(1.0 - remaining[sweep] ** 2) * row[0]
            row[1:] *= np.sqrt(1.0 - kept**2)
            course = lfilter([1.0], [1.0, -kept], row)
            total[sweep] += np.sqrt(0.5) * course
            last = float(course[-1])
    return total
