"""Extrapolated tails, compared with least squares of every model and a sum over all paths of models."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from reversal.arrays import FloatArray
from reversal.measure.iv.tail_currents import EdgeCurrents, Noise, edge_currents

Model = tuple[tuple[float, ...], float | None]  # time constants of the relaxations, and of a transient [samples]


def models_of(first: int, n: int, step: int, *, transient: bool) -> list[Model]:
    """36 relaxations from half a blank (four with a transient) to two windows; pairs from every third of them.

    step : 2 instead of 3 for the finer pairs
    """
    fastest = (4.0 if transient else 0.5) * first
    taus = np.geomspace(max(fastest, 2.0), 2.0 * max(n, fastest), 36)
    single: list[tuple[float, ...]] = [(), *((float(tau),) for tau in taus)]
    pairs = [(float(a), float(b)) for a, b in product(taus[::step], taus[::step]) if b > 2.5 * a]
    made: list[Model] = [(relaxations, None) for relaxations in [*single, *pairs]]
    if transient:
        fast = np.geomspace(max(0.4 * first, 0.5), max(3.0 * first, 1.0), 8)
        made += [(relaxations, float(tau)) for tau in fast for relaxations in single]
    return made


@dataclass(frozen=True)
class Fit:
    """Least squares of one model: current at the step and at the start of the window, shape (sweeps,).

    lever : root of the sum of squares of ``weights``, those of the samples of each bin in the current at the step
    """

    at_edge: FloatArray
    at_start: FloatArray
    lever: float
    rss: FloatArray
    weights: FloatArray
    parameters: float


def bins_of(n: int) -> tuple[FloatArray, FloatArray]:
    """First samples of up to 120 bins that grow with time, and their widths."""
    bounds = np.unique(np.append(0, np.geomspace(1, n, min(120, n)).astype(int)))
    return bounds[:-1], np.diff(bounds)


def fit_of(model: Model, means: FloatArray, bounds: list[int], first: int, step: int) -> Fit:
    """Weighted least squares of bin means (sweeps, bins); single relaxations and finer pairs have derivatives by log τ.

    bounds : first sample of each bin, and the end of the last
    """
    relaxations, transient = model
    time, width = first + np.arange(bounds[-1], dtype=float), np.diff(bounds).astype(float)
    columns, edge, start = [np.ones_like(time)], [1.0], [1.0]
    for tau in relaxations:
        columns.append(np.exp(-time / tau))
        edge.append(1.0)
        start.append(np.exp(-first / tau))
    for tau in relaxations if step == 2 or len(relaxations) == 1 else ():
        columns.append(time / tau * np.exp(-time / tau))
        edge.append(0.0)
        start.append(first / tau * np.exp(-first / tau))
    if transient is not None:
        columns.append(np.exp(-(time - time[0]) / transient))
        edge.append(0.0)
        start.append(0.0)
    whole, root = np.stack(columns, axis=1), np.sqrt(width)
    design = np.stack([whole[a:b].mean(0) for a, b in pairwise(bounds)])
    solve = np.linalg.pinv(design * root[:, None], rcond=1e-14) * root
    coefficients = means @ solve.T
    rss = ((means - coefficients @ design.T) ** 2 * width).sum(1)
    weights = np.array(edge) @ solve
    free = 1.0 + 2.0 * len(relaxations) + (0.0 if transient is None else 2.0)
    return Fit(
        coefficients @ np.array(edge),
        coefficients @ np.array(start),
        float(np.sqrt((weights**2 / width).sum())),
        rss,
        weights,
        free,
    )


def passing(models: list[Model], step_mV: float) -> FloatArray:
    """Probability of each model given that at the level before: normal in log τ, 0.04 per mV and at least 0.3 wide.

    With a probability of 5 % any of all models.
    """
    width, found = max(0.04 * step_mV, 0.3), np.zeros((len(models), len(models)))
    forms = [(len(relaxations), tau is None) for relaxations, tau in models]
    for form in set(forms):
        same = [n for n, one in enumerate(forms) if one == form]
        logs = np.log([[*models[n][0], models[n][1] or 1.0] for n in same])
        found[np.ix_(same, same)] = np.exp(-0.5 * cdist(logs, logs, "sqeuclidean") / width**2)
    return np.asarray(0.95 * found / found.sum(1, keepdims=True) + 0.05 / len(models))


@dataclass(frozen=True)
class Average:
    """Average over models: current at step and start, variance, drift gain (sweeps,); χ² (models, sweeps), bins."""

    mean: FloatArray
    early: FloatArray
    square: FloatArray
    gain: FloatArray
    chi2: FloatArray
    bins: int


def average(
    samples: FloatArray, level_mV: FloatArray, first: int, noise: Noise, step: int, *, transient: bool
) -> Average:
    n, models = samples.shape[1], models_of(first, samples.shape[1], step, transient=transient)
    starts, width = bins_of(n)
    bounds = [*starts.tolist(), n]
    means = np.stack([samples[:, a:b].mean(1) for a, b in pairwise(bounds)], axis=1)
    fits = [fit_of(model, means, bounds, first, step) for model in models]
    variance = noise.variance * noise.inflation
    rss = np.array([fit.rss for fit in fits]) / variance
    free = np.array([fit.parameters for fit in fits])
    scale = np.maximum((rss / np.maximum(width.size - free, 1)[:, None]).min(0), 1.0)
    likelihood = np.exp(-0.5 * rss / scale - 0.5 * free[:, None] - (-0.5 * rss / scale - 0.5 * free[:, None]).max(0))
    low, middle, high = likelihood.T
    up, on = (passing(models, step_mV) for step_mV in np.diff(level_mV))
    share = np.stack(
        [low * (up @ (middle * (on @ high))), middle * (low @ up) * (on @ high), high * ((middle * (low @ up)) @ on)]
    )
    share = (share / share.sum(1, keepdims=True)).T
    at_edge, at_start = np.array([fit.at_edge for fit in fits]), np.array([fit.at_start for fit in fits])
    lever = np.array([fit.lever for fit in fits])[:, None]
    mean = (share * at_edge).sum(0)
    square = (share * (scale * variance * lever**2 + (at_edge - mean) ** 2)).sum(0)
    weights = share.T @ np.array([fit.weights for fit in fits])
    gain = [0.5 * (1.0 + np.hypot(one[one > 0].sum(), one[one < 0].sum())) for one in weights]
    return Average(mean, (share * at_start).sum(0), square, np.array(gain), rss, width.size)


def by_neighbours(chi2: FloatArray) -> float:
    """χ² of three sweeps, each with the model that is best for its neighbours."""
    low, middle, high = chi2.T
    return float(low[middle.argmin()] + middle[(low + high).argmin()] + high[middle.argmin()])


def expected(samples: FloatArray, level_mV: FloatArray, first: int, noise: Noise, *, transient: bool) -> EdgeCurrents:
    """The same averages from their definitions; ``level_mV`` ascending, three sweeps.

    If finer pairs are better by an AIC of 4 parameters a sweep, the fraction of the decaying current by which they
    differ is an error of each current.
    """
    coarse, fine = (average(samples, level_mV, first, noise, step, transient=transient) for step in (3, 2))
    mean, square = coarse.mean, coarse.square
    change = mean - samples[:, -(samples.shape[1] // 8) :].mean(1)
    decaying = np.abs(change)
    clear = decaying > 4.0 * np.sqrt(square)
    separate = square + np.where(mean * coarse.early < 0.0, (mean - coarse.early) ** 2, 0.0)
    square = separate
    if 3 * coarse.bins * np.log(by_neighbours(coarse.chi2) / by_neighbours(fine.chi2)) > 2.0 * 4.0 * 3:
        apart = fine.mean - mean
        sides = [np.sum((apart * change)[side]) / np.sum(change[side] ** 2) for side in (change > 0, change < 0)]
        square = separate + (np.nanmax(np.abs(sides)) * change) ** 2
    lost = np.abs(mean - coarse.early)[clear].sum() / decaying[clear].sum() if clear.any() else 0.0
    n_effective = samples.shape[1] / noise.inflation
    return EdgeCurrents(mean, np.sqrt(square), np.sqrt(separate), n_effective, lost, coarse.gain)


LEVELS = np.array([-60.0, -40.0, -15.0])
START = {
    "clear tails": np.array([-80.0, 30.0, 90.0]),
    "one clear tail": np.array([0.3, -0.8, 60.0]),
    "no tail": np.array([0.2, -0.1, 0.3]),
}


def rows(start_pA: FloatArray, first: int, n: int, sd: float) -> FloatArray:
    """Two relaxations on a level, with white noise; the level of the first sweep has the other sign."""
    t = first + np.arange(n)
    shape = 0.7 * np.exp(-t / (0.3 * n)) + 0.3 * np.exp(-t / (0.04 * n))
    level = np.array([20.0, -3.0, 4.0])[:, None]
    return start_pA[:, None] * shape + level + sd * np.random.default_rng(5).standard_normal((3, n))


@pytest.mark.parametrize("transient", [False, True])
@pytest.mark.parametrize("kind", START)
def test_averages_are_those_over_all_models_and_paths(kind: str, transient: bool) -> None:
    first, n, noise = 6, 400, Noise(1.0, 1.5)
    samples = rows(START[kind], first, n, 1.2)
    found = edge_currents(samples, LEVELS, first, noise, transient=transient)
    wanted = expected(samples, LEVELS, first, noise, transient=transient)
    assert found.at_edge == pytest.approx(wanted.at_edge, rel=1e-6, abs=1e-6)
    assert found.se == pytest.approx(wanted.se, rel=1e-6)
    assert found.separate_se == pytest.approx(wanted.separate_se, rel=1e-6)
    assert found.n_effective == pytest.approx(wanted.n_effective)
    assert found.extrapolated_fraction == pytest.approx(wanted.extrapolated_fraction, rel=1e-6)
    assert found.drift_gain == pytest.approx(wanted.drift_gain, rel=1e-6)


def test_sweeps_in_any_order_have_the_same_averages() -> None:
    samples, turn = rows(START["clear tails"], 6, 400, 1.2), np.array([2, 0, 1])
    one = edge_currents(samples, LEVELS, 6, Noise(1.0, 1.5), transient=False)
    other = edge_currents(samples[turn], LEVELS[turn], 6, Noise(1.0, 1.5), transient=False)
    assert other.at_edge == pytest.approx(one.at_edge[turn])
    assert other.se == pytest.approx(one.se[turn])


@pytest.mark.parametrize(("first", "n"), [(1, 60), (3, 40)])
def test_short_windows_directly_after_the_step(first: int, n: int) -> None:
    """Time constants are at least two samples, and of a transient half a sample."""
    samples = rows(START["clear tails"], first, n, 1.2)
    for transient in (False, True):
        found = edge_currents(samples, LEVELS, first, Noise(1.4, 1.0), transient=transient)
        wanted = expected(samples, LEVELS, first, Noise(1.4, 1.0), transient=transient)
        assert found.at_edge == pytest.approx(wanted.at_edge, rel=1e-5, abs=1e-5)
        assert found.se == pytest.approx(wanted.se, rel=1e-5)


def test_errors_grow_where_no_model_fits() -> None:
    """A ringing of 15 pA that no relaxation follows."""
    samples = rows(START["clear tails"], 6, 400, 1.0) + 15.0 * np.sin(np.arange(400) / 9.0)
    found = edge_currents(samples, LEVELS, 6, Noise(1.0, 1.0), transient=False)
    wanted = expected(samples, LEVELS, 6, Noise(1.0, 1.0), transient=False)
    assert found.se == pytest.approx(wanted.se, rel=1e-6)
    assert found.separate_se == pytest.approx(wanted.separate_se, rel=1e-6)
    assert found.at_edge == pytest.approx(wanted.at_edge, rel=1e-6)


def test_an_extrapolation_through_zero_adds_its_length_to_the_error() -> None:
    """A tail from −30 pA at the step to +60 pA: inward at the step, outward from the start of the window on."""
    t = 60 + np.arange(400)
    samples = 60.0 - 90.0 * np.exp(-t / 50.0) + 1.0 * np.random.default_rng(6).standard_normal((3, 400))
    found = edge_currents(samples, LEVELS, 60, Noise(1.0, 1.0), transient=False)
    wanted = expected(samples, LEVELS, 60, Noise(1.0, 1.0), transient=False)
    assert np.all(found.at_edge < 0.0)
    assert found.se == pytest.approx(wanted.se, rel=1e-6)
    assert found.separate_se == pytest.approx(wanted.separate_se, rel=1e-6)
    assert np.all(found.se > 40.0)


def test_a_tail_from_30_pA_inward_to_33_pA_outward_has_an_error_of_63_pA() -> None:
    """60 − 90 e^(−t/50) pA, first seen after 60 samples; a tail of one sign has no such error."""
    t = 60 + np.arange(400)
    noise = 0.3 * np.random.default_rng(6).standard_normal((3, 400))
    reverses = edge_currents(60.0 - 90.0 * np.exp(-t / 50.0) + noise, LEVELS, 60, Noise(0.09, 1.0), transient=False)
    assert reverses.separate_se == pytest.approx(np.full(3, 90.0 * (1.0 - np.exp(-60.0 / 50.0))), rel=0.1)
    inward = edge_currents(-100.0 - 90.0 * np.exp(-t / 50.0) + noise, LEVELS, 60, Noise(0.09, 1.0), transient=False)
    assert np.all(inward.separate_se < 6.0)
