"""Tail current at the step (t = 0), extrapolated through the capacitive transient.

Each sweep is fitted by a constant, and by a constant with one or two exponentials of every time constant that the
window resolves. The current at the step is the mean over all these models, weighted by likelihood: the spread between
time constants that fit equally well is part of the error. Time constants change little from one voltage to the next:
near the reversal potential, a tail with little decay takes its time constant from its neighbours.
Sources: Hoeting et al., Stat. Sci. 14:382 (1999), for the averaging; Rabiner, Proc. IEEE 77:257 (1989), for the forward
and the backward pass over the voltages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import (
    EARLY_LATE_VARIANCE_RATIO,
    FASTEST_TAIL_BLANKS,
    FASTEST_TRANSIENT_BLANKS,
    FINE_PAIR_PARAMETERS,
    FINE_PAIR_TAU_STEP,
    MAX_TAIL_PARAMETERS,
    MIN_CORRELATION_INFLATION,
    MIN_END_BLANKS,
    MIN_LIKELIHOOD,
    MIN_LOG_TAU_CHANGE,
    MIN_REVERSAL_SWEEPS,
    MIN_TAIL_TAU_SAMPLES,
    MIN_TRANSIENT_TAU_SAMPLES,
    MODEL_FORM_CHANGE_PROBABILITY,
    NOISE_END_DIVISOR,
    NOISE_POLYNOMIAL_ORDER,
    PAIR_TAU_STEP,
    PARAMETER_PENALTY,
    RATIO_ORDERS,
    SLOWEST_TAIL_WINDOWS,
    SLOWEST_TRANSIENT_BLANKS,
    SLOWEST_TRANSIENT_FRACTION,
    SWEEPS_NEAREST_REVERSAL,
    TAIL_BINS,
    TAIL_DRIFT_GAIN_WEIGHT,
    TAIL_END_DIVISOR,
    TAU_GRID_SIZE,
    TRANSIENT_END_BLANKS,
    TRANSIENT_MIDDLE_BLANKS,
    TRANSIENT_TAU_GRID_SIZE,
    LOG_TAU_CHANGE_PER_mV,
    MIN_VARIANCE_pA2,
)
from reversal.measure.iv.rising_zeros import rising_zeros
from reversal.measure.membrane.membrane_constants import MIN_TAU_RATIO
from reversal.statistics.autocorrelation import Spectrum
from reversal.statistics.least_squares import linear_fit
from reversal.statistics.polynomials import without_polynomial
from reversal.statistics.row_parts import Rows, by_row, columns, parts_of
from reversal.statistics.statistics_constants import DETECTION_SE, MEDIAN_SQUARED_NORMAL


@dataclass(frozen=True, slots=True)
class RelaxationModel:
    """Time constants of one model in samples: relaxations of the channel, and of a residual transient or None."""

    relaxations: tuple[float, ...]
    transient: float | None = None

    @property
    def parameters(self) -> float:
        """Free parameters of the model."""
        return 1.0 + 2.0 * len(self.relaxations) + (0.0 if self.transient is None else 2.0)


@dataclass(frozen=True, slots=True)
class _Models:
    """Models of windows of one length.

    bounds : first sample of each bin, (bins,); root_width : square root of the samples in it, (bins,)
    basis : (models, bins, 5)
    to_edge, to_start : factors from projections to the current at the step and at the start of the window, (models, 5)
    weights : of the samples of each bin in the current at the step, (models, bins)
    parameters : free parameters, (models,)
    apart : squared distance between the logarithms of two models' time constants, infinite for models of different
        form, (models, models); transitions : transition probabilities, by the width of the distribution
    """

    bounds: NDArray[np.intp]
    root_width: FloatArray
    basis: FloatArray
    to_edge: FloatArray
    to_start: FloatArray
    weights: FloatArray
    parameters: FloatArray
    apart: FloatArray
    transitions: dict[float, FloatArray]

    def transition(self, step_mV: float) -> FloatArray:
        """Probability of each model at one level, given the model at the next, shape (models, models)."""
        width = max(LOG_TAU_CHANGE_PER_mV * round(step_mV), MIN_LOG_TAU_CHANGE)
        if width not in self.transitions:
            alike = np.exp(-0.5 * self.apart / width**2)
            alike /= alike.sum(1, keepdims=True)
            self.transitions[width] = (
                1.0 - MODEL_FORM_CHANGE_PROBABILITY
            ) * alike + MODEL_FORM_CHANGE_PROBABILITY / self.apart.shape[0]
        return self.transitions[width]


@dataclass(frozen=True, slots=True)
class EdgeCurrents:
    """Extrapolated current of each sweep; shapes (sweeps,).

    at_edge : current at the step [unit of the samples], se : its standard error
    separate_se : standard error without the fraction of the decay that the extrapolation of every sweep misses; it
        applies where tails are compared with one another
    n_effective : independent samples of the window
    extrapolated_fraction : fraction of the decaying current, over all sweeps in which it is clear, that decays before
        the window
    drift_gain : variance at the step per variance of drift slower than the tails
    """

    at_edge: FloatArray
    se: FloatArray
    separate_se: FloatArray
    n_effective: float
    extrapolated_fraction: float
    drift_gain: FloatArray


def edge_currents(samples: Rows, level_mV: FloatArray, first: int, noise: Noise, transient: bool) -> EdgeCurrents:
    """Extrapolate each row to its step.

    samples : (sweeps, n), n ≥ 8; the first of them is ``first`` samples after the step
    level_mV : command of each sweep, (sweeps,); noise : of the samples
    transient : whether a residual capacitive transient may be in the window, because the speed of the clamp is not
        known or the currents show it. Then a relaxation as fast as the blank is treated as transient.
    """
    n, sd = samples.shape[1], np.sqrt(noise.variance * noise.inflation)
    models, finer = _models(n, first, transient), _models(n, first, transient, between=True)
    binned = by_row(lambda rows: np.add.reduceat(rows, models.bounds, axis=1), samples)
    scaled = binned / models.root_width / sd
    found = _averaged(scaled, level_mV, models)
    mean, spread, share = sd * found.at_edge, sd**2 * found.variance, found.share
    at_start = sd * found.at_start
    change = mean - by_row(lambda rows: rows[:, -max(n // TAIL_END_DIVISOR, 1) :].mean(1), samples)
    decaying = np.abs(change)
    clear = decaying > DETECTION_SE * np.sqrt(spread)
    extrapolated_fraction = float(np.abs(mean - at_start)[clear].sum() / decaying[clear].sum()) if clear.any() else 0.0
    # gating does not reverse a current at constant voltage: an extrapolation through zero is less certain
    spread += np.where(mean * at_start < 0.0, (mean - at_start) ** 2, 0.0)
    missed = np.zeros_like(mean)
    if _fits_clearly_better(scaled, level_mV, finer, models):
        missed = _missed_fraction(change, sd * _averaged(scaled, level_mV, finer).at_edge - mean) * change
    # early samples have positive, late ones negative weights: the gain is 1 for drift slower than the window and the
    # root of the summed squares of both parts for faster drift; the mean of the two is used, and docs/calibration.md
    # shows that the interval covers
    weights = share.T @ models.weights
    faster = np.hypot(np.maximum(weights, 0.0).sum(1), np.minimum(weights, 0.0).sum(1))
    gain = TAIL_DRIFT_GAIN_WEIGHT * (1.0 + faster)
    se = np.sqrt(spread + missed**2)
    return EdgeCurrents(mean, se, np.sqrt(spread), n / noise.inflation, extrapolated_fraction, gain)


@dataclass(frozen=True, slots=True)
class _Averaged:
    """Mean over the models, in standard errors of a sample.

    at_edge, at_start : current at the step and at the start of the window, (sweeps,); variance : of at_edge
    share : weight of each model, (models, sweeps)
    """

    at_edge: FloatArray
    at_start: FloatArray
    variance: FloatArray
    share: FloatArray


def _averaged(scaled: FloatArray, level_mV: FloatArray, models: _Models) -> _Averaged:
    """Average over the models; scaled : means of the bins, (sweeps, bins)."""
    projected = scaled @ models.basis  # (models, sweeps, parameters)
    values, start_values = ((projected @ to[..., None])[..., 0] for to in (models.to_edge, models.to_start))
    spreads = (models.to_edge**2).sum(-1)
    misfits = _misfits(scaled, models)
    dof = np.maximum(models.root_width.size - models.parameters, 1)
    scale = np.maximum((misfits / dof[:, None]).min(0), 1.0)  # if no model fits, all errors are enlarged
    share = _shares(-0.5 * misfits / scale - PARAMETER_PENALTY * models.parameters[:, None], level_mV, models)
    mean = (share * values).sum(0)
    variance = (share * (scale * spreads[:, None] + (values - mean) ** 2)).sum(0)
    return _Averaged(mean, (share * start_values).sum(0), variance, share)


def _missed_fraction(change: FloatArray, missed: FloatArray) -> float:
    """Fraction of the decaying current that the extrapolation misses, the larger one of inward and outward tails.

    change, missed : decaying current and what a better fit adds to it, (sweeps,)
    """
    sides = (change[change > 0.0] @ missed[change > 0.0], change[change < 0.0] @ missed[change < 0.0])
    powers = ((change[change > 0.0] ** 2).sum(), (change[change < 0.0] ** 2).sum())
    return max(
        abs(float(side)) / float(power) if power > 0.0 else 0.0 for side, power in zip(sides, powers, strict=True)
    )


def _misfits(scaled: FloatArray, models: _Models) -> FloatArray:
    """χ² of every model in every sweep, (models, sweeps); scaled : means of the bins in standard errors."""
    return np.asarray(np.maximum((scaled**2).sum(-1) - ((scaled @ models.basis) ** 2).sum(-1), 0.0))


def _fits_clearly_better(scaled: FloatArray, level_mV: FloatArray, finer: _Models, coarse: _Models) -> bool:
    """Whether time constants of pairs between those of the grid are needed, by the AIC over all sweeps.

    For each sweep the model is chosen from its neighbours in voltage. So noise, which differs between sweeps, does not
    count as a relaxation.
    """
    order = np.argsort(level_mV, kind="stable")
    before, after = (_chosen_by_neighbours(_misfits(scaled[order], models)) for models in (coarse, finer))
    gain = scaled.size * np.log(max(before, MIN_LIKELIHOOD) / max(after, MIN_LIKELIHOOD))
    return bool(gain > 2.0 * FINE_PAIR_PARAMETERS * order.size)


def _chosen_by_neighbours(misfits: FloatArray) -> float:
    """Sum of the χ² of the sweeps, each with the model that fits the sweeps next to it best; (models, sweeps)."""
    of_neighbours = np.zeros_like(misfits)
    of_neighbours[:, 1:] += misfits[:, :-1]
    of_neighbours[:, :-1] += misfits[:, 1:]
    return float(misfits[of_neighbours.argmin(0), np.arange(misfits.shape[1])].sum())


def _shares(score: FloatArray, level_mV: FloatArray, models: _Models) -> FloatArray:
    """Weight of each model in each sweep, from its own likelihood and those of the sweeps at other levels.

    score : log likelihoods, shape (models, sweeps), like the weights
    """
    order = np.argsort(level_mV, kind="stable")
    likelihood = np.exp(score - score.max(0))[:, order].T + MIN_LIKELIHOOD  # (sweeps, models)
    steps = np.diff(level_mV[order])
    passes = {step: models.transition(step) for step in set(steps.tolist())}
    forward, backward = likelihood.copy(), np.ones_like(likelihood)
    for n, step in enumerate(steps.tolist(), start=1):
        forward[n] *= forward[n - 1] @ passes[step]
        forward[n] /= forward[n].sum()
    for n, step in reversed(list(enumerate(steps.tolist()))):
        backward[n] = passes[step] @ (backward[n + 1] * likelihood[n + 1])
        backward[n] /= backward[n].sum()
    shares = np.empty_like(score)
    shares[:, order] = (forward * backward).T
    return np.asarray(shares / shares.sum(0))


def transient_remains(samples: Rows, level_mV: FloatArray, first: int, noise: Noise) -> bool:
    """Whether the windows start with a residual capacitive transient.

    At the reversal potential, the decay of a channel current is zero, early and late. A transient is proportional to
    the voltage step and is not zero there. Therefore the difference between early and later current is extrapolated to
    the voltage at which the later decay is zero, and compared with its error. Decay that depends on voltage changes the
    ratio of the two, by a parabola over the levels nearest the reversal. False without a reversal of a clear later
    decay. Leak has no effect.

    samples : (sweeps, n); the first of them is ``first`` samples after the step; noise : of the samples
    level_mV : command of each sweep, (sweeps,)
    """
    early = max(first, 1)
    if samples.shape[1] < TRANSIENT_END_BLANKS * early:
        return False
    last = max(samples.shape[1] // TAIL_END_DIVISOR, MIN_END_BLANKS * early)
    stretches = slice(early), slice(TRANSIENT_MIDDLE_BLANKS * early, TRANSIENT_END_BLANKS * early), slice(-last, None)
    means = by_row(lambda rows: np.stack([rows[:, where].mean(1) for where in stretches], axis=1), samples)
    start, middle, end = np.ascontiguousarray(means.T)
    later, excess = middle - end, start - middle
    white = noise.variance * min(noise.inflation, early) / early
    e_mV = _clear_reversal_mV(level_mV, later, np.sqrt(white / (TRANSIENT_END_BLANKS - TRANSIENT_MIDDLE_BLANKS)))
    if e_mV is None:
        return False
    near = _nearest(level_mV, e_mV)
    if near.size < MIN_REVERSAL_SWEEPS or np.ptp(level_mV[near]) == 0.0:
        return False
    x = (level_mV[near] - e_mV) / np.ptp(level_mV[near])
    orders = min(RATIO_ORDERS, near.size - MIN_REVERSAL_SWEEPS + 1)  # always 2 degrees of freedom
    columns = [np.ones_like(x), *(later[near] * x**order for order in range(orders))]
    se = float(np.sqrt(white * EARLY_LATE_VARIANCE_RATIO))
    design = np.stack(columns, axis=1) / se
    if np.linalg.matrix_rank(design) < len(columns):  # counts of the converter hide the later decay at most levels
        return False
    fit = linear_fit(design, excess[near] / se)
    scale = max(fit.chi2 / fit.dof, 1.0)
    return bool(abs(fit.coefficients[0]) > DETECTION_SE * np.sqrt(fit.covariance[0, 0] * scale))


def _nearest(level_mV: FloatArray, e_mV: float) -> NDArray[np.intp]:
    """The sweeps nearest a voltage; with many repeats of a level, those of the nearest levels."""
    order = np.argsort(np.abs(level_mV - e_mV), kind="stable")
    near = order[:SWEEPS_NEAREST_REVERSAL]
    if np.unique(level_mV[near]).size >= min(MIN_REVERSAL_SWEEPS, near.size):
        return near
    levels = list(dict.fromkeys(level_mV[order].tolist()))[:SWEEPS_NEAREST_REVERSAL]
    return order[np.isin(level_mV[order], levels)]


def _clear_reversal_mV(level_mV: FloatArray, current_pA: FloatArray, se_pA: float) -> float | None:
    """Voltage at which the significant currents change from inward to outward, by a straight line; None if they do not.

    Of several places, the one between the largest currents.
    """
    order = np.argsort(level_mV, kind="stable")
    v, i = level_mV[order], current_pA[order]
    clear = np.abs(i) > DETECTION_SE * se_pA
    v, i = v[clear], i[clear]
    rises, zeros = rising_zeros(v, i)
    return float(zeros[np.argmax(np.minimum(-i[rises], i[rises + 1]))]) if rises.size else None


@dataclass(frozen=True, slots=True)
class Noise:
    """Variance of samples, and the factor by which correlation raises the variance of their means."""

    variance: float
    inflation: float


def noise_of(samples: Rows) -> Noise:
    """Noise of windows (sweeps, n), from the second half of the rows without their slow part."""
    tails = columns(samples, slice(samples.shape[1] // NOISE_END_DIVISOR, None))
    spectrum, medians = Spectrum(tails.shape), []
    for part in parts_of(tails):
        residual = without_polynomial(part, NOISE_POLYNOMIAL_ORDER)
        medians.append(np.median(residual**2, axis=1))
        spectrum.add(residual)
    variance = float(np.mean(np.concatenate(medians)) / MEDIAN_SQUARED_NORMAL)
    inflation = spectrum.inflation(fitted=NOISE_POLYNOMIAL_ORDER + 1)
    return Noise(max(variance, MIN_VARIANCE_pA2), max(inflation, MIN_CORRELATION_INFLATION))


def _relaxation_models(first: int, n: int, transient: bool, step: int) -> list[RelaxationModel]:
    """Models to average: zero, one or two relaxations, each without and, if there may be one, with a transient."""
    fastest = SLOWEST_TRANSIENT_BLANKS * first if transient else FASTEST_TAIL_BLANKS * first
    taus = np.geomspace(max(fastest, MIN_TAIL_TAU_SAMPLES), SLOWEST_TAIL_WINDOWS * max(n, fastest), TAU_GRID_SIZE)
    coarse = taus[::step]
    pairs = [(float(a), float(b)) for a in coarse for b in coarse if b > MIN_TAU_RATIO * a]
    alone = [(), *((float(tau),) for tau in taus)]
    if not transient:
        return [RelaxationModel(relaxations) for relaxations in [*alone, *pairs]]
    fast = np.geomspace(
        max(FASTEST_TRANSIENT_BLANKS * first, MIN_TRANSIENT_TAU_SAMPLES),
        max(SLOWEST_TRANSIENT_FRACTION * SLOWEST_TRANSIENT_BLANKS * first, 1.0),
        TRANSIENT_TAU_GRID_SIZE,
    )
    return [RelaxationModel(relaxations, float(tau)) for tau in fast for relaxations in alone] + [
        RelaxationModel(relaxations) for relaxations in [*alone, *pairs]
    ]


@lru_cache(maxsize=16)
def _models(n: int, first: int, transient: bool, between: bool = False) -> _Models:
    """Orthonormal bases of all models for windows of one length, shared by the recordings of a protocol.

    between : whether pairs have time constants between those of the grid, too, and the grid of pairs is finer
    """
    # the length of bins increases from one sample, so that fast and slow relaxations are both resolved
    bounds = np.unique(np.concatenate([[0], np.geomspace(1, n, min(TAIL_BINS, n)).astype(np.intp)]))[:-1]
    width = np.diff(np.append(bounds, n)).astype(float)
    candidates = _relaxation_models(first, n, transient, FINE_PAIR_TAU_STEP if between else PAIR_TAU_STEP)
    most = MAX_TAIL_PARAMETERS
    basis = np.zeros((len(candidates), width.size, most))
    to_edge, to_start = np.zeros((len(candidates), most)), np.zeros((len(candidates), most))
    time = first + np.arange(n, dtype=np.float64)
    courses = {
        tau: np.add.reduceat([np.exp(-time / tau), time / tau * np.exp(-time / tau)], bounds, axis=1) / width
        for tau in {tau for candidate in candidates for tau in candidate.relaxations}
    }
    transients = {
        tau: np.add.reduceat(np.exp((first - time) / tau), bounds) / width
        for tau in {candidate.transient for candidate in candidates if candidate.transient is not None}
    }
    for row, candidate in enumerate(candidates):
        taus = candidate.relaxations
        # derivative by the time constant: values between grid points
        derived = taus if between or len(taus) == 1 else ()
        columns = [np.ones_like(width), *(courses[tau][0] for tau in taus), *(courses[tau][1] for tau in derived)]
        at_start = [
            1.0,
            *(np.exp(-first / tau) for tau in taus),
            *(first / tau * np.exp(-first / tau) for tau in derived),
        ]
        at_edge = [1.0] * (1 + len(taus)) + [0.0] * len(derived)  # every relaxation is 1 at the step
        if candidate.transient is not None:  # is not counted
            columns.append(transients[candidate.transient])
            at_edge.append(0.0)
            at_start.append(0.0)
        q, r = np.linalg.qr(np.stack(columns, axis=1) * np.sqrt(width)[:, None])
        basis[row, :, : len(columns)] = q
        to_edge[row, : len(columns)] = np.linalg.solve(r.T, np.array(at_edge))
        to_start[row, : len(columns)] = np.linalg.solve(r.T, np.array(at_start))
    parameters = np.array([candidate.parameters for candidate in candidates])
    weights = (basis @ to_edge[..., None])[..., 0] * np.sqrt(width)
    return _Models(bounds, np.sqrt(width), basis, to_edge, to_start, weights, parameters, _apart(candidates), {})


def _apart(candidates: list[RelaxationModel]) -> FloatArray:
    """Squared distances of all pairs of models by their time constants; infinite between different forms."""
    logs = np.full((len(candidates), 3), np.nan)
    for row, candidate in enumerate(candidates):
        logs[row, : len(candidate.relaxations)] = np.log(candidate.relaxations)
        logs[row, 2] = np.nan if candidate.transient is None else np.log(candidate.transient)
    form = np.isnan(logs) @ np.array([1, 2, 4])
    known = np.nan_to_num(logs)
    square = ((known[:, None] - known) ** 2).sum(-1)
    return np.where(form[:, None] == form, square, np.inf)
