"""A patch-clamp amplifier and digitiser: series resistance, filter, noise, capacitance compensation, range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError

Counts = NDArray[np.int16]

COUNTS = 32768  # of a 16-bit converter from 0 to the end of its range
RANGE_V = 10.0


@dataclass(frozen=True, slots=True)
class Amplifier:
    """Settings of an amplifier during a recording.

    Compensation is ideal: it acts at once, so a transient charges the cell through the residual resistance alone.

    rs_MOhm, rs_compensation : series resistance in the first sweep, and the part of that the amplifier makes up for
    rs_drift_per_sweep : part of the first series resistance that is added from each sweep to the next
    lowpass_Hz : −3 dB frequency of the four-pole Bessel filter
    noise_pA : rms of the broad-band noise after the filter
    slow_noise_pA, slow_noise_ms : rms and correlation time of slow drift
    hum_pA, hum_Hz : amplitude and frequency of mains pick-up
    mV_per_pA : output per current; with the converter's range it gives the largest current that is not clipped
    capacitance_compensated : fraction of the capacitive transient cancelled before the output
    """

    rs_MOhm: float = 10.0
    rs_compensation: float = 0.75
    lowpass_Hz: float = 4000.0
    noise_pA: float = 3.0
    slow_noise_pA: float = 0.5
    slow_noise_ms: float = 40.0
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
        """Series resistance left after compensation in the first sweep [MΩ]."""
        return self.rs_MOhm * (1 - self.rs_compensation)

    def residual_in_MOhm(self, sweeps: int) -> FloatArray:
        """Series resistance left in each sweep, shape (sweeps,): the compensation does not follow the drift."""
        return self.residual_MOhm + self.rs_MOhm * self.rs_drift_per_sweep * np.arange(sweeps, dtype=np.float64)

    @property
    def limit_pA(self) -> float:
        """Largest current of the converter [pA]."""
        return 1000.0 * RANGE_V / self.mV_per_pA

    @property
    def pA_per_count(self) -> float:
        """Resolution of the converter [pA]."""
        return self.limit_pA / COUNTS

    def digitise(self, i_pA: FloatArray) -> Counts:
        """Counts of the converter, clipped at its range."""
        return np.clip(np.rint(i_pA / self.pA_per_count), -COUNTS, COUNTS - 1).astype(np.int16)

    def in_pA(self, counts: Counts) -> FloatArray:
        """Current that the counts stand for [pA]."""
        return counts.astype(np.float64) * self.pA_per_count


def filtered(i_pA: FloatArray, rate_Hz: float, lowpass_Hz: float) -> FloatArray:
    """Four-pole Bessel low-pass along the last axis, settled at the first sample."""
    from scipy.signal import sosfilt, sosfilt_zi

    sections, _gain = _bessel(rate_Hz, lowpass_Hz)
    state = sosfilt_zi(sections)[:, None, :] * i_pA[None, :, :1]
    return np.asarray(sosfilt(sections, i_pA, axis=-1, zi=state)[0])


def white_scale(rate_Hz: float, lowpass_Hz: float) -> float:
    """Rms of white noise at the given rate whose rms behind the filter is 1."""
    return _bessel(rate_Hz, lowpass_Hz)[1]


@lru_cache(maxsize=32)
def _bessel(rate_Hz: float, lowpass_Hz: float) -> tuple[FloatArray, float]:
    from scipy.signal import bessel, sosfilt

    if not 0 < lowpass_Hz < rate_Hz / 2:
        raise DomainError("filter must lie below half the rate", found=lowpass_Hz, expected=f"below {rate_Hz / 2:g} Hz")
    sections = np.asarray(bessel(4, lowpass_Hz, fs=rate_Hz, norm="mag", output="sos"))
    impulse = np.zeros(int(20 * rate_Hz / lowpass_Hz))
    impulse[0] = 1.0
    response = np.asarray(sosfilt(sections, impulse))
    return sections, float(1.0 / np.sqrt(np.sum(response**2)))


def slow_noise(
    amplifier: Amplifier, start_s: FloatArray, samples: int, rate_Hz: float, rng: np.random.Generator
) -> FloatArray:
    """Drift with an exponential autocorrelation, and hum that runs on between sweeps, shape (sweeps, samples) [pA].

    start_s : begin of each sweep
    """
    from scipy.signal import lfilter

    memory = float(np.exp(-1000.0 / (rate_Hz * amplifier.slow_noise_ms)))
    white = rng.standard_normal((len(start_s), samples))
    white[:, 1:] *= np.sqrt(1 - memory**2)  # the first sample is drawn from the stationary distribution
    drift = amplifier.slow_noise_pA * np.asarray(lfilter([1.0], [1.0, -memory], white, axis=-1))
    if amplifier.hum_pA:
        time_s = start_s[:, None] + np.arange(samples) / rate_Hz
        drift += amplifier.hum_pA * np.sin(2 * np.pi * (amplifier.hum_Hz * time_s + rng.random()))
    return drift
