"""Correlated errors made independent."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray


def whitening(covariance: FloatArray) -> FloatArray:
    """Matrix W that makes errors of this covariance independent and of unit variance: W C Wᵀ = 1.

    covariance : (..., n, n), positive definite. Returns the inverse of its Cholesky factor, lower triangular, same
    shape, in the inverse unit of the errors.
    """
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance)))


def covariance_of(whiten: FloatArray) -> FloatArray:
    """Covariance (n, n) that a whitening matrix belongs to, in the squared unit of the errors."""
    return np.asarray(np.linalg.inv(whiten.T @ whiten))
