"""Peak current of each sweep, measured at a time that does not depend on the sweep's own noise.

The extremum of n independent noise values is about σ √(2 ln n) from their mean. A peak measured at its own maximum is
therefore too large, and near the reversal potential it is shifted away from zero. Here each sweep is measured at the
peak time of its neighbours at other voltages. A peak is so flat that the small difference in time has no effect. If
the time course of the neighbours gives a smaller error, the peak is measured by that course.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import (
    COURSE_BINS,
    END_DIVISOR,
    FULL_FAMILY_LEVELS,
    GATED_CURRENT_SD,
    LASTING_FRACTION,
    MAX_BACKSWING_FRACTION,
    MAX_SMOOTHED_DIVISOR,
    MIN_COURSE_LEVELS,
    MIN_PEAK_OVER_NOISE_EXTREMUM,
    MIN_TRANSIENT_SIZE_RATIO,
    MIN_TRANSIENT_SWEEPS,
    PEAK_RISE_SE,
    RISING_START_FRACTION,
    START_BINS,
    START_DIVISOR,
    SWEEPS_NEAREST_REVERSAL,
    LEVEL_SCALE_mV,
    MIN_NOISE_pA,
    REVERSAL_CHANGE_WARNING_mV,
    UNKNOWN_FILTER_PERIOD_ms,
)
from reversal.measure.iv.rising_zeros import rising_zeros
from reversal.measure.iv.shared_course import peaks_by_course, smoothed, smoothed_at
from reversal.measure.iv.tail_currents import Noise
from reversal.measure.protocol.protocol_constants import LEVEL_DECIMALS, MIN_MEAN_SAMPLES
from reversal.statistics.autocorrelation import Spectrum, correlation_inflation
from reversal.statistics.polynomials import orthonormal_polynomials, without_polynomial
from reversal.statistics.row_parts import Rows, chosen_rows, columns, less, numbered_parts, parts_of
from reversal.statistics.statistics_constants import CHANGE_SE
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peak currents; shapes (sweeps,).

    mean, se : current around the peak and its standard error
    at : sample within the window at which it is measured
    n_effective : independent samples in the mean
    width : samples in the mean
    findings : warnings about the peaks
    """

    mean: FloatArray
    se: FloatArray
    at: NDArray[np.intp]
    n_effective: float
    width: int
    findings: tuple[Finding, ...] = ()


def peaks_at_times(samples: Rows, level_mV: FloatArray, lowpass_Hz: float | None, rate_Hz: float) -> Peaks:
    """Current of each row at the peak time of its neighbours, the peak being relative to the end of the window.

    samples : (sweeps, n), n ≥ 8, from the end of the blank; level_mV : command of each, (sweeps,)
    """
    half = _half_width(samples.shape[1], lowpass_Hz, rate_Hz)
    return _at_times(samples, level_mV, half, _end_of(samples, 2 * half + 1))


def peak_currents(samples: Rows, level_mV: FloatArray, lowpass_Hz: float | None, rate_Hz: float) -> Peaks:
    """Peak current of each row by the course of its neighbours, or at their peak time if that has the smaller error.

    Arguments as for :func:`peaks_at_times`.
    """
    half = _half_width(samples.shape[1], lowpass_Hz, rate_Hz)
    end = _end_of(samples, 2 * half + 1)
    peaks = _at_times(samples, level_mV, half, end)
    noise = Noise(end.variance, max(end.inflation, 1.0))
    base_se = np.sqrt(noise.variance * noise.inflation / end.length)
    found = peaks_by_course(less(samples, end.mean), level_mV, peaks.at, peaks.width, noise)
    by_course_se = np.hypot(found.se, base_se)
    better = by_course_se < peaks.se
    mean, se = np.where(better, end.mean + found.mean, peaks.mean), np.where(better, by_course_se, peaks.se)
    return replace(peaks, mean=mean, se=se, n_effective=peaks.n_effective * float(np.mean((peaks.se / se) ** 2)))


def _half_width(n: int, lowpass_Hz: float | None, rate_Hz: float) -> int:
    """Samples before the middle one of the mean at a peak."""
    width_ms = 1000.0 / lowpass_Hz if lowpass_Hz else UNKNOWN_FILTER_PERIOD_ms
    return int(np.clip(round(0.5 * width_ms * rate_Hz / 1000.0), 1, max(n // MAX_SMOOTHED_DIVISOR, 1)))


def _at_times(samples: Rows, level_mV: FloatArray, half: int, end: _End) -> Peaks:
    width = 2 * half + 1
    se = max(end.smoothed_sd, MIN_NOISE_pA)
    deflections = (smoothed(part, width) - end.mean[here, None] for here, part in numbered_parts(samples))
    largest = [_largest(deflection) for deflection in deflections]
    own, size = (np.concatenate(of_parts) for of_parts in zip(*largest, strict=True))
    smooth_n = samples.shape[1] - width + 1
    clear = size > MIN_PEAK_OVER_NOISE_EXTREMUM * se * np.sqrt(2 * np.log(max(smooth_n / width, 2)))
    at = _neighbours_time(own, level_mV, clear)
    value = smoothed_at(samples, width, at)
    rows = np.flatnonzero(clear)
    near = rows[np.argsort(np.abs(value[rows]))[:SWEEPS_NEAREST_REVERSAL]]
    nearest = smoothed(chosen_rows(samples, near), width) - end.mean[near, None]
    findings = _findings(nearest, value[near], se)
    return Peaks(value, np.full(at.size, se), at + half, end.variance / se**2, width, findings)


def _largest(deflection: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Place and size of the largest deflection of each row."""
    size = np.abs(deflection)
    own = np.argmax(size, axis=1)
    return own, size[np.arange(own.size), own]


@dataclass(frozen=True, slots=True)
class _End:
    """The last fifth of each window.

    mean : of each, (sweeps,);  length : its samples
    variance, inflation : of the noise, and the factor by which its correlation raises the variance of a mean
    smoothed_sd : standard deviation of the running means of the noise
    """

    mean: FloatArray
    length: int
    variance: float
    inflation: float
    smoothed_sd: float


def _end_of(samples: Rows, width: int) -> _End:
    """End of the windows; width : samples of the running means."""
    end = columns(samples, slice(-max(samples.shape[1] // END_DIVISOR, MIN_MEAN_SAMPLES), None))
    spectrum = Spectrum(end.shape)
    means, squares, centres, variances = [], [], [], []
    for part in parts_of(end):
        noise = without_polynomial(part, 2)
        smooth = smoothed(noise, width)
        spectrum.add(noise)
        means.append(part.mean(1))
        squares.append(np.mean(noise**2))
        centres.append(smooth.mean())
        variances.append(smooth.var())
    shares = np.array([one.size for one in means]) / end.shape[0]
    centre = shares @ centres
    return _End(
        np.concatenate(means),
        end.shape[1],
        float(shares @ squares),
        spectrum.inflation(fitted=3),
        float(np.sqrt(shares @ (np.array(variances) + (np.array(centres) - centre) ** 2))),
    )


class Course(StrEnum):
    """Time course of the gated current of a family of steps."""

    LASTS = "lasts"
    FALLS = "falls"  # maximum at or before the start of the window
    RISES_AND_FALLS = "rises and falls"


def course_of(samples: FloatArray, level_mV: FloatArray) -> Course:
    """Whether more than half of the gated current of a family has decayed at the end of the steps.

    At any time, leak and charging current are linear in voltage; a deviation from a line is gated or rectifies.
    Charging current only decays, ringing of the amplifier changes sign, and a synaptic event occurs in one sweep.

    samples : (sweeps, n), n ≥ 8, from the end of the blank; level_mV : command of each, (sweeps,)
    """
    sweeps = samples.shape[0]
    levels = np.unique(np.round(level_mV, LEVEL_DECIMALS)).size
    if levels < MIN_COURSE_LEVELS:
        return Course.LASTS
    means = _binned(samples)
    line = orthonormal_polynomials(level_mV / LEVEL_SCALE_mV, 1)
    along = line.T @ means.i_pA
    by_noise = (sweeps - 2) * means.se_pA**2
    departs = ((means.i_pA - line @ along) ** 2).sum(0) - by_noise
    most = int(np.argmax(departs))
    if (
        departs[most] < GATED_CURRENT_SD * by_noise[most] * np.sqrt(2.0 / (sweeps - 2))
        or departs[-1] > LASTING_FRACTION**2 * departs[most]
    ):
        return Course.LASTS
    away = means.i_pA - means.i_pA[:, -1:]
    sizes = np.abs(away[:, most])
    # each sweep counts by the size of its current, whose square contains the noise
    noise = means.se_pA[0] ** 2 / START_BINS
    power = float(sizes @ sizes) - sweeps * float(means.se_pA[most] ** 2 + means.se_pA[-1] ** 2)
    course = away[:, most] @ away / max(power, noise)
    shared = MIN_TRANSIENT_SWEEPS if levels >= FULL_FAMILY_LEVELS else MIN_TRANSIENT_SWEEPS - 1
    if course[most:].min() < MAX_BACKSWING_FRACTION or np.sort(sizes)[-shared] < MIN_TRANSIENT_SIZE_RATIO * sizes.max():
        return Course.LASTS
    start = course[:START_BINS].mean() + CHANGE_SE * np.sqrt(noise / max(power, noise))
    if start < RISING_START_FRACTION:
        return Course.RISES_AND_FALLS
    return Course.FALLS


def start_reversal_mV(samples: FloatArray, level_mV: FloatArray) -> float | None:
    """Command at which the currents reverse at the start of the windows; None if they do at the end, too."""
    n = samples.shape[1]
    start = _reversals_mV(samples[:, : max(n // START_DIVISOR, 1)].mean(1), level_mV)
    end = _reversals_mV(samples[:, -(n // END_DIVISOR) :].mean(1), level_mV)
    if not start or (len(end) == 1 and abs(end[0] - start[-1]) <= REVERSAL_CHANGE_WARNING_mV):
        return None
    return start[-1]


@dataclass(frozen=True, slots=True)
class _Binned:
    """Means over bins of increasing length, the last one the end of the window, (sweeps, bins); errors (bins,)."""

    i_pA: FloatArray
    se_pA: FloatArray


def _binned(samples: FloatArray) -> _Binned:
    n = samples.shape[1]
    bounds = np.unique(np.geomspace(1, n, min(COURSE_BINS, n)).astype(np.intp)) - 1
    width = np.diff(np.append(bounds, n))
    end = samples[:, -max(n // END_DIVISOR, MIN_MEAN_SAMPLES) :]
    noise = without_polynomial(end, 2)
    sd, inflation = max(float(np.std(noise)), MIN_NOISE_pA), correlation_inflation(noise, fitted=3)
    worth = np.append(width, end.shape[1])
    return _Binned(
        np.column_stack([np.add.reduceat(samples, bounds, axis=1) / width, end.mean(1)]),
        sd * np.sqrt(np.minimum(max(inflation, 1.0), worth) / worth),
    )


def _reversals_mV(i_pA: FloatArray, level_mV: FloatArray) -> list[float]:
    """Voltages at which the current changes from inward to outward, by linear interpolation, ascending."""
    order = np.argsort(level_mV)
    _, zeros = rising_zeros(level_mV[order], i_pA[order])
    return [float(zero) for zero in zeros]


def _neighbours_time(own: NDArray[np.intp], level_mV: FloatArray, clear: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Time of the peak at each level, interpolated between the clear peaks at other levels.

    Without any other, a sweep keeps its own time.
    """
    at = own.copy()
    for row, level in enumerate(level_mV.tolist()):
        others = clear & (np.abs(level_mV - level) > 1e-3)
        if np.any(others):
            order = np.argsort(level_mV[others])
            at[row] = round(float(np.interp(level, level_mV[others][order], own[others][order])))
    return at


def _findings(deflection: FloatArray, value: FloatArray, se: float) -> tuple[Finding, ...]:
    """Warnings from the clear peaks nearest to the reversal: deflections (sweeps, times) and currents (sweeps,)."""
    if value.size == 0:
        return (finding(Code.PEAK_NOT_DETECTED),)
    course = np.sign(value) @ deflection
    rise = course.max() - course[0]
    if rise < PEAK_RISE_SE * se * np.sqrt(2.0 * value.size):
        return (finding(Code.PEAK_IN_BLANK),)
    return ()
