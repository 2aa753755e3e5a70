"""Local polynomial regression: choice of points and order, and the zero."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.local_polynomial import fit_polynomial, local_estimate, nearest_points, zero_of
from reversal.measure.reversal.sign_changes import Bracket
from reversal.tables.estimates_table import Estimator

V = np.array([-50.0, -40.0, -30.0, -20.0, -10.0, 0.0])
BRACKET = Bracket(2, 3, True)


def local(i_pA: np.ndarray, se_pA: float, v_mV: np.ndarray = V, bracket: Bracket = BRACKET) -> Estimate:
    found = local_estimate(v_mV, i_pA, np.full(v_mV.size, se_pA), bracket, 1.96)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "coefficients",
    [(3.0, 72.0), (0.05, 4.5, 79.2), (0.002, 0.3, 16.0, 252.648)],
    ids=["line", "parabola", "cubic"],
)
def test_lowest_order_that_fits_gives_the_zero(
    coefficients: tuple[float, ...],
) -> None:
    """Points on a polynomial with errors of 0.01 pA: all lower orders are rejected, so the zero is the true one."""
    i_pA = np.polyval(coefficients, V)
    roots = np.roots(coefficients)
    zero = float(min(roots.real[np.abs(roots.imag) < 1e-9], key=lambda root: abs(root + 25)))
    found = local(i_pA, 0.01)
    assert found.e_mV == pytest.approx(zero, abs=0.01)
    assert found.misfit == pytest.approx(0.0, abs=1e-3)


def test_a_curvature_within_the_errors_is_fitted_by_a_line() -> None:
    """The same parabola with errors of 20 pA: ordinary regression of all six points."""
    i_pA = np.polyval((0.05, 4.5, 79.2), V)
    slope, level = np.polyfit(V, i_pA, 1)
    found = local(i_pA, 20.0)
    assert found.e_mV == pytest.approx(-level / slope)
    assert found.misfit == pytest.approx(((i_pA - slope * V - level) ** 2).sum() / 400.0 / 4)


def test_a_misfit_of_the_highest_order_increases_the_error() -> None:
    """Four points leave a parabola one degree of freedom: its χ² of 25 makes the error five times as large."""
    v = np.array([-40.0, -30.0, -20.0, -10.0])
    third = np.array([-1.0, 3.0, -3.0, 1.0]) / np.sqrt(20.0)  # orthogonal to every parabola
    bracket = Bracket(1, 2, True)
    smooth, rough = (local(3.0 * (v + 24.0) + size * third, 1.0, v, bracket) for size in (2.0, 5.0))
    assert smooth.misfit is not None
    assert rough.misfit == pytest.approx(25.0)
    assert rough.se_mV / local(3.0 * (v + 24.0) + 0.0 * third, 1.0, v, bracket).se_mV > 4.0


@pytest.mark.parametrize(
    ("bracket", "count", "expected"),
    [
        (Bracket(2, 3, True), 6, range(6)),
        (Bracket(2, 3, True), 4, range(1, 5)),
        (Bracket(0, 1, True), 4, range(4)),
        (Bracket(4, 5, True), 4, range(2, 6)),
        (Bracket(1, 4, True), 2, range(1, 5)),
        (Bracket(2, 3, True), 9, range(6)),
        (Bracket(2, 3, True), 3, range(1, 4)),
    ],
)
def test_points_nearest_the_bracket_are_taken_from_both_sides(bracket: Bracket, count: int, expected: range) -> None:
    assert nearest_points(V, bracket, count).tolist() == list(expected)


def test_with_uneven_steps_the_closer_points_are_used() -> None:
    v = np.array([-80.0, -35.0, -30.0, -20.0, 10.0, 15.0])
    assert nearest_points(v, Bracket(2, 3, True), 4).tolist() == [1, 2, 3, 4]
    assert nearest_points(v, Bracket(2, 3, True), 5).tolist() == [1, 2, 3, 4, 5]


def test_polynomial_fit_matches_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    i_pA, se = 3.0 * (V + 24.0) + rng.standard_normal(6), np.linspace(0.5, 1.5, 6)
    fit = fit_polynomial(V, i_pA, se, 2, -25.0, 10.0)
    x = (V + 25.0) / 10.0
    expected = sm.WLS(i_pA, np.column_stack([np.ones(6), x, x**2]), weights=1 / se**2).fit(cov_type="fixed scale")
    np.testing.assert_allclose(fit.coefficients, expected.params, rtol=1e-8)
    np.testing.assert_allclose(fit.covariance, expected.cov_params(), rtol=1e-8)
    assert (fit.chi2, fit.dof) == (pytest.approx(expected.ssr), 3)


def test_error_of_a_zero_is_the_error_of_the_current_over_its_slope() -> None:
    """Delta method for a line: se(E) = √(v00 + 2 E v01 + E² v11)/b1; multiplied by the inflation factor."""
    fit = fit_polynomial(V, 3.0 * (V + 24.0), np.ones(6), 1, 0.0, 1.0)
    c, e = fit.covariance, -24.0
    expected = np.sqrt(c[0, 0] + 2 * e * c[0, 1] + e**2 * c[1, 1]) / 3.0
    for inflate in (1.0, 2.5):
        found = zero_of(fit, (-30.0, -20.0), 1.96, inflate, Estimator.STRAIGHT_LINE)
        assert found is not None
        assert found.se_mV == pytest.approx(inflate * expected, rel=1e-6)
