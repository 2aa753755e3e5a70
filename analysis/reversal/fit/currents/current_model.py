"""GHK currents with a Boltzmann gate and an ohmic leak, fitted to the I–V curves of all baths at once.

A reversal potential uses one point of each I–V curve. This fit uses all points, so it depends on the models of gate and
leak. Its ratios are reported with those from the reversal potentials, and a finding reports any disagreement.
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
    """Voltage dependence of the open probability: none, Boltzmann, or Boltzmann that does not close completely."""

    NONE = "none"
    BOLTZMANN = "boltzmann"
    PARTIAL = "partial"

    @property
    def columns(self) -> int:
        """Number of linear parameters, which are solved for at each step."""
        return {Gating.NONE: 1, Gating.BOLTZMANN: 3, Gating.PARTIAL: 4}[self]


@dataclass(frozen=True, slots=True)
class Currents:
    """The n I–V points of all baths of one condition.

    v_mV : (n,) membrane potential [mV];  i_pA : (n,) current [pA];  weight : (n,) [1/pA]
    unit_pA : (n, ions) GHK current of each ion at a permeability of 1 µm³/s [pA]
    bath : (n,) number of the bath
    gated : whether the open probability depends on voltage (not for instantaneous tail currents)
    """

    v_mV: FloatArray
    i_pA: FloatArray
    weight: FloatArray
    unit_pA: FloatArray
    bath: np.ndarray
    gated: bool


@dataclass(frozen=True, slots=True)
class CurrentFit:
    """Parameters of the fitted currents.

    log_ratios : (ions,) log ratios of the free ions
    p_reference_um3_per_s : permeability of the reference ion, all channels open [µm³/s]
    gate : half-activation and slope factor [mV]; None for a model without a gate, which has no leak either
    floor : open probability that remains at all voltages; None unless fitted
    leak_nS, e_leak_mV : leak conductance [nS] and its reversal potential [mV]; None if not fitted or not resolved
    rms_pA : root mean square of the residuals [pA];  n_points : number of points
    jackknife : (baths, ions) log ratios without each bath in turn
    by_shift : (ions,) change of the log ratios for a junction error of one standard deviation
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
    """Points of the most frequent kind (steady state, peak, tail …), with ``shift_mV`` [mV] added to all voltages.

    Returns None if fewer than two baths have enough points.
    """
    points = _points_of_one_kind(series, iv)
    if not points:
        return None
    recordings = {row.recording: k for k, row in enumerate(series.rows)}
    row = np.array([recordings[p.recording] for p in points])
    enough = np.flatnonzero(np.bincount(row, minlength=len(series.rows)) >= MIN_POINTS_PER_BATH)
    if np.unique(series.solution[enough]).size < MIN_CURRENT_BATHS:
        return None
    keep = np.isin(row, enough)
    row, points = row[keep], [p for p, kept in zip(points, keep, strict=True) if kept]
    v_mV = np.array([p.v_membrane_mV for p in points], dtype=float) + shift_mV
    i_pA = np.array([p.i_pA for p in points], dtype=float)
    bath = np.unique(series.solution[row], return_inverse=True)[1]
    return Currents(
        v_mV=v_mV,
        i_pA=i_pA,
        weight=_weights(i_pA, bath),
        unit_pA=ghk_current(
            v_mV[:, None], 1.0, series.out_mM[row], series.in_mM[row], series.z, series.temperature_C[row][:, None]
        ),
        bath=bath,
        gated=points[0].kind != "tail",
    )


def _points_of_one_kind(series: BathSeries, iv: Sequence[IVPoint]) -> list[IVPoint]:
    """Usable points of the recordings of the series, of the most frequent kind only."""
    names = {row.recording for row in series.rows}
    points = [p for p in iv if p.recording in names and p.used and p.v_membrane_mV is not None]
    points = [p for p in points if (p.experiment, p.condition) == (series.experiment, series.condition)]
    kinds = [p.kind for p in points]
    kind = max(set(kinds), key=lambda name: (kinds.count(name), name), default=None)
    return [p for p in points if p.kind == kind]


def fit_currents(data: Currents, reference: int, free: Sequence[int], shifted: Currents | None = None) -> CurrentFit:
    """Fit with each kind of gate, select by AICc, then leave each bath out in turn.

    reference, free : columns of ``unit_pA``
    shifted : the same points with one standard deviation of the junction error added to the voltages

    The linear parameters (P, leak) are solved for at each step. The others start from a coarse grid, so no starting
    values are needed.
    """
    best, gating = _select_gating(data, reference, free)
    without_each = [
        _refine(_without(data, int(number)), reference, free, gating, best.theta).theta[: len(free)]
        for number in np.unique(data.bath)
    ]
    residual, solved = _linear(data, reference, free, gating, best.theta)
    gated, floor, leak, constant = solved
    p_open = gated + floor
    return CurrentFit(
        log_ratios=best.theta[: len(free)],
        p_reference_um3_per_s=p_open,
        gate=(float(best.theta[-2]), float(best.theta[-1])) if gating is not Gating.NONE else None,
        floor=floor / p_open if gating is Gating.PARTIAL and p_open > 0 else None,
        leak_nS=leak if gating is not Gating.NONE else None,
        e_leak_mV=-constant / leak if abs(constant) < MAX_LEAK_REVERSAL_mV * leak else None,
        rms_pA=float(np.sqrt(np.mean((residual / data.weight) ** 2))),
        n_points=int(data.v_mV.size),
        jackknife=np.array(without_each),
        by_shift=np.zeros(len(free))
        if shifted is None
        else _refine(shifted, reference, free, gating, best.theta).theta[: len(free)] - best.theta[: len(free)],
    )


def _select_gating(data: Currents, reference: int, free: Sequence[int]) -> tuple[_Fit, Gating]:
    """Best fit and its gate by AICc; instantaneous tail currents have no gate."""
    gates = list(Gating) if data.gated else [Gating.NONE]
    fits = [_best(data, reference, free, gating) for gating in gates]
    n = data.v_mV.size
    scores = [
        aicc(unknown_error_deviance(fit.chi2, n), fit.theta.size + gating.columns, n)
        for fit, gating in zip(fits, gates, strict=True)
    ]
    chosen = int(np.argmin(scores))
    return fits[chosen], gates[chosen]


def jackknife_interval(fit: CurrentFit, position: int) -> tuple[float, float] | None:
    """95 % interval of one log ratio: jackknife over B ≥ 3 baths (Student's t with B − 1) plus junction error.

    All baths share the junction error, so leaving one out does not show it; it is added in quadrature. None with fewer
    than three baths.
    """
    values, best = fit.jackknife[:, position], float(fit.log_ratios[position])
    count = values.size
    if count < MIN_JACKKNIFE_BATHS:
        return None
    se = float(np.sqrt((count - 1) / count * np.sum((values - values.mean()) ** 2)))
    half_width = float(np.hypot(two_sided_quantile(count - 1) * se, TWO_SIDED_95 * fit.by_shift[position]))
    return best - half_width, best + half_width


@dataclass(frozen=True, slots=True)
class _Fit:
    theta: FloatArray
    chi2: float


def _weights(i_pA: FloatArray, bath: np.ndarray) -> FloatArray:
    """Inverse standard deviation of each bath's currents [1/pA], so that the largest currents do not dominate."""
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
    """Weighted residuals and the linear parameters for given nonlinear parameters ``theta``.

    The linear parameters are: gated P, ungated P [µm³/s], leak conductance [nS], leak current at 0 mV [pA]. Without a
    gate, an ohmic leak cannot be distinguished from a non-selective permeability, so no leak is fitted.
    """
    ratios = np.exp(np.clip(theta[: len(free)], -MAX_LOG_RATIO, MAX_LOG_RATIO))
    per_unit_p = data.unit_pA[:, reference] + data.unit_pA[:, list(free)] @ ratios
    if gating is Gating.NONE:
        columns = per_unit_p[:, None]
    else:
        open_probability = 1 / (1 + np.exp(np.clip((theta[-2] - data.v_mV) / theta[-1], -MAX_EXPONENT, MAX_EXPONENT)))
        ungated = [per_unit_p] if gating is Gating.PARTIAL else []
        columns = np.stack([open_probability * per_unit_p, *ungated, data.v_mV, np.ones_like(per_unit_p)], axis=1)
    columns = columns * data.weight[:, None]
    target = data.i_pA * data.weight
    coefficients = _not_negative(columns, target, signed=gating is not Gating.NONE)
    solved = [float(value) for value in coefficients]
    if gating is Gating.NONE:
        solved = [0.0, *solved, 0.0, 0.0]
    if gating is Gating.BOLTZMANN:
        solved.insert(1, 0.0)
    return columns @ coefficients - target, (solved[0], solved[1], solved[2], solved[3])


def _not_negative(columns: FloatArray, target: FloatArray, signed: bool) -> FloatArray:
    """Least squares with non-negative permeabilities and leak conductance.

    signed : the last coefficient is the leak current at 0 mV; it may have any sign, and is 0 without a leak conductance
    """
    size = np.linalg.norm(columns, axis=0) + 1e-300
    keep = np.ones(columns.shape[1], dtype=bool)
    coefficients = np.zeros(columns.shape[1])
    while keep.any():
        coefficients[:] = 0.0
        coefficients[keep] = np.linalg.lstsq(columns[:, keep] / size[keep], target, rcond=1e-10)[0] / size[keep]
        bound = coefficients[:-1] if signed else coefficients
        if (bound >= 0).all():
            break
        worst = int(np.argmin(bound * size[: bound.size]))
        keep[worst] = False
        if signed and worst == bound.size - 1:
            keep[-1] = False
    coefficients[~keep] = 0.0  # also if no column is left
    return coefficients


def _best(data: Currents, reference: int, free: Sequence[int], gating: Gating) -> _Fit:
    """Best fit from the three best starting points of a grid."""
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
    """Weighted residuals, and a weak prior that keeps unidentified log ratios finite."""
    residual, _ = _linear(data, reference, free, gating, theta)
    prior = LOG_RATIO_PRIOR_WEIGHT * theta[: len(free)] / LOG_RATIO_PRIOR_SD
    return np.append(residual, prior)


def _refine(data: Currents, reference: int, free: Sequence[int], gating: Gating, start: FloatArray) -> _Fit:
    """Levenberg–Marquardt on the nonlinear parameters: log ratios and gate."""
    step_sizes = np.array(
        [LOG_RATIO_DIFFERENCE] * len(free) + ([GATE_DIFFERENCE_mV] * 2 if gating is not Gating.NONE else [])
    )

    def residual(theta: FloatArray) -> FloatArray:
        return _residual(data, reference, free, gating, theta)

    def cost(thetas: FloatArray) -> FloatArray:
        return np.array([float(r @ r) for r in map(residual, thetas)])

    def step(thetas: FloatArray, damping: FloatArray) -> FloatArray:
        theta = thetas[0]
        at_theta = residual(theta)
        shifted = [
            (residual(theta + h * unit) - at_theta) / h for h, unit in zip(step_sizes, np.eye(theta.size), strict=True)
        ]
        jacobian = np.stack(shifted, axis=1)
        down = damped_step((jacobian.T @ jacobian)[None], (jacobian.T @ at_theta)[None], damping)[0]
        return _limited(theta - down, theta, len(free), gating)[None]

    descent = Descent(least_damping=CURRENT_MIN_DAMPING, absolute=CURRENT_ABSOLUTE_COST)
    found = levenberg_marquardt(cost, step, start[None], descent)
    return _Fit(found.theta[0], float(found.chi2[0]))


def _limited(trial: FloatArray, theta: FloatArray, ions: int, gating: Gating) -> FloatArray:
    """Limit a step to the allowed range of the parameters."""
    nearest = np.clip(trial[:ions], theta[:ions] - MAX_LOG_RATIO_STEP, theta[:ions] + MAX_LOG_RATIO_STEP)
    trial[:ions] = np.clip(nearest, -MAX_LOG_RATIO, MAX_LOG_RATIO)
    if gating is not Gating.NONE:
        trial[-2] = np.clip(trial[-2], -MAX_HALF_ACTIVATION_mV, MAX_HALF_ACTIVATION_mV)
        trial[-1] = np.sign(theta[-1]) * np.clip(abs(trial[-1]), STEEPEST_GATE_mV, FLATTEST_GATE_mV)
    return trial
