"""Least squares: linear fits with their covariance, and Levenberg–Marquardt for many data sets at once.

Sources: Levenberg, Q. Appl. Math. 2:164 (1944); Marquardt, J. Soc. Ind. Appl. Math. 11:431 (1963).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

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
class Linearised:
    """Cost of B data sets at some parameters, and the normal equations of the model made linear there.

    chi2 : sum of the squared residuals r = data − model, (B,)
    square : JᵀJ, (B, k, k), with the derivatives J of the model;  down : Jᵀr, (B, k)
    """

    chi2: FloatArray
    square: FloatArray
    down: FloatArray

    def of(self, sets: NDArray[np.intp]) -> Linearised:
        """The numbers of some of the data sets."""
        return Linearised(self.chi2[sets], self.square[sets], self.down[sets])

    def put(self, sets: NDArray[np.intp], other: Linearised) -> None:
        """Take the numbers of some of the data sets from the other."""
        self.chi2[sets], self.square[sets], self.down[sets] = other.chi2, other.square, other.down

    def or_if(self, better: NDArray[np.bool_], other: Linearised) -> Linearised:
        """The numbers of the other for the data sets in which it is ``better``, (B,)."""
        return Linearised(
            np.where(better, other.chi2, self.chi2),
            np.where(better[:, None, None], other.square, self.square),
            np.where(better[:, None], other.down, self.down),
        )


Linearise: TypeAlias = Callable[[FloatArray], Linearised]


def linearised(residuals: FloatArray, slopes: FloatArray) -> Linearised:
    """From residuals (B, n) and the derivatives of the model (B, n, k)."""
    square = np.einsum("bni,bnj->bij", slopes, slopes)
    return Linearised(np.sum(residuals**2, axis=-1), square, np.einsum("bni,bn->bi", slopes, residuals))


@dataclass(frozen=True, slots=True)
class Minimum:
    """Best parameters of B data sets: theta (B, k), chi2 (B,)."""

    theta: FloatArray
    chi2: FloatArray


def damped_step(at: Linearised, damping: FloatArray, ridge: FloatArray | float = 1e-12) -> FloatArray:
    """Step (B, k) that solves the normal equations with each diagonal raised by damping · diagonal + ridge.

    damping : (B,); ridge : keeps a parameter that nothing depends on where it is
    """
    held = at.square.copy()
    diagonal = held.reshape(len(held), -1)[:, :: held.shape[-1] + 1]  # a view
    diagonal += damping[:, None] * diagonal + ridge
    return np.asarray(np.linalg.solve(held, at.down[..., None])[..., 0])


def plain_step(theta: FloatArray, at: Linearised, damping: FloatArray) -> FloatArray:
    """Parameters (B, k) after a damped step, without limits."""
    return theta + damped_step(at, damping)


def levenberg_marquardt(
    linearise: Linearise,
    start: FloatArray,
    descent: Descent | None = None,
    step: Callable[[FloatArray, Linearised, FloatArray], FloatArray] = plain_step,
    narrowed: Callable[[NDArray[np.intp]], Linearise] | None = None,
) -> Minimum:
    """Minimise the cost of B data sets in parallel, each with its own damping.

    ``scipy.optimize.least_squares`` fits one data set a call, at some milliseconds each, and takes 0.8 s to import; a
    profile likelihood needs hundreds of fits of the same small model, which here share every array operation. Cost and
    derivatives are computed in one call, so that they share what a model computes for both.

    linearise : parameters (B, k) -> cost and normal equations
    start : (B, k)
    step : parameters (B, k), normal equations and damping (B,) -> parameters to try (B, k); it is the place to keep
        them within their range
    narrowed : numbers of some data sets -> ``linearise`` of these alone. With it, a settled data set stays where it is
        while others descend, so that its result does not depend on them, and is not computed again
    """
    descent = descent or Descent()
    theta = np.array(start, dtype=float)
    here = linearise(theta)
    damping = np.full(len(theta), START_DAMPING)
    settled = np.zeros(len(theta), dtype=bool)
    sets = np.arange(len(theta))
    for _ in range(descent.most_steps):
        before, at = theta[sets], here.of(sets)
        trial = step(before, at, damping[sets])
        there = linearise(trial)
        better = there.chi2 <= at.chi2
        small = np.abs(at.chi2 - there.chi2) <= descent.relative * (descent.absolute + at.chi2)
        settled[sets] |= (small & (better | descent.settled_by_rise)) | (damping[sets] > MAX_DAMPING)
        theta[sets] = np.where(better[:, None], trial, before)
        here.put(sets, at.or_if(better, there))
        eased = np.maximum(damping[sets] / descent.easier, descent.least_damping)
        damping[sets] = np.where(better, eased, damping[sets] * 10)
        if settled.all():
            break
        if narrowed is not None and settled[sets].any():
            sets = np.flatnonzero(~settled)
            linearise = narrowed(sets)
    return Minimum(theta, here.chi2)
