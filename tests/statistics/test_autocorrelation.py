"""Error of a mean of correlated samples, checked with the formula for autoregressive noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from reversal.statistics.autocorrelation import window_means


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
def test_effective_samples_of_autoregressive_noise(memory: float) -> None:
    """N (1 − φ)/(1 + φ) independent samples: Bayley & Hammersley, J. R. Stat. Soc. Suppl. 8:184 (1946)."""
    n = 2000
    white = np.random.default_rng(3).standard_normal((20, n + 200))
    samples = np.asarray(lfilter([1.0], [1.0, -memory], white, axis=1))[:, 200:]
    means = window_means(samples)
    assert means.n_effective == pytest.approx(n * (1 - memory) / (1 + memory), rel=0.15)
    assert means.se[0] == pytest.approx(1.0 / (1 - memory) / np.sqrt(n), rel=0.1)


def test_errors_of_means_match_the_scatter_between_windows() -> None:
    white = np.random.default_rng(4).standard_normal((400, 600))
    samples = np.asarray(lfilter([1.0], [1.0, -0.8], white, axis=1))[:, 100:]
    means = window_means(samples)
    assert means.mean.std() == pytest.approx(means.se[0], rel=0.12)


def test_a_trend_is_not_counted_as_noise() -> None:
    n = 400
    samples = 5.0 + 0.01 * np.arange(n) + 0.1 * np.random.default_rng(5).standard_normal((8, n))
    means = window_means(samples)
    np.testing.assert_allclose(means.slope, 0.01, atol=4 * float(means.slope_se[0]))
    assert means.se[0] < 0.01


def test_error_of_a_slope_is_that_of_ordinary_regression() -> None:
    """σ/√Σ(t − t̄)² of white noise."""
    n, sd = 500, 2.0
    samples = sd * np.random.default_rng(6).standard_normal((200, n))
    means = window_means(samples)
    spread = np.sqrt(np.sum((np.arange(n) - (n - 1) / 2) ** 2))
    assert means.slope_se[0] == pytest.approx(sd / spread, rel=0.1)
    assert means.slope.std() == pytest.approx(sd / spread, rel=0.15)
    assert means.se[0] == pytest.approx(sd / np.sqrt(n), rel=0.1)


@pytest.mark.parametrize("sd", [0.1, 3.0])
def test_a_wild_sweep_is_left_out_of_the_pooled_variance(sd: float) -> None:
    """Standard deviations 2.1 times those of the others are above four times their variance, 1.8 times are not."""
    noise = sd * np.random.default_rng(8).standard_normal((9, 4000))
    noise /= noise.std(1, keepdims=True) / sd
    for times, variance in ((2.1, 1.0), (1.8, (8 + 1.8**2) / 9)):
        rows = noise.copy()
        rows[4] *= times
        means = window_means(rows)
        assert means.se[0] ** 2 * means.n_effective == pytest.approx(sd**2 * variance, rel=0.01)
