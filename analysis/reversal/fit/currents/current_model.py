"""GHK currents with a Boltzmann gate and an ohmic leak, fitted to the I–V curves of all baths at once.

A reversal potential uses one point of each I–V curve. This fit uses all points, so it depends on the models of gate and
leak. Its ratios are reported with those from the reversal potentials, and a finding reports any disagreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.fit.bath_series import BathSeries
from reversal.fit.currents.identifiability import GATE, LEAK, Effects, Part, Unidentified, unidentified
from reversal.fit.fit_constants import (
    CURRENT_ABSOLUTE_COST,
    CURRENT_KEPT_STARTS,
    CURRENT_MIN_DAMPING,
    LOG_RATIO_PRIOR_SD,
    LOG_RATIO_PRIOR_WEIGHT,
    LOG_RATIO_STARTS,
    MAX_LOG_RATIO,
    MAX_LOG_RATIO_STEP,
    MIN_BATH_SIZE_RATIO,
    MIN_BETTER_COST,
    MIN_CURRENT_BATHS,
    MIN_JACKKNIFE_BATHS,
    MIN_POINTS_PER_BATH,
    VOLTAGE_BLOCKS,
    FITTED_LEAK_REVERSAL_mV,
    FLATTEST_GATE_mV,
    GATE_SLOPE_STARTS_mV,
    HALF_ACTIVATION_STARTS_mV,
    MAX_HALF_ACTIVATION_mV,
    MAX_LEAK_REVERSAL_mV,
    STEEPEST_GATE_mV,
)
from reversal.physics.ghk_constant_field import ghk_current
from reversal.statistics.information_criteria import aicc, unknown_error_deviance
from reversal.statistics.least_squares import (
    Descent,
    Linearise,
    Linearised,
    Minimum,
    damped_step,
    levenberg_marquardt,
    linearised,
)
from reversal.statistics.statistics_constants import MAX_EXPONENT, TWO_SIDED_95
from reversal.statistics.student_t import two_sided_quantile
from reversal.tables.iv_table import IVPoint


class Gating(Enum):
    """Voltage dependence of the open probability: none, Boltzmann, or Boltzmann that does not close completely.

    The value is the places of its linear parameters among gated P, ungated P and two leak conductances. Without a gate,
    an ohmic leak cannot be distinguished from a non-selective permeability, so no leak is fitted.
    """

    NONE = (1,)
    BOLTZMANN = (0, 2, 3)
    PARTIAL = (0, 1, 2, 3)

    @property
    def columns(self) -> int:
        """Number of linear parameters, which are solved for at each step."""
        return len(self.value)


@dataclass(frozen=True, slots=True)
class Currents:
    """The n I–V points of all baths of one condition.

    v_mV : (n,) membrane potential [mV];  i_pA : (n,) current [pA]
    weight : (n,) [1/pA], or (sets, n) to fit several sets of points; 0 leaves a point out
    unit_pA : (n, ions) GHK current of each ion at a permeability of 1 µm³/s [pA]
    bath : (n,) number of the bath
    gated : whether the open probability depends on voltage (not for instantaneous tail currents)
    bath_names : name of each bath, by its number
    """

    v_mV: FloatArray
    i_pA: FloatArray
    weight: FloatArray
    unit_pA: FloatArray
    bath: np.ndarray
    gated: bool
    bath_names: tuple[str, ...] = ()


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
    by_voltage : (blocks, ions) log ratios without each block of voltages in turn; no block if no ratio needs it
    unidentified : what the baths do not determine
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
    unidentified: Unidentified = field(default_factory=Unidentified)
    by_voltage: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))


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
    solutions, bath = np.unique(series.solution[row], return_inverse=True)
    return Currents(
        v_mV=v_mV,
        i_pA=i_pA,
        weight=_weights(i_pA, bath),
        unit_pA=ghk_current(
            v_mV[:, None], 1.0, series.out_mM[row], series.in_mM[row], series.z, series.temperature_C[row][:, None]
        ),
        bath=bath,
        gated=points[0].kind != "tail",
        bath_names=tuple(series.solution_names[number] for number in solutions),
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
    theta, model = _select_gating(data, reference, free)
    logs, gating = theta[: len(free)], model.gating
    others = np.unique(data.bath)[:, None] != data.bath

    def without_each(kept: NDArray[np.bool_]) -> FloatArray:
        return _without_each(replace(model, data=replace(data, weight=data.weight * kept)), theta)[:, : len(free)]

    solved = _linear(model, theta[None, None])
    gated, floor, below, above = solved.linear[0, 0].tolist()
    p_open, leak = gated + floor, below + above
    e_leak_mV = FITTED_LEAK_REVERSAL_mV * (above - below) / leak if leak > 0 else np.inf
    unknown = unidentified(_effects(model, theta, solved.linear[0, 0]), range(1, 1 + len(free)), others)
    return CurrentFit(
        log_ratios=logs,
        p_reference_um3_per_s=p_open,
        gate=(float(theta[-2]), float(theta[-1])) if gating is not Gating.NONE else None,
        floor=floor / p_open if gating is Gating.PARTIAL and p_open > 0 else None,
        leak_nS=leak if gating is not Gating.NONE and not unknown.leak else None,
        e_leak_mV=e_leak_mV if abs(e_leak_mV) < MAX_LEAK_REVERSAL_mV and not unknown.leak else None,
        rms_pA=float(np.sqrt(np.mean((solved.residual / data.weight) ** 2))),
        n_points=int(data.v_mV.size),
        jackknife=without_each(others),
        by_shift=np.zeros(len(free))
        if shifted is None
        else _refine(replace(model, data=shifted), theta[None]).theta[0, : len(free)] - logs,
        unidentified=unknown,
        by_voltage=without_each(_voltage_blocks(data)) if unknown.without_bath else np.zeros((0, len(free))),
    )


def _voltage_blocks(data: Currents) -> NDArray[np.bool_]:
    """Points that remain without each block of neighbouring voltages, the same blocks in every bath, (blocks, n)."""
    place = np.zeros(data.v_mV.size)
    for number in np.unique(data.bath):
        of_bath = np.flatnonzero(data.bath == number)
        place[of_bath[np.argsort(data.v_mV[of_bath])]] = np.arange(of_bath.size) / of_bath.size
    blocks = min(VOLTAGE_BLOCKS, int(np.bincount(data.bath).min()))
    return np.asarray(np.floor(place * blocks) != np.arange(blocks)[:, None])


def _select_gating(data: Currents, reference: int, free: Sequence[int]) -> tuple[FloatArray, _Model]:
    """Best parameters and their model by AICc; instantaneous tail currents have no gate."""
    models = [_Model(data, reference, list(free), gating) for gating in (Gating if data.gated else [Gating.NONE])]
    fits = [_best(model) for model in models]
    n = data.v_mV.size
    scores = [
        aicc(unknown_error_deviance(float(fit.chi2[0]), n), fit.theta.shape[1] + model.gating.columns, n)
        for fit, model in zip(fits, models, strict=True)
    ]
    chosen = int(np.argmin(scores))
    return fits[chosen].theta[0], models[chosen]


def jackknife_interval(fit: CurrentFit, position: int) -> tuple[float, float] | None:
    """95 % interval of one log ratio: jackknife plus junction error.

    The jackknife is over B ≥ 3 baths (Student's t with B − 1). If one bath alone determines the ratio, it is over
    blocks of voltages, plus the change without each of the other baths. All baths share the junction error, so leaving
    one out does not show it; it is added in quadrature. None with fewer than three baths, and where the baths do not
    determine the ratio.
    """
    values, best = fit.jackknife[:, position], float(fit.log_ratios[position])
    count = values.size
    if count < MIN_JACKKNIFE_BATHS or position in fit.unidentified.ratios:
        return None
    decisive = fit.unidentified.without_bath.get(position, ())
    if not decisive:
        se, dof = _jackknife_se(values), count - 1
    else:
        blocks, other = fit.by_voltage[:, position], np.delete(values, list(decisive))
        se, dof = float(np.hypot(_jackknife_se(blocks), np.linalg.norm(other - best))), blocks.size - 1
    half_width = float(np.hypot(two_sided_quantile(dof) * se, TWO_SIDED_95 * fit.by_shift[position]))
    return best - half_width, best + half_width


def _jackknife_se(values: FloatArray) -> float:
    """Standard error of a value from those without each part of the data in turn (parts,)."""
    return float(np.sqrt((values.size - 1) / values.size * np.sum((values - values.mean()) ** 2)))


@dataclass(frozen=True, slots=True)
class _Model:
    """Currents with one kind of gate. Nonlinear parameters are the log ratios of the free ions, then those of the gate.

    reference, free : columns of ``unit_pA``
    """

    data: Currents
    reference: int
    free: list[int]
    gating: Gating


def _weights(i_pA: FloatArray, bath: np.ndarray) -> FloatArray:
    """Inverse standard deviation of each bath's currents [1/pA], so that the largest currents do not dominate."""
    size = np.array([np.std(i_pA[bath == number]) for number in np.unique(bath)])
    floor = max(float(size.max()), 1e-12) * MIN_BATH_SIZE_RATIO
    return np.asarray(1 / np.maximum(size, floor)[bath])


@dataclass(frozen=True, slots=True)
class _Solved:
    """The best linear parameters for sets of points, each with trials of nonlinear parameters.

    residual : weighted currents of the model minus those of the points, (sets, trials, n)
    linear : gated P, ungated P [µm³/s], conductances [nS] of leaks that reverse at the lowest and at the highest
        potential, (sets, trials, 4), ≥ 0; 0 for those that are not in the model
    columns : weighted currents at 1 unit of each of the c linear parameters of the model, (sets, trials, n, c)
    root : ``root @ root.T`` is the inverse of ``columns.T @ columns``, without parameters that are 0, (…, c, c)
    """

    residual: FloatArray
    linear: FloatArray
    columns: FloatArray
    root: FloatArray

    def beyond(self, changes: FloatArray) -> FloatArray:
        """Part of changes of the weighted currents, (sets, trials, n, k), that no linear parameter takes up."""
        shares = self.root @ (self.root.swapaxes(-1, -2) @ (self.columns.swapaxes(-1, -2) @ changes))
        return changes - self.columns @ shares


def _linear(model: _Model, theta: FloatArray) -> _Solved:
    """Solve for the linear parameters at nonlinear parameters ``theta`` (sets, trials, k).

    There is one set of points, or as many as ``weight`` has.
    """
    data, places = model.data, list(model.gating.value)
    _, per_unit_p = _of_ions(model, theta)
    weight = np.atleast_2d(data.weight)[:, None]
    each = np.empty((4, *per_unit_p.shape))
    each[1] = per_unit_p
    # two leaks ≥ 0 are one leak that reverses between theirs: every combination is a leak, and none jumps
    each[2], each[3] = data.v_mV + FITTED_LEAK_REVERSAL_mV, data.v_mV - FITTED_LEAK_REVERSAL_mV
    if model.gating is not Gating.NONE:
        each[0] = per_unit_p / (1 + np.exp(_closing(model, theta)))
    columns = np.moveaxis(each[places] * weight, 0, -1)
    target = np.broadcast_to(data.i_pA * weight, per_unit_p.shape)
    linear = np.zeros((*per_unit_p.shape[:-1], 4))
    linear[..., places], root = _not_negative(columns, target)
    return _Solved((columns @ linear[..., places, None])[..., 0] - target, linear, columns, root)


def _of_ions(model: _Model, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ratios of the free ions, (..., ions), and the GHK current at a P of 1 µm³/s, (..., n) [pA]."""
    ratios = np.exp(np.clip(theta[..., : len(model.free)], -MAX_LOG_RATIO, MAX_LOG_RATIO))
    unit_pA = model.data.unit_pA
    return ratios, unit_pA[:, model.reference] + ratios @ unit_pA[:, model.free].T


def _closing(model: _Model, theta: FloatArray) -> FloatArray:
    """Exponent of the Boltzmann gate, (..., n)."""
    return np.clip((theta[..., -2:-1] - model.data.v_mV) / theta[..., -1:], -MAX_EXPONENT, MAX_EXPONENT)


def _changes(model: _Model, theta: FloatArray, linear: FloatArray) -> FloatArray:
    """Derivatives of the weighted currents by the nonlinear parameters, (..., n, k), at constant linear parameters.

    theta : (..., k);  linear : (..., 4)
    """
    ratios, per_unit_p = _of_ions(model, theta)
    gated, ungated = linear[..., :1], linear[..., 1:2]
    changes = np.empty((*per_unit_p.shape, theta.shape[-1]))
    opened = np.broadcast_to(ungated, per_unit_p.shape)
    if model.gating is not Gating.NONE:
        closing = _closing(model, theta)
        gate = 1 / (1 + np.exp(closing))
        opened = gated * gate + ungated
        turning = gated * per_unit_p * gate * (1 - gate) / theta[..., -1:]
        changes[..., -2], changes[..., -1] = -turning, turning * closing
    ions = len(model.free)
    changes[..., :ions] = opened[..., None] * model.data.unit_pA[:, model.free] * ratios[..., None, :]
    return np.asarray(changes * np.atleast_2d(model.data.weight)[..., None])


def _effects(model: _Model, theta: FloatArray, solved: FloatArray) -> Effects:
    """Effects of the parameters on the weighted currents: P of the reference, log ratios, gate, leak.

    theta : (k,) nonlinear parameters;  solved : (4,) linear parameters
    """
    data, free = model.data, model.free
    ratios = np.exp(theta[: len(free)])
    per_unit_p = data.unit_pA[:, model.reference] + data.unit_pA[:, free] @ ratios
    opened = np.ones(data.v_mV.size)
    columns: list[FloatArray] = []
    parts: list[Part] = [model.reference, *free]
    if model.gating is not Gating.NONE:
        closing = np.clip((theta[-2] - data.v_mV) / theta[-1], -MAX_EXPONENT, MAX_EXPONENT)
        gate = 1 / (1 + np.exp(closing))
        opened = gate if model.gating is Gating.BOLTZMANN else solved[0] * gate + solved[1]
        turning = per_unit_p * gate * (1 - gate)
        columns = [turning, turning * closing, data.v_mV, np.ones_like(per_unit_p)]
        parts += [GATE, GATE, LEAK, LEAK]
    if model.gating is Gating.PARTIAL:
        columns, parts = [per_unit_p, *columns], [*parts[:-4], GATE, *parts[-4:]]
    of_ions = [opened * per_unit_p, *(opened[:, None] * data.unit_pA[:, free]).T]
    return Effects(np.column_stack([*of_ions, *columns]) * data.weight[:, None], tuple(parts))


def _not_negative(columns: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least squares (..., c) of columns (..., n, c) with coefficients ≥ 0, and their root."""
    size = np.linalg.norm(columns, axis=-2) + 1e-300
    # with the target as the last column, R has the columns and the target in the space of the columns, c numbers each
    both = np.concatenate([columns / size[..., None, :], target[..., None]], axis=-1)
    triangle: FloatArray = np.asarray(np.linalg.qr(both, mode="r"))
    columns, target = triangle[..., :-1, :-1], triangle[..., :-1, -1:]
    keep = np.ones(size.shape, dtype=bool)
    while True:
        inverse = np.linalg.pinv(columns * keep[..., None, :], rcond=1e-10)
        coefficients = np.where(keep, (inverse @ target)[..., 0], 0.0)
        lowest = coefficients.min(axis=-1, keepdims=True)
        if (lowest >= 0).all():
            return coefficients / size, inverse / size[..., None]
        keep &= (coefficients > lowest) | (lowest >= 0)


def _best(model: _Model) -> Minimum:
    """Best fit to each set of points from the three best starting points of a grid."""
    starts, weight = _starting_points(model), np.atleast_2d(model.data.weight)
    tried = _linear(model, np.broadcast_to(starts, (len(weight), *starts.shape))).residual
    coarse = np.sum(tried**2, axis=-1) + np.sum(_prior(starts[:, : len(model.free)]) ** 2, axis=-1)
    chosen = starts[np.argsort(coarse, axis=-1)[:, :CURRENT_KEPT_STARTS]]
    each_start = replace(model, data=replace(model.data, weight=np.repeat(weight, chosen.shape[1], axis=0)))
    found = _refine(each_start, chosen.reshape(-1, chosen.shape[-1]))
    chi2 = found.chi2.reshape(chosen.shape[:2])
    best = np.argmin(chi2, axis=-1) + np.arange(len(weight)) * chosen.shape[1]
    return Minimum(found.theta[best], found.chi2[best])


def _starting_points(model: _Model) -> FloatArray:
    """Grid (starts, k) of nonlinear parameters."""
    gate = [] if model.gating is Gating.NONE else [HALF_ACTIVATION_STARTS_mV, GATE_SLOPE_STARTS_mV]
    axes = [*[LOG_RATIO_STARTS] * len(model.free), *gate]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def _without_each(model: _Model, theta: FloatArray) -> FloatArray:
    """Best parameters (sets, k) of several sets of points, from those of all points, ``theta`` (k,), or from the grid.

    A descent from the fit to all points may end in another minimum than the best one. It is kept if it is as good.
    """
    nearby = _refine(model, np.tile(theta, (len(model.data.weight), 1)))
    anew = _best(model)
    lower = anew.chi2 < nearby.chi2 * (1 - MIN_BETTER_COST) - CURRENT_ABSOLUTE_COST
    return np.where(lower[:, None], anew.theta, nearby.theta)


def _prior(log_ratios: FloatArray) -> FloatArray:
    """Residuals of a weak prior that keeps log ratios that the points do not determine finite."""
    return log_ratios * (LOG_RATIO_PRIOR_WEIGHT / LOG_RATIO_PRIOR_SD)


def _refine(model: _Model, starts: FloatArray) -> Minimum:
    """Levenberg–Marquardt on the nonlinear parameters: log ratios and gate.

    starts : (sets, k) for the sets of points, or for the same points

    The derivatives are those of the currents, without what the linear parameters take up, so that a step needs one
    solution for the linear parameters. They give the slope of the cost exactly.
    Source: Kaufman, BIT 15:49 (1975), who simplifies Golub & Pereyra, SIAM J. Numer. Anal. 10:413 (1973).
    """
    ions = len(model.free)
    weight = np.broadcast_to(model.data.weight, (len(starts), model.data.v_mV.size))
    of_prior = np.broadcast_to(_prior(np.eye(ions, starts.shape[-1])), (len(starts), ions, starts.shape[-1]))

    def linearise(of: _Model, thetas: FloatArray) -> Linearised:
        solved = _linear(of, thetas[:, None])
        changes = _changes(of, thetas, solved.linear[:, 0])
        slopes = [solved.beyond(changes[:, None])[:, 0], of_prior[: len(thetas)]]
        misfit = [solved.residual[:, 0], _prior(thetas[:, :ions])]
        return linearised(-np.concatenate(misfit, axis=1), np.concatenate(slopes, axis=1))

    def narrowed(sets: NDArray[np.intp]) -> Linearise:
        return partial(linearise, replace(model, data=replace(model.data, weight=weight[sets])))

    def step(thetas: FloatArray, at: Linearised, damping: FloatArray) -> FloatArray:
        return _limited(thetas + damped_step(at, damping), thetas, ions, model.gating)

    descent = Descent(least_damping=CURRENT_MIN_DAMPING, absolute=CURRENT_ABSOLUTE_COST)
    return levenberg_marquardt(partial(linearise, model), starts, descent, step, narrowed)


def _limited(trial: FloatArray, theta: FloatArray, ions: int, gating: Gating) -> FloatArray:
    """Parameters to try (..., k), limited to a step from ``theta`` and to their allowed range."""
    nearest = np.clip(trial[..., :ions], theta[..., :ions] - MAX_LOG_RATIO_STEP, theta[..., :ions] + MAX_LOG_RATIO_STEP)
    trial[..., :ions] = np.clip(nearest, -MAX_LOG_RATIO, MAX_LOG_RATIO)
    if gating is not Gating.NONE:
        half_mV, slope_mV = trial[..., -2], trial[..., -1]
        trial[..., -2] = np.clip(half_mV, -MAX_HALF_ACTIVATION_mV, MAX_HALF_ACTIVATION_mV)
        trial[..., -1] = np.sign(theta[..., -1]) * np.clip(np.abs(slope_mV), STEEPEST_GATE_mV, FLATTEST_GATE_mV)
    return trial
