"""Peak current of each sweep: signed, smoothed, and read at the neighbours' time where no peak stands out.

An extremum of noise is never zero: of n independent values it lies about σ √(2 ln n) out. Where the deflection is not
larger than that, the time of the peak is taken from the sweeps that have one, so that points near the reversal
potential are not pushed away from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.measure.noise import correlation_inflation

FloatArray = NDArray[np.float64]

SMOOTHED_MS = 0.2  # without a known filter
STANDS_OUT = 1.5  # multiples of the extremum that noise alone makes


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peak currents; shapes (sweeps,).

    mean, se : current around the peak and its standard error
    at : sample of the peak within the window
    n_effective : independent samples in the mean
    """

    mean: FloatArray
    se: FloatArray
    at: NDArray[np.intp]
    n_effective: float


def peak_currents(samples: FloatArray, lowpass_Hz: float | None, rate_Hz: float) -> Peaks:
    """Peak of each row against its own end.

    samples : (sweeps, n), n ≥ 8, from the end of the blank on
    """
    n = samples.shape[1]
    width_ms = 1000.0 / lowpass_Hz if lowpass_Hz else SMOOTHED_MS
    half = int(np.clip(round(0.5 * width_ms * rate_Hz / 1000.0), 1, max(n // 8, 1)))
    width = 2 * half + 1
    total = np.cumsum(np.pad(samples, ((0, 0), (1, 0))), axis=1)
    smooth = (total[:, width:] - total[:, :-width]) / width
    end = samples[:, -max(n // 5, 4) :]
    t = np.linspace(-1, 1, end.shape[1])
    basis, _ = np.linalg.qr(np.vander(t, 3))
    residual = end - (end @ basis) @ basis.T
    inflation = correlation_inflation(residual, fitted=3)
    sd = float(np.sqrt(np.mean(residual**2)))
    se = sd * np.sqrt(min(max(inflation, 1.0), width) / width)
    deflection = smooth - end.mean(1, keepdims=True)
    at = np.argmax(np.abs(deflection), axis=1)
    size = np.abs(deflection)[np.arange(at.size), at]
    clear = size > STANDS_OUT * se * np.sqrt(2 * np.log(max(smooth.shape[1] / width, 2)))
    if np.any(clear):
        order = np.arange(at.size)
        nearest = np.abs(order[:, None] - order[clear]).argmin(1)
        at = np.where(clear, at, at[clear][nearest])
    value = smooth[np.arange(at.size), at]
    return Peaks(value, np.full(at.size, se), at + half, width / max(inflation, 1.0))
