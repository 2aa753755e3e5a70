"""Polynomial fits, checked with numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.polynomials import (
    coefficients_from,
    five_point_parabola_residual,
    orthonormal_polynomials,
    powers,
    without_polynomial,
)

ROWS = np.random.default_rng(6).normal(0, 1, (3, 25)) + np.linspace(0, 4, 25) ** 2


@pytest.mark.parametrize("order", [1, 2, 3])
def test_residuals_match_polyfit(order: int) -> None:
    t = np.arange(25)
    expected = [row - np.polyval(np.polyfit(t, row, order), t) for row in ROWS]
    np.testing.assert_allclose(without_polynomial(ROWS, order), expected, atol=1e-9)


def test_value_at_zero_matches_polyfit() -> None:
    positions = np.linspace(0.5, 3.0, 25)
    fitted = coefficients_from(positions, 2) @ ROWS[0]
    np.testing.assert_allclose(fitted, np.polyfit(positions, ROWS[0], 2)[::-1], rtol=1e-9)
    np.testing.assert_allclose(powers(positions, 2) @ fitted, np.polyval(fitted[::-1], positions))


def test_basis_is_orthonormal() -> None:
    basis = orthonormal_polynomials(np.array([1.0, 2.0, 4.0, 8.0]), 2)
    np.testing.assert_allclose(basis.T @ basis, np.eye(3), atol=1e-12)


def test_five_point_residual_matches_savitzky_and_golay() -> None:
    from scipy.signal import savgol_coeffs

    expected = np.array([0.0, 0.0, 1.0, 0.0, 0.0]) - savgol_coeffs(5, 2)
    np.testing.assert_allclose(five_point_parabola_residual(), expected, atol=1e-12)
