"""Leak: what is taken off the current, what that does to E_rev, and whether the current can be told from leak at all.

A line through a stretch of the I-V is a leak only where the stretch is a line: its scatter must be that of the points'
errors, and its residuals must not come in runs. Its conductance and its reversal potential are both free, and their
errors go into every point with their correlation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Leak
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points, points_of
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.local_polynomial import local_estimate
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.reversal.sign_changes import sign_changes
from reversal.statistics.autocorrelation import separated
from reversal.statistics.chi_square import normal_deviate
from reversal.statistics.runs import runs_deviate
from reversal.statistics.student_t import two_sided_95_by_series
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding

MIN_LEAK_POINTS, MIN_SHARED_VOLTAGES = 3, 4
RUNS_FROM = 8  # points from which runs are counted
TRACE = 1e-6
ONE_SIDED_99 = 2.33  # standard normal deviate, one-sided at 1 %
FALLS = 3.0  # standard errors from which a slope is negative


@dataclass(frozen=True, slots=True)
class Subtracted:
    """Points less their leak.

    leak_pA : what was taken off each point, (points,); None where nothing was
    g_nS, e_mV : conductance and reversal potential of the leak, None where it is not taken for a line
    findings : why the declared subtraction was not made, or warnings about it
    """

    points: Points
    leak_pA: FloatArray | None = None
    g_nS: float | None = None
    e_mV: float | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Separability:
    """How much of a current may be a linear leak.

    fraction : largest leak the I-V allows, as a part of its slope at E_rev
    farthest_mV : zero of the current without that leak through 0 mV; None where it leaves the tested range
    side : side of E_rev on which it is
    """

    fraction: float
    farthest_mV: float | None
    side: Literal["above", "below"]


def without_leak(points: Points, leak: Leak, blocked: Points | None = None) -> Subtracted:
    """Take the declared leak off the points of an I-V.

    blocked : the I-V of the same bath with the channel blocked
    """
    if leak.subtract == "linear" and leak.from_mV is not None and leak.to_mV is not None:
        return _linear(points, leak.from_mV, leak.to_mV)
    if leak.subtract == "declared" and leak.g_nS is not None:
        drive = points.v_mV - leak.e_mV
        covariance = _covariance(points) + leak.g_sd_nS**2 * np.outer(drive, drive)
        return Subtracted(_with(points, leak.g_nS * drive, covariance), leak.g_nS * drive, leak.g_nS, leak.e_mV)
    if leak.subtract == "blocker":
        return _difference(points, blocked, leak.blocker or "")
    return Subtracted(points)


def by_sub_pulses(points: Points, left: Points | None, findings: tuple[Finding, ...] = ()) -> Subtracted:
    """Points less what their sub-pulses say of leak and charging.

    left : the I-V that was read after it had been taken off, None where no sub-pulses were found; findings : about it
    """
    if left is None:
        return Subtracted(points, findings=(finding(Code.SUB_PULSES_MISSING),))
    leak = points.i_pA - left.i_pA
    g, intercept = np.polyfit(points.v_mV, leak, 1)
    e_mV = float(-intercept / g) if g > 0 else None
    return Subtracted(left, leak, float(g), e_mV, findings)


def separability(points: Points, reversal: Reversal) -> Separability | None:
    """Largest linear leak that the I-V allows; None without a crossing, and where the current falls with voltage.

    A leak adds its conductance to the slope everywhere, so that the smallest slope of the I-V bounds it; but where the
    channel's own slope is negative, nothing does.
    """
    estimate = reversal.estimate
    if estimate is None or points.v_mV.size < 4:
        return None
    v = points.v_mV
    apart = max(1, math.ceil(v.size / 8))  # over an eighth of the range, so that noise makes none small
    reach = v[apart:] - v[:-apart]
    slope = (points.i_pA[apart:] - points.i_pA[:-apart]) / reach
    error = np.hypot(points.se_pA[apart:], points.se_pA[:-apart]) / reach
    middle = 0.5 * (v[apart:] + v[:-apart])
    here = float(np.interp(estimate.e_mV, middle, slope))
    flattest = int(np.argmin(slope))
    most = float(slope[flattest])
    if here <= 0 or most < -FALLS * float(error[flattest]):
        return None
    side: Literal["above", "below"] = "below" if estimate.e_mV < 0 else "above"
    if most <= 0:
        return Separability(0.0, estimate.e_mV, side)
    rest = points.i_pA - most * v
    rises = np.flatnonzero((rest[:-1] < 0) & (rest[1:] >= 0))
    zeros = v[rises] - rest[rises] * (v[rises + 1] - v[rises]) / (rest[rises + 1] - rest[rises])
    farthest = float(zeros[np.argmax(np.abs(zeros))]) if zeros.size else None
    return Separability(min(most / here, 1.0), farthest, side)


def decaying_reversal(v_mV: FloatArray, curve: IVCurve) -> Estimate | None:
    """Reversal of what relaxes in a family of tails; None where that does not turn outward just once.

    At one voltage, leak and whatever else stays is the same at the edge and at the end: their difference is of gates
    alone and vanishes where the channel's current does, however large the leak.

    v_mV : voltage of each point of the curve, (points,)
    """
    if curve.relaxing_pA is None or curve.relaxing_se_pA is None:
        return None
    points = points_of(v_mV, replace(curve, i_pA=curve.relaxing_pA, se_pA=curve.relaxing_se_pA))
    rising = [bracket for bracket in sign_changes(points.i_pA, points.se_pA) if bracket.rising]
    if len(rising) != 1 or points.v_mV.size < MIN_LEAK_POINTS:
        return None
    return local_estimate(points.v_mV, points.i_pA, points.se_pA, rising[0], two_sided_95_by_series(points.dof))


def _linear(points: Points, low_mV: float, high_mV: float) -> Subtracted:
    inside = (points.v_mV >= low_mV) & (points.v_mV <= high_mV)
    count = int(np.count_nonzero(inside))
    if count < MIN_LEAK_POINTS:
        return Subtracted(points, findings=(finding(Code.LEAK_WINDOW_POINTS, count, MIN_LEAK_POINTS),))
    v, i, se = points.v_mV[inside], points.i_pA[inside], points.se_pA[inside]
    design = np.stack([v, np.ones_like(v)], axis=1) / se[:, None]
    solve = np.linalg.inv(design.T @ design) @ design.T / se
    g, intercept = solve @ i
    residual = (i - g * v - intercept) / se
    if not _is_a_line(residual):
        return Subtracted(points, findings=(finding(Code.LEAK_WINDOW_CURVED),))
    if g <= 0:
        return Subtracted(points, findings=(finding(Code.LEAK_WINDOW_FLAT),))
    every = np.stack([points.v_mV, np.ones_like(points.v_mV)], axis=1)
    operator = np.eye(points.v_mV.size)
    operator[:, inside] -= every @ solve
    # the window's own level and slope are gone from what is left: a trace of the noise keeps its covariance regular
    covariance = operator @ _covariance(points) @ operator.T + TRACE * np.diag(points.se_pA**2)
    leak = g * points.v_mV + intercept
    return Subtracted(_with(points, leak, covariance), leak, float(g), float(-intercept / g))


def _difference(points: Points, blocked: Points | None, condition: str) -> Subtracted:
    if blocked is None:
        return Subtracted(points, findings=(finding(Code.BLOCKED_RECORDING_MISSING, place=condition),))
    shared = (points.v_mV >= blocked.v_mV[0] - 1.0) & (points.v_mV <= blocked.v_mV[-1] + 1.0)
    at = np.flatnonzero(shared)
    if at.size < MIN_SHARED_VOLTAGES:
        missing = finding(Code.BLOCKED_VOLTAGES_MISSING, at.size, MIN_SHARED_VOLTAGES, place=condition)
        return Subtracted(points, findings=(missing,))
    covariance = _covariance(points)[np.ix_(at, at)]
    kept = replace(points, v_mV=points.v_mV[at], i_pA=points.i_pA[at], se_pA=points.se_pA[at])
    # sweeps are paired by the membrane's voltage, which R_s makes differ a little at one command
    between = _interpolation(kept.v_mV, blocked.v_mV)
    leak = between @ blocked.i_pA
    return Subtracted(_with(kept, leak, covariance + between @ _covariance(blocked) @ between.T), leak)


def _interpolation(at_mV: FloatArray, v_mV: FloatArray) -> FloatArray:
    """What leads values at ``v_mV`` by straight lines to values at ``at_mV``, shape (at, v)."""
    left = np.clip(np.searchsorted(v_mV, at_mV) - 1, 0, v_mV.size - 2)
    share = (at_mV - v_mV[left]) / (v_mV[left + 1] - v_mV[left])
    rows = np.arange(at_mV.size)
    weights = np.zeros((at_mV.size, v_mV.size))
    weights[rows, left], weights[rows, left + 1] = 1.0 - share, share
    return weights


def _is_a_line(residual: FloatArray) -> bool:
    """Whether standardised residuals of a line scatter as they should."""
    dof = residual.size - 2
    if dof >= 1 and normal_deviate(float(residual @ residual), dof) > ONE_SIDED_99:
        return False
    runs = runs_deviate(residual > 0) if residual.size >= RUNS_FROM else None
    return runs is None or runs > -ONE_SIDED_99


def _covariance(points: Points) -> FloatArray:
    correlation = np.eye(points.v_mV.size) if points.correlation is None else points.correlation
    return np.asarray(correlation * np.outer(points.se_pA, points.se_pA))


def _with(points: Points, leak_pA: FloatArray, covariance: FloatArray) -> Points:
    se, correlation = separated(covariance, 1e-9)
    return replace(points, i_pA=points.i_pA - leak_pA, se_pA=se, correlation=correlation)
