"""Factor between two means: Fieller's theorem far from the edge, open ends at it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.fit.edge_scale import EdgeScale
from reversal.statistics.factor_of_means import Means, factor_of_means


def linear(value: ArrayLike) -> FloatArray:
    return np.asarray(value, dtype=float)


def test_the_interval_is_that_of_fiellers_theorem() -> None:
    """Fieller (1954) in the form of Finney, Statistical Method in Biological Assay (1978)."""
    from scipy.stats import t

    (a, b), (v11, v12, v22), dof = (3.0, 2.0), (0.04, 0.01, 0.03), 9.0
    found = factor_of_means(Means(np.array([a, b]), np.array([[v11, v12], [v12, v22]]), dof, linear, linear))
    quantile = t.ppf(0.975, dof)
    g, ratio = quantile**2 * v22 / b**2, a / b
    reach = quantile / b * np.sqrt(v11 - 2 * ratio * v12 + ratio**2 * v22 - g * (v11 - v12**2 / v22))
    centre = ratio - g * v12 / v22
    expected = (centre - reach) / (1 - g), (centre + reach) / (1 - g)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-5)
    assert found.value == pytest.approx(1.5)
    assert found.p == pytest.approx(2 * t.sf((a - b) / np.sqrt(v11 - 2 * v12 + v22), dof), rel=1e-5)


@pytest.mark.parametrize(
    ("means", "is_open"),
    [((-0.1, 3.0), (True, False)), ((3.0, -0.1), (False, True)), ((-0.1, -0.1), (True, True))],
    ids=["first may be 0", "second may be 0", "both may be 0"],
)
def test_a_mean_that_may_be_0_opens_its_end(means: tuple[float, float], is_open: tuple[bool, bool]) -> None:
    found = factor_of_means(Means(np.array(means), np.diag([0.04, 0.04]), 8.0, linear, linear))
    assert (found.low is None, found.high is None) == is_open
    assert found.value is None


def test_intervals_of_small_ratios_contain_the_truth() -> None:
    """Factor 0.5 of ratios a tenth of the balance; 95 % of 60 intervals are 57 ± 1.7."""
    rng, scale, hits = np.random.default_rng(2), EdgeScale(0.02), 0
    for _ in range(60):
        groups = [scale.of(ratio) + rng.normal(0, 0.1, n) for ratio, n in ((0.002, 8), (0.004, 7))]
        variances = [group.var(ddof=1) / group.size for group in groups]
        position = np.array([group.mean() for group in groups])
        found = factor_of_means(Means(position, np.diag(variances), 13.0, scale.of, scale.ratio))
        hits += (found.low or 0.0) <= 0.5 <= (np.inf if found.high is None else found.high)
    assert hits >= 53
