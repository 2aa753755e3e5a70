"""Covariance of equally spaced values with white noise and noise with an exponential autocorrelation.

A short record does not determine how long its noise is correlated, and the autocorrelation of residuals is too small
because the fit removes slow noise. So the covariance is averaged over correlation times and over the fractions of the
correlated noise, each weighted by its restricted likelihood, that of the values without the fitted columns.
Source: Patterson & Thompson, Biometrika 58:545 (1971), for the restricted likelihood.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import (
    CORRELATED_FRACTIONS,
    CORRELATION_TIME_GRID_SIZE,
    CORRELATION_TIMES_IN_RECORD,
)


def covariance_of_noise(rows: FloatArray, design: FloatArray) -> FloatArray:
    """Covariance of the values of one row, (n, n), averaged over the models of its correlation.

    rows : independent records, (rows, n); design : columns that are fitted to each row, (n, columns), columns < n
    """
    n, columns = design.shape
    inverse, log_det = _models(n)[1:]
    weighted = inverse @ design  # (models, n, columns)
    normal = design.T @ weighted
    fit = np.linalg.solve(normal, np.swapaxes(weighted, 1, 2) @ rows.T)  # (models, columns, rows)
    left = ((rows @ inverse) * rows).sum(2).sum(1) - ((np.swapaxes(weighted, 1, 2) @ rows.T) * fit).sum((1, 2))
    free = rows.shape[0] * (n - columns)
    variance = np.maximum(left, 0.0) / free
    score = -0.5 * (
        rows.shape[0] * (log_det + np.linalg.slogdet(normal)[1]) + free * np.log(np.maximum(variance, 1e-300))
    )
    share = np.exp(score - score.max())
    return np.asarray(np.tensordot(share / share.sum() * variance, _models(n)[0], 1))


@lru_cache(maxsize=8)
def _models(n: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Correlation of every model (models, n, n), its inverse, and the logarithm of its determinant (models,)."""
    lags = np.abs(np.arange(n)[:, None] - np.arange(n))
    times = np.geomspace(1.0, max(n / CORRELATION_TIMES_IN_RECORD, 1.0), CORRELATION_TIME_GRID_SIZE)
    found = [np.eye(n)] + [
        (1.0 - fraction) * np.eye(n) + fraction * np.exp(-lags / time)
        for time in times
        for fraction in CORRELATED_FRACTIONS
    ]
    correlation = np.array(found)
    return correlation, np.linalg.inv(correlation), np.linalg.slogdet(correlation)[1]
