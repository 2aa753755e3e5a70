"""Covariance of noise from short records, compared with that of the process."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.correlated_noise import covariance_of_noise

POINTS = 30
DESIGN = np.stack([np.ones(POINTS), np.linspace(-1.0, 1.0, POINTS)], axis=1)
LAGS = np.abs(np.arange(POINTS)[:, None] - np.arange(POINTS))


def process(fraction: float, time: float) -> np.ndarray:
    """Covariance of noise of variance 4."""
    return 4.0 * ((1.0 - fraction) * np.eye(POINTS) + fraction * np.exp(-LAGS / time))


def records(covariance: np.ndarray, count: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((count, POINTS))
    line = DESIGN @ np.array([7.0, -3.0])
    return np.asarray(noise @ np.linalg.cholesky(covariance).T + line)


@pytest.mark.parametrize(("fraction", "time"), [(0.0, 1.0), (0.8, 1.8), (0.6, 3.3)])
def test_many_records_show_the_covariance(fraction: float, time: float) -> None:
    truth = process(fraction, time)
    found = covariance_of_noise(records(truth, 400, 3), DESIGN)
    for lag in (0, 1, 2, 4):
        assert np.diag(found, lag).mean() == pytest.approx(np.diag(truth, lag).mean(), abs=0.2)


def test_one_record_does_not_underestimate_the_error_of_a_mean_of_nine_points() -> None:
    """Over 300 records, the mean square error of the mean of nine points, relative to its estimate."""
    truth, weights = process(0.9, 2.4), np.zeros(POINTS)
    weights[10:19] = 1.0 / 9.0
    estimates = [weights @ covariance_of_noise(records(truth, 1, seed), DESIGN) @ weights for seed in range(300)]
    assert 1.0 < np.mean(estimates) / (weights @ truth @ weights) < 1.5


def test_the_fitted_columns_do_not_count() -> None:
    rows = records(process(0.5, 2.0), 2, 5)
    shifted = rows + DESIGN @ np.array([100.0, 50.0])
    assert covariance_of_noise(shifted, DESIGN) == pytest.approx(covariance_of_noise(rows, DESIGN), rel=1e-6)
