"""The Nernst line of a cell, checked with statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.fit.nernst.line import BathMeans, downweighted, fit_line

X = np.array([23.0, 41.0, 59.0, 77.0, 94.0, 110.0])
E = -125.0 + 0.97 * X + np.array([0.4, -0.7, 0.2, 0.6, -0.3, -0.4])
OWN = np.array([0.3, 0.5, 0.2, 0.8, 0.4, 0.3])
COVARIANCE = np.diag(OWN**2) + 1.0  # shared junction error of 1 mV


def means(n: int, e_mV: np.ndarray = E, covariance: np.ndarray = COVARIANCE) -> BathMeans:
    return BathMeans(X[:n], e_mV[:n], covariance[:n, :n], 22.0, np.zeros((n, 2)))


def test_line_and_intervals_match_generalised_least_squares() -> None:
    import statsmodels.api as sm

    expected = sm.GLS(E, sm.add_constant(X), sigma=COVARIANCE).fit()
    line = fit_line(means(6))
    assert line.slope_ratio == pytest.approx(expected.params[1], rel=1e-9)
    assert line.intercept_mV == pytest.approx(expected.params[0], rel=1e-9)
    assert (line.low, line.high) == pytest.approx(tuple(expected.conf_int(0.05)[1]), rel=1e-7)
    assert (line.tost_low, line.tost_high) == pytest.approx(tuple(expected.conf_int(0.10)[1]), rel=1e-7)
    assert line.degrees_of_freedom == 4
    assert line.residual_sd_mV == pytest.approx(np.sqrt(np.sum(expected.resid**2) / 4), rel=1e-9)


def test_curvature_p_is_that_of_the_quadratic_term() -> None:
    import statsmodels.api as sm

    design = np.column_stack([np.ones(6), X, X**2])
    for bend in (0.0, 2e-3):
        expected = sm.GLS(E + bend * X**2, design, sigma=COVARIANCE).fit().pvalues[2]
        assert fit_line(means(6, E + bend * X**2)).curvature_p == pytest.approx(expected, rel=1e-6)
    assert fit_line(means(3)).curvature_p is None
    assert fit_line(means(4)).curvature_p is not None


def test_points_exactly_on_a_line_are_not_curved() -> None:
    flat = BathMeans(np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4), np.eye(4), 22.0, np.zeros((4, 2)))
    assert fit_line(flat).curvature_p == 1.0


def test_influence_is_the_slope_without_each_bath() -> None:
    import statsmodels.api as sm

    expected = [
        sm.GLS(E[keep], sm.add_constant(X[keep]), sigma=COVARIANCE[np.ix_(keep, keep)]).fit().params[1]
        for keep in (np.arange(6) != k for k in range(6))
    ]
    assert fit_line(means(6)).influence == pytest.approx(tuple(expected), rel=1e-9)
    assert len(fit_line(means(3)).influence) == 3
    assert fit_line(means(2)).influence == ()


def test_interval_from_two_baths_uses_the_measurement_errors() -> None:
    """Slope (e2 − e1)/(x2 − x1), its error √(s1² + s2²)/(x2 − x1), with a normal quantile. One bath gives no line."""
    line = fit_line(means(2))
    se = np.hypot(*OWN[:2]) / (X[1] - X[0])
    assert line.slope_ratio == pytest.approx((E[1] - E[0]) / (X[1] - X[0]))
    assert (line.high - line.low) / 2 == pytest.approx(1.959964 * se, rel=1e-6)
    assert (line.tost_high - line.tost_low) / 2 == pytest.approx(1.644854 * se, rel=1e-6)
    assert (line.degrees_of_freedom, line.residual_sd_mV, line.curvature_p) == (0, None, None)
    with pytest.raises(ValueError, match="two baths"):
        fit_line(means(1))


def test_bisquare_weights_match_robust_regression() -> None:
    """Iterated bisquare with constant 4.685 and the median absolute deviation about 0 (RLM of statsmodels)."""
    import statsmodels.api as sm

    wild = E.copy()
    wild[2] += 9.0
    equal = 0.25 * np.eye(6)
    norm = sm.robust.norms.TukeyBiweight(c=4.685)
    model = sm.RLM(wild, sm.add_constant(X), M=norm)
    expected = model.fit(scale_est="mad", maxiter=200).params[1]
    found = fit_line(downweighted(means(6, wild, equal))).slope_ratio
    plain = fit_line(means(6, wild, equal)).slope_ratio
    without = BathMeans(np.delete(X, 2), np.delete(wild, 2), 0.25 * np.eye(5), 22.0, np.zeros((5, 2)))
    good = fit_line(without).slope_ratio
    assert found == pytest.approx(good, abs=2e-3)
    assert found == pytest.approx(expected, abs=0.01)
    assert abs(plain - good) > 0.01


def test_errors_of_a_known_leak_widen_the_slope_and_are_not_shrunk_by_a_small_scatter() -> None:
    """Three baths: 95 % of the intervals contain a slope of 1 although the leak turns the whole line."""
    rng = np.random.default_rng(5)
    x, leak = X[:3], np.array([[4.0, 0.5], [2.0, 0.4], [1.0, 0.2]])
    covariance, covered = 0.04 * np.eye(3) + leak @ leak.T, 0
    for _ in range(600):
        e_mV = x - 125.0 + rng.normal(0.0, 0.2, 3) + leak @ rng.normal(size=2)
        line = fit_line(BathMeans(x, e_mV, covariance, 22.0, leak))
        covered += line.low <= 1.0 <= line.high
    assert 0.95 - 3 * np.sqrt(0.95 * 0.05 / 600) <= covered / 600
