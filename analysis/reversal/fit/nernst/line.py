"""Linear regression of E_rev on (RT/zF) ln(outside/inside): slope, whose Nernst value is 1, and curvature.

Each pair of bath and pipette is one point, identified by its recipe. Repeats at other temperatures, whose activities
differ a little, are the same point. Baths that share only the series ion are different points.

The interval of the slope comes from the scatter of the cell's baths about the line (Student's t), weighted by the
measurement errors. It is therefore valid even if the measurement errors are underestimated. The cost is a wide interval
with three baths, which have one degree of freedom. Two baths have none; their interval uses the measurement errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import (
    MIN_CURVATURE_BATHS,
    MIN_CURVATURE_LEVELS,
    MIN_INFLUENCE_BATHS,
    MIN_LINE_BATHS,
    MIN_LINE_ROBUST_SPREAD,
    MIN_LINE_ROOT_WEIGHT,
    MIN_ROBUST_BATHS,
    SAME_CONCENTRATION_mV,
)
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.least_squares import LinearFit, linear_fit_by_normal_equations
from reversal.statistics.robust_weights import bisquare, standard_deviation_of
from reversal.statistics.statistics_constants import (
    BISQUARE_ROUNDS,
    EQUIVALENCE_LEVEL,
    TWO_SIDED_90_SIX_DECIMALS,
    TWO_SIDED_95_SIX_DECIMALS,
)
from reversal.statistics.student_t import two_sided_p, two_sided_quantile
from reversal.statistics.trend import theil_sen
from reversal.statistics.whitening import whitening


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line.

    slope_ratio : slope over Nernst slope; low, high : its 95 % limits; tost_low, tost_high : its 90 % limits
    intercept_mV : E_rev at 1 mM outside, at the mean temperature [mV]; temperature_C : mean temperature [°C]
    degrees_of_freedom : 0 if the interval uses the measurement errors (two baths)
    residual_sd_mV : standard deviation of the residuals [mV]; None with two baths
    curvature_p : p of the quadratic term; None with fewer than four baths
    influence : slope ratio without each bath in turn, None where one concentration is left; empty with fewer than
        three baths
    """

    slope_ratio: float
    low: float
    high: float
    tost_low: float
    tost_high: float
    intercept_mV: float
    temperature_C: float
    degrees_of_freedom: int
    residual_sd_mV: float | None
    curvature_p: float | None
    influence: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class BathMeans:
    """One point per pair of bath and pipette, n of them, scaled to the mean temperature.

    x_mV : (n,) Nernst potential less that of 1 mM outside and the mean inside, (RT/zF) ln outside with one pipette [mV]
    e_mV : (n,) reversal potentials [mV];  covariance : (n, n) [mV²]
    leak_mV : (n, 3) part of it: the effects of leak and of a current that does not decay, shared by the baths [mV]
    inside_mM : geometric mean of the inside concentration or activity; 1 if the pipette lacks the ion
    solution : (n,) number of the pair of bath and pipette in the series
    """

    x_mV: FloatArray
    e_mV: FloatArray
    covariance: FloatArray
    temperature_C: float
    leak_mV: FloatArray
    inside_mM: float = 1.0
    solution: tuple[int, ...] = ()


def on_the_line(series: BathSeries) -> NDArray[np.bool_]:
    """(n,) whether each recording is on the line: the series ion is outside, and inside if any pipette has it.

    A pipette without the ion has a line too, because only its slope is tested.
    """
    outside, inside, _ = series.of(series.choices.ion)
    return np.asarray((outside > 0) & ((inside > 0) | ~np.any(inside > 0)))


def bath_means(series: BathSeries) -> BathMeans:
    """Weighted mean of the recordings of each pair of bath and pipette that is on the line.

    A reversal potential measured at temperature T is scaled by T_mean/T, which is exact for the Nernst equation.
    """
    outside, inside, z = series.of(series.choices.ion)
    present = on_the_line(series)
    if not present.any():
        return BathMeans(np.zeros(0), np.zeros(0), np.zeros((0, 0)), float("nan"), np.zeros((0, 2)))
    mean_C = float(np.mean(series.temperature_C[present]))
    to_mean_temperature = thermal_voltage_mV(mean_C) / thermal_voltage_mV(series.temperature_C)
    log_inside = np.log(np.where(inside > 0, inside, 1.0))
    log_ratio = np.log(np.where(present, outside, 1.0)) - log_inside + log_inside[present].mean()
    solution = np.unique(series.solution[present])
    weight = (series.solution == solution[:, None]) * present / series.own_sd_mV**2
    weight /= weight.sum(axis=1, keepdims=True)
    scaled = weight * to_mean_temperature
    return BathMeans(
        x_mV=thermal_voltage_mV(mean_C) / z * (weight @ log_ratio),
        e_mV=scaled @ series.e_mV,
        covariance=scaled @ series.covariance() @ scaled.T,
        temperature_C=mean_C,
        leak_mV=scaled @ series.leak_mV,
        inside_mM=float(np.exp(log_inside[present].mean())),
        solution=tuple(solution.tolist()),
    )


def concentration_levels(x_mV: FloatArray) -> int:
    """Number of different concentrations among points of a line, (n,); a difference of activity alone is not counted.

    >>> concentration_levels(np.array([40.0, 40.1, 58.0]))
    2
    """
    return int(np.sum(np.diff(np.sort(x_mV)) > SAME_CONCENTRATION_mV)) + (x_mV.size > 0)


def fit_line(points: BathMeans) -> Line:
    """Fit the line to two or more baths by generalised least squares; raises ValueError for fewer than two.

    The baths must have two different concentrations.
    """
    n = points.x_mV.size
    if n < 2:
        raise ValueError("a line needs at least two baths")
    design = np.stack([np.ones(n), points.x_mV], axis=1)
    root = whitening(points.covariance)
    whitened = root @ design
    fit = linear_fit_by_normal_equations(whitened, root @ points.e_mV)
    df = fit.dof
    own, leak = _parts_of_error(fit, fit.covariance @ whitened.T @ root, points.leak_mV, 1)
    scatter = float(np.sqrt(own**2 * (fit.chi2 / df if df else 1.0)))
    t95, t90 = _quantiles(df)
    width95 = float(np.hypot(t95 * scatter, TWO_SIDED_95_SIX_DECIMALS * leak))
    width90 = float(np.hypot(t90 * scatter, TWO_SIDED_90_SIX_DECIMALS * leak))
    slope = float(fit.coefficients[1])
    residual = points.e_mV - design @ fit.coefficients
    return Line(
        slope_ratio=slope,
        low=slope - width95,
        high=slope + width95,
        tost_low=slope - width90,
        tost_high=slope + width90,
        intercept_mV=float(fit.coefficients[0]),
        temperature_C=points.temperature_C,
        degrees_of_freedom=df,
        residual_sd_mV=float(np.sqrt(np.sum(residual**2) / df)) if df else None,
        curvature_p=_curvature_p(points, root) if _may_be_curved(points) else None,
        influence=_slope_without_each(points) if n >= MIN_INFLUENCE_BATHS else (),
    )


def _parts_of_error(fit: LinearFit, per_mV: FloatArray, leak_mV: FloatArray, column: int) -> tuple[float, float]:
    """Standard error of a coefficient of a generalised fit: from all errors but the leak's, and from those.

    The scatter about the line measures the first part. It does not show the second, which curves and rotates the whole
    line.
    per_mV : (k, n) change of each coefficient per millivolt of each point;  leak_mV : (n, 3)
    """
    leak = float(np.linalg.norm((per_mV @ leak_mV)[column]))
    return float(np.sqrt(max(fit.covariance[column, column] - leak**2, 0.0))), leak


def _quantiles(dof: int) -> tuple[float, float]:
    """Half widths of the 95 % and 90 % intervals in standard errors: Student's t; normal if ``dof`` is 0."""
    if dof == 0:
        return TWO_SIDED_95_SIX_DECIMALS, TWO_SIDED_90_SIX_DECIMALS
    return two_sided_quantile(dof), two_sided_quantile(dof, EQUIVALENCE_LEVEL)


def downweighted(points: BathMeans) -> BathMeans:
    """The points with larger errors for outlying baths (Tukey's bisquare, iteratively reweighted).

    Starts from the Theil–Sen line, the median of the lines through all pairs of baths. One outlier among five baths
    does not change it much.
    """
    slope, intercept = theil_sen(points.x_mV, points.e_mV)
    own = np.sqrt(np.diag(points.covariance))
    weighted = points
    for _ in range(BISQUARE_ROUNDS):
        standardised = (points.e_mV - intercept - slope * points.x_mV) / own
        weight = bisquare(
            standardised, max(MIN_LINE_ROBUST_SPREAD, standard_deviation_of(standardised)), MIN_LINE_ROOT_WEIGHT
        )
        weighted = replace(points, covariance=points.covariance / np.sqrt(np.outer(weight, weight)))
        line = fit_line(weighted)
        slope, intercept = line.slope_ratio, line.intercept_mV
    return weighted


def line_of(series: BathSeries) -> Line:
    """The line of a series, with robust weights if declared and with enough baths; see :func:`fit_line`."""
    points = bath_means(series)
    return fit_line(downweighted(points) if has_robust_weights(series, points) else points)


def has_robust_weights(series: BathSeries, points: BathMeans) -> bool:
    """Whether the line of a series is fitted with robust weights."""
    return series.choices.fitting.robust and points.x_mV.size >= MIN_ROBUST_BATHS


def _may_be_curved(points: BathMeans) -> bool:
    """Whether the points are enough for a parabola: four baths, of three concentrations."""
    return points.x_mV.size >= MIN_CURVATURE_BATHS and concentration_levels(points.x_mV) >= MIN_CURVATURE_LEVELS


def _curvature_p(points: BathMeans, root: FloatArray) -> float:
    """Two-sided p of the quadratic term, with the variance estimated from the residuals of the parabola."""
    centred = points.x_mV - points.x_mV.mean()
    design = np.stack([np.ones_like(centred), centred, centred**2], axis=1)
    whitened = root @ design
    fit = linear_fit_by_normal_equations(whitened, root @ points.e_mV)
    if fit.chi2 <= 0:
        return 1.0
    own, leak = _parts_of_error(fit, fit.covariance @ whitened.T @ root, points.leak_mV, 2)
    se = float(np.hypot(own * np.sqrt(fit.chi2 / fit.dof), leak))
    return two_sided_p(float(fit.coefficients[2]) / se, fit.dof)


def _slope_without_each(points: BathMeans) -> tuple[float | None, ...]:
    """Slope ratio with each bath left out in turn; None where one concentration is left."""
    slopes: list[float | None] = []
    for k in range(points.x_mV.size):
        keep = np.arange(points.x_mV.size) != k
        if concentration_levels(points.x_mV[keep]) < MIN_LINE_BATHS:
            slopes.append(None)
            continue
        root = whitening(points.covariance[np.ix_(keep, keep)])
        whitened = root @ np.stack([np.ones(int(keep.sum())), points.x_mV[keep]], axis=1)
        slopes.append(float(np.linalg.lstsq(whitened, root @ points.e_mV[keep], rcond=None)[0][1]))
    return tuple(slopes)
