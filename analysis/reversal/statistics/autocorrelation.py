"""Effective number of independent values in a mean of correlated samples.

Filtered current is correlated in time, so a window of n samples contains fewer than n independent values. Their number
is computed from the autocorrelation of the samples, cut at the end of its initial positive sequence.
Source: Geyer, Stat. Sci. 7:473 (1992), for the cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.row_parts import Rows, parts_of
from reversal.statistics.statistics_constants import (
    MAX_AUTOCORRELATION_SWEEPS,
    MAX_BENDING_CORRECTION,
    MIN_CORRELATION_EIGENVALUE,
    WILD_SWEEP_VARIANCE_RATIO,
)
from reversal.statistics.trend import centred, slopes_of


@dataclass(frozen=True, slots=True)
class WindowMeans:
    """Means of a window in each sweep; all shapes (sweeps,).

    mean, se : mean and its standard error, unit of the samples
    n_effective : independent samples the window is worth, the same for all sweeps
    slope, slope_se : trend through the window per sample, with standard error
    """

    mean: FloatArray
    se: FloatArray
    n_effective: float
    slope: FloatArray
    slope_se: FloatArray


def window_means(samples: Rows) -> WindowMeans:
    """Mean of each row with an error that allows for autocorrelation.

    samples : (sweeps, n), n ≥ 4. The autocorrelation is pooled over the sweeps, the variance too.
    """
    sweeps, n = samples.shape
    time, spectrum = centred(n), Spectrum((sweeps, n))
    means, slopes, powers = [], [], []
    for part in parts_of(samples):
        mean, slope = part.mean(-1), slopes_of(part)
        residual = part - mean[:, None]
        for row, change in zip(residual, slope, strict=True):
            row -= change * time
        powers.append(np.array([(row**2).sum() for row in residual]))
        spectrum.add(residual)
        means.append(mean)
        slopes.append(slope)
    mean, slope = np.concatenate(means), np.concatenate(slopes)
    variance = _robust_mean(np.concatenate(powers) / max(n - 2, 1))
    inflation = spectrum.inflation(fitted=2)
    se = np.full(mean.shape, np.sqrt(variance * inflation / n))
    return WindowMeans(mean, se, n / inflation, slope, se / np.sqrt(time @ time / n))


def separated(covariance: FloatArray, floor: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Standard errors (points,), at least ``floor``, and correlation (points, points) of a covariance."""
    se = np.maximum(np.sqrt(np.diag(covariance)), floor)
    return se, np.asarray(covariance / np.outer(se, se))


def positive_definite(correlation: FloatArray) -> FloatArray:
    """The correlation matrix with its eigenvalues raised to a small positive one, (n, n)."""
    values, vectors = np.linalg.eigh(correlation)
    raised = (vectors * np.maximum(values, MIN_CORRELATION_EIGENVALUE)) @ vectors.T
    return separated(raised)[1]


def correlation_inflation(residual: FloatArray, fitted: int = 1) -> float:
    """Factor by which correlation raises the variance of a mean, 1 + 2 Σ (1 − k/n) ρ_k, pooled over rows.

    residual : (sweeps, n), each row with its fit subtracted
    fitted : parameters subtracted from each row; this lowers the autocorrelation, which is corrected
    """
    spectrum = Spectrum((residual.shape[0], residual.shape[1]))
    spectrum.add(residual)
    return spectrum.inflation(fitted)


class Spectrum:
    """Sum of the power spectra of evenly spaced rows, padded to twice their length.

    shape : number of all rows that are added, and of samples in each
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        rows, self._n = shape
        self._every = max(rows // MAX_AUTOCORRELATION_SWEEPS, 1)
        self._size = 1 << (2 * self._n - 1).bit_length()
        self._power = np.zeros(self._size // 2 + 1)
        self._seen = self._used = 0

    def add(self, residual: FloatArray) -> None:
        """Add the next rows, (some rows, n), each with its fit subtracted."""
        chosen = residual[-self._seen % self._every :: self._every]
        for row in chosen:  # one at a time: the spectra of all rows are many times larger than the rows
            self._power += np.abs(np.fft.rfft(row, self._size)) ** 2
        self._seen += len(residual)
        self._used += len(chosen)

    def inflation(self, fitted: int) -> float:
        """Factor by which correlation raises the variance of a mean."""
        n = self._n
        covariance = np.fft.irfft(self._power / self._used, self._size)[:n] / n
        if covariance[0] <= 0:
            return 1.0
        rho = covariance / covariance[0]
        pairs = rho[: n - n % 2].reshape(-1, 2).sum(-1)
        cut = 2 * (int(np.argmax(pairs <= 0)) if np.any(pairs <= 0) else pairs.size)
        total = 1.0 + 2.0 * rho[1 : max(cut, 1)].sum()  # covariance / n already carries the weight 1 − k/n
        taken = min(fitted * (2 * cut - 1) / n, MAX_BENDING_CORRECTION) if cut else 0.0
        return float(max(total, 0.0) / (1.0 - taken)) if total > 0 else 1.0 / n


def _robust_mean(values: FloatArray) -> float:
    """Mean over sweeps without outliers: values far above the median are left out."""
    middle = np.median(values)
    return float(values[values <= WILD_SWEEP_VARIANCE_RATIO * middle].mean()) if middle > 0 else float(values.mean())
