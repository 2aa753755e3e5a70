"""Subtraction of the leak from the current of an I–V.

A line through part of the I–V is a leak only if that part is straight. Its scatter must agree with the errors of the
points, and its residuals must not come in runs. Conductance and reversal potential are both free, and their errors are
added to every point with their correlation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Leak
from reversal.measure.iv.iv_constants import BLOCKER_VOLTAGE_TOLERANCE_mV
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points
from reversal.measure.reversal.ohmic_leak import OhmicLeak
from reversal.measure.reversal.reversal_constants import (
    LEAK_NOISE_FRACTION,
    MIN_LEAK_POINTS,
    MIN_RUNS_TEST_POINTS,
    MIN_SHARED_VOLTAGES,
    ONE_SIDED_99,
    BLOCKER_EXTRAPOLATION_mV,
    MIN_SE_pA,
)
from reversal.statistics.autocorrelation import separated
from reversal.statistics.chi_square import normal_deviate
from reversal.statistics.runs import runs_deviate
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.reversals_table import LeakSource


@dataclass(frozen=True, slots=True)
class Subtracted:
    """Points with their leak subtracted.

    leak_pA : leak that was subtracted from each point, (points,); None if none was
    source : how the leak was determined; None if none was subtracted
    g_nS, e_mV : conductance and reversal potential of the leak, None if it is not a line
    curve : the I–V with the leak subtracted in each sweep, None if it was subtracted from the points
    known : the leak whose errors the recordings of the cell share; None by other methods
    findings : why the declared subtraction was not made, or warnings about it
    """

    points: Points
    leak_pA: FloatArray | None = None
    source: LeakSource | None = None
    g_nS: float | None = None
    e_mV: float | None = None
    known: OhmicLeak | None = None
    findings: tuple[Finding, ...] = ()
    curve: IVCurve | None = None

    def leak_at(self, v_mV: FloatArray, total: Points) -> FloatArray:
        """Leak that was subtracted at voltages (n,) [pA]; 0 if none was, NaN where the I–V with the blocker has none.

        total : the I–V before subtraction
        """
        if self.leak_pA is None:
            return np.zeros(v_mV.size)
        leak, ends = np.interp(v_mV, self.points.v_mV, self.leak_pA), self.points.v_mV[[0, -1]]
        if self.points.v_mV.size == total.v_mV.size:
            return leak
        beyond = np.maximum(ends[0] - v_mV, v_mV - ends[1])
        return np.where(beyond <= BLOCKER_VOLTAGE_TOLERANCE_mV, leak, np.nan)


def without_leak(
    points: Points, leak: Leak, known: OhmicLeak | None = None, blocked: Points | None = None
) -> Subtracted:
    """Subtract the declared leak, or that of the seal, from the points of an I–V.

    known : leak of known conductance, declared or of the seal
    blocked : the I–V of the same bath with the channel blocked
    """
    if leak.subtract == "linear" and leak.from_mV is not None and leak.to_mV is not None:
        return _linear(points, leak.from_mV, leak.to_mV)
    if leak.subtract == "blocker":
        return _difference(points, blocked, leak.blocker or "")
    if known is None:
        return Subtracted(points)
    current = known.current_pA(points.v_mV)
    rest = replace(points, i_pA=points.i_pA - current)
    return Subtracted(rest, current, known.source, known.g_nS, known.e_mV, known)


def by_sub_pulses(points: Points, rest: Points | None, findings: tuple[Finding, ...] = ()) -> Subtracted:
    """Points without the leak and charging current of their sub-pulses.

    rest : the I–V after that subtraction, None if no sub-pulses were found; findings : about it
    """
    if rest is None:
        return Subtracted(points, findings=(finding(Code.SUB_PULSES_MISSING),))
    leak = points.i_pA - rest.i_pA
    g, intercept = np.polyfit(points.v_mV, leak, 1)
    e_mV = float(-intercept / g) if g > 0 else None
    return Subtracted(rest, leak, LeakSource.SUB_PULSES, float(g), e_mV, findings=findings)


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
    # level and slope of the window have no error after subtraction: a fraction of the noise keeps the matrix regular
    covariance = operator @ _covariance(points) @ operator.T + LEAK_NOISE_FRACTION * np.diag(points.se_pA**2)
    leak = g * points.v_mV + intercept
    return Subtracted(_with(points, leak, covariance), leak, LeakSource.LINE, float(g), float(-intercept / g))


def _difference(points: Points, blocked: Points | None, condition: str) -> Subtracted:
    if blocked is None:
        return Subtracted(points, findings=(finding(Code.BLOCKED_RECORDING_MISSING, place=condition),))
    shared = (points.v_mV >= blocked.v_mV[0] - BLOCKER_EXTRAPOLATION_mV) & (
        points.v_mV <= blocked.v_mV[-1] + BLOCKER_EXTRAPOLATION_mV
    )
    at = np.flatnonzero(shared)
    if at.size < MIN_SHARED_VOLTAGES:
        missing = finding(Code.BLOCKED_VOLTAGES_MISSING, at.size, MIN_SHARED_VOLTAGES, place=condition)
        return Subtracted(points, findings=(missing,))
    covariance = _covariance(points)[np.ix_(at, at)]
    kept = replace(points, v_mV=points.v_mV[at], i_pA=points.i_pA[at], se_pA=points.se_pA[at])
    # points are paired by membrane potential, which differs slightly at one command because of R_s
    between = _interpolation(kept.v_mV, blocked.v_mV)
    leak = between @ blocked.i_pA
    rest = _with(kept, leak, covariance + between @ _covariance(blocked) @ between.T)
    return Subtracted(rest, leak, LeakSource.BLOCKER)


def _interpolation(at_mV: FloatArray, v_mV: FloatArray) -> FloatArray:
    """Matrix of linear interpolation from values at ``v_mV`` to values at ``at_mV``, shape (at, v)."""
    left = np.clip(np.searchsorted(v_mV, at_mV) - 1, 0, v_mV.size - 2)
    share = (at_mV - v_mV[left]) / (v_mV[left + 1] - v_mV[left])
    rows = np.arange(at_mV.size)
    weights = np.zeros((at_mV.size, v_mV.size))
    weights[rows, left], weights[rows, left + 1] = 1.0 - share, share
    return weights


def _is_a_line(residual: FloatArray) -> bool:
    """Whether standardised residuals of a line scatter like independent noise."""
    dof = residual.size - 2
    if dof >= 1 and normal_deviate(float(residual @ residual), dof) > ONE_SIDED_99:
        return False
    runs = runs_deviate(residual > 0) if residual.size >= MIN_RUNS_TEST_POINTS else None
    return runs is None or runs > -ONE_SIDED_99


def _covariance(points: Points) -> FloatArray:
    correlation = np.eye(points.v_mV.size) if points.correlation is None else points.correlation
    return np.asarray(correlation * np.outer(points.se_pA, points.se_pA))


def _with(points: Points, leak_pA: FloatArray, covariance: FloatArray) -> Points:
    se, correlation = separated(covariance, MIN_SE_pA)
    return replace(points, i_pA=points.i_pA - leak_pA, se_pA=se, correlation=correlation)
