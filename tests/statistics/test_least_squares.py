"""Least squares, checked with statsmodels and the certified results of NIST."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.least_squares import (
    Descent,
    Linearise,
    Linearised,
    levenberg_marquardt,
    linear_fit,
    linear_fit_by_normal_equations,
    linearised,
)

X = np.array([77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0])
Y = np.array([10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78])
"""Misra1a of the NIST Statistical Reference Datasets: y = b1 (1 − exp(−b2 x))."""
CERTIFIED, CERTIFIED_SUM = (2.3894212918e02, 5.5015643181e-04), 1.2455138894e-01
STARTS = np.array([[500.0, 1e-4], [250.0, 5e-4]])


@pytest.mark.parametrize("fit", [linear_fit, linear_fit_by_normal_equations])
def test_weighted_line_matches_statsmodels(fit) -> None:
    import statsmodels.api as sm

    design, error = np.stack([np.ones(14), X / 100], axis=1), np.linspace(0.5, 2.0, 14)
    expected = sm.WLS(Y, design, weights=1 / error**2).fit(cov_type="fixed scale")
    found = fit(design / error[:, None], Y / error)
    np.testing.assert_allclose(found.coefficients, expected.params)
    np.testing.assert_allclose(found.covariance, expected.cov_params())
    assert (found.chi2, found.dof) == (pytest.approx(expected.ssr), 12)


def misra(thetas: np.ndarray) -> Linearised:
    decay = np.exp(-thetas[:, 1:] * X)
    slopes = np.stack([1 - decay, thetas[:, :1] * X * decay], axis=2)
    return linearised(Y - thetas[:, :1] * (1 - decay), slopes)


def test_both_starts_reach_the_certified_minimum() -> None:
    found = levenberg_marquardt(misra, STARTS, Descent(most_steps=300, absolute=0.0))
    np.testing.assert_allclose(found.theta, [CERTIFIED] * 2, rtol=1e-6)
    np.testing.assert_allclose(found.chi2, CERTIFIED_SUM, rtol=1e-8)


def test_parallel_data_sets_give_the_same_minima_as_single_ones() -> None:
    together = levenberg_marquardt(misra, STARTS, Descent(most_steps=7))
    alone = [levenberg_marquardt(misra, start[None], Descent(most_steps=7)).theta[0] for start in STARTS]
    np.testing.assert_allclose(together.theta[0], alone[0], rtol=1e-10)
    np.testing.assert_allclose(together.theta[1], alone[1], rtol=1e-5)


def test_the_cost_never_increases() -> None:
    costs = [levenberg_marquardt(misra, STARTS, Descent(most_steps=n)).chi2 for n in range(1, 12)]
    assert np.all(np.diff(costs, axis=0) <= 0)


def test_a_settled_data_set_may_rest_while_the_others_descend() -> None:
    """Then it has the result that it has alone and is not computed again; else it goes on with the slowest data set."""
    near, far = np.array([CERTIFIED]) * 1.001, STARTS[:1]
    loose, computed = Descent(relative=1e-3), []

    def narrowed(sets: np.ndarray) -> Linearise:
        computed.append(sets.tolist())
        return misra

    alone = levenberg_marquardt(misra, near, loose)
    rested = levenberg_marquardt(misra, np.vstack([near, far]), loose, narrowed=narrowed)
    went_on = levenberg_marquardt(misra, np.vstack([near, far]), loose)
    assert rested.chi2[0] == pytest.approx(alone.chi2[0], rel=1e-12)
    assert computed == [[1]]
    assert went_on.chi2[0] < alone.chi2[0] * (1 - 1e-9)
