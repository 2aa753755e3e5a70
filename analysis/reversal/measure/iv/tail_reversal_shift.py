"""Whether the reversal potential of the tails moves while they decay.

At a constant voltage, gates change the size of a current and not the potential at which it is zero. Leak has no effect,
because the current at the end of the window is subtracted. So the decaying current of every stretch of a tail is zero
at the same potential. There are three exceptions: ions that the conditioning step carried out still leave a space at
the membrane, charging current remains, or two channels with different reversal potentials decay. Charging current that
is found in the tails is left out.

The I–V of each stretch is compared with the mean one. The ratio of the two is a smooth function of voltage without a
zero, exp(a + b·x + c·x²). A shift of the reversal potential is a separate term.
Source of the accumulation: Frankenhaeuser & Hodgkin, J. Physiol. 131:341 (1956).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import (
    MIN_SHIFT_LEVELS,
    MIN_STRETCH_SIZE,
    MIN_STRETCHES,
    RATIO_ORDERS,
    TAIL_END_DIVISOR,
    TAIL_STRETCHES,
    TRANSIENT_MIDDLE_BLANKS,
    MAX_SHIFT_SE_mV,
    SHIFT_POLE_mV,
    SHIFT_REACH_mV,
    SHIFT_SCALE_mV,
)
from reversal.measure.iv.rising_zeros import rising_zeros
from reversal.measure.iv.tail_currents import Noise, transient_remains
from reversal.measure.protocol.protocol_constants import LEVEL_DECIMALS
from reversal.statistics.least_squares import Linearised, levenberg_marquardt, linearised
from reversal.statistics.row_parts import Rows, by_row, columns
from reversal.statistics.statistics_constants import MAX_EXPONENT


@dataclass(frozen=True, slots=True)
class ReversalShift:
    """Change of the reversal potential from the first to the last stretch of the tails, and its standard error [mV].

    seen : part of a shift that disappears with the slowest exchange of a narrow space, as far as it does so between
        these stretches
    """

    mV: float
    se_mV: float
    seen: float


@dataclass(frozen=True, slots=True)
class TailDecay:
    """Results from the decaying part of tails alone, without an extrapolation to the step.

    early_pA, early_se_pA : current at the start of each window less the one at its end, (sweeps,)
    shift : of the reversal potential during the decay; None if the tails do not show it
    """

    early_pA: FloatArray
    early_se_pA: FloatArray
    shift: ReversalShift | None


def tail_decay(
    samples: Rows, level_mV: FloatArray, first: int, noise: Noise, slow_pA2: float, exchange: float
) -> TailDecay:
    """Measure the decay of tails; arguments as for :func:`reversal_shift`.

    noise : of the samples
    """
    count, last = min(max(first, 1), samples.shape[1]), max(samples.shape[1] // TAIL_END_DIVISOR, 1)
    variance_pA2 = noise.variance * noise.inflation
    early = by_row(lambda rows: rows[:, :count].mean(1) - rows[:, -last:].mean(1), samples)
    se = np.sqrt(variance_pA2 * (1.0 / count + 1.0 / last) + 2.0 * slow_pA2)
    start = _charged(samples, level_mV, first, noise)
    later = columns(samples, slice(start, None))
    shift = reversal_shift(later, level_mV, first + start, variance_pA2, slow_pA2, exchange)
    return TailDecay(early, np.full(early.size, se), shift)


def _charged(samples: Rows, level_mV: FloatArray, first: int, noise: Noise) -> int:
    """First sample without charging current: it does not reverse where a channel does, and changes the early zeros."""
    remains = transient_remains(samples, level_mV, first, noise)
    return (TRANSIENT_MIDDLE_BLANKS - 1) * max(first, 1) if remains else 0


def reversal_shift(
    samples: Rows, level_mV: FloatArray, first: int, variance_pA2: float, slow_pA2: float, exchange: float
) -> ReversalShift | None:
    """Shift of the reversal potential of the decaying current; None if the tails do not show it.

    samples : (sweeps, n); the first of them is ``first`` samples after the step
    level_mV : command of each sweep, (sweeps,)
    variance_pA2 : variance of a mean times its number of samples; slow_pA2 : variance of slow drift
    exchange : time constant of the slowest exchange of a narrow space, in samples
    """
    stretches = _stretches(samples, level_mV, first, variance_pA2, slow_pA2)
    near = _near_reversal(stretches)
    if near is None:
        return None
    v, bins = stretches.level_mV[near], _of_clear_size(stretches, near)
    if bins.size < MIN_STRETCHES:
        return None
    width = stretches.width[bins]
    mean = width @ stretches.i_pA[np.ix_(bins, near)] / width.sum()
    _, zeros = rising_zeros(v, mean)
    if zeros.size != 1:
        return None
    shifts = _shifts(v - zeros[0], mean, stretches.i_pA[np.ix_(bins, near)], stretches.se_pA[np.ix_(bins, near)])
    return _trend(stretches.middle[bins], shifts, exchange)


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Decaying current by stretch and level: level_mV (levels,), middle and width in samples (stretches,)."""

    level_mV: FloatArray
    middle: FloatArray
    width: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray


def _stretches(samples: Rows, level_mV: FloatArray, first: int, variance_pA2: float, slow_pA2: float) -> _Stretches:
    """Means over stretches of increasing length, less the current at the end; (stretches, levels)."""
    levels, group = np.unique(np.round(level_mV, LEVEL_DECIMALS), return_inverse=True)
    repeats = np.bincount(group)
    last = max(samples.shape[1] // TAIL_END_DIVISOR, 1)
    length = samples.shape[1] - last
    edges = np.geomspace(max(first, 1), max(first, 1) + length, TAIL_STRETCHES + 1).astype(np.intp) - max(first, 1)
    edges = np.unique(np.clip(edges, 0, length))
    width = np.diff(edges).astype(float)
    decaying = by_row(
        lambda rows: (
            np.add.reduceat(rows[:, :length], edges[:-1], axis=1) / width - rows[:, -last:].mean(1, keepdims=True)
        ),
        samples,
    )
    means = (group == np.arange(levels.size)[:, None]) @ decaying / repeats[:, None]
    variance = variance_pA2 * (1.0 / width[:, None] + 1.0 / last) + 2.0 * slow_pA2
    return _Stretches(levels, first + edges[:-1] + width / 2, width, means.T, np.sqrt(variance / repeats))


def _near_reversal(stretches: _Stretches) -> NDArray[np.intp] | None:
    """Levels around the zero of the first stretch where its current has the sign of the driving force."""
    v, i, se = stretches.level_mV, stretches.i_pA[0], stretches.se_pA[0]
    rises, zeros = rising_zeros(v, i)
    if not rises.size:
        return None
    clear = np.minimum(np.abs(i[rises]) / se[rises], np.abs(i[rises + 1]) / se[rises + 1])
    at, away = int(rises[np.argmax(clear)]), v - zeros[np.argmax(clear)]
    wrong = np.flatnonzero((i * away <= 0) & (np.abs(away) >= SHIFT_POLE_mV))
    low, high = wrong[wrong < at].max(initial=-1), wrong[wrong > at + 1].min(initial=v.size)
    order = np.argsort(np.abs(away), kind="stable")
    order = order[(order > low) & (order < high)]
    near = np.sort(order[: max(int(np.sum(np.abs(away[order]) <= SHIFT_REACH_mV)), MIN_SHIFT_LEVELS)])
    return near if near.size >= MIN_SHIFT_LEVELS - 1 and away[near[0]] < 0 < away[near[-1]] else None


def _of_clear_size(stretches: _Stretches, near: NDArray[np.intp]) -> NDArray[np.intp]:
    """Stretches in which enough of the current of the first one remains on both sides of the reversal.

    Where one side has decayed and the other has not, the ratio depends so much on voltage that it is no parabola.
    """
    i = stretches.i_pA[:, near]
    sides = [i * np.where(side, i[0], 0.0) for side in (i[0] < 0, i[0] >= 0)]
    remaining = [side.sum(1) > MIN_STRETCH_SIZE * side[0].sum() for side in sides]
    return np.flatnonzero(np.all(remaining, axis=0))


@dataclass(frozen=True, slots=True)
class _Shifts:
    """Shift of each stretch from the mean one and its standard error, (stretches,) [mV]."""

    mV: FloatArray
    se_mV: FloatArray


def _shifts(away_mV: FloatArray, mean_pA: FloatArray, i_pA: FloatArray, se_pA: FloatArray) -> _Shifts:
    """Shift of the zero of each row of currents (stretches, levels) from that of their mean (levels,)."""
    # conductance at each level; near the zero, from the neighbouring levels
    far = np.abs(away_mV) >= SHIFT_POLE_mV
    g_nS = np.exp(np.interp(away_mV, away_mV[far], np.log(np.maximum(mean_pA[far] / away_mV[far], 1e-12))))
    orders = RATIO_ORDERS if away_mV.size >= MIN_SHIFT_LEVELS else RATIO_ORDERS - 1
    powers = (away_mV / SHIFT_SCALE_mV)[:, None] ** np.arange(orders)

    def linearise(theta: FloatArray) -> Linearised:
        ratio = np.exp(np.clip(theta[:, :-1] @ powers.T, -MAX_EXPONENT, MAX_EXPONENT))
        fit = ratio * (mean_pA - theta[:, -1:] * g_nS)
        slopes = np.concatenate([fit[..., None] * powers, (-ratio * g_nS)[..., None]], axis=2)
        return linearised((i_pA - fit) / se_pA, slopes / se_pA[..., None])

    start = np.zeros((i_pA.shape[0], orders + 1))
    start[:, 0] = np.log(np.maximum(i_pA @ mean_pA / (mean_pA @ mean_pA), 1e-6))
    best = levenberg_marquardt(linearise, start)
    covariance = np.linalg.pinv(linearise(best.theta).square)
    scale = np.maximum(best.chi2 / max(away_mV.size - orders - 1, 1), 1.0)  # where no ratio is smooth enough
    return _Shifts(best.theta[:, -1], np.sqrt(covariance[:, -1, -1] * scale))


def _trend(middle: FloatArray, shifts: _Shifts, exchange: float) -> ReversalShift | None:
    """Change of the shifts from the first to the last stretch that is known well enough."""
    known = shifts.se_mV < MAX_SHIFT_SE_mV
    if np.count_nonzero(known) < MIN_STRETCHES:
        return None
    t, weight = middle[known], 1.0 / shifts.se_mV[known] ** 2
    seen = float(np.exp(-t[0] / exchange) - np.exp(-t[-1] / exchange))
    t = (t - t[0]) / (t[-1] - t[0])
    centred = t - weight @ t / weight.sum()
    power = float(weight @ centred**2)
    return ReversalShift(float((weight * centred) @ shifts.mV[known] / power), float(1.0 / np.sqrt(power)), seen)
