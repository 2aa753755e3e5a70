"""Lines of several groups with random intercept and slope: the mean slope by REML.

Each group has the coefficients β + b, b normal with covariance D, and independent normal residuals of one variance.
Each group is represented by the triangular factor R of its design and z = Qᵀy. The deviance is then a sum of squares
without cancellation. It is exact to rounding, also if groups differ by thousands of residual standard deviations. The
likelihood often has a long curved valley (slopes differ, the intercepts at one x hardly do). There, gradient searches
stop early, with a standard error up to a third too small. In coordinates in which the groups' own lines have unit
covariance, the valley is straight, and a simplex search finds its minimum.

Source: Laird & Ware, Biometrics 38:963 (1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import (
    MAX_SIMPLEX_STEPS,
    MIN_RESIDUAL_VARIANCE,
    RANDOM_LINE_STARTS,
    SIMPLEX_DEVIANCE_TOLERANCE,
    SIMPLEX_STEP_TOLERANCE,
)


@dataclass(frozen=True, slots=True)
class MeanSlope:
    """Mean slope, its standard error, and the standard deviation of the slope between groups, in units of y/x."""

    mean: float
    se: float
    between_sd: float


@dataclass(frozen=True, slots=True)
class _Lines:
    """Factors of k groups: r (k, 2, 2), z (k, 2); within, the squares their own lines leave; n points."""

    r: FloatArray
    z: FloatArray
    within: float
    n: int


@dataclass(frozen=True, slots=True)
class _Common:
    """Generalized least squares: covariance of β per residual variance (2, 2), β (2,), residual variance, ln|V|."""

    covariance: FloatArray
    beta: FloatArray
    variance: float
    log_determinant: float


def mean_slope(x: FloatArray, y: FloatArray, group: Sequence[str]) -> MeanSlope | None:
    """Mean slope of y (n,) on x (n,), or None if the likelihood has no maximum.

    It has none without spread of x, or if every group is on a line without residuals.
    """
    sd = float(np.std(x))
    if sd == 0:
        return None
    unit = np.sqrt(len(set(group)) / x.size)
    design = np.stack([np.ones_like(x), (x - x.mean()) / sd], axis=1) * unit
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ coefficients
    scale = float(np.std(residual))
    if scale <= MIN_RESIDUAL_VARIANCE * float(np.abs(y).max()):
        return None
    lines = _reduced(design, residual / scale, np.asarray(group))
    root = _best_root(lines)
    if root is None:
        return None
    common = _common(lines, root)
    if common.variance < MIN_RESIDUAL_VARIANCE:
        return None
    per_x = unit / sd
    slope = coefficients[1] + scale * common.beta[1]
    se = scale * np.sqrt(common.variance * common.covariance[1, 1])
    between = scale * np.sqrt(common.variance * (root @ root.T)[1, 1])
    return MeanSlope(float(slope * per_x), float(se * per_x), float(between * per_x))


def _reduced(design: FloatArray, y: FloatArray, group: NDArray[np.str_]) -> _Lines:
    """Two rows of zeros let a group with a single point have a square factor."""
    zeros = np.zeros((2, 2))
    factors, projections, within = [], [], 0.0
    for name in np.unique(group):
        members = group == name
        q, r = np.linalg.qr(np.vstack([design[members], zeros]))
        own = np.append(y[members], [0.0, 0.0])
        z = q.T @ own
        factors.append(r)
        projections.append(z)
        within += float(np.sum((own - q @ z) ** 2))
    return _Lines(np.array(factors), np.array(projections), within, y.size)


def _best_root(lines: _Lines) -> FloatArray | None:
    """Root L of D = L Lᵀ (units of the residual variance) at the highest restricted likelihood found."""
    from scipy.optimize import minimize

    spread = _spread_of_own_lines(lines)

    def deviance(theta: FloatArray) -> float:
        return _deviance(lines, spread @ _triangle(theta))

    ends = [
        minimize(
            deviance,
            np.array([start, 0.0, start]),
            method="Nelder-Mead",
            options={
                "xatol": SIMPLEX_STEP_TOLERANCE,
                "fatol": SIMPLEX_DEVIANCE_TOLERANCE,
                "maxiter": MAX_SIMPLEX_STEPS,
            },
        )
        for start in RANDOM_LINE_STARTS
    ]
    best = min(ends, key=lambda end: float(end.fun))
    return spread @ _triangle(best.x) if best.success else None


def _triangle(theta: FloatArray) -> FloatArray:
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def _spread_of_own_lines(lines: _Lines) -> FloatArray:
    """Root of 1 plus the covariance of the groups' own lines: only the unit of the search, not its result."""
    whole = np.linalg.matrix_rank(lines.r) == 2
    groups = int(whole.sum())
    if groups < 2:
        return np.eye(2)
    own = np.linalg.solve(lines.r[whole], lines.z[whole][:, :, None])[:, :, 0]
    variance = max(lines.within / max(lines.n - 2 * groups, 1), MIN_RESIDUAL_VARIANCE)
    return np.asarray(np.linalg.cholesky(np.eye(2) + np.cov(own.T) / variance), float)


def _common(lines: _Lines, root: FloatArray) -> _Common:
    """The common line for D = root rootᵀ; each group's z has the covariance V = 1 + R D Rᵀ."""
    loaded = lines.r @ root
    v = np.eye(2) + loaded @ loaded.transpose(0, 2, 1)
    weighted = np.linalg.inv(v) @ lines.r
    covariance = np.linalg.inv((lines.r.transpose(0, 2, 1) @ weighted).sum(axis=0))
    beta = covariance @ np.einsum("kij,ki->j", weighted, lines.z)
    left = lines.z - lines.r @ beta
    squares = lines.within + float(np.sum(left * np.linalg.solve(v, left[:, :, None])[:, :, 0]))
    return _Common(covariance, beta, squares / (lines.n - 2), float(np.linalg.slogdet(v)[1].sum()))


def _deviance(lines: _Lines, root: FloatArray) -> float:
    """Minus twice the restricted log likelihood, the residual variance profiled out, up to a constant."""
    common = _common(lines, root)
    if not common.variance > 0:
        return float("inf")
    information = -float(np.linalg.slogdet(common.covariance)[1])
    return (lines.n - 2) * float(np.log(common.variance)) + common.log_determinant + information
