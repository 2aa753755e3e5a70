"""Peak currents by the time course that a family of steps shares, instead of by the samples at the peak alone.

A channel passes its current with nearly the same time course at neighbouring voltages; only the size and the sign of
the driving force change. So the course at a voltage is computed from all other sweeps, as a shape that changes linearly
with voltage, weighted by the size of their peaks. The deflection of the sweep is projected on it. This uses all samples
around the peak, and the sweep's own noise has no part in the shape. An error of the shape multiplies the current and
does not move its zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import MAX_COURSES_SAMPLES, MIN_COURSE_FRACTION, COURSE_REACH_mV
from reversal.measure.iv.tail_currents import Noise
from reversal.measure.protocol.protocol_constants import LEVEL_DECIMALS
from reversal.statistics.row_parts import Rows, numbered_parts
from reversal.statistics.statistics_constants import DETECTION_SE


@dataclass(frozen=True, slots=True)
class CoursePeaks:
    """Deflection at the peak of each sweep and its standard error, (sweeps,); the error is infinite without a value."""

    mean: FloatArray
    se: FloatArray


def peaks_by_course(
    deflection: Rows, level_mV: FloatArray, at: NDArray[np.intp], width: int, noise: Noise
) -> CoursePeaks:
    """Deflection of each row at its peak, by the course of the rows at other levels.

    deflection : (sweeps, n), less the current at the end;  at : sample of each peak, (sweeps,)
    width : samples of the mean at a peak;  noise : of the samples
    """
    sizes = smoothed_at(deflection, width, at - width // 2)
    mean, se = np.zeros(at.size), np.full(at.size, np.inf)
    rounded = np.round(level_mV, LEVEL_DECIMALS)
    levels = np.unique(rounded)
    together = max(MAX_COURSES_SAMPLES // deflection.shape[1], 1)
    for first in range(0, levels.size, together):
        some = levels[first : first + together]
        courses = _courses_at(some, deflection, (sizes, rounded, at), width, noise)
        for here, part in numbered_parts(deflection):
            for level, course in courses.items():
                rows = np.flatnonzero(rounded[here] == level)
                mean[here.start + rows], se[here.start + rows] = _projected(part[rows], course, noise)
    return CoursePeaks(mean, se)


def _courses_at(
    levels_mV: FloatArray,
    deflection: Rows,
    peaks: tuple[FloatArray, FloatArray, NDArray[np.intp]],
    width: int,
    noise: Noise,
) -> dict[float, _Course]:
    """Courses at some levels, without the levels whose course is not known.

    peaks : size of each, its level and its sample, (sweeps,); other arguments as for :func:`peaks_by_course`
    """
    sizes, rounded_mV, at = peaks
    shares = {level: _shares(sizes, rounded_mV - level) for level in levels_mV.tolist()}
    known = {level: share for level, share in shares.items() if share is not None}
    sums = {level: np.zeros(deflection.shape[1]) for level in known}
    for here, part in numbered_parts(deflection):
        for level, share in known.items():
            sums[level] += share[here] @ part
    found = {
        level: _course(sums[level], float(share @ share), int(at[rounded_mV == level][0]), width, noise)
        for level, share in known.items()
    }
    return {level: course for level, course in found.items() if course is not None}


def smoothed(samples: FloatArray, width: int) -> FloatArray:
    """Running means over ``width`` samples; (sweeps, n) -> (sweeps, n − width + 1)."""
    total = np.cumsum(np.pad(samples, ((0, 0), (1, 0))), axis=1)
    return np.asarray((total[:, width:] - total[:, :-width]) / width)


def smoothed_at(samples: Rows, width: int, at: NDArray[np.intp]) -> FloatArray:
    """Running mean of each row at one place, (sweeps,)."""
    parts = [smoothed(part, width)[np.arange(len(part)), at[here]] for here, part in numbered_parts(samples)]
    return np.concatenate(parts)


def _shares(sizes: FloatArray, away_mV: FloatArray) -> FloatArray | None:
    """Share of each row in the course at a level, (sweeps,): the value there of a line through the others.

    None if fewer than two other levels have a current.  sizes, away_mV : of each row, (sweeps,)
    """
    away = away_mV / COURSE_REACH_mV
    weight = np.where(away == 0.0, 0.0, sizes / (1.0 + away**2) ** 2)
    level, slope, square = (float(weight @ (sizes * away**power)) for power in range(3))
    determinant = level * square - slope**2
    if determinant <= 1e-9 * level * square:
        return None
    return np.asarray(weight * (square - slope * away) / determinant)


@dataclass(frozen=True, slots=True)
class _Course:
    """Course of unit size around its peak.

    samples : (n,), the first of them is ``start``;  peak : its mean at the peak
    power : sum of their squares without noise;  noise : squared weights of the rows, summed
    """

    start: int
    samples: FloatArray
    peak: float
    power: float
    noise: float


def _course(course: FloatArray, remains: float, at: int, width: int, noise: Noise) -> _Course | None:
    """Course at a level (n,) as far as it is large; None if noise hides it.

    remains : squared weights of the rows in it, summed
    """
    flat = smoothed(course[None], width)[0]
    middle = at - width // 2
    peak = float(flat[middle])
    if peak < DETECTION_SE * np.sqrt(noise.variance * noise.inflation * remains / width):
        return None
    small = np.flatnonzero(flat < MIN_COURSE_FRACTION * peak)
    start = int(small[small < middle].max(initial=-1)) + 1 + width // 2
    stop = int(small[small > middle].min(initial=flat.size)) + width // 2
    around = course[start:stop]
    power = float(around @ around) - noise.variance * remains * around.size
    return _Course(start, around, peak, power, remains) if power > 0.0 else None


def _projected(rows: FloatArray, course: _Course, noise: Noise) -> tuple[FloatArray, FloatArray]:
    """Current of each row (rows, n) at the peak and its standard error, enlarged if the course does not fit."""
    x = rows[:, course.start : course.start + course.samples.size]
    size = x @ course.samples / course.power
    rest = x - size[:, None] * course.samples
    expected = noise.variance * (1.0 + course.noise * size**2)
    misfit = np.maximum((rest**2).mean(1) / expected, 1.0)
    of_course = size**2 * course.noise * (1.0 + course.power / course.peak**2)
    variance = noise.variance * noise.inflation * (misfit + of_course) / course.power
    return size * course.peak, course.peak * np.sqrt(variance)
