"""Error of a mean of samples that a converter has rounded to whole counts.

The mean of n rounded samples has an error that does not fall with n if the noise is smaller than a count: most samples
then have the same count. For noise of standard deviation σ counts, the error of the mean as a function of the true
value is a Fourier series; its mean square over all true values is Σ e^(−4π²k²σ²)/(2π²k²) counts². It is 1/12 without
noise and below 0.0004 from σ = ½ on. A change of the true value during the window acts like noise.
Source: Widrow & Kollár, Quantization Noise (2008), ch. 4 and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.statistics.row_parts import Rows, by_row
from reversal.statistics.statistics_constants import (
    MAX_QUANTISED_VALUES,
    MAX_ROUNDING_OF_STEP,
    MIN_PERIODS,
    PARABOLA_CENTRE_WEIGHTS,
    QUANTISATION_HARMONICS,
    QUANTISATION_NOISE_GRID_SIZE,
    WILD_SWEEP_VARIANCE_RATIO,
)
from reversal.statistics.trend import centred, slopes_of

PIECE_SAMPLES = 1 << 17


@dataclass(frozen=True, slots=True)
class _Harmonics:
    """Fourier series of the error of rounding to a step of 1.

    order : (n,) numbers of the harmonics;  power : (n,) variance of each
    noise : (grid,) standard deviations of the samples before they are rounded
    seen : (grid,) variance within a window that such samples show after it
    """

    order: FloatArray
    power: FloatArray
    noise: FloatArray
    seen: FloatArray


@cache
def _harmonics() -> _Harmonics:
    order = np.arange(1.0, QUANTISATION_HARMONICS + 1)
    power = 1.0 / (2.0 * np.pi**2 * order**2)
    noise = np.linspace(0.0, 1.0, QUANTISATION_NOISE_GRID_SIZE)
    fading = np.exp(-4.0 * np.pi**2 * np.outer(noise**2, order**2))
    # the powers add up to 1/12: without noise, all samples of a window are equal and their variance is 0
    return _Harmonics(order, power, noise, noise**2 + power.sum() - fading @ power)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a converter has rounded windows of samples.

    step : difference between neighbouring counts, unit of the samples; 0 if there is none
    variance : of the samples within a window, with their rounding [unit²]
    """

    step: float
    variance: float

    def variance_of_means(self, change: FloatArray) -> FloatArray:
        """Part of the variance of each mean that more samples do not reduce, shape (rows,) [unit²].

        change : change of the true value during each window, (rows,)
        """
        return self._variance(change, np.sinc)

    def variance_of_centres(self, change: FloatArray) -> FloatArray:
        """The same for the value at the centre of a parabola through each window, which averages fewer samples."""
        return self._variance(change, _parabola)

    def _variance(self, change: FloatArray, response: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Response : weighted mean of a cosine of so many periods in the window."""
        if self.step <= 0.0:
            return np.zeros(change.shape)
        series = _harmonics()
        sigma = float(np.interp(self.variance / self.step**2, series.seen, series.noise))
        fading = np.exp(-4.0 * np.pi**2 * sigma**2 * series.order**2)
        swept = response(np.outer(change / self.step, series.order)) ** 2
        return np.asarray(self.step**2 * (swept @ (series.power * fading)))


def _parabola(periods: FloatArray) -> FloatArray:
    """Value at the centre of a parabola through a cosine of so many periods; the weights are a − b t², |t| ≤ ½."""
    angle = 2.0 * np.pi * np.maximum(periods, MIN_PERIODS)
    sine, cosine = np.sin(angle / 2.0), np.cos(angle / 2.0)
    square = sine / (2.0 * angle) + 2.0 * cosine / angle**2 - 4.0 * sine / angle**3  # mean of t² times the cosine
    level, bend = PARABOLA_CENTRE_WEIGHTS
    return np.asarray(level * np.sinc(angle / (2.0 * np.pi)) - bend * square)


class SampledRow(Protocol):
    """Samples in the order of time, which may stay in a file: a slice is an array."""

    @property
    def size(self) -> int:
        """Number of samples."""

    def __getitem__(self, where: slice, /) -> SampleArray:
        """Samples of a slice."""


def converter_step(rows: Sequence[SampledRow]) -> float:
    """Difference between neighbouring counts of the converter, unit of the samples; 0 if there is none.

    The smallest difference between two values, if all others are multiples of it. Samples that step to the next count
    and back are the evidence of a converter: a calculated current without noise has none.

    rows : samples in the order of time, of which a piece is in memory at a time
    """
    values = np.empty(0, dtype=np.float32)
    for piece in _pieces(rows):
        values = np.union1d(values, piece[np.isfinite(piece)])
        if values.size > MAX_QUANTISED_VALUES:
            return 0.0
    if values.size < 2:
        return 0.0
    gaps = np.diff(values.astype(np.float64))
    step = float(gaps.min())
    counts = gaps / step
    to_and_fro = any(_steps_to_and_fro(piece, step) for piece in _pieces(rows))
    whole = np.all(np.abs(counts - np.rint(counts)) <= MAX_ROUNDING_OF_STEP * counts)
    return step if to_and_fro and whole else 0.0


def _pieces(rows: Sequence[SampledRow]) -> Iterator[SampleArray]:
    """All samples; the last two of a piece are also the first of the next, so that no change is left out."""
    for row in rows:
        for first in range(0, row.size, PIECE_SAMPLES):
            yield row[first : first + PIECE_SAMPLES + 2]


def _steps_to_and_fro(samples: SampleArray, step: float) -> bool:
    change = np.rint(np.diff(samples) / step)
    return bool(np.any((np.abs(change[:-1]) == 1.0) & (change[1:] == -change[:-1])))


def rounding_of(windows: Rows, step: float) -> Rounding:
    """Rounding of windows (rows, n), n ≥ 2, by a converter of a known step; 0 without one."""
    if step <= 0.0:
        return Rounding(0.0, 0.0)
    variances = by_row(_variances_about_lines, windows)
    usual = max(float(np.median(variances)), step**2 * float(_harmonics().power.sum()))
    return Rounding(step, float(variances[variances <= WILD_SWEEP_VARIANCE_RATIO * usual].mean()))


def _variances_about_lines(rows: FloatArray) -> FloatArray:
    lines = rows.mean(1, keepdims=True) + slopes_of(rows)[:, None] * centred(rows.shape[1])
    return np.asarray((rows - lines).var(1))
