"""Mains hum, and how far it may shift E_rev.

Hum of any phase is looked for, also of the same phase in every sweep, which a recording triggered by the mains has.
Gates and capacitance make currents that last as long as a period of the mains. What distinguishes them is that they are
sums of exponentials, and that they vanish with the current at E_rev.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points, slope_nS
from reversal.measure.protocol.shared_epochs import shared_flats
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.quality_constants import (
    FALSE_HUM_PROBABILITY,
    HUM_LEFT_BY_TREND,
    HUM_OVER_NOISE,
    HUM_SIDES,
    HUM_TREND_RATES,
    MAX_HUM_SAMPLES,
    MAX_HUM_SWEEPS,
    MIN_HUM_SWEEPS,
    NEAREST_HUM_SWEEPS,
    MAINS_FREQUENCIES_Hz,
)
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class Hum:
    """The mains frequency that describes more of the current.

    amplitude_pA : 0 if it is not distinguished from noise
    shift_mV : largest shift of E_rev by it, in either direction
    """

    frequency_Hz: float
    amplitude_pA: float
    shift_mV: float


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """A stretch of constant command in several sweeps, after the blank.

    starts : first sample in each sweep, (sweeps,); driving_mV : membrane potential less E_rev, 0 at a common level
    """

    numbers: Sequence[int]
    starts: NDArray[np.intp]
    length: int
    driving_mV: FloatArray


def mains_hum(sweeps: Sweeps, iv: MeasuredIV, used: Points, e_mV: float) -> Hum | None:
    """Hum of a recording; None if no stretch of constant command lasts a period of 50 Hz.

    used : the I–V that E_rev is read from
    """
    rate, stretch = sweeps.recording.sample_rate_Hz, _longest(sweeps, iv, e_mV)
    if stretch is None or stretch.length < rate / min(MAINS_FREQUENCIES_Hz):
        return None
    length = min(stretch.length, MAX_HUM_SAMPLES)
    rows = sweeps.windows(stretch.numbers, stretch.starts + stretch.length - length, length)
    averaged = len(iv.plan.sweeps) / (1 if iv.curve.kind is IVKind.RAMP else used.v_mV.size)
    found = []
    for frequency in MAINS_FREQUENCIES_Hz:
        slope, periods = _slope_nS(iv, used, e_mV, rate / frequency), frequency * length / rate
        if slope <= 0:
            return None
        locked, differing = _powers_pA2(rows, stretch.driving_mV, periods)
        left = _gain(iv, frequency) * float(np.sqrt(locked + differing / averaged))
        described = (locked + differing) / _fit(length, periods).variance
        found.append((described, Hum(frequency, float(np.sqrt(locked + differing)), left / slope)))
    return max(found, key=lambda one: one[0])[1]


def _gain(iv: MeasuredIV, frequency_Hz: float) -> float:
    """Largest mean of hum of amplitude 1 over a window.

    Windows of whole periods contain no hum; a peak, the start of a tail and a point of a ramp contain all of it.
    """
    if iv.curve.kind is not IVKind.STEADY:
        return 1.0
    start_ms, stop_ms = iv.curve.window_ms.T
    return float(np.abs(np.sinc(frequency_Hz * (stop_ms - start_ms).mean() / 1000.0)))


def _slope_nS(iv: MeasuredIV, used: Points, e_mV: float, period: float) -> float:
    """Slope at E_rev; of a ramp over a period of the mains (samples), because hum bends a ramp within its period."""
    if iv.curve.kind is not IVKind.RAMP:
        return slope_nS(used, e_mV)
    epoch = iv.plan.epochs[0]
    period_mV = abs(epoch.level_mV - epoch.from_mV) * period / (epoch.stop - epoch.start)
    ends = np.interp([e_mV - period_mV / 2, e_mV + period_mV / 2], used.v_mV, used.i_pA)
    return float(ends[1] - ends[0]) / period_mV


def _longest(sweeps: Sweeps, iv: MeasuredIV, e_mV: float) -> _Stretch | None:
    """The measured steps nearest to E_rev, or a stretch that all sweeps share, whichever is longer."""
    blank = int(np.ceil(iv.blank_ms * sweeps.recording.sample_rate_Hz / 1000.0))
    every = range(0, sweeps.count, max(sweeps.count // MAX_HUM_SWEEPS, 1))
    found = [
        _Stretch(every, np.full(len(every), flat.start + blank), flat.stop - flat.start - blank, np.zeros(len(every)))
        for flat in (*sweeps.flats, *shared_flats(sweeps.recording))
    ]
    if iv.curve.kind is not IVKind.RAMP:
        driving = iv.v_membrane_mV - e_mV
        near = np.sort(np.argsort(np.abs(driving))[:NEAREST_HUM_SWEEPS])
        epochs = [iv.plan.epochs[n] for n in near]
        starts = np.array([epoch.start + blank for epoch in epochs])
        length = min(epoch.stop - epoch.start for epoch in epochs) - blank
        found.append(_Stretch([iv.plan.sweeps[n] for n in near], starts, length, driving[near]))
    return max((one for one in found if len(one.numbers) >= MIN_HUM_SWEEPS), key=lambda one: one.length, default=None)


def _powers_pA2(rows: FloatArray, driving_mV: FloatArray, periods: float) -> tuple[float, float]:
    """Squared amplitude at E_rev of hum of one phase, and of hum whose phase differs between sweeps; 0 if not clear.

    Hum of one phase stands out from the differences between sweeps, in noise of any spectrum; hum of other phases from
    the noise at neighbouring frequencies.

    rows : samples of each sweep, (sweeps, n); driving_mV : (sweeps,); periods : of the hum in a row
    """
    design: FloatArray = np.vander(driving_mV, 2 if np.ptp(driving_mV) > 0 else 1)  # what gates leave is 0 at E_rev
    inverse, free = np.linalg.pinv(design), len(rows) - int(design.shape[1])

    def apart(waves: NDArray[np.complex128]) -> float:
        rest = waves - design @ (inverse @ waves)
        return float(np.vdot(rest, rest).real) / free

    fit, *sides = (_fit(rows.shape[1], periods + side) for side in (0.0, *HUM_SIDES))
    waves = fit.waves(rows)
    least_pA2 = (HUM_LEFT_BY_TREND * float(np.median(fit.range_of_trend(rows)))) ** 2
    locked, differing = float(np.abs(inverse[-1] @ waves) ** 2), apart(waves)
    ratio = locked / max(differing * float(inverse[-1] @ inverse[-1]), np.finfo(float).tiny)
    is_clear = (1.0 + ratio / free) ** -free < FALSE_HUM_PROBABILITY and locked > least_pA2
    noise = fit.variance * float(np.mean([apart(side.waves(rows)) / side.variance for side in sides]))
    differs = differing > HUM_OVER_NOISE * noise and differing > least_pA2
    return locked if is_clear else 0.0, differing - noise if differs else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Least-squares fit of a trend and a sinusoid to n samples; trend (n, terms), inverse (terms + 2, n)."""

    trend: FloatArray
    inverse: FloatArray

    def waves(self, rows: FloatArray) -> NDArray[np.complex128]:
        """Sinusoid in each row, as the complex number of its cosine and sine."""
        parts = rows @ self.inverse[-2:].T
        return np.asarray(parts[:, 0] + 1j * parts[:, 1])

    def range_of_trend(self, rows: FloatArray) -> FloatArray:
        """Largest less smallest value of the trend in each row."""
        return np.asarray(np.ptp(rows @ self.inverse[:-2].T @ self.trend.T, axis=1))

    @property
    def variance(self) -> float:
        """Power of the sinusoid in white noise of variance 1."""
        return float((self.inverse[-2:] ** 2).sum())


@lru_cache(maxsize=6)  # one length, two frequencies with their sides
def _fit(length: int, periods: float) -> _Fit:
    t = np.arange(length) / length
    trend = np.stack([np.ones(length), t, *(np.exp(-rate * t) for rate in HUM_TREND_RATES)], axis=1)
    angle = 2.0 * np.pi * periods * t
    return _Fit(trend, np.linalg.pinv(np.column_stack([trend, np.cos(angle), np.sin(angle)])))
