"""Polynomials through equally weighted samples by least squares.

Source: Savitzky & Golay, Anal. Chem. 36:1627 (1964).
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import FIVE_POINT_RESIDUAL, FIVE_POINT_SUM


def five_point_parabola_residual() -> FloatArray:
    """Weights of five neighbours in the middle one less the parabola through all five, shape (5,)."""
    return np.array(FIVE_POINT_RESIDUAL) / FIVE_POINT_SUM


def orthonormal_polynomials(positions: FloatArray, order: int) -> FloatArray:
    """Orthonormal basis of the polynomials up to an order at the positions (n,), shape (n, order + 1)."""
    basis, _ = np.linalg.qr(np.vander(positions, order + 1))
    return np.asarray(basis)


def without_polynomial(rows: FloatArray, order: int) -> FloatArray:
    """Rows of equally spaced samples, shape (rows, n), less the polynomial of this order through each."""
    basis = orthonormal_polynomials(np.linspace(-1, 1, rows.shape[1]), order)
    return np.asarray(rows - (rows @ basis) @ basis.T)


def powers(positions: FloatArray, order: int) -> FloatArray:
    """Powers 0 to ``order`` of the positions (n,), shape (n, order + 1)."""
    return np.vander(positions, order + 1, increasing=True)


def coefficients_from(positions: FloatArray, order: int) -> FloatArray:
    """Matrix that gives the coefficients of the polynomial through samples at the positions (n,).

    Shape (order + 1, n), lowest power first: row 0 gives the value of the polynomial at position 0.
    """
    return np.asarray(np.linalg.pinv(powers(positions, order)), dtype=np.float64)
