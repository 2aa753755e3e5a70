"""What a recording says of its own steadiness: drift of holding current and of E_rev, hum, clipped samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points, points_of, slope_nS
from reversal.measure.protocol.shared_epochs import common_flats, stack
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.recordings.recording import Recording
from reversal.statistics.polynomials import without_polynomial
from reversal.statistics.robust_weights import standard_deviation_of
from reversal.statistics.trend import trend_of

MAINS_Hz = (50.0, 60.0)
LONGEST = 32768  # samples that tell a hum; more tell it no better
CLEAR = 4.0  # standard errors from which a drift is one
LEAST_REPEATS = 4
REACH_mV = 60.0  # a jump farther from E_rev is another matter
LEAST_JUMPED = 6  # sweeps of a family in which a jump can be told
LARGEST_RATIO = 0.9  # of two changes in a row; a slower relaxation is told as at least that far from its end
ASIDE_mV = 15.0  # points nearer to E_rev tell its drift


@dataclass(frozen=True, slots=True)
class Hum:
    """The stronger mains frequency and its amplitude."""

    frequency_Hz: float
    amplitude_pA: float


def holding_drift_mV(recording: Recording, used: Subtracted, reversal: Reversal) -> float | None:
    """Drift of the holding current as the shift of E_rev by the same current at all voltages; None without a drift."""
    drift = holding_drift_pA(recording)
    if drift is None or reversal.estimate is None:
        return None
    slope = slope_nS(used.points, reversal.estimate.e_mV)
    return -drift / slope if slope > 0 else None


def holding_drift_pA(recording: Recording) -> float | None:
    """Change of the holding current from first to last sweep by its trend; None where it cannot be told from noise."""
    holding = _holding_pA(recording)
    return None if holding is None else _clear_trend(holding)


def jump_mV(recording: Recording, curve: IVCurve, v_mV: FloatArray, e_mV: float) -> float | None:
    """Largest jump of a family between two sweeps, as the shift of E_rev that would make it; None where there is none.

    A gate may make an I–V steep, but it leaves the holding current as it was: both have to jump between the same
    sweeps, and that not far from E_rev.

    v_mV : membrane potential of each point of the curve, (points,)
    """
    holding = _holding_pA(recording)
    if holding is None or curve.sweep.size < LEAST_JUMPED or np.any(np.diff(curve.sweep) != 1):
        return None
    steps = np.diff(holding[curve.sweep])
    at = int(np.argmax(np.abs(steps)))
    if abs(steps[at]) <= CLEAR * standard_deviation_of(steps) or not 0 < at < steps.size - 1:
        return None
    between = np.diff(v_mV)
    if np.any(np.sign(between) != np.sign(between[0])) or np.abs(v_mV[at : at + 2] - e_mV).min() > REACH_mV:
        return None
    slope = np.diff(curve.i_pA) / between
    jumps = (slope[1:-1] - 0.5 * (slope[:-2] + slope[2:])) * between[1:-1]  # beyond what the neighbours go on to
    here = float(np.interp(e_mV, *_ascending(0.5 * (v_mV[1:] + v_mV[:-1]), slope)))
    if here <= 0 or abs(jumps[at - 1]) <= CLEAR * float(np.median(np.abs(jumps))):
        return None
    return float(-jumps[at - 1] / here)


def _ascending(v_mV: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    order = np.argsort(v_mV)
    return v_mV[order], values[order]


def _holding_pA(recording: Recording) -> FloatArray | None:
    """Mean current at the begin of each sweep, (sweeps,); None where sweeps are few or share no begin."""
    flats, sweeps = common_flats(recording), len(recording.sweeps)
    if sweeps < 4 or not flats or flats[0].stop - flats[0].start < 8:
        return None
    rows = stack(recording, range(sweeps), np.full(sweeps, flats[0].start), flats[0].stop - flats[0].start)
    return np.asarray(rows.mean(1))


def reversal_drift_mV(curve: IVCurve, v_mV: FloatArray, e_mV: float) -> float | None:
    """Change of E_rev from the first to the last repeat of a ramp or a family; None where noise may make it.

    Near E_rev a current that is larger by r in one repeat reverses r over slope lower. Points on both sides are taken
    alike, so that a conductance that runs down, which turns the I–V about E_rev, moves nothing.

    v_mV : membrane potential of each point of the curve, (points,)
    """
    repeats = _repeats(curve, v_mV)
    if repeats is None:
        return None
    v, currents = repeats
    away = np.abs(v - e_mV)
    reach = max(ASIDE_mV, float(np.sort(away)[1]))
    near = np.flatnonzero(away <= reach)
    if near.size < 2 or not v[near].min() < e_mV < v[near].max():
        return None
    slope = np.polyfit(v[near] - e_mV, currents.mean(0)[near], 1)[0]
    if slope <= 0:
        return None
    aside = np.maximum(1.0 - away[near] / (2.0 * reach), 0.1)
    moved = -(currents[:, near] - currents[:, near].mean(0)) @ aside / aside.sum() / slope
    return _clear_trend(moved)


def settling_mV(curve: IVCurve, v_mV: FloatArray, used: Points, e_mV: float) -> float | None:
    """How far E_rev of a steady family still has to go from the middle of its windows; None where noise may make it.

    What relaxes with one time constant changes from stretch to stretch by one ratio, and what is still to come is the
    rest of that series (Aitken's extrapolation). It is right to about a factor of two, for the I–V bends on the way.
    Without a stretch before the windows only their own change is told.

    v_mV : membrane potential of each point of the curve, (points,); used : the I–V that E_rev is read from
    """
    if curve.trend_pA is None or curve.trend_se_pA is None:
        return None
    trend = points_of(v_mV, replace(curve, i_pA=curve.trend_pA, se_pA=curve.trend_se_pA, correlation=None))
    if trend.v_mV.size < 4:
        return None
    near = np.argsort(np.abs(trend.v_mV - e_mV))[:4]

    def at_reversal(points: Points) -> float:
        return float(np.polyfit(points.v_mV[near] - e_mV, points.i_pA[near], 1)[1])

    change, error = at_reversal(trend), float(np.sqrt(np.mean(trend.se_pA[near] ** 2) / 2.0))
    slope = slope_nS(used, e_mV)
    if slope <= 0 or abs(change) <= CLEAR * error:
        return None
    to_come = 0.5 * change
    if curve.before_pA is not None:
        before = at_reversal(points_of(v_mV, replace(curve, i_pA=curve.before_pA, correlation=None)))
        ratio = float(np.clip(change / before, 0.0, LARGEST_RATIO)) if before else 0.0
        to_come += change * ratio / (1.0 - ratio)
    return -to_come / slope


def hysteresis_mV(curve: IVCurve, v_mV: FloatArray, e_mV: float) -> float | None:
    """Half the distance between the reversals of a ramp's two ways that charging and lag of the clamp do not explain.

    Charging differs by a constant between the ways and a lag by a multiple of the slope; what is left is gates that
    the ramp is too fast for. None with one way alone.

    v_mV : membrane potential of each point of the curve, (points,)
    """
    if curve.half_apart_pA is None:
        return None
    slope = np.gradient(curve.i_pA, v_mV)
    design = np.stack([np.ones_like(slope), slope / np.abs(slope).max()], axis=1)
    left = curve.half_apart_pA - design @ np.linalg.lstsq(design, curve.half_apart_pA, rcond=None)[0]
    order = np.argsort(v_mV)
    at, here = (float(np.interp(e_mV, v_mV[order], values[order])) for values in (left, slope))
    return -at / here if here > 0 else None


def mains_hum(recording: Recording) -> Hum | None:
    """Amplitude of 50 and 60 Hz in the quiet begin of the sweeps; None where that is shorter than a period of either.

    What all sweeps share is taken off first, then a level and a slope of each: a step has every frequency in it. The
    amplitude that broad-band noise has at the frequency by itself, from the neighbouring ones, is taken off its square.
    """
    flats, sweeps = common_flats(recording), len(recording.sweeps)
    rate = recording.sample_rate_Hz
    if sweeps < 3 or not flats or flats[-1].stop - flats[0].start < rate / min(MAINS_Hz):
        return None
    length = min(flats[-1].stop - flats[0].start, LONGEST)
    rows = stack(recording, range(sweeps), np.full(sweeps, flats[0].start), length)
    rows = (rows - rows.mean(0)) * np.sqrt(sweeps / (sweeps - 1))
    rows = without_polynomial(rows, 1)
    found = [Hum(frequency, size) for frequency, size in zip(MAINS_Hz, _amplitudes(rows, rate), strict=True)]
    return max(found, key=lambda hum: hum.amplitude_pA)


def saturated_samples(recording: Recording, curve: IVCurve) -> int | None:
    """Samples of the measured windows that lie at the digitiser's limit; None where that is not known."""
    limit = recording.digitiser_limit_pA
    if limit is None:
        return None
    per_ms = recording.sample_rate_Hz / 1000.0
    count = 0
    for sweep, (start, stop) in zip(curve.sweep.tolist(), curve.window_ms.tolist(), strict=True):
        samples = recording.sweeps[sweep].i_pA[round(start * per_ms) : round(stop * per_ms)]
        count += int(np.count_nonzero(np.abs(samples) >= 0.999 * limit))
    return count


def _clear_trend(values: FloatArray) -> float | None:
    """Change from the first to the last value by their trend; None where their scatter may make it."""
    trend = trend_of(values)
    return trend.change if trend.stands_out(CLEAR) else None


def _repeats(curve: IVCurve, v_mV: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Voltages (points,) and currents of every repeat (repeats, points); None with fewer than four repeats.

    A family is repeated where every level comes equally often; its n-th occurrence belongs to the n-th repeat.
    """
    if curve.by_sweep_pA is not None:
        return (v_mV, curve.by_sweep_pA) if curve.by_sweep_pA.shape[0] >= LEAST_REPEATS else None
    levels, group = np.unique(np.round(curve.v_command_mV, 3), return_inverse=True)
    count = np.bincount(group)
    if count.min() < LEAST_REPEATS or count.min() != count.max():
        return None
    rows = np.stack([np.flatnonzero(group == n) for n in range(levels.size)], axis=1)
    return v_mV[rows].mean(0), curve.i_pA[rows]


@lru_cache(maxsize=16)
def _waves(length: int, rate_Hz: float) -> NDArray[np.complex128]:
    """Waves of the mains and of two frequencies above each, to project on; shape (length, mains · 3)."""
    apart = 2.0 * rate_Hz / length
    frequencies = np.array([mains + off * apart for mains in MAINS_Hz for off in (0.0, 1.0, 1.5)])
    return np.asarray(2.0 / length * np.exp(-2j * np.pi * np.arange(length)[:, None] / rate_Hz * frequencies))


def _amplitudes(rows: FloatArray, rate_Hz: float) -> list[float]:
    """Amplitude of each mains frequency less that of the noise around it."""
    power = (np.abs(rows @ _waves(rows.shape[1], rate_Hz)) ** 2).mean(0).reshape(len(MAINS_Hz), 3)
    return [float(np.sqrt(max(at - min(around), 0.0))) for at, *around in power.tolist()]
