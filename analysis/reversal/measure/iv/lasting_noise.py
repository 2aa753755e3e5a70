"""Noise that lasts from one sweep to the next, such as 1/f noise.

The mean over neighbouring points of a family does not reduce it as if their errors were independent. The holding
current before the family and that at the end of the same sweep show it: if the noise is shorter than a sweep, they are
independent. 1/f noise has the same variance in each decade of time, so its correlation falls with the logarithm of the
distance in time.
Source: Keshner, Proc. IEEE 70:212 (1982), for the correlation of 1/f noise in a limited time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import (
    END_DIVISOR,
    LASTING_NOISE_TREND_ORDER,
    MAX_CORRELATED_SWEEPS,
    MIN_LASTING_NOISE_DOF,
    MIN_SHARED_BASELINE_SAMPLES,
    SWEEPS_AT_ONCE,
)
from reversal.measure.protocol.sweeps import Sweeps
from reversal.statistics.autocorrelation import correlation_inflation, positive_definite
from reversal.statistics.polynomials import orthonormal_polynomials


@dataclass(frozen=True, slots=True)
class LastingNoise:
    """Noise that the start and the end of a sweep share.

    variance_pA2 : its variance; apart_s : time between the two stretches
    """

    variance_pA2: float
    apart_s: float


def lasting_noise(sweeps: Sweeps) -> LastingNoise:
    """Covariance of the holding currents at start and end of the sweeps, without their trends over the sweeps.

    A variance of 0 with few sweeps, or if the sweeps do not end at one level.
    """
    none = LastingNoise(0.0, 0.0)
    count, flats, ending = sweeps.count, sweeps.flats, _end(sweeps)
    free = count - LASTING_NOISE_TREND_ORDER - 1
    if free < MIN_LASTING_NOISE_DOF or not flats or ending is None:
        return none
    start = flats[0].start, flats[-1].stop
    if start[1] - start[0] < MIN_SHARED_BASELINE_SAMPLES or ending[0] < start[1]:
        return none
    means = np.stack([sweeps.means(*stretch) for stretch in (start, ending)])
    trend = orthonormal_polynomials(np.arange(count, dtype=float), LASTING_NOISE_TREND_ORDER)
    left = means - (means @ trend) @ trend.T
    apart_s = 0.5 * (sum(ending) - sum(start)) / sweeps.recording.sample_rate_Hz
    return LastingNoise(max(float(left[0] @ left[1]) / free, 0.0), apart_s)


def _end(sweeps: Sweeps) -> tuple[int, int] | None:
    """Last samples that are at one level, the same in all sweeps, without the start of that stretch."""
    ends = [command.epochs for command in sweeps.recording.command.sweeps]
    if len(set(sweeps.samples)) != 1 or any(not epochs for epochs in ends):
        return None
    stop, level = ends[0][-1].stop, ends[0][-1].level_mV
    start = 0
    for epochs in ends:
        begun = stop
        for epoch in reversed(epochs):
            if epoch.stop != begun or epoch.level_mV != level or epoch.from_mV != level:
                break
            begun = epoch.start
        start = max(start, begun)
    first = stop - (stop - start) // END_DIVISOR
    return (first, stop) if stop - first >= MIN_SHARED_BASELINE_SAMPLES and stop <= sweeps.samples[0] else None


def lasting_correlation(
    se_pA: FloatArray, slow_pA2: FloatArray, start_s: FloatArray, noise: LastingNoise
) -> FloatArray | LastingCorrelation | None:
    """Correlation between the errors of the currents of a family, (currents, currents); None if they are independent.

    se_pA : errors with the slow part, slow_pA2 : variance of that part, (currents,); start_s : of each sweep
    The lasting noise is correlated up to the length of the recording; slower noise is part of the holding current.
    """
    longest_s = float(np.ptp(start_s))
    lasting = np.minimum(noise.variance_pA2, slow_pA2)
    if not lasting.any() or longest_s <= noise.apart_s:
        return None
    part = np.sqrt(lasting) / se_pA
    if start_s.size > MAX_CORRELATED_SWEEPS:
        return LastingCorrelation(part, start_s, noise.apart_s, longest_s)
    rho = _logarithmic(np.abs(start_s[:, None] - start_s), noise.apart_s, longest_s)
    correlation = rho * np.outer(part, part)
    np.fill_diagonal(correlation, 1.0)
    return positive_definite(correlation)


@dataclass(frozen=True, slots=True)
class LastingCorrelation:
    """The same correlation for so many sweeps that a table of all pairs may be larger than the memory.

    part : lasting part of each error, (currents,); start_s : of each sweep
    shortest_s, longest_s : times in which it falls from 1 to 0
    """

    part: FloatArray
    start_s: FloatArray
    shortest_s: float
    longest_s: float

    def covariance(self, average: FloatArray, se_pA: FloatArray) -> FloatArray:
        """Covariance of weighted means of the currents, (points, points); average : weights (points, currents)."""
        lasting, count = average * (se_pA * self.part), self.start_s.size
        found = (average * (se_pA**2 * (1.0 - self.part**2))) @ average.T
        for first in range(0, count, SWEEPS_AT_ONCE):
            here = slice(first, first + SWEEPS_AT_ONCE)
            rho = _correlated(np.abs(self.start_s[here, None] - self.start_s), self.shortest_s, self.longest_s)
            rho[np.arange(len(rho)), first + np.arange(len(rho))] = 1.0
            found += lasting[:, here] @ rho @ lasting.T
        return found


def lasting_offset_pA2(by_sweep_pA: FloatArray, start_s: FloatArray, sweep_s: float) -> float:
    """Variance that noise which lasts from sweep to sweep adds to the mean of repeated ramps [pA²].

    The scatter of whole ramps between sweeps is compared with the one expected from the noise within the ramps. The
    excess is noise slower than a ramp, as 1/f noise correlated between sweeps: the mean has more of it than the scatter
    between the sweeps shows.

    by_sweep_pA : (sweeps, points), sweeps ≥ 3; start_s : of each sweep; sweep_s : duration of a ramp
    """
    sweeps, points = by_sweep_pA.shape
    left = by_sweep_pA - by_sweep_pA.mean(0)
    offset = left.mean(1)
    within = left - offset[:, None]
    expected = float((within**2).sum()) / (points - 1) * correlation_inflation(within) / points
    excess_pA2 = max(float(offset @ offset) - expected, 0.0) / (sweeps - 1)
    longest_s = float(np.ptp(start_s))
    if longest_s <= sweep_s:
        return 0.0
    shared = sum(_shared_with_others(start_s, sweep, sweep_s, longest_s) for sweep in range(sweeps)) / sweeps
    of_mean = (1.0 + shared) / (1.0 - shared / (sweeps - 1))  # relative to the scatter over the number of sweeps
    return float(excess_pA2 / sweeps * (of_mean - 1.0))


def _shared_with_others(start_s: FloatArray, sweep: int, shortest_s: float, longest_s: float) -> float:
    """Sum of the correlations of a sweep with all others; a table of all pairs may be larger than the memory."""
    apart_s = np.abs(np.delete(start_s, sweep) - start_s[sweep])
    return float(_correlated(apart_s, shortest_s, longest_s).sum())


def _correlated(apart_s: FloatArray, shortest_s: float, longest_s: float) -> FloatArray:
    """Correlation of 1/f noise, 1 at the shortest distance in time and 0 at the longest."""
    return np.asarray(np.log(longest_s / np.clip(apart_s, shortest_s, longest_s)) / np.log(longest_s / shortest_s))


def _logarithmic(apart_s: FloatArray, shortest_s: float, longest_s: float) -> FloatArray:
    """Correlation of 1/f noise between all pairs, (n, n)."""
    rho = _correlated(apart_s, shortest_s, longest_s)
    np.fill_diagonal(rho, 1.0)
    return np.asarray(rho)
