"""Least squares: linear fits with their covariance, and Levenberg–Marquardt for many data sets at once.

Sources: Levenberg, Q. Appl. Math. 2:164 (1944); Marquardt, J. Soc. Ind. Appl. Math. 11:431 (1963).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import (
    DESCENT_EASING,
    DESCENT_TOLERANCE,
    MAX_DAMPING,
    MAX_DESCENT_STEPS,
    MIN_DAMPING,
    START_DAMPING,
)


@dataclass(frozen=True, slots=True)
class LinearFit:
    """A linear fit to errors of unit variance.

    coefficients : (k,); covariance : of the same, (k, k)
    chi2 : sum of the squared residuals; dof : degrees of freedom they have
    """

    coefficients: FloatArray
    covariance: FloatArray
    chi2: float
    dof: int


def linear_fit(design: FloatArray, data: FloatArray) -> LinearFit:
    """Fit ``data`` (n,) by the columns of ``design`` (n, k), both divided by the errors or whitened; n ≥ k.

    By QR, which is accurate if columns are nearly equal.
    """
    q, r = np.linalg.qr(design)
    inverse = np.asarray(np.linalg.inv(r), dtype=np.float64)
    coefficients = inverse @ (q.T @ data)
    residual = data - design @ coefficients
    dof = data.size - design.shape[1]
    return LinearFit(coefficients, inverse @ inverse.T, float(residual @ residual), dof)


def linear_fit_by_normal_equations(design: FloatArray, data: FloatArray) -> LinearFit:
    """As :func:`linear_fit`, for two or three well-separated columns."""
    covariance = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    coefficients = covariance @ (design.T @ data)
    chi2 = float(np.sum((data - design @ coefficients) ** 2))
    return LinearFit(coefficients, covariance, chi2, data.size - design.shape[1])


@dataclass(frozen=True, slots=True)
class Descent:
    """Settings of Levenberg–Marquardt.

    most_steps : number of steps
    easier : factor by which the damping falls after a step that does not raise the cost
    least_damping : to which it falls
    relative, absolute : a data set is settled where a step changes its cost by ≤ relative · (absolute + cost)
    settled_by_rise : whether it is also settled where a step raises its cost by no more than that
    """

    most_steps: int = field(default_factory=lambda: MAX_DESCENT_STEPS)
    easier: float = field(default_factory=lambda: DESCENT_EASING)
    least_damping: float = field(default_factory=lambda: MIN_DAMPING)
    relative: float = field(default_factory=lambda: DESCENT_TOLERANCE)
    absolute: float = 1.0
    settled_by_rise: bool = True


@dataclass(frozen=True, slots=True)
class Minimum:
    """Best parameters of B data sets: theta (B, k), chi2 (B,)."""

    theta: FloatArray
    chi2: FloatArray


def levenberg_marquardt(
    cost: Callable[[FloatArray], FloatArray],
    step: Callable[[FloatArray, FloatArray], FloatArray],
    start: FloatArray,
    descent: Descent | None = None,
) -> Minimum:
    """Minimise the cost of B data sets in parallel, each with its own damping.

    ``scipy.optimize.least_squares`` fits one data set a call, at some milliseconds each, and takes 0.8 s to import; a
    profile likelihood needs hundreds of fits of the same small model, which here share every array operation.

    cost : parameters (B, k) -> sum of squares (B,)
    step : parameters (B, k) and damping (B,) -> parameters to try (B, k), for example by :func:`damped_step`; it is
        the place to keep them within their range
    start : (B, k)
    """
    descent = descent or Descent()
    theta = np.array(start, dtype=float)
    chi2 = cost(theta)
    damping = np.full(len(theta), START_DAMPING)
    settled = np.zeros(len(theta), dtype=bool)
    for _ in range(descent.most_steps):
        trial = step(theta, damping)
        trial_chi2 = cost(trial)
        better = trial_chi2 <= chi2
        small = np.abs(chi2 - trial_chi2) <= descent.relative * (descent.absolute + chi2)
        settled |= (small & (better | descent.settled_by_rise)) | (damping > MAX_DAMPING)
        theta = np.where(better[:, None], trial, theta)
        chi2 = np.where(better, trial_chi2, chi2)
        damping = np.where(better, np.maximum(damping / descent.easier, descent.least_damping), damping * 10)
        if settled.all():
            break
    return Minimum(theta, chi2)


def damped_step(
    square: FloatArray, down: FloatArray, damping: FloatArray, ridge: FloatArray | float = 1e-12
) -> FloatArray:
    """Step (B, k) that solves the normal equations with each diagonal raised by damping · diagonal + ridge.

    square : JᵀJ, (B, k, k); down : Jᵀr, (B, k), residuals r = data − model and J the derivatives of the model
    damping : (B,); ridge : keeps a parameter that nothing depends on where it is
    """
    held = square.copy()
    diagonal = held.reshape(len(held), -1)[:, :: held.shape[-1] + 1]  # a view
    diagonal += damping[:, None] * diagonal + ridge
    return np.asarray(np.linalg.solve(held, down[..., None])[..., 0])
