"""Whitening of correlated errors."""

from __future__ import annotations

import numpy as np

from reversal.statistics.whitening import covariance_of, whitening


def test_covariance_of_whitened_errors_is_the_unit_matrix() -> None:
    """The inverse Cholesky factor of [[4, 2], [2, 3]] by hand: L = [[2, 0], [1, √2]]."""
    covariance = np.array([[4.0, 2.0], [2.0, 3.0]])
    expected = np.array([[0.5, 0.0], [-0.5 / np.sqrt(2), 1 / np.sqrt(2)]])
    white = whitening(covariance)
    np.testing.assert_allclose(white, expected)
    np.testing.assert_allclose(white @ covariance @ white.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(covariance_of(white), covariance)


def test_several_covariances_are_whitened_in_parallel() -> None:
    both = np.stack([np.diag([4.0, 9.0]), np.diag([1.0, 16.0])])
    np.testing.assert_allclose(whitening(both), [np.diag([0.5, 1 / 3]), np.diag([1.0, 0.25])])
