"""Peak current of each sweep, read at a time that the sweep's own noise did not choose.

The extremum of n independent values of noise lies about σ √(2 ln n) away from its mean, so that a peak read where it is
largest is too large, and near the reversal potential pushed away from zero. Here each sweep is read at the time its
neighbours of other voltage peak: a little beside its own peak, where a peak is flat, and free of that bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.statistics.autocorrelation import correlation_inflation
from reversal.statistics.polynomials import orthonormal_polynomials, without_polynomial
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding

SMOOTHED_MS = 0.2  # without a known filter
STANDS_OUT = 1.5  # multiples of the extremum that noise alone makes
BINS = 48
LEAST_LEVELS, MANY_LEVELS = 5, 10
CLEAR = 6.0  # standard deviations from which a departure is no noise
LASTS = 0.5  # part of a peak from which on it is no transient current
RISEN = 0.9  # part of a peak at the begin of the window up to which it is seen to rise
FIRST = 3  # bins that are the begin
LEAST_PEAKS, ALIKE = 3, 0.3  # sweeps that share a transient current, and the part of the largest they have at least
RINGS = -0.2  # part of a peak that a gated current does not swing back beyond
ELSEWHERE_mV = 5.0
SPAN_mV = 100.0
NEAREST = 4  # sweeps of the smallest peaks
SEEN = 3.0  # standard errors from which a rise is seen


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peak currents; shapes (sweeps,).

    mean, se : current around the peak and its standard error
    at : sample within the window at which it is read
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


def peak_currents(samples: FloatArray, level_mV: FloatArray, lowpass_Hz: float | None, rate_Hz: float) -> Peaks:
    """Current of each row where its neighbours peak against their own end.

    samples : (sweeps, n), n ≥ 8, from the end of the blank on; level_mV : command of each, (sweeps,)
    """
    n = samples.shape[1]
    width_ms = 1000.0 / lowpass_Hz if lowpass_Hz else SMOOTHED_MS
    half = int(np.clip(round(0.5 * width_ms * rate_Hz / 1000.0), 1, max(n // 32, 1)))
    width = 2 * half + 1
    smooth = _smoothed(samples, width)
    end = samples[:, -max(n // 5, 4) :]
    noise = without_polynomial(end, 2)
    se = max(float(np.std(_smoothed(noise, width))), 1e-6)
    deflection = smooth - end.mean(1, keepdims=True)
    own = np.argmax(np.abs(deflection), axis=1)
    size = np.abs(deflection[np.arange(own.size), own])
    clear = size > STANDS_OUT * se * np.sqrt(2 * np.log(max(smooth.shape[1] / width, 2)))
    at = _neighbours_time(own, level_mV, clear)
    value = smooth[np.arange(at.size), at]
    findings = _findings(deflection[clear], value[clear], se)
    return Peaks(value, np.full(at.size, se), at + half, float(np.mean(noise**2)) / se**2, width, findings)


class Course(StrEnum):
    """What becomes of the gated current of a family of steps."""

    LASTS = "lasts"
    FALLS = "falls"  # is largest at the begin of the window, or before
    RISES_AND_FALLS = "rises and falls"


def course_of(samples: FloatArray, level_mV: FloatArray) -> Course:
    """Whether what gates make of a family's current is gone, by more than half, when the steps end.

    A leak and charging are straight lines of voltage at every moment; what departs from a line is gated or rectifies.
    Charging only ever decays, an amplifier that rings turns its sign, a synaptic event is in one sweep.

    samples : (sweeps, n), n ≥ 8, from the end of the blank on; level_mV : command of each, (sweeps,)
    """
    sweeps = samples.shape[0]
    levels = np.unique(np.round(level_mV, 3)).size
    if levels < LEAST_LEVELS:
        return Course.LASTS
    means = _binned(samples)
    line = orthonormal_polynomials(level_mV / SPAN_mV, 1)
    along = line.T @ means.i_pA
    by_noise = (sweeps - 2) * means.se_pA**2
    departs = ((means.i_pA - line @ along) ** 2).sum(0) - by_noise
    most = int(np.argmax(departs))
    if departs[most] < CLEAR * by_noise[most] * np.sqrt(2.0 / (sweeps - 2)) or departs[-1] > LASTS**2 * departs[most]:
        return Course.LASTS
    away = means.i_pA - means.i_pA[:, -1:]
    sizes = np.abs(away[:, most])
    size = sizes.sum()
    course = np.sign(away[:, most]) @ away / size
    shared = LEAST_PEAKS if levels >= MANY_LEVELS else LEAST_PEAKS - 1
    if course[most:].min() < RINGS or np.sort(sizes)[-shared] < ALIKE * sizes.max():
        return Course.LASTS
    noise = CLEAR * means.se_pA[0] * np.sqrt(sweeps / FIRST) / size
    if course[:FIRST].mean() + noise < RISEN * course.max():
        return Course.RISES_AND_FALLS
    return Course.FALLS


def begins_elsewhere_mV(samples: FloatArray, level_mV: FloatArray) -> float | None:
    """Command at which the currents reverse as the windows begin; None where they clearly reverse there at the end."""
    n = samples.shape[1]
    begin = _reversals_mV(samples[:, : max(n // 50, 1)].mean(1), level_mV)
    end = _reversals_mV(samples[:, -(n // 5) :].mean(1), level_mV)
    if not begin or (len(end) == 1 and abs(end[0] - begin[-1]) <= ELSEWHERE_mV):
        return None
    return begin[-1]


@dataclass(frozen=True, slots=True)
class _Binned:
    """Means over bins that grow with time, the last one the end of the window; (sweeps, bins), and errors (bins,)."""

    i_pA: FloatArray
    se_pA: FloatArray


def _binned(samples: FloatArray) -> _Binned:
    n = samples.shape[1]
    bounds = np.unique(np.geomspace(1, n, min(BINS, n)).astype(np.intp)) - 1
    width = np.diff(np.append(bounds, n))
    end = samples[:, -max(n // 5, 4) :]
    noise = without_polynomial(end, 2)
    sd, inflation = max(float(np.std(noise)), 1e-6), correlation_inflation(noise, fitted=3)
    worth = np.append(width, end.shape[1])
    return _Binned(
        np.column_stack([np.add.reduceat(samples, bounds, axis=1) / width, end.mean(1)]),
        sd * np.sqrt(np.minimum(max(inflation, 1.0), worth) / worth),
    )


def _reversals_mV(i_pA: FloatArray, level_mV: FloatArray) -> list[float]:
    """Zeros of the lines through neighbours between which a current turns outward, ascending."""
    order = np.argsort(level_mV)
    v, i = level_mV[order], i_pA[order]
    rises = np.flatnonzero((i[:-1] < 0) & (i[1:] >= 0))
    zeros = v[rises] - i[rises] * (v[rises + 1] - v[rises]) / (i[rises + 1] - i[rises])
    return [float(zero) for zero in zeros]


def _neighbours_time(own: NDArray[np.intp], level_mV: FloatArray, clear: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Time of the peak at each level, interpolated between the clear peaks at other levels.

    Where there is no other one, a sweep keeps its own time.
    """
    at = own.copy()
    for row, level in enumerate(level_mV.tolist()):
        others = clear & (np.abs(level_mV - level) > 1e-3)
        if np.any(others):
            order = np.argsort(level_mV[others])
            at[row] = round(float(np.interp(level, level_mV[others][order], own[others][order])))
    return at


def _findings(deflection: FloatArray, value: FloatArray, se: float) -> tuple[Finding, ...]:
    """Warnings from the sweeps with a clear peak: their deflections (sweeps, times) and peak currents (sweeps,)."""
    if value.size == 0:
        return (finding(Code.PEAK_NOT_DETECTED),)
    near = np.argsort(np.abs(value))[:NEAREST]
    course = np.sign(value[near]) @ deflection[near]
    rise = course.max() - course[0]
    if rise < SEEN * se * np.sqrt(2.0 * near.size):
        return (finding(Code.PEAK_IN_BLANK),)
    return ()


def _smoothed(samples: FloatArray, width: int) -> FloatArray:
    """Means over so many neighbouring samples; (sweeps, n) -> (sweeps, n − width + 1)."""
    total = np.cumsum(np.pad(samples, ((0, 0), (1, 0))), axis=1)
    return np.asarray((total[:, width:] - total[:, :-width]) / width)
