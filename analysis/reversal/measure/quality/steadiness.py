"""Steadiness of a recording: drift of holding current and E_rev, jumps, settling, hysteresis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points, points_of, slope_nS
from reversal.measure.membrane.membrane_constants import MIN_TREND_SWEEPS
from reversal.measure.protocol.protocol_constants import LEVEL_DECIMALS
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.quality_constants import (
    HALF_WINDOW,
    LINE_VARIANCE_DIVISOR,
    MAX_RELAXATION_RATIO,
    MIN_HOLDING_SAMPLES,
    MIN_JUMP_SWEEPS,
    MIN_REPEAT_WEIGHT,
    MIN_SETTLING_POINTS,
    REPEAT_WEIGHT_REACH,
    JUMP_REACH_mV,
    REPEAT_REACH_mV,
)
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.statistics.robust_weights import standard_deviation_of
from reversal.statistics.statistics_constants import DETECTION_SE
from reversal.statistics.trend import trend_of


def holding_drift_mV(sweeps: Sweeps, used: Subtracted, reversal: Reversal) -> float | None:
    """Drift of the holding current as the shift of E_rev by the same current at all voltages; None without a drift."""
    drift = holding_drift_pA(sweeps)
    if drift is None or reversal.estimate is None:
        return None
    slope = slope_nS(used.points, reversal.estimate.e_mV)
    return -drift / slope if slope > 0 else None


def holding_drift_pA(sweeps: Sweeps) -> float | None:
    """Change of the holding current from the first to the last sweep by its trend; None if not significant."""
    holding = _holding_pA(sweeps)
    return None if holding is None else _clear_trend(holding)


def jump_mV(sweeps: Sweeps, curve: IVCurve, v_mV: FloatArray, e_mV: float) -> float | None:
    """Largest jump of a family between two sweeps, as the equivalent shift of E_rev; None without one.

    Gating can make an I–V steep but does not change the holding current: both have to jump between the same sweeps, and
    near E_rev.

    v_mV : membrane potential of each point of the curve, (points,)
    """
    holding = _holding_pA(sweeps)
    if holding is None or curve.sweep.size < MIN_JUMP_SWEEPS or np.any(np.diff(curve.sweep) != 1):
        return None
    steps = np.diff(holding[curve.sweep])
    at = int(np.argmax(np.abs(steps)))
    if abs(steps[at]) <= DETECTION_SE * standard_deviation_of(steps) or not 0 < at < steps.size - 1:
        return None
    between = np.diff(v_mV)
    if np.any(np.sign(between) != np.sign(between[0])) or np.abs(v_mV[at : at + 2] - e_mV).min() > JUMP_REACH_mV:
        return None
    slope = np.diff(curve.i_pA) / between
    jumps = (slope[1:-1] - 0.5 * (slope[:-2] + slope[2:])) * between[1:-1]  # in excess of the slopes of the neighbours
    here = float(np.interp(e_mV, *_ascending(0.5 * (v_mV[1:] + v_mV[:-1]), slope)))
    if here <= 0 or abs(jumps[at - 1]) <= DETECTION_SE * float(np.median(np.abs(jumps))):
        return None
    return float(-jumps[at - 1] / here)


def _ascending(v_mV: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    order = np.argsort(v_mV)
    return v_mV[order], values[order]


def _holding_pA(sweeps: Sweeps) -> FloatArray | None:
    """Mean current at the start of each sweep, (sweeps,); None with few sweeps or without a common start."""
    flats = sweeps.flats
    if sweeps.count < MIN_TREND_SWEEPS or not flats or flats[0].stop - flats[0].start < MIN_HOLDING_SAMPLES:
        return None
    return sweeps.means(flats[0].start, flats[0].stop)


def reversal_drift_mV(curve: IVCurve, v_mV: FloatArray, e_mV: float) -> float | None:
    """Change of E_rev from the first to the last repeat of a ramp or a family; None if not significant.

    If the current near E_rev is larger by ΔI in one repeat, its E_rev is lower by ΔI/slope. Points on both sides have
    equal weight: run-down of the conductance, which rotates the I–V about E_rev, has no effect.

    v_mV : membrane potential of each point of the curve, (points,)
    """
    repeats = _repeats(curve, v_mV)
    if repeats is None:
        return None
    v, currents = repeats
    away = np.abs(v - e_mV)
    reach = max(REPEAT_REACH_mV, float(np.sort(away)[1]))
    near = np.flatnonzero(away <= reach)
    if near.size < 2 or not v[near].min() < e_mV < v[near].max():
        return None
    slope = np.polyfit(v[near] - e_mV, currents.mean(0)[near], 1)[0]
    if slope <= 0:
        return None
    weight = np.maximum(1.0 - away[near] / (REPEAT_WEIGHT_REACH * reach), MIN_REPEAT_WEIGHT)
    moved = -(currents[:, near] - currents[:, near].mean(0)) @ weight / weight.sum() / slope
    return _clear_trend(moved)


def settling_mV(curve: IVCurve, v_mV: FloatArray, used: Points, e_mV: float) -> float | None:
    """Shift of E_rev of a steady family from the middle of its windows to steady state; None if not significant.

    With one time constant, the change from stretch to stretch has a constant ratio, and the remaining change is the
    rest of that geometric series (Aitken's extrapolation). It is accurate to about a factor of two, because the I–V is
    not linear. Without a stretch before the windows, only the change within them counts.

    v_mV : membrane potential of each point of the curve, (points,); used : the I–V that E_rev is read from
    """
    if curve.trend_pA is None or curve.trend_se_pA is None:
        return None
    trend = points_of(v_mV, replace(curve, i_pA=curve.trend_pA, se_pA=curve.trend_se_pA, correlation=None))
    if trend.v_mV.size < MIN_SETTLING_POINTS:
        return None
    near = np.argsort(np.abs(trend.v_mV - e_mV))[:MIN_SETTLING_POINTS]

    def at_reversal(points: Points) -> float:
        return float(np.polyfit(points.v_mV[near] - e_mV, points.i_pA[near], 1)[1])

    change, error = at_reversal(trend), float(np.sqrt(np.mean(trend.se_pA[near] ** 2) / LINE_VARIANCE_DIVISOR))
    slope = slope_nS(used, e_mV)
    if slope <= 0 or abs(change) <= DETECTION_SE * error:
        return None
    remaining = HALF_WINDOW * change
    if curve.change_before_pA is not None:
        before = at_reversal(points_of(v_mV, replace(curve, i_pA=curve.change_before_pA, correlation=None)))
        ratio = float(np.clip(change / before, 0.0, MAX_RELAXATION_RATIO)) if before else 0.0
        remaining += change * ratio / (1.0 - ratio)
    return -remaining / slope


def hysteresis_mV(curve: IVCurve, v_mV: FloatArray, e_mV: float) -> float | None:
    """Difference of E_rev between forward and return ramp that charging current and delay do not explain.

    Charging current differs by a constant between the directions, and a delay by a multiple of the slope; the remaining
    difference is due to gates slower than the ramp. None for a ramp in one direction.

    v_mV : membrane potential of each point of the curve, (points,)
    """
    if curve.half_difference_pA is None:
        return None
    slope = np.gradient(curve.i_pA, v_mV)
    design = np.stack([np.ones_like(slope), slope / np.abs(slope).max()], axis=1)
    rest = curve.half_difference_pA - design @ np.linalg.lstsq(design, curve.half_difference_pA, rcond=None)[0]
    order = np.argsort(v_mV)
    at, here = (float(np.interp(e_mV, v_mV[order], values[order])) for values in (rest, slope))
    return -2.0 * at / here if here > 0 else None


def _clear_trend(values: FloatArray) -> float | None:
    """Change from the first to the last value by their trend; None if not significant."""
    trend = trend_of(values)
    return trend.change if trend.stands_out(DETECTION_SE) else None


def _repeats(curve: IVCurve, v_mV: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Voltages (points,) and currents of every repeat (repeats, points); None with fewer than four repeats.

    A family is repeated if every level occurs equally often; the n-th occurrence belongs to the n-th repeat.
    """
    if curve.by_sweep_pA is not None:
        return (v_mV, curve.by_sweep_pA) if curve.by_sweep_pA.shape[0] >= MIN_TREND_SWEEPS else None
    levels, group = np.unique(np.round(curve.v_command_mV, LEVEL_DECIMALS), return_inverse=True)
    count = np.bincount(group)
    if count.min() < MIN_TREND_SWEEPS or count.min() != count.max():
        return None
    rows = np.stack([np.flatnonzero(group == n) for n in range(levels.size)], axis=1)
    return v_mV[rows].mean(0), curve.i_pA[rows]
