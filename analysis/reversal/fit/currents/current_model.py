"""GHK current: permeabilities, gate and leak from the I-V curves of all baths at once.

The reversals use one point of each curve; this uses all of them, and so leans on the gate and the leak being right.
It stands beside the ratios from the reversals; where the two disagree, that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import (
    CURRENT_ABSOLUTE_COST,
    CURRENT_KEPT_STARTS,
    CURRENT_MIN_DAMPING,
    LOG_RATIO_DIFFERENCE,
    LOG_RATIO_PRIOR_SD,
    LOG_RATIO_PRIOR_WEIGHT,
    LOG_RATIO_STARTS,
    MAX_LOG_RATIO,
    MAX_LOG_RATIO_STEP,
    MIN_BATH_SIZE_RATIO,
    MIN_CURRENT_BATHS,
    MIN_JACKKNIFE_BATHS,
    MIN_POINTS_PER_BATH,
    FLATTEST_GATE_mV,
    GATE_DIFFERENCE_mV,
    GATE_SLOPE_STARTS_mV,
    HALF_ACTIVATION_STARTS_mV,
    MAX_HALF_ACTIVATION_mV,
    MAX_LEAK_REVERSAL_mV,
    STEEPEST_GATE_mV,
)
from reversal.physics.ghk_constant_field import ghk_current
from reversal.statistics.information_criteria import aicc, unknown_error_deviance
from reversal.statistics.least_squares import Descent, damped_step, levenberg_marquardt
from reversal.statistics.statistics_constants import MAX_EXPONENT, TWO_SIDED_95
from reversal.statistics.student_t import two_sided_quantile
from reversal.tables.iv_table import IVPoint


class Gating(Enum):
    """How the open probability depends on voltage: not, by a Boltzmann, or by one that does not close altogether."""

    NONE = "none"
    BOLTZMANN = "boltzmann"
    PARTIAL = "partial"

    @property
    def columns(self) -> int:
        """Number of parameters that are solved for at each step."""
        return {Gating.NONE: 1, Gating.BOLTZMANN: 3, Gating.PARTIAL: 4}[self]


@dataclass(frozen=True, slots=True)
class Currents:
    """Points of all baths of one condition, n of them.

    v_mV, i_pA, weight : (n,);  unit_pA : (n, ions) GHK current of each ion at a permeability of 1 µm³/s
    bath : (n,) number of the bath;  gated : whether an open probability multiplies (not for instantaneous tails)
    """

    v_mV: FloatArray
    i_pA: FloatArray
    weight: FloatArray
    unit_pA: FloatArray
    bath: np.ndarray
    gated: bool


@dataclass(frozen=True, slots=True)
class CurrentFit:
    """Fitted currents.

    log_ratios : of the free ions;  jackknife : (baths, ions) the same with each bath left out
    by_shift : (ions,) change of the log ratios when the junction is off by its standard deviation
    gate : half-activation and slope [mV], None where no gate was needed; then no leak is fitted either
    floor : open probability that no voltage closes, where one was needed
    """

    log_ratios: FloatArray
    p_reference_um3_per_s: float
    gate: tuple[float, float] | None
    floor: float | None
    leak_nS: float | None
    e_leak_mV: float | None
    rms_pA: float
    n_points: int
    jackknife: FloatArray
    by_shift: FloatArray


def currents_of(series: BathSeries, iv: Sequence[IVPoint], shift_mV: float = 0.0) -> Currents | None:
    """Usable points of the series' recordings, all moved by ``shift_mV``; None where fewer than two baths have some."""
    recordings = {row.recording: k for k, row in enumerate(series.rows)}
    points = [p for p in iv if p.recording in recordings and p.reason is None and p.v_membrane_mV is not None]
    points = [p for p in points if (p.experiment, p.condition) == (series.experiment, series.condition)]
    if not points:
        return None
    kinds = [p.kind for p in points]
    kind = max(set(kinds), key=lambda name: (kinds.count(name), name))
    points = [p for p in points if p.kind == kind]
    row = np.array([recordings[p.recording] for p in points])
    enough = np.flatnonzero(np.bincount(row, minlength=len(series.rows)) >= MIN_POINTS_PER_BATH)
    if len({series.rows[k].bath for k in enough}) < MIN_CURRENT_BATHS:
        return None
    keep = np.isin(row, enough)
    row, points = row[keep], [p for p, kept in zip(points, keep, strict=True) if kept]
    names = list(dict.fromkeys(series.rows[k].bath for k in row))
    v_mV = np.array([p.v_membrane_mV for p in points], dtype=float) + shift_mV
    i_pA = np.array([p.i_pA for p in points], dtype=float)
    bath = np.array([names.index(series.rows[k].bath) for k in row])
    return Currents(
        v_mV=v_mV,
        i_pA=i_pA,
        weight=_weights(i_pA, bath),
        unit_pA=ghk_current(
            v_mV[:, None], 1.0, series.out_mM[row], series.in_mM[row], series.z, series.temperature_C[row][:, None]
        ),
        bath=bath,
        gated=kind != "tail",
    )


def fit_currents(data: Currents, reference: int, free: Sequence[int], shifted: Currents | None = None) -> CurrentFit:
    """Fit with and without a gate, keep the better by AICc, then leave each bath out in turn.

    reference, free : columns of ``unit_pA``. Scale parameters (P, leak) are solved for at each step; the others need
    no start from the user, for a coarse grid gives it. ``shifted`` is the same with the junction error added once.
    """
    gates = list(Gating) if data.gated else [Gating.NONE]
    tries = [_best(data, reference, free, gating) for gating in gates]
    n = data.v_mV.size
    scores = [
        aicc(unknown_error_deviance(one.chi2, n), one.theta.size + g.columns, n)
        for one, g in zip(tries, gates, strict=True)
    ]
    chosen = int(np.argmin(scores))
    best, gating = tries[chosen], gates[chosen]
    left_out = [
        _refine(_without(data, int(number)), reference, free, gating, best.theta).theta[: len(free)]
        for number in np.unique(data.bath)
    ]
    residual, solved = _linear(data, reference, free, gating, best.theta)
    gated, floor, leak, constant = solved
    whole = gated + floor
    return CurrentFit(
        log_ratios=best.theta[: len(free)],
        p_reference_um3_per_s=whole,
        gate=(float(best.theta[-2]), float(best.theta[-1])) if gating is not Gating.NONE else None,
        floor=floor / whole if gating is Gating.PARTIAL and whole > 0 else None,
        leak_nS=leak if gating is not Gating.NONE else None,
        e_leak_mV=-constant / leak if abs(constant) < MAX_LEAK_REVERSAL_mV * leak else None,
        rms_pA=float(np.sqrt(np.mean((residual / data.weight) ** 2))),
        n_points=int(data.v_mV.size),
        jackknife=np.array(left_out),
        by_shift=np.zeros(len(free))
        if shifted is None
        else _refine(shifted, reference, free, gating, best.theta).theta[: len(free)] - best.theta[: len(free)],
    )


def jackknife_interval(fit: CurrentFit, position: int) -> tuple[float, float] | None:
    """95 % interval of one log ratio: from the fits without each of B ≥ 3 baths (Student's t with B − 1), the
    junction error, which no bath can show, added to it."""
    values, best = fit.jackknife[:, position], float(fit.log_ratios[position])
    count = values.size
    if count < MIN_JACKKNIFE_BATHS:
        return None
    se = float(np.sqrt((count - 1) / count * np.sum((values - values.mean()) ** 2)))
    reach = float(np.hypot(two_sided_quantile(count - 1) * se, TWO_SIDED_95 * fit.by_shift[position]))
    return best - reach, best + reach


@dataclass(frozen=True, slots=True)
class _Fit:
    theta: FloatArray
    chi2: float


def _weights(i_pA: FloatArray, bath: np.ndarray) -> FloatArray:
    """Each bath by its own size, so that the largest currents do not decide alone."""
    size = np.array([np.std(i_pA[bath == number]) for number in np.unique(bath)])
    floor = max(float(size.max()), 1e-12) * MIN_BATH_SIZE_RATIO
    return np.asarray(1 / np.maximum(size, floor)[bath])


def _without(data: Currents, number: int) -> Currents:
    keep = data.bath != number
    return Currents(
        data.v_mV[keep], data.i_pA[keep], data.weight[keep], data.unit_pA[keep], data.bath[keep], data.gated
    )


def _linear(
    data: Currents, reference: int, free: Sequence[int], gating: Gating, theta: FloatArray
) -> tuple[FloatArray, tuple[float, float, float, float]]:
    """Weighted residuals, and what suits the other parameters best: P behind the gate, P that no voltage closes,
    leak conductance, leak constant.

    Where no gate closes, an ohmic leak cannot be told from a permeability without preference: none is fitted.
    """
    ratios = np.exp(np.clip(theta[: len(free)], -MAX_LOG_RATIO, MAX_LOG_RATIO))
    through = data.unit_pA[:, reference] + data.unit_pA[:, list(free)] @ ratios
    if gating is Gating.NONE:
        columns = through[:, None]
    else:
        opened = 1 / (1 + np.exp(np.clip((theta[-2] - data.v_mV) / theta[-1], -MAX_EXPONENT, MAX_EXPONENT)))
        always = [through] if gating is Gating.PARTIAL else []
        columns = np.stack([opened * through, *always, data.v_mV, np.ones_like(through)], axis=1)
    columns = columns * data.weight[:, None]
    target = data.i_pA * data.weight
    answer = _not_negative(columns, target, signed=gating is not Gating.NONE)
    solved = [float(value) for value in answer]
    if gating is Gating.NONE:
        solved = [0.0, *solved, 0.0, 0.0]
    if gating is Gating.BOLTZMANN:
        solved.insert(1, 0.0)
    return columns @ answer - target, (solved[0], solved[1], solved[2], solved[3])


def _not_negative(columns: FloatArray, target: FloatArray, signed: bool) -> FloatArray:
    """Least squares in which neither channel nor leak conducts backwards; the last coefficient may have any sign
    where ``signed``, and goes with the leak."""
    size = np.linalg.norm(columns, axis=0) + 1e-300
    keep = np.ones(columns.shape[1], dtype=bool)
    answer = np.zeros(columns.shape[1])
    while keep.any():
        answer[:] = 0.0
        answer[keep] = np.linalg.lstsq(columns[:, keep] / size[keep], target, rcond=1e-10)[0] / size[keep]
        bound = answer[:-1] if signed else answer
        if (bound >= 0).all():
            break
        worst = int(np.argmin(bound * size[: bound.size]))
        keep[worst] = False
        if signed and worst == bound.size - 1:
            keep[-1] = False
    answer[~keep] = 0.0  # also where no column is left
    return answer


def _best(data: Currents, reference: int, free: Sequence[int], gating: Gating) -> _Fit:
    """The best of a grid of starts, refined."""
    ratios = np.stack(np.meshgrid(*[LOG_RATIO_STARTS] * len(free), indexing="ij"), axis=-1).reshape(-1, len(free))
    gates = (
        [[h, s] for h in HALF_ACTIVATION_STARTS_mV for s in GATE_SLOPE_STARTS_mV] if gating is not Gating.NONE else [[]]
    )
    starts = [np.concatenate([r, g]) for r in ratios for g in gates]
    coarse = [float(np.sum(_residual(data, reference, free, gating, start) ** 2)) for start in starts]
    chosen = [starts[k] for k in np.argsort(coarse)[:CURRENT_KEPT_STARTS]]
    fits = [_refine(data, reference, free, gating, start) for start in chosen]
    return min(fits, key=lambda fit: fit.chi2)


def _residual(data: Currents, reference: int, free: Sequence[int], gating: Gating, theta: FloatArray) -> FloatArray:
    residual, _ = _linear(data, reference, free, gating, theta)
    prior = LOG_RATIO_PRIOR_WEIGHT * theta[: len(free)] / LOG_RATIO_PRIOR_SD
    return np.append(residual, prior)


def _refine(data: Currents, reference: int, free: Sequence[int], gating: Gating, start: FloatArray) -> _Fit:
    """Levenberg–Marquardt on the parameters that do not enter linearly."""
    step_sizes = np.array(
        [LOG_RATIO_DIFFERENCE] * len(free) + ([GATE_DIFFERENCE_mV] * 2 if gating is not Gating.NONE else [])
    )

    def residual(theta: FloatArray) -> FloatArray:
        return _residual(data, reference, free, gating, theta)

    def cost(thetas: FloatArray) -> FloatArray:
        return np.array([float(left @ left) for left in map(residual, thetas)])

    def step(thetas: FloatArray, damping: FloatArray) -> FloatArray:
        theta = thetas[0]
        left = residual(theta)
        shifted = [
            (residual(theta + h * unit) - left) / h for h, unit in zip(step_sizes, np.eye(theta.size), strict=True)
        ]
        jacobian = np.stack(shifted, axis=1)
        down = damped_step((jacobian.T @ jacobian)[None], (jacobian.T @ left)[None], damping)[0]
        return _inside(theta - down, theta, len(free), gating)[None]

    descent = Descent(least_damping=CURRENT_MIN_DAMPING, absolute=CURRENT_ABSOLUTE_COST)
    found = levenberg_marquardt(cost, step, start[None], descent)
    return _Fit(found.theta[0], float(found.chi2[0]))


def _inside(trial: FloatArray, theta: FloatArray, ions: int, gating: Gating) -> FloatArray:
    """Keep a step from leaving the range in which the parameters mean anything."""
    nearest = np.clip(trial[:ions], theta[:ions] - MAX_LOG_RATIO_STEP, theta[:ions] + MAX_LOG_RATIO_STEP)
    trial[:ions] = np.clip(nearest, -MAX_LOG_RATIO, MAX_LOG_RATIO)
    if gating is not Gating.NONE:
        trial[-2] = np.clip(trial[-2], -MAX_HALF_ACTIVATION_mV, MAX_HALF_ACTIVATION_mV)
        trial[-1] = np.sign(theta[-1]) * np.clip(abs(trial[-1]), STEEPEST_GATE_mV, FLATTEST_GATE_mV)
    return trial
