"""Zero, interval and order of a local polynomial, compared with a weighted fit by numpy and a root finder."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from reversal.arrays import FloatArray
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.local_polynomial import fit_polynomial, line_estimate, local_estimate, zero_of
from reversal.measure.reversal.sign_changes import Bracket
from reversal.tables.estimates_table import Estimator

V = np.array([-55.0, -42.0, -31.0, -20.0, -11.0, 0.0, 14.0])
SE = np.array([2.0, 1.0, 1.5, 0.8, 1.2, 1.0, 2.5])


def zeros(i: FloatArray, order: int, quantile: float, at_mV: float, reach_mV: float = 12.0) -> tuple[float, ...]:
    """Zero, limits |p| = quantile · se(p) around it, and the standard error of the zero."""
    coefficients, covariance = np.polyfit(V, i, order, w=1 / SE, cov="unscaled")

    def value(v: float) -> float:
        return float(np.polyval(coefficients, v))

    def error(v: float) -> float:
        row = v ** np.arange(order, -1, -1.0)
        return float(np.sqrt(row @ covariance @ row))

    zero = float(brentq(value, at_mV - 8.0, at_mV + 8.0))
    low = float(brentq(lambda v: value(v) + quantile * error(v), zero - reach_mV, zero))
    high = float(brentq(lambda v: value(v) - quantile * error(v), zero, zero + reach_mV))
    slope = float(np.polyval(np.polyder(coefficients), zero))
    return zero, low, high, error(zero) / abs(slope)


def numbers(found: Estimate | None) -> tuple[float | None, ...]:
    assert found is not None
    return found.e_mV, found.low_mV, found.high_mV, found.se_mV


CURVES = {1: (3.0, 75.0), 2: (0.02, 4.0, 80.0), 3: (0.0015, 0.1, 4.0, 60.0)}


@pytest.mark.parametrize("order", CURVES)
@pytest.mark.parametrize("inflate", [1.0, 1.7])
def test_interval_of_a_polynomial_ends_where_it_differs_from_zero(order: int, inflate: float) -> None:
    i = np.polyval(CURVES[order], V) + 0.5 * SE * np.random.default_rng(2).standard_normal(V.size)
    fit = fit_polynomial(V, i, SE, order, -20.0, 30.0)
    zero, low, high, se = zeros(i, order, 2.3 * inflate, -22.0)
    found = zero_of(fit, (-31.0, -11.0), 2.3, inflate, Estimator.LOCAL_POLYNOMIAL)
    assert numbers(found) == pytest.approx((zero, low, high, inflate * se))
    assert found is not None
    residual = (i - np.polyval(np.polyfit(V, i, order, w=1 / SE), V)) / SE
    assert found.misfit == pytest.approx(float(residual @ residual) / (V.size - order - 1))
    assert fit.dof == V.size - order - 1


def test_of_several_zeros_the_one_nearest_the_bracket_is_taken() -> None:
    """(V + 60)(V + 20)(V − 10), exact."""
    fit = fit_polynomial(V, 1e-3 * (V + 60.0) * (V + 20.0) * (V - 10.0), 0.01 * SE, 3, 0.0, 10.0)
    for bracket, zero in (
        ((-31.0, -15.0), -20.0),
        ((-58.0, -50.0), -60.0),
        ((0.0, 5.0), 10.0),
        ((-70.0, -65.0), -60.0),
    ):
        found = zero_of(fit, bracket, 2.0, 1.0, Estimator.LOCAL_POLYNOMIAL)
        assert found is not None
        assert found.e_mV == pytest.approx(zero, abs=1e-6)


def test_a_polynomial_without_a_real_zero_gives_none() -> None:
    fit = fit_polynomial(V, 0.05 * (V + 20.0) ** 2 + 3.0, SE, 2, -20.0, 30.0)
    assert zero_of(fit, (-31.0, -11.0), 2.0, 1.0, Estimator.LOCAL_POLYNOMIAL) is None


@pytest.mark.parametrize(("excess", "order"), [(1.29, 1), (1.31, 2)])
def test_a_line_is_left_from_1_3_standard_deviations_of_its_chi_square(excess: float, order: int) -> None:
    """Six points leave a line 4 degrees of freedom, χ² = 4 ± √8; a parabola fits the rest."""
    v, se = V[:6], SE[:6]
    bend = (v + 25.0) ** 2
    left = (bend - np.polyval(np.polyfit(v, bend, 1, w=1 / se), v)) / se
    bend *= np.sqrt((4.0 + excess * np.sqrt(8.0)) / (left @ left))
    i = 3.0 * (v + 24.0) + bend
    found = local_estimate(v, i, se, Bracket(2, 3, rising=True), 2.0)
    assert found is not None
    expected = np.roots(np.polyfit(v, i, order, w=1 / se))
    assert found.e_mV == pytest.approx(float(expected[np.argmin(np.abs(expected + 25.0))]))
    if order == 1:  # the misfit enlarges the error
        chi2 = 4.0 + excess * np.sqrt(8.0)
        coefficients, covariance = np.polyfit(v, i, 1, w=1 / se, cov="unscaled")
        row = np.array([found.e_mV, 1.0])
        assert found.se_mV == pytest.approx(np.sqrt(chi2 / 4.0 * (row @ covariance @ row)) / coefficients[0])


@pytest.mark.parametrize(("points", "order"), [(3, 1), (4, 2), (5, 3), (6, 3)])
def test_few_points_allow_low_orders_alone(points: int, order: int) -> None:
    """The highest order leaves one degree of freedom; its misfit enlarges the error."""
    v = np.array([-60.0, -45.0, -30.0, -15.0, 0.0, 15.0])[:points]
    low = points // 2 - 1
    i = np.tan((v + 22.0) / 45.0) * 200.0
    found = local_estimate(v, i, np.full(points, 0.01), Bracket(low, low + 1, rising=True), 2.0)
    roots = np.roots(np.polyfit(v, i, order))
    real = roots.real[np.abs(roots.imag) < 1e-9]
    middle = 0.5 * (v[low] + v[low + 1])
    assert found is not None
    assert found.e_mV == pytest.approx(float(real[np.argmin(np.abs(real - middle))]))


def test_a_straight_line_through_the_bracket_has_the_interval_of_two_points() -> None:
    i = np.array([-90.0, -50.0, -20.0, 8.0, 30.0, 70.0, 90.0])
    found = line_estimate(V, i, SE, Bracket(2, 3, rising=True), 1.5)
    a, b = (V[2], -20.0, SE[2]), (V[3], 8.0, SE[3])

    def value(v: float) -> float:
        return a[1] + (b[1] - a[1]) * (v - a[0]) / (b[0] - a[0])

    def error(v: float) -> float:
        part = (v - a[0]) / (b[0] - a[0])
        return float(np.hypot((1 - part) * a[2], part * b[2]))

    zero = float(brentq(value, -31.0, -20.0))
    low = float(brentq(lambda v: value(v) + 1.5 * error(v), -40.0, zero))
    high = float(brentq(lambda v: value(v) - 1.5 * error(v), zero, -10.0))
    slope = (b[1] - a[1]) / (b[0] - a[0])
    assert numbers(found) == pytest.approx((zero, low, high, error(zero) / slope))
    assert found is not None
    assert found.misfit is None
