"""Whether the repeats of a recording agree: the reversal potential of each ramp, or of each run of a family.

The I–V of a recording is the mean of its repeats. Their mean has a narrow interval even if they reverse at different
potentials. So E_rev of each repeat is measured separately, and the range of the repeats is compared with their noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import MIN_VARIANCE_pA2
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.membrane.membrane_constants import MIN_TREND_SWEEPS
from reversal.measure.protocol.protocol_constants import LEVEL_DECIMALS, MAX_PART_SAMPLES
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.quality_constants import (
    FALSE_DISAGREEMENT_PROBABILITY,
    MIN_HOLDING_SAMPLES,
    MIN_NOISE_SWEEPS,
    MIN_REPEAT_POINTS,
    SLOW_NOISE_ALLOWANCE,
    REPEAT_REACH_mV,
)
from reversal.measure.reversal.local_polynomial import local_estimate
from reversal.measure.reversal.sign_changes import sign_changes
from reversal.statistics.autocorrelation import correlation_inflation
from reversal.statistics.least_squares import linear_fit
from reversal.statistics.normal import limit_of_largest
from reversal.statistics.polynomials import five_point_parabola_residual, powers
from reversal.statistics.statistics_constants import MEDIAN_SQUARED_NORMAL, TWO_SIDED_95_ROUNDED


@dataclass(frozen=True, slots=True)
class Repeats:
    """Currents of the repeats of an I–V, by rising voltage.

    v_mV : (points,); i_pA, se_pA : (repeats, points), NaN where a repeat lacks a voltage or its leak is not known
    sweeps : of each repeat, the positions of its sweeps in the plan
    """

    v_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    sweeps: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Zero:
    """Reversal potential of one repeat with its standard error; repeat : its position among the repeats."""

    repeat: int
    e_mV: float
    se_mV: float


@dataclass(frozen=True, slots=True)
class RepeatRange:
    """Reversal potentials of the repeats.

    low_mV, high_mV : lowest and highest of them; count : number of repeats
    noise_mV : range that noise alone rarely exceeds
    """

    low_mV: float
    high_mV: float
    count: int
    noise_mV: float

    @property
    def range_mV(self) -> float:
        """Distance between the lowest and the highest."""
        return self.high_mV - self.low_mV

    @property
    def beyond_noise_mV(self) -> float:
        """The range, or 0 if noise explains it."""
        return self.range_mV if self.range_mV > self.noise_mV else 0.0


def disagreement(repeats: Repeats | None, e_mV: float) -> RepeatRange | None:
    """Range of the reversal potentials of the repeats; None without two repeats in which it can be measured.

    e_mV : reversal potential of their mean
    """
    zeros = zeros_of(repeats, e_mV) if repeats is not None else ()
    if len(zeros) < 2:
        return None
    low, high = zeros[0], zeros[-1]
    pairs = len(zeros) * (len(zeros) - 1) // 2
    noise_mV = limit_of_largest(pairs, FALSE_DISAGREEMENT_PROBABILITY) * float(np.hypot(low.se_mV, high.se_mV))
    return RepeatRange(low.e_mV, high.e_mV, len(zeros), noise_mV)


def zeros_of(repeats: Repeats, e_mV: float) -> tuple[Zero, ...]:
    """Reversal potentials of the repeats in which one can be measured, from the lowest to the highest.

    e_mV : reversal potential of their mean
    """
    found = [zero_of_repeat(repeats.v_mV, *rows, e_mV) for rows in zip(repeats.i_pA, repeats.se_pA, strict=True)]
    return tuple(sorted((Zero(n, *zero) for n, zero in enumerate(found) if zero), key=lambda zero: zero.e_mV))


def repeats_of(sweeps: Sweeps, curve: IVCurve, v_mV: FloatArray, leak_pA: FloatArray | float = 0.0) -> Repeats | None:
    """The repeats of a curve: sweeps of a ramp, or occurrences of the levels of a family; None for a single one.

    v_mV : membrane potential of each point of the curve, (points,)
    leak_pA : leak that is subtracted from the curve, (points,); NaN where it is not known
    """
    if curve.by_sweep_pA is not None:
        return _ramps(sweeps, curve, v_mV, curve.by_sweep_pA, leak_pA)
    levels, group = np.unique(np.round(curve.v_command_mV, LEVEL_DECIMALS), return_inverse=True)
    occurrence = _occurrence(group)
    if not occurrence.max(initial=0):
        return None
    window_se_pA = curve.se_pA if curve.window_se_pA is None else curve.window_se_pA
    i_pA, se_pA = (np.full((int(occurrence.max()) + 1, levels.size), np.nan) for _ in range(2))
    i_pA[occurrence, group] = curve.i_pA - leak_pA
    se_pA[occurrence, group] = np.sqrt(window_se_pA**2 + _between_sweeps_pA2(sweeps))
    v = np.bincount(group, v_mV) / np.bincount(group)
    order = np.argsort(v, kind="stable")
    numbers = tuple(tuple(np.flatnonzero(occurrence == n).tolist()) for n in range(int(occurrence.max()) + 1))
    return Repeats(v[order], i_pA[:, order], se_pA[:, order], numbers)


def _occurrence(group: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each point, how often its level has occurred before; group : number of the level, (points,)."""
    seen: dict[int, int] = {}
    found = []
    for level in group.tolist():
        found.append(seen.get(level, 0))
        seen[level] = found[-1] + 1
    return np.array(found, dtype=np.intp)


def _ramps(
    sweeps: Sweeps, curve: IVCurve, v_mV: FloatArray, i_pA: FloatArray, leak_pA: FloatArray | float
) -> Repeats | None:
    if i_pA.shape[0] < 2:
        return None
    order = np.argsort(v_mV, kind="stable")
    width = round(float(np.ptp(curve.window_ms[0])) * sweeps.recording.sample_rate_Hz / 1000.0)
    variance = max(_rough_variance_pA2(i_pA), _flat_variance_pA2(sweeps, width))
    errors = np.full(i_pA.shape, np.sqrt(max(variance, MIN_VARIANCE_pA2)))
    return Repeats(v_mV[order], (i_pA - leak_pA)[:, order], errors, tuple((n,) for n in range(i_pA.shape[0])))


def _rough_variance_pA2(i_pA: FloatArray) -> float:
    """Variance of a point of one ramp from the roughness of the differences between ramps, (ramps, points).

    A change of the cell adds a smooth difference, which the parabola through five neighbours follows.
    """
    kernel = five_point_parabola_residual()
    count = i_pA.shape[0]
    rough = np.array([np.convolve(row, kernel, mode="valid") for row in i_pA - i_pA.mean(0)])
    return float(np.median(rough**2) / MEDIAN_SQUARED_NORMAL / (kernel**2).sum() * count / (count - 1))


def _flat_variance_pA2(sweeps: Sweeps, width: int) -> float:
    """Variance that noise gives a point of one ramp, ``width`` samples long, from the flat stretches before the ramp.

    Noise that is correlated for longer than a point counts as if points were independent. The mean of each stretch is
    subtracted, and so is the part that the sweeps share. So a test pulse or a change of the cell does not count as
    noise.
    """
    count, flats = sweeps.count, [flat for flat in sweeps.flats if flat.stop - flat.start >= MIN_HOLDING_SAMPLES]
    if not flats:
        return 0.0
    longest = MAX_PART_SAMPLES // len(flats) // MIN_NOISE_SWEEPS
    lengths = [min(flat.stop - flat.start, longest) for flat in flats]
    every = range(0, count, max(count * sum(lengths) // MAX_PART_SAMPLES, 1))
    count = len(every)
    stretches = [
        sweeps.windows(every, np.full(count, flat.stop - length), length)
        for flat, length in zip(flats, lengths, strict=True)
    ]
    apart = [rows - rows.mean(0) for rows in stretches]
    rows = np.concatenate([rows - rows.mean(1, keepdims=True) for rows in apart], axis=1) * np.sqrt(count / (count - 1))
    return SLOW_NOISE_ALLOWANCE * float(np.median(rows.var(1, ddof=1))) * correlation_inflation(rows) / width


def _between_sweeps_pA2(sweeps: Sweeps) -> float:
    """Variance of the holding current from sweep to sweep, which a change between two repeats does not enter."""
    flats = sweeps.flats
    if sweeps.count < MIN_TREND_SWEEPS or not flats or flats[0].stop - flats[0].start < MIN_HOLDING_SAMPLES:
        return 0.0
    steps = np.diff(sweeps.means(flats[0].start, flats[0].stop))
    return float(np.median(steps**2) / MEDIAN_SQUARED_NORMAL / 2.0)


def zero_of_repeat(
    v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, start_mV: float
) -> tuple[float, float] | None:
    """Reversal potential of one repeat and its standard error; None with too few points.

    Without a single clear sign change, it is measured from the points around ``start_mV``. Arrays : (points,), currents
    NaN where they are not known.
    """
    known = np.isfinite(i_pA)
    v, i, se = v_mV[known], i_pA[known], se_pA[known]
    if v.size < MIN_REPEAT_POINTS:
        return None
    rising = [bracket for bracket in sign_changes(i, se) if bracket.rising]
    found = local_estimate(v, i, se, rising[0], TWO_SIDED_95_ROUNDED) if len(rising) == 1 else None
    return _zero_of_line(v, i, se, start_mV) if found is None else (found.e_mV, found.se_mV)


def _zero_of_line(v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, at_mV: float) -> tuple[float, float] | None:
    """Zero of a line through the points nearest a voltage, and its standard error; None if the line does not rise."""
    away = np.abs(v_mV - at_mV)
    near = away <= max(REPEAT_REACH_mV, float(np.sort(away)[MIN_REPEAT_POINTS - 1]))
    v = v_mV[near] - at_mV
    fit = linear_fit(powers(v, 1) / se_pA[near, None], i_pA[near] / se_pA[near])
    level, slope = fit.coefficients
    if slope <= 0:
        return None
    gradient = np.array([1.0, -level / slope]) / slope
    return float(at_mV - level / slope), float(np.sqrt(gradient @ fit.covariance @ gradient))
