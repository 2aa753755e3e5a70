"""Reversal potential by local regression: a polynomial through the points nearest the sign change, and its interval.

For a straight line the set {x : |p(x)| ≤ t · se(p(x))} is Fieller's interval; the same set is used for a parabola and a
cubic. Source: Fieller, J. R. Stat. Soc. B 16:175 (1954); Zerbe, Am. Stat. 32:103 (1978).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_constants import (
    LOCAL_POLYNOMIAL_POINTS,
    MAX_POLYNOMIAL_ORDER,
    MIN_POLYNOMIAL_DOF,
    POLYNOMIAL_MISFIT_SD,
)
from reversal.measure.reversal.sign_changes import Bracket
from reversal.statistics.least_squares import linear_fit
from reversal.statistics.polynomials import powers
from reversal.tables.estimates_table import Estimator


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A weighted polynomial fit about ``center_mV``.

    coefficients : lowest power first, of (v − center)/scale; covariance of the same
    """

    coefficients: FloatArray
    covariance: FloatArray
    center_mV: float
    scale_mV: float
    chi2: float
    dof: int


def fit_polynomial(
    v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, order: int, center_mV: float, scale_mV: float
) -> Polynomial:
    """Weighted least squares with known errors; all shapes (points,)."""
    x = (v_mV - center_mV) / scale_mV
    fit = linear_fit(powers(x, order) / se_pA[:, None], i_pA / se_pA)
    return Polynomial(fit.coefficients, fit.covariance, center_mV, scale_mV, fit.chi2, fit.dof)


def zero_of(
    fit: Polynomial, near_mV: tuple[float, float], quantile: float, inflate: float, estimator: Estimator
) -> Estimate | None:
    """Zero of the polynomial inside (or nearest to) a bracket, with the set where it does not differ from zero.

    near_mV : the bracket; quantile : of the standardised error; inflate : factor on the standard error, ≥ 1
    """
    low, high = ((edge - fit.center_mV) / fit.scale_mV for edge in near_mV)
    roots = np.roots(fit.coefficients[::-1])
    real = roots.real[np.abs(roots.imag) < 1e-9 * (1 + np.abs(roots.real))]
    if real.size == 0:
        return None
    root = float(real[np.argmin(np.maximum(low - real, 0) + np.maximum(real - high, 0))])
    powers = root ** np.arange(fit.coefficients.size)
    slope = float(np.arange(1, fit.coefficients.size) * fit.coefficients[1:] @ powers[:-1])
    se = inflate * float(np.sqrt(powers @ fit.covariance @ powers)) / abs(slope) if slope else np.inf
    ends = _indistinguishable(fit, root, quantile * inflate)
    limits = [None if end is None else fit.center_mV + fit.scale_mV * end for end in ends]
    misfit = fit.chi2 / fit.dof if fit.dof else None
    e_mV = fit.center_mV + fit.scale_mV * root
    return Estimate(float(e_mV), limits[0], limits[1], float(se * fit.scale_mV), estimator, misfit)


def _indistinguishable(fit: Polynomial, root: float, quantile: float) -> tuple[float | None, float | None]:
    """Ends of the range around ``root`` in which p(x)² ≤ quantile² · var p(x); None where it is open."""
    n = fit.coefficients.size
    variance = np.zeros(2 * n - 1)
    for power in range(n):
        variance[power : power + n] += fit.covariance[power]
    ends = np.roots((np.convolve(fit.coefficients, fit.coefficients) - quantile**2 * variance)[::-1])
    real = np.sort(ends.real[np.abs(ends.imag) < 1e-7 * (1 + np.abs(ends.real))])
    below, above = real[real <= root], real[real >= root]
    return (float(below[-1]) if below.size else None, float(above[0]) if above.size else None)


def line_estimate(
    v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, bracket: Bracket, quantile: float
) -> Estimate | None:
    """Straight line between the two points of the bracket, with Fieller's interval of their noise alone."""
    ends = [bracket.low, bracket.high]
    v = v_mV[ends]
    fit = fit_polynomial(v, i_pA[ends], se_pA[ends], 1, float(v.mean()), float(np.ptp(v)))
    return zero_of(fit, (float(v[0]), float(v[1])), quantile, 1.0, Estimator.STRAIGHT_LINE)


def nearest_points(v_mV: FloatArray, bracket: Bracket, count: int) -> NDArray[np.intp]:
    """Indices of the points of the bracket and of the nearest ones around it, balanced over both sides."""
    low, high = bracket.low, bracket.high
    while high - low + 1 < min(count, v_mV.size):
        middle = 0.5 * (v_mV[bracket.low] + v_mV[bracket.high])
        left = middle - v_mV[low - 1] if low > 0 else np.inf
        right = v_mV[high + 1] - middle if high + 1 < v_mV.size else np.inf
        low, high = (low - 1, high) if left <= right else (low, high + 1)
    return np.arange(low, high + 1)


def local_estimate(
    v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, bracket: Bracket, quantile: float
) -> Estimate | None:
    """Local polynomial of the lowest order that fits, through the six points nearest the sign change.

    v_mV ascending, i_pA, se_pA : (points,), points ≥ 3. None where no polynomial has a zero.
    """
    near = (float(v_mV[bracket.low]), float(v_mV[bracket.high]))
    points = nearest_points(v_mV, bracket, LOCAL_POLYNOMIAL_POINTS)
    center, scale = 0.5 * (near[0] + near[1]), max(float(np.ptp(v_mV[points])) / 2, 1e-6)
    for order in range(1, MAX_POLYNOMIAL_ORDER + 1):
        if points.size < order + 1:
            break
        fit = fit_polynomial(v_mV[points], i_pA[points], se_pA[points], order, center, scale)
        last = order == MAX_POLYNOMIAL_ORDER or points.size <= order + MIN_POLYNOMIAL_DOF
        if not last and fit.chi2 > fit.dof + POLYNOMIAL_MISFIT_SD * np.sqrt(2 * fit.dof):
            continue
        inflate = max(1.0, np.sqrt(fit.chi2 / fit.dof)) if fit.dof else 1.0
        return zero_of(fit, near, quantile, inflate, Estimator.LOCAL_POLYNOMIAL)
    return None
