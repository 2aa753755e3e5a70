"""The smooth curve, compared with a Gaussian process with dense matrices, and its limits with a root finder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.spatial.distance import cdist
from scipy.special import ndtr

from reversal.arrays import FloatArray
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.sign_changes import Bracket
from reversal.measure.reversal.smooth_curve import smooth_estimate

V = np.arange(-60.0, 61.0, 10.0)
FLAT_PRIOR_SD = 200.0  # of level and slope, where currents are of order 1


def matern(v: FloatArray, other: FloatArray, length: float) -> FloatArray:
    """ν = 7/2 (Rasmussen & Williams 2006, eq. 4.16): (1 + s + 2s²/5 + s³/15) e^(−s), s = √7 r/ℓ."""
    s = np.sqrt(7.0) * cdist(v[:, None], other[:, None]) / length
    return np.asarray((1 + s + 2 * s**2 / 5 + s**3 / 15) * np.exp(-s))


def dense(v: FloatArray, i: FloatArray, errors: FloatArray, step: float, widen: float) -> Callable[[float], float]:
    """Probability that the current is positive; v from the middle of the bracket [mV]; errors : (n, n).

    Averaged over 7 lengths from 6 mV (or 0.6 steps) to 150 mV, 7 amplitudes from 0.0003 to 3 of the largest current and
    errors 0.6, 1 and 1.6 times as large with the weights 0.3, 0.5 and 0.2.
    """
    scale = np.abs(i).max()
    y, noise, lines = i / scale, errors / scale**2, []
    for length in np.geomspace(max(6.0, 0.6 * step), 150.0, 7):
        for amplitude in np.geomspace(0.0003, 3.0, 7):
            for factor, weight in ((0.6, 0.3), (1.0, 0.5), (1.6, 0.2)):
                prior = FLAT_PRIOR_SD**2 * (1.0 + np.outer(v, v) / 40.0**2)
                covariance = prior + amplitude**2 * matern(v, v, length) + factor**2 * noise
                lines.append((length, amplitude, covariance, weight))
    logs = np.array(
        [
            np.log(weight) - 0.5 * (np.linalg.slogdet(covariance)[1] + y @ np.linalg.solve(covariance, y))
            for _, _, covariance, weight in lines
        ]
    )
    share = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()

    def positive(at: float) -> float:
        total = 0.0
        for part, (length, amplitude, covariance, _) in zip(share, lines, strict=True):
            if part < 1e-5:
                continue
            prior = FLAT_PRIOR_SD**2 * (1.0 + at * v / 40.0**2)
            cross = prior + amplitude**2 * matern(np.array([at]), v, length)[0]
            own = FLAT_PRIOR_SD**2 * (1.0 + at**2 / 40.0**2) + amplitude**2
            weights = np.linalg.solve(covariance, cross)
            total += part * ndtr(weights @ y / (widen * np.sqrt(own - weights @ cross)))
        return float(total)

    return positive


def reference(v: FloatArray, i: FloatArray, errors: FloatArray, middle: float, widen: float = 1.0) -> list[float]:
    """Voltages at which the current is positive with a probability of 0.5, 0.025 and 0.975."""
    positive = dense(v - middle, i, errors, float(np.median(np.diff(v))), widen)
    ends = float(v[0] - middle), float(v[-1] - middle)
    return [middle + float(brentq(lambda x, p=p: positive(x) - p, *ends, xtol=1e-7)) for p in (0.5, 0.025, 0.975)]


def numbers(found: Estimate | None) -> list[float | None]:
    assert found is not None
    return [found.e_mV, found.low_mV, found.high_mV]


def bent(v: FloatArray, seed: int) -> FloatArray:
    """A gated current through −22 mV, with noise of 2 pA."""
    noise = 2.0 * np.random.default_rng(seed).standard_normal(v.size)
    return 2.0 * (v + 22.0) * (0.3 + 1.0 / (1.0 + np.exp(-(v + 20.0) / 9.0))) + noise


NEAR = V <= 10.0  # within 40 mV of the middle of the bracket
SE = np.linspace(1.5, 2.5, V.size)


@pytest.mark.parametrize("seed", [1, 2])
def test_zero_and_limits_are_those_of_a_dense_gaussian_process(seed: int) -> None:
    i = bent(V, seed)
    found = smooth_estimate(V, i, SE, Bracket(3, 4, rising=True))
    e, low, high = reference(V[NEAR], i[NEAR], np.diag(SE[NEAR] ** 2), -25.0)
    assert numbers(found) == pytest.approx([e, low, high], abs=2.5e-3 * (high - low))
    assert found is not None
    assert found.se_mV == pytest.approx((high - low) / (2 * 1.96), rel=1e-3)


def test_correlated_errors_and_a_factor_on_the_error_of_the_curve() -> None:
    i, correlation = bent(V, 3), 0.6 ** cdist(V[:, None] / 10.0, V[:, None] / 10.0)
    found = smooth_estimate(V, i, SE, Bracket(3, 4, rising=True), correlation, 1.3)
    errors = (correlation * np.outer(SE, SE))[np.ix_(NEAR, NEAR)]
    e, low, high = reference(V[NEAR], i[NEAR], errors, -25.0, 1.3)
    assert numbers(found) == pytest.approx([e, low, high], abs=2.5e-3 * (high - low))


def test_a_falling_current_has_the_zero_of_its_opposite() -> None:
    i = bent(V, 1)
    rising = smooth_estimate(V, i, SE, Bracket(3, 4, rising=True))
    falling = smooth_estimate(V, -i, SE, Bracket(3, 4, rising=False))
    assert numbers(falling) == pytest.approx(numbers(rising), abs=1e-6)


@pytest.mark.parametrize("step_mV", [4.0, 25.0])
def test_other_distances_of_the_points(step_mV: float) -> None:
    """Points 4 mV apart: those within 40 mV count. Points 25 mV apart: the nearest eight."""
    v = np.arange(-120.0, 121.0, step_mV)
    i, se = bent(v, 4), np.full(v.size, 2.0)
    low = int(np.searchsorted(v, -22.0)) - 1
    middle = 0.5 * (v[low] + v[low + 1])
    far = np.abs(v - middle)
    near = far <= max(40.0, np.sort(far)[7])
    found = smooth_estimate(v, i, se, Bracket(low, low + 1, rising=True))
    e, below, above = reference(v[near], i[near], np.diag(se[near] ** 2), middle)
    assert numbers(found) == pytest.approx([e, below, above], abs=2.5e-3 * (above - below))


@pytest.mark.parametrize("se_pA", [0.02, 30.0])
def test_narrow_and_wide_intervals_are_resolved(se_pA: float) -> None:
    """The grid of voltages zooms in or out until it resolves the interval."""
    i, se = 2.0 * (V + 22.0), np.full(V.size, se_pA)
    found = smooth_estimate(V, i, se, Bracket(3, 4, rising=True))
    e, low, high = reference(V[NEAR], i[NEAR], np.diag(se[NEAR] ** 2), -25.0)
    assert numbers(found) == pytest.approx([e, low, high], abs=2.5e-3 * (high - low))


def test_an_interval_is_open_on_the_side_on_which_the_tested_range_ends() -> None:
    """Standard error from the other side alone."""
    i, se = 2.0 * (V - 58.0), np.full(V.size, 8.0)
    found = smooth_estimate(V, i, se, Bracket(11, 12, rising=True))
    assert found is not None
    assert found.high_mV is None
    assert found.low_mV is not None
    assert found.se_mV == pytest.approx((found.e_mV - found.low_mV) / 1.96)
    turned = smooth_estimate(-V[::-1], -i[::-1], se, Bracket(0, 1, rising=True))
    assert turned is not None
    assert turned.low_mV is None
    assert numbers(turned)[::2] == pytest.approx([-found.e_mV, -found.low_mV], abs=1e-6)


def test_points_60_mV_apart_have_no_length_scale_below_36_mV() -> None:
    """With lengths from 6 mV on, the lower limit is −64 mV instead of −25 mV."""
    v = np.arange(-200.0, 201.0, 60.0)
    i = 2.0 * (v + 22.0) * (0.3 + 1.0 / (1.0 + np.exp(-(v + 20.0) / 30.0)))
    i, se = i + 2.0 * np.random.default_rng(1).standard_normal(v.size), np.full(v.size, 2.0)
    found = numbers(smooth_estimate(v, i, se, Bracket(2, 3, rising=True)))
    positive = dense(v + 50.0, i, np.diag(se**2), 60.0, 1.0)
    assert [positive((end or 0.0) + 50.0) for end in found] == pytest.approx([0.5, 0.025, 0.975], abs=0.004)
