"""Reversal potential from a smooth curve through the I-V whose stiffness the points themselves decide.

The current is a straight line plus a Gaussian process of voltage (Matérn, ν = 7/2), conditioned on the points and their
errors. Its amplitude and its length in mV are not chosen: a grid of both is averaged with the likelihood of the points,
the straight line itself being its stiff end. The interval is the set of voltages at which the sign of the current
cannot be told: where it is positive with a probability between 2.5 and 97.5 %. So the noise of the points and what a
curve may do between them both widen it, and a coarse family across a sharp bend gets the wide interval it deserves.
Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), §2.7 and ch. 5.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analysis.measure.crossings import Bracket
from analysis.measure.estimate import Estimate

FloatArray = NDArray[np.float64]

SPAN_mV = 70.0  # points farther from the sign change say nothing about it that nearer ones do not
LEAST_POINTS = 8
SHORTEST_mV, LONGEST_mV, LENGTHS = 6.0, 150.0, 10  # 6 mV: e-fold of a gate of four charges, the steepest bend known
AMPLITUDES = np.geomspace(1e-4, 3.0, 11)  # of the largest current
NEGLIGIBLE = 1e-3  # share of the likelihood below which a pair is left out
GRID = 81


def smooth_estimate(
    v_mV: FloatArray,
    i_pA: FloatArray,
    se_pA: FloatArray,
    bracket: Bracket,
    correlation: FloatArray | None = None,
    widen: float = 1.0,
) -> Estimate | None:
    """Zero of the averaged smooth curve.

    v_mV ascending, i_pA, se_pA : (points,), points ≥ 4; correlation : of the errors, (points, points), None for
    independent ones; widen : factor on the errors of the curve. None without a zero.
    """
    middle = 0.5 * (v_mV[bracket.low] + v_mV[bracket.high])
    far = np.abs(v_mV - middle)
    near = np.sort(np.argsort(far)[: max(LEAST_POINTS, int(np.count_nonzero(far <= SPAN_mV)))])
    near = np.union1d(near, np.arange(bracket.low, bracket.high + 1))
    v, scale = v_mV[near] - middle, float(np.abs(i_pA[near]).max())
    noise = np.diag((se_pA[near] / scale) ** 2)
    if correlation is not None:
        noise = correlation[np.ix_(near, near)] * np.outer(se_pA[near], se_pA[near]) / scale**2
    posterior = _Posterior(v, i_pA[near] / scale, noise)
    width = float(v_mV[bracket.high] - v_mV[bracket.low])
    center, reach = 0.0, width
    estimate = None
    for _ in range(6):  # farther where the interval does not end inside, nearer where it is but a few steps wide
        grid = np.unique(np.clip(np.linspace(center - reach, center + reach, GRID), v[0], v[-1]))
        positive = posterior.positive(grid, widen)
        estimate = _read(grid, positive if bracket.rising else 1.0 - positive, middle)
        if estimate is None or None in estimate[1:]:
            if reach > v[-1] - v[0]:
                break
            reach *= 2.5
            continue
        zero, low, high = estimate
        wide = max(zero - (low or zero), (high or zero) - zero)
        if wide > 0.15 * reach:
            break
        center, reach = zero - middle, max(4.0 * wide, 0.02 * reach)
    if estimate is None:
        return None
    e_mV, low, high = estimate
    se = _standard_error(e_mV, low, high)
    return Estimate(e_mV, low, high, se, "smooth curve", None)


class _Posterior:
    """Gaussian processes of all lengths and amplitudes, conditioned on the points of one I-V."""

    def __init__(self, v: FloatArray, y: FloatArray, noise: FloatArray) -> None:
        self.v = v
        step = float(np.median(np.diff(v))) if v.size > 1 else SHORTEST_mV
        lengths = np.geomspace(max(SHORTEST_mV, 0.6 * step), LONGEST_mV, LENGTHS)
        correlation = matern(np.abs(v[:, None] - v) / lengths[:, None, None])
        power = (AMPLITUDES**2)[None, :, None, None]
        covariance = (power * correlation[:, None] + noise + 1e-14 * np.eye(v.size)).reshape(-1, v.size, v.size)
        trend = np.stack([np.ones_like(v), v / SPAN_mV], axis=1)
        root = np.linalg.cholesky(covariance)
        logdet = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(-1)
        inverse = np.linalg.inv(covariance)
        weighted = inverse @ trend
        gram = np.swapaxes(weighted, 1, 2) @ trend
        b = np.linalg.solve(gram, (np.swapaxes(weighted, 1, 2) @ y)[..., None])[..., 0]
        residual = y - b @ trend.T
        alpha = (inverse @ residual[..., None])[..., 0]
        score = -0.5 * (residual * alpha).sum(-1) - logdet - 0.5 * np.linalg.slogdet(gram)[1]
        share = np.exp(score - score.max())
        share /= share.sum()
        kept = np.flatnonzero(share > NEGLIGIBLE * share.max())
        self.share = share[kept] / share[kept].sum()
        self.length = np.repeat(lengths, AMPLITUDES.size)[kept]
        self.amplitude = np.tile(AMPLITUDES, lengths.size)[kept]
        self.inverse, self.alpha, self.b = inverse[kept], alpha[kept], b[kept]
        self.weighted, self.gram = weighted[kept], gram[kept]

    def positive(self, at: FloatArray, widen: float) -> FloatArray:
        """Probability that the current is positive, shape (at,)."""
        from scipy.special import ndtr

        distance = np.abs(at[:, None] - self.v)
        cross = self.amplitude[:, None, None] ** 2 * matern(distance / self.length[:, None, None])
        trend = np.stack([np.ones_like(at), at / SPAN_mV], axis=1)
        mean = self.b @ trend.T + (cross @ self.alpha[..., None])[..., 0]
        explained = ((cross @ self.inverse) * cross).sum(-1)
        lever = trend - cross @ self.weighted
        by_trend = (lever * np.swapaxes(np.linalg.solve(self.gram, np.swapaxes(lever, 1, 2)), 1, 2)).sum(-1)
        variance = np.maximum(self.amplitude[:, None] ** 2 - explained + by_trend, 1e-22)
        return np.asarray(self.share @ ndtr(mean / (widen * np.sqrt(variance))))


def matern(r: FloatArray) -> FloatArray:
    """Matérn correlation, ν = 7/2, at the distance ``r`` in lengths."""
    s = math.sqrt(7.0) * r
    return np.asarray((1.0 + s + 0.4 * s**2 + s**3 / 15.0) * np.exp(-s))


def _read(grid: FloatArray, positive: FloatArray, middle: float) -> tuple[float, float | None, float | None] | None:
    """Zero and ends of the interval from the probability of a positive current, which rises through it."""
    rises = np.flatnonzero((positive[:-1] < 0.5) & (positive[1:] >= 0.5))
    if rises.size == 0:
        return None
    at = rises[np.argmin(np.abs(grid[rises]))]
    zero = _between(grid, positive, at, 0.5)
    below = np.flatnonzero(positive[: at + 1] < 0.025)
    above = np.flatnonzero(positive[at:] > 0.975)
    low = None if below.size == 0 else middle + _between(grid, positive, int(below[-1]), 0.025)
    high = None if above.size == 0 else middle + _between(grid, positive, int(at + above[0]) - 1, 0.975)
    return middle + zero, low, high


def _between(grid: FloatArray, positive: FloatArray, n: int, level: float) -> float:
    """Voltage between two grid points at which the probability takes a level, on the scale of normal deviates."""
    from scipy.special import ndtri

    left, right, wanted = ndtri(np.clip([positive[n], positive[n + 1], level], 1e-15, 1 - 1e-15))
    part = 0.5 if right == left else (wanted - left) / (right - left)
    return float(grid[n] + min(max(part, 0.0), 1.0) * (grid[n + 1] - grid[n]))


def _standard_error(e_mV: float, low: float | None, high: float | None) -> float:
    """Half width of the interval in normal quantiles; of the open side, the other side's."""
    widths = [abs(end - e_mV) for end in (low, high) if end is not None]
    return (sum(widths) / len(widths) if widths else SPAN_mV) / 1.96
