"""Lines of several groups with random intercept and slope: the mean slope by REML.

Each group has the coefficients β + b, b normal with covariance D, and independent normal residuals of one variance.
Only the 2 × 2 sums of each group enter, as (I + A D)⁻¹ with A = XᵀX and D in units of the residual variance. The
design is scaled so that A is near the identity for a usual group: D = 1 then means that groups differ as much as their
own errors explain. The likelihood often has a long bent valley (slopes differ, the intercepts at one x hardly do), in
which searches by gradient stop early with a standard error up to a third too small. A simplex follows it to its end.

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
class _Sums:
    """Sums of k groups: a (k, 2, 2) XᵀX, b (k, 2) Xᵀy, yy Σy²; n points."""

    a: FloatArray
    b: FloatArray
    yy: float
    n: int


def mean_slope(x: FloatArray, y: FloatArray, group: Sequence[str]) -> MeanSlope | None:
    """Mean slope of y (n,) on x (n,), or None if the likelihood has no maximum.

    It has none without spread of x, and where every group lies on a line without residuals.
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
    sums = _sums(design, residual / scale, np.asarray(group))
    best = _best_root(sums)
    if best is None:
        return None
    covariance, mean, variance = _generalized(sums, best @ best.T)
    if variance < MIN_RESIDUAL_VARIANCE:
        return None
    per_x = unit / sd
    slope = coefficients[1] + scale * mean[1]
    se = scale * np.sqrt(variance * covariance[1, 1])
    between = scale * np.sqrt(variance * (best @ best.T)[1, 1])
    return MeanSlope(float(slope * per_x), float(se * per_x), float(between * per_x))


def _sums(design: FloatArray, y: FloatArray, group: NDArray[np.str_]) -> _Sums:
    members = [group == name for name in np.unique(group)]
    a = np.array([design[m].T @ design[m] for m in members])
    b = np.array([design[m].T @ y[m] for m in members])
    return _Sums(a, b, float(y @ y), y.size)


def _best_root(sums: _Sums) -> FloatArray | None:
    """Lower triangular root of D at the highest restricted likelihood found."""
    from scipy.optimize import minimize

    def deviance(theta: FloatArray) -> float:
        return _deviance(sums, _root(theta))

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
    return _root(best.x) if best.success else None


def _root(theta: FloatArray) -> FloatArray:
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def _generalized(sums: _Sums, d: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Covariance of β per residual variance (2, 2), β (2,), residual variance; generalized least squares for D."""
    inverse = np.linalg.inv(np.eye(2) + sums.a @ d)
    information = (inverse @ sums.a).sum(axis=0)
    score = (inverse @ sums.b[:, :, None])[:, :, 0]
    covariance = np.linalg.inv(information)
    beta = covariance @ score.sum(axis=0)
    quadratic = sums.yy - float(np.sum(sums.b * (score @ d))) - float(score.sum(axis=0) @ beta)
    return covariance, beta, quadratic / (sums.n - 2)


def _deviance(sums: _Sums, root: FloatArray) -> float:
    """Minus twice the restricted log likelihood, the residual variance profiled out, up to a constant."""
    d = root @ root.T
    covariance, _, variance = _generalized(sums, d)
    if not variance > 0:
        return float("inf")
    groups = np.linalg.slogdet(np.eye(2) + sums.a @ d)[1].sum()
    return float((sums.n - 2) * np.log(variance) + groups - np.linalg.slogdet(covariance)[1])
