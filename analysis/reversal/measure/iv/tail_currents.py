"""Current at the edge of a step, extrapolated back through the transient from the relaxation after it.

Each sweep is fitted by a constant, and by a constant and one or two exponentials of every time constant the window can
show; the current at the edge is the mean of them all, weighted by likelihood, so that the spread between time constants
that fit equally well is part of the error. Time constants change little from one voltage to the next: a tail that
hardly relaxes, because it lies near the reversal potential, takes its from its neighbours, and no wild one.
Sources: Hoeting et al., Stat. Sci. 14:382 (1999), for the averaging; Rabiner, Proc. IEEE 77:257 (1989), for the forward
and the backward pass over the voltages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.statistics.autocorrelation import correlation_inflation
from reversal.statistics.polynomials import without_polynomial
from reversal.statistics.robust_weights import MEDIAN_SQUARED_NORMAL

BINS = 120
TIME_CONSTANTS = 36
PAIR_STEP = 3  # pairs of time constants are taken from every third one
TRANSIENTS = 8
LEFT_OVER = 4.0  # standard errors at which a difference at the reversal is no noise
NEAREST = 4  # sweeps with the smallest current, which tell what is left where it vanishes
CHANGE_PER_mV = 0.04  # of a time constant's logarithm: an e-fold in 25 mV is a gate of one charge
LEAST_CHANGE = 0.3  # so far are pairs of time constants apart on their grid
OTHER_FORM = 0.05  # probability that the next sweep is of a model of another form
FLOOR = 1e-30
PENALTY = 0.5  # of a parameter, in log likelihood: that time constants are free is in the average over them already
SLOWEST_TRANSIENT = 4.0  # blanks; a slower relaxation is the channel's


@dataclass(frozen=True, slots=True)
class RelaxationModel:
    """Time constants of one model in samples: relaxations of the channel, and the rest of a transient or None."""

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
    basis : (models, bins, 4)
    to_edge, to_start : what leads the projections to the current at the edge and at the window's begin, (models, 4)
    weights : of the samples of each bin together in the current at the edge, (models, bins)
    parameters : free parameters, (models,)
    apart : square of the distance between the logarithms of two models' time constants, infinite for models of
        different form, (models, models); transitions : what is made of it, by its width
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
        width = max(CHANGE_PER_mV * round(step_mV), LEAST_CHANGE)
        if width not in self.transitions:
            alike = np.exp(-0.5 * self.apart / width**2)
            alike /= alike.sum(1, keepdims=True)
            self.transitions[width] = (1.0 - OTHER_FORM) * alike + OTHER_FORM / self.apart.shape[0]
        return self.transitions[width]


@dataclass(frozen=True, slots=True)
class EdgeCurrents:
    """Extrapolated current of each sweep; shapes (sweeps,).

    at_edge : current at the edge [unit of the samples], se : its standard error
    n_effective : independent samples of the window
    led_back : part of what relaxes, over all sweeps in which that is clear, that is not in the window but led back
    drift_gain : factor by which drift slower than the tails, of unit variance, raises the variance at the edge
    """

    at_edge: FloatArray
    se: FloatArray
    n_effective: float
    led_back: float
    drift_gain: FloatArray


def edge_currents(samples: FloatArray, level_mV: FloatArray, first: int, noise: Noise, transient: bool) -> EdgeCurrents:
    """Extrapolate each row back to its edge.

    samples : (sweeps, n), n ≥ 8; the first of them lies ``first`` samples after the edge
    level_mV : command of each sweep, (sweeps,); noise : of the samples
    transient : whether the rest of a capacitive transient may reach into the window, because the speed of the clamp is
        not known or the currents show it. Then a relaxation as fast as the blank is taken for one and not extrapolated.
    """
    n = samples.shape[1]
    models = _models(n, first, transient)
    variance, inflation = noise.variance, noise.inflation
    scaled = np.add.reduceat(samples, models.bounds, axis=1) / models.root_width / np.sqrt(variance * inflation)
    projected = scaled @ models.basis  # (models, sweeps, parameters)
    values = (projected @ models.to_edge[..., None])[..., 0] * np.sqrt(variance * inflation)
    seen = (projected @ models.to_start[..., None])[..., 0] * np.sqrt(variance * inflation)
    spreads = np.sqrt(variance * inflation) * np.sqrt((models.to_edge**2).sum(-1))
    misfits = np.maximum((scaled**2).sum(-1) - (projected**2).sum(-1), 0.0)
    parameters, width = models.parameters, models.root_width
    dof = np.maximum(width.size - parameters, 1)
    scale = np.maximum((misfits / dof[:, None]).min(0), 1.0)  # a tail no model fits makes all errors larger
    score = -0.5 * misfits / scale - PENALTY * parameters[:, None]
    share = _shares(score, level_mV, models)
    mean = (share * values).sum(0)
    spread = (share * (scale * spreads[:, None] ** 2 + (values - mean) ** 2)).sum(0)
    begin = (share * seen).sum(0)
    relaxing = np.abs(mean - samples[:, -max(n // 8, 1) :].mean(1))
    clear = relaxing > LEFT_OVER * np.sqrt(spread)
    led_back = float(np.abs(mean - begin)[clear].sum() / relaxing[clear].sum()) if clear.any() else 0.0
    # at one voltage a gate that relaxes turns no current round: one that is led back through zero is not known so well
    spread += np.where(mean * begin < 0.0, (mean - begin) ** 2, 0.0)
    # early samples count more than once, late ones are taken off: drift slower than the window is passed on by their
    # difference, 1, and drift faster than both parts by the sum of their squares; what it is lies between, and the
    # calibration says that this covers
    weights = share.T @ models.weights
    gain = 0.5 * (1.0 + np.hypot(np.maximum(weights, 0.0).sum(1), np.minimum(weights, 0.0).sum(1)))
    return EdgeCurrents(mean, np.sqrt(spread), n / inflation, led_back, gain)


def _shares(score: FloatArray, level_mV: FloatArray, models: _Models) -> FloatArray:
    """Weight of each model in each sweep, by its own likelihood and those of the sweeps at other levels.

    score : log likelihoods, shape (models, sweeps), as the weights
    """
    order = np.argsort(level_mV, kind="stable")
    likelihood = np.exp(score - score.max(0))[:, order].T + FLOOR  # (sweeps, models)
    steps = np.diff(level_mV[order])
    passes = {step: models.transition(step) for step in set(steps.tolist())}
    forth, back = likelihood.copy(), np.ones_like(likelihood)
    for n, step in enumerate(steps.tolist(), start=1):
        forth[n] *= forth[n - 1] @ passes[step]
        forth[n] /= forth[n].sum()
    for n, step in reversed(list(enumerate(steps.tolist()))):
        back[n] = passes[step] @ (back[n + 1] * likelihood[n + 1])
        back[n] /= back[n].sum()
    shares = np.empty_like(score)
    shares[:, order] = (forth * back).T
    return np.asarray(shares / shares.sum(0))


def transient_remains(samples: FloatArray, first: int, noise: Noise) -> bool:
    """Whether the begin of the windows still holds a transient, told by what it does at the reversal.

    A gate's relaxation vanishes where the channel's current does, early and later alike; a transient follows the step
    of the voltage and does not. So the difference between early and later current is led to where the rest of the
    relaxation is zero, and compared with its noise. No sign change, no answer: False. A leak is in neither.

    samples : (sweeps, n); the first of them lies ``first`` samples after the edge; noise : of them
    """
    early = max(first, 1)
    if samples.shape[1] < 8 * early:
        return False
    last = max(samples.shape[1] // 8, 3 * early)
    middle = samples[:, 5 * early : 8 * early].mean(1)
    later = middle - samples[:, -last:].mean(1)
    excess = samples[:, :early].mean(1) - middle
    near = np.argsort(np.abs(later))[:NEAREST]
    if np.all(later > 0) or np.all(later < 0) or near.size < NEAREST:
        return False
    off = later[near] - later[near].mean()
    if not off.any():
        return False
    slope = off @ excess[near] / (off @ off)
    at_reversal = excess[near].mean() - slope * later[near].mean()
    leverage = 1.0 / near.size + later[near].mean() ** 2 / (off @ off)
    se = float(np.sqrt(noise.variance * min(noise.inflation, early) / early * (4.0 / 3.0) * leverage))
    return bool(abs(at_reversal) > LEFT_OVER * se)


@dataclass(frozen=True, slots=True)
class Noise:
    """Variance of samples, and the factor by which correlation raises the variance of their means."""

    variance: float
    inflation: float


def noise_of(samples: FloatArray) -> Noise:
    """Noise of windows (sweeps, n), from the second half of the rows with their slow part taken off."""
    tail = samples[:, samples.shape[1] // 2 :]
    residual = without_polynomial(tail, 3)
    variance = float(np.mean(np.median(residual**2, axis=1)) / MEDIAN_SQUARED_NORMAL)
    return Noise(max(variance, 1e-12), max(correlation_inflation(residual, fitted=4), 1e-3))


def _relaxation_models(first: int, n: int, transient: bool) -> list[RelaxationModel]:
    """Models to average: no, one or two relaxations, each without and, where there may be one, with a transient."""
    fastest = SLOWEST_TRANSIENT * first if transient else first / 2.0
    taus = np.geomspace(max(fastest, 2.0), 2.0 * max(n, fastest), TIME_CONSTANTS)
    coarse = taus[::PAIR_STEP]
    pairs = [(float(a), float(b)) for a in coarse for b in coarse if b > 2.5 * a]
    alone = [(), *((float(tau),) for tau in taus)]
    if not transient:
        return [RelaxationModel(relaxations) for relaxations in [*alone, *pairs]]
    fast = np.geomspace(max(0.4 * first, 0.5), max(0.75 * SLOWEST_TRANSIENT * first, 1.0), TRANSIENTS)
    return [RelaxationModel(relaxations, float(tau)) for tau in fast for relaxations in alone] + [
        RelaxationModel(relaxations) for relaxations in [*alone, *pairs]
    ]


@lru_cache(maxsize=16)
def _models(n: int, first: int, transient: bool) -> _Models:
    """Orthonormal bases of all models for windows of one length; the same for every recording of a protocol."""
    # bins grow with time from single samples, so that fast and slow relaxations are both resolved
    bounds = np.unique(np.concatenate([[0], np.geomspace(1, n, min(BINS, n)).astype(np.intp)]))[:-1]
    width = np.diff(np.append(bounds, n)).astype(float)
    time = first + np.add.reduceat(np.arange(n, dtype=float), bounds) / width
    candidates = _relaxation_models(first, n, transient)
    most = 4
    basis = np.zeros((len(candidates), width.size, most))
    to_edge, to_start = np.zeros((len(candidates), most)), np.zeros((len(candidates), most))
    for row, candidate in enumerate(candidates):
        columns = [np.ones_like(time), *(np.exp(-time / tau) for tau in candidate.relaxations)]
        at_start = [1.0, *(np.exp(-first / tau) for tau in candidate.relaxations)]
        at_edge = [1.0] * len(columns)  # every relaxation is 1 at the edge, a transient is left out there
        if len(candidate.relaxations) == 1:  # what a slightly other time constant adds: the grid is then no limit
            (tau,) = candidate.relaxations
            columns.append(time / tau * np.exp(-time / tau))
            at_edge.append(0.0)
            at_start.append(first / tau * np.exp(-first / tau))
        if candidate.transient is not None:
            columns.append(np.exp((time[0] - time) / candidate.transient))
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
