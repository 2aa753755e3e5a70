"""Least squares of the GHK voltage equation: derivatives, starting points and minima."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.fit.permeability.ghk_model import VoltageModel, best_fit, minimise, slopes, starting_points

K_OUT = np.array([2.5, 5.0, 10.0, 20.0, 40.0])
THERMAL_mV = 8.31446261815324 * 295.15 / 96.48533212331  # at 22 °C


def model(free: tuple[int, ...], offset: bool = False, mix: np.ndarray | None = None) -> VoltageModel:
    """K, Na and Rb in five baths, with 140, 10 and 5 mM inside; errors of 0.5 mV."""
    out = np.column_stack([K_OUT, 100.0 - K_OUT, np.array([50.0, 10.0, 30.0, 5.0, 20.0])])
    inside = np.tile([140.0, 10.0, 5.0], (5, 1))
    return VoltageModel(
        out, inside, np.ones(3), np.full(5, 22.0), 2.0 * np.eye(5), np.array([1.0, 0.0, 0.0]), free, offset, mix
    )


def goldman_mV(p_na: float, p_rb: float = 0.0) -> np.ndarray:
    """(RT/F) ln of Hodgkin & Katz (1949)."""
    out = model(()).out_mM
    top = out[:, 0] + p_na * out[:, 1] + p_rb * out[:, 2]
    return THERMAL_mV * np.log(top / (140.0 + 10.0 * p_na + 5.0 * p_rb))


def test_prediction_is_the_ghk_voltage_plus_the_offset() -> None:
    both = np.log([0.03, 0.5])
    np.testing.assert_allclose(model((1, 2)).predict_mV(both), goldman_mV(0.03, 0.5), rtol=1e-9)
    with_offset = model((1,), offset=True).predict_mV(np.array([np.log(0.03), 2.5]))
    np.testing.assert_allclose(with_offset, goldman_mV(0.03) + 2.5, rtol=1e-9)
    assert (model((1, 2)).size, model((1,), offset=True).size, model(()).size) == (2, 2, 0)


def test_mixing_matrix_converts_parameters_to_log_ratios() -> None:
    """(log a, log b/a) instead of (log a, log b)."""
    mix = np.array([[1.0, 0.0], [1.0, 1.0]])
    theta = np.log([0.03, 0.5 / 0.03])
    np.testing.assert_allclose(model((1, 2), mix=mix).predict_mV(theta), goldman_mV(0.03, 0.5), rtol=1e-9)


def test_chi_square_is_the_sum_of_squares_in_standard_errors() -> None:
    e_mV = goldman_mV(0.03) + np.array([0.5, -1.0, 0.0, 0.25, 0.0])
    assert model((1,)).chi2(np.log([0.03]), e_mV) == pytest.approx(1.0 + 4.0 + 0.25)


def test_derivatives_match_the_ghk_voltage_equation() -> None:
    """d/d ln p of (RT/F) ln(top/bottom): (RT/F) (p Na_o/top − p Na_i/bottom), whitened by 2/mV; 2/mV for an offset."""
    p, out = 0.03, model(()).out_mM
    top, bottom = out[:, 0] + p * out[:, 1], 140.0 + 10.0 * p
    expected = 2.0 * THERMAL_mV * (p * out[:, 1] / top - 10.0 * p / bottom)
    found = slopes(model((1,), offset=True), np.array([[np.log(p), 0.0]]))
    np.testing.assert_allclose(found[0, :, 0], expected, rtol=1e-5)
    np.testing.assert_allclose(found[0, :, 1], 2.0, rtol=1e-6)


def test_starting_points_are_all_pairs_of_fifteen_ratios() -> None:
    grid = starting_points(model((1, 2)))
    assert grid.shape == (225, 2)
    for column in grid.T:
        values, counts = np.unique(column, return_counts=True)
        assert counts.tolist() == [15] * 15
        assert (values[0], values[-1]) == pytest.approx((np.log(1e-5), np.log(1e5)))
    assert np.unique(grid, axis=0).shape == (225, 2)
    with_offset = starting_points(model((1,), offset=True))
    assert with_offset.shape == (41, 2)
    assert np.all(with_offset[:, 1] == 0.0)
    assert starting_points(model((), offset=True)).tolist() == [[0.0]]


def test_minimum_matches_scipy() -> None:
    from scipy.optimize import least_squares

    e_mV = goldman_mV(0.03, 0.5) + np.array([0.4, -0.3, 0.6, -0.2, 0.1])
    expected = least_squares(lambda t: 2.0 * (e_mV - goldman_mV(*np.exp(t))), np.log([0.02, 0.4]), xtol=1e-12)
    found = best_fit(model((1, 2)), e_mV)
    np.testing.assert_allclose(found.theta[0], expected.x, atol=1e-4)
    assert found.chi2[0] == pytest.approx(2 * expected.cost, rel=1e-7)


def test_a_fixed_parameter_does_not_change() -> None:
    e_mV = goldman_mV(0.03, 0.5)
    held = minimise(model((1, 2)), e_mV[None], np.log([[0.02, 0.4]]), held=(1, np.log([0.7])))
    assert held.theta[0, 1] == np.log(0.7)
    free = minimise(model((1, 2)), e_mV[None], np.log([[0.02, 0.4]]))
    np.testing.assert_allclose(np.exp(free.theta[0]), [0.03, 0.5], rtol=1e-5)
    assert free.chi2[0] == pytest.approx(0.0, abs=1e-8)
    assert held.chi2[0] > 0.1


def test_a_model_without_parameters_has_only_chi_square() -> None:
    found = best_fit(model(()), goldman_mV(0.0) + 1.0)
    assert found.theta.shape == (1, 0)
    assert found.chi2[0] == pytest.approx(20.0)
