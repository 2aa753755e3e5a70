"""Reversal potential from a smooth curve through the I–V whose stiffness is determined by the points.

The current is a straight line plus a Gaussian process of voltage (Matérn, ν = 7/2), conditioned on the points and their
errors. Amplitude and length scale [mV] are averaged over a grid, weighted by likelihood; the straight line is the limit
of zero amplitude. A factor on the errors is averaged in the same way, because the scatter of the points determines it.
The interval is the set of voltages at which the current is positive with a probability between 2.5 and 97.5 %: noise of
the points and possible curvature between them both widen it.
Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), §2.7 and ch. 5.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_constants import (
    AMPLITUDE_GRID_SIZE,
    ERROR_SCALE_GRID,
    ERROR_SCALE_PRIOR,
    LENGTH_GRID_SIZE,
    MAX_AMPLITUDE,
    MAX_ZOOM_IN,
    MAX_ZOOMS,
    MIN_AMPLITUDE,
    MIN_INTERVAL_FRACTION,
    MIN_LENGTH_PER_STEP,
    MIN_NEAR_POINTS,
    NEGLIGIBLE_MODEL_WEIGHT,
    SMOOTH_GRID_POINTS,
    ZOOM_IN_WIDTHS,
    ZOOM_OUT_FACTOR,
    LONGEST_LENGTH_mV,
    SHORTEST_LENGTH_mV,
    SMOOTH_REACH_mV,
)
from reversal.measure.reversal.sign_changes import Bracket
from reversal.statistics.normal import deviate_of, probability_below
from reversal.statistics.statistics_constants import LOWER_PROBABILITY, TWO_SIDED_95_ROUNDED, UPPER_PROBABILITY
from reversal.statistics.whitening import whitening
from reversal.tables.estimates_table import Estimator


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
    is_near = far <= SMOOTH_REACH_mV
    is_near[np.argsort(far)[:MIN_NEAR_POINTS]] = True
    is_near[bracket.low : bracket.high + 1] = True
    near = np.flatnonzero(is_near)
    v, scale = v_mV[near] - middle, float(np.abs(i_pA[near]).max())
    noise = np.diag((se_pA[near] / scale) ** 2)
    if correlation is not None:
        noise = correlation[np.ix_(near, near)] * np.outer(se_pA[near], se_pA[near]) / scale**2
    posterior = _Posterior(v, i_pA[near] / scale, noise)
    width = float(v_mV[bracket.high] - v_mV[bracket.low])
    center, reach = 0.0, width
    estimate = None
    for _ in range(MAX_ZOOMS):  # zoom out if the interval is open, zoom in if it is a few steps wide
        grid = np.linspace(max(center - reach, v[0]), min(center + reach, v[-1]), SMOOTH_GRID_POINTS)
        positive = posterior.positive(grid, widen)
        estimate = _read(grid, positive if bracket.rising else 1.0 - positive, middle)
        if estimate is None or None in estimate[1:]:
            if reach > v[-1] - v[0]:
                break
            reach *= ZOOM_OUT_FACTOR
            continue
        zero, low, high = estimate
        wide = max(zero - (low or zero), (high or zero) - zero)
        if wide > MIN_INTERVAL_FRACTION * reach:
            break
        center, reach = zero - middle, max(ZOOM_IN_WIDTHS * wide, MAX_ZOOM_IN * reach)
    if estimate is None:
        return None
    e_mV, low, high = estimate
    se = _standard_error(e_mV, low, high)
    return Estimate(float(e_mV), low, high, float(se), Estimator.SMOOTH_CURVE, None)


class _Posterior:
    """Gaussian processes of all lengths, amplitudes and error scales, conditioned on the points of one I–V.

    For whitened points in the eigenbasis of the correlation of a length, the covariance for every amplitude and every
    error scale is diagonal; only sums over the points remain.
    """

    def __init__(self, v: FloatArray, y: FloatArray, noise: FloatArray) -> None:
        self.v = v
        step = float(np.median(np.diff(v))) if v.size > 1 else SHORTEST_LENGTH_mV
        self.lengths = _spaced(max(SHORTEST_LENGTH_mV, MIN_LENGTH_PER_STEP * step), LONGEST_LENGTH_mV, LENGTH_GRID_SIZE)
        white = whitening(noise)
        correlation = matern(np.abs(v[:, None] - v) / self.lengths[:, None, None])
        eigenvalues, vectors = np.linalg.eigh(white @ correlation @ white.T)
        self.turned = np.swapaxes(vectors, 1, 2) @ white  # (lengths, points, points)
        z, trend = self.turned @ y, self.turned @ _trend(v)
        amplitudes, errors = _spaced(MIN_AMPLITUDE, MAX_AMPLITUDE, AMPLITUDE_GRID_SIZE), np.array(ERROR_SCALE_GRID)
        power, error = (grid.ravel() for grid in np.meshgrid(amplitudes**2, errors**2, indexing="ij"))
        d = power[:, None] * np.maximum(eigenvalues, 0.0)[:, None] + error[:, None]  # (lengths, pairs, points)
        products = np.concatenate(
            [trend[..., :1] * trend, trend[..., 1:] ** 2, trend * z[..., None], z[..., None] ** 2], 2
        )
        aa, ab, bb, az, bz, zz = np.moveaxis((1.0 / d) @ products, 2, 0)
        det = aa * bb - ab**2
        b = np.stack([bb * az - ab * bz, aa * bz - ab * az], axis=-1) / det[..., None]
        score = -0.5 * (zz - b[..., 0] * az - b[..., 1] * bz + np.log(d).sum(2) + np.log(det))
        share = np.exp(score - score.max()) * np.tile(ERROR_SCALE_PRIOR, amplitudes.size)
        length, pair = np.nonzero(share > NEGLIGIBLE_MODEL_WEIGHT * share.max())
        self.share = share[length, pair] / share[length, pair].sum()
        self.length, self.power, self.d, self.b = length, power[pair], d[length, pair], b[length, pair]
        self.trend = trend[length]
        self.left = z[length] - (self.trend @ self.b[..., None])[..., 0]
        self.gram = np.stack([bb, -ab, aa], axis=-1)[length, pair] / det[length, pair, None]  # its inverse

    def positive(self, at: FloatArray, widen: float) -> FloatArray:
        """Probability that the current is positive, shape (at,)."""
        distance = np.abs(at[:, None] - self.v)
        cross = matern(distance / self.lengths[:, None, None]) @ np.swapaxes(self.turned, 1, 2)
        cross = cross[self.length] * self.power[:, None, None]  # (models, at, points)
        weights = cross / self.d[:, None, :]
        mean = self.b @ _trend(at).T + (weights @ self.left[..., None])[..., 0]
        lever = _trend(at) - weights @ self.trend
        by_trend = (
            lever[..., 0] ** 2 * self.gram[:, :1]
            + 2.0 * lever[..., 0] * lever[..., 1] * self.gram[:, 1:2]
            + lever[..., 1] ** 2 * self.gram[:, 2:]
        )
        variance = np.maximum(self.power[:, None] - (weights * cross).sum(-1) + by_trend, 1e-22)
        return np.asarray(self.share @ probability_below(mean / (widen * np.sqrt(variance))))


@lru_cache
def _spaced(low: float, high: float, count: int) -> FloatArray:
    """Numbers with equal ratios, (count,), which must not be written to."""
    numbers = np.geomspace(low, high, count)
    numbers.flags.writeable = False
    return numbers


def _trend(v: FloatArray) -> FloatArray:
    """Level and slope of a straight line, shape (v, 2)."""
    return np.stack([np.ones_like(v), v / SMOOTH_REACH_mV], axis=1)


def matern(r: FloatArray) -> FloatArray:
    """Matérn correlation, ν = 7/2; r : distance in length scales."""
    s = math.sqrt(7.0) * r
    return np.asarray((1.0 + s + 0.4 * s**2 + s**3 / 15.0) * np.exp(-s))


def _read(grid: FloatArray, positive: FloatArray, middle: float) -> tuple[float, float | None, float | None] | None:
    """Zero and limits of the interval from the probability of a positive current."""
    rises = np.flatnonzero((positive[:-1] < 0.5) & (positive[1:] >= 0.5))
    if rises.size == 0:
        return None
    at = rises[np.argmin(np.abs(grid[rises]))]
    zero = _between(grid, positive, at, 0.5)
    below = np.flatnonzero(positive[: at + 1] < LOWER_PROBABILITY)
    above = np.flatnonzero(positive[at:] > UPPER_PROBABILITY)
    low = None if below.size == 0 else middle + _between(grid, positive, int(below[-1]), LOWER_PROBABILITY)
    high = None if above.size == 0 else middle + _between(grid, positive, int(at + above[0]) - 1, UPPER_PROBABILITY)
    return middle + zero, low, high


def _between(grid: FloatArray, positive: FloatArray, n: int, level: float) -> float:
    """Voltage between two grid points at which the probability is ``level``, interpolated as a normal deviate."""
    left, right, wanted = deviate_of(np.clip([positive[n], positive[n + 1], level], 1e-15, 1 - 1e-15))
    part = 0.5 if right == left else (wanted - left) / (right - left)
    return float(grid[n] + min(max(part, 0.0), 1.0) * (grid[n + 1] - grid[n]))


def _standard_error(e_mV: float, low: float | None, high: float | None) -> float:
    """Half width of the interval in normal quantiles; for an open side, that of the other side."""
    widths = [abs(end - e_mV) for end in (low, high) if end is not None]
    return (sum(widths) / len(widths) if widths else SMOOTH_REACH_mV) / TWO_SIDED_95_ROUNDED
