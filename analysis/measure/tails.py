"""Current at the edge of a step, extrapolated back through the transient from the relaxation after it.

Each sweep is fitted by a constant, and by a constant and an exponential of every time constant the window can show; the
current at the edge is the mean of them all, weighted by likelihood. So a tail that hardly relaxes, because it lies near
the reversal potential, needs no time constant and gets no wild one, and the spread between time constants that fit
equally well is part of the error. Source of the averaging: Hoeting et al., Stat. Sci. 14:382 (1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.measure.noise import correlation_inflation

FloatArray = NDArray[np.float64]

BINS = 120
TIME_CONSTANTS = 24
PAIR_STEP = 3  # pairs of time constants are taken from every third one


@dataclass(frozen=True, slots=True)
class EdgeCurrents:
    """Extrapolated current of each sweep; shapes (sweeps,).

    at_edge : current at the edge [unit of the samples], se : its standard error
    n_effective : independent samples of the window
    misfit : χ² per degree of freedom of the best model
    """

    at_edge: FloatArray
    se: FloatArray
    n_effective: float
    misfit: FloatArray


def edge_currents(samples: FloatArray, first: int) -> EdgeCurrents:
    """Extrapolate each row back to its edge.

    samples : (sweeps, n), n ≥ 8; the first of them lies ``first`` samples after the edge
    """
    n = samples.shape[1]
    bounds = _bin_edges(n)
    width = np.diff(bounds)
    time = first + np.add.reduceat(np.arange(n, dtype=float), bounds[:-1]) / width
    binned = np.add.reduceat(samples, bounds[:-1], axis=1) / width
    variance, inflation = _noise(samples)
    weight = np.sqrt(width / (variance * inflation))
    values, spreads, misfits, parameters = _all_models(time, binned * weight, weight, _candidates(first, n))
    dof = np.maximum(width.size - parameters, 1)
    scale = np.maximum((misfits / dof[:, None]).min(0), 1.0)  # a tail no model fits makes all errors larger
    score = -0.5 * misfits / scale - 0.5 * parameters[:, None] * np.log(width.size)
    score -= score.max(0)
    share = np.exp(score)
    share /= share.sum(0)
    mean = (share * values).sum(0)
    spread = (share * (scale * spreads[:, None] ** 2 + (values - mean) ** 2)).sum(0)
    return EdgeCurrents(mean, np.sqrt(spread), n / inflation, (misfits / dof[:, None]).min(0))


def _bin_edges(n: int) -> NDArray[np.intp]:
    """Bins that grow with time from single samples, so that fast and slow relaxations are both resolved."""
    return np.unique(np.concatenate([[0], np.geomspace(1, n, min(BINS, n)).astype(np.intp)]))


def _noise(samples: FloatArray) -> tuple[float, float]:
    """Variance and correlation of the noise, from the second half of the rows with their slow part taken off."""
    tail = samples[:, samples.shape[1] // 2 :]
    t = np.linspace(-1, 1, tail.shape[1])
    basis, _ = np.linalg.qr(np.vander(t, 4))
    residual = tail - (tail @ basis) @ basis.T
    variance = float(np.mean(np.median(residual**2, axis=1)) / 0.4549)  # median of a squared normal deviate
    return max(variance, 1e-12), max(correlation_inflation(residual, fitted=4), 1e-3)


def _candidates(first: int, n: int) -> list[tuple[float, ...]]:
    """Time constants of each model, in samples: none, one, or two."""
    taus = np.geomspace(max(first / 2.0, 2.0), 2.0 * n, TIME_CONSTANTS)
    coarse = taus[::PAIR_STEP]
    pairs = [(float(a), float(b)) for a in coarse for b in coarse if b > 2.5 * a]
    return [(), *((float(tau),) for tau in taus), *pairs]


def _all_models(
    time: FloatArray, weighted: FloatArray, weight: FloatArray, candidates: list[tuple[float, ...]]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Edge value (models, sweeps), its standard error (models,), χ² (models, sweeps) and parameters (models,)."""
    values, spreads, misfits = [], [], []
    for taus in candidates:
        columns = [np.ones_like(time), *(np.exp(-time / tau) for tau in taus)]
        basis, upper = np.linalg.qr(np.stack(columns, axis=1) * weight[:, None])
        projected = weighted @ basis
        to_edge = np.linalg.solve(upper.T, np.ones(len(columns)))  # every column is 1 at the edge
        values.append(projected @ to_edge)
        spreads.append(float(np.sqrt(to_edge @ to_edge)))
        misfits.append((weighted**2).sum(-1) - (projected**2).sum(-1))
    parameters = np.array([1.0 + 2.0 * len(taus) for taus in candidates])
    return np.array(values), np.array(spreads), np.maximum(np.array(misfits), 0.0), parameters
