"""Reversal potential from a model of the whole I–V: currents in a constant field, or a gate times a driving force.

Each is compared only if it fits: its χ² per degree of freedom is reported with its value.
Sources: Goldman, J. Gen. Physiol. 27:37 (1943); Hodgkin & Katz, J. Physiol. 108:37 (1949); Hodgkin & Huxley,
J. Physiol. 117:500 (1952) for gate times driving force; Golub & Pereyra, SIAM J. Numer. Anal. 10:413 (1973) for
separating the linear parameters.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.reversal.estimate import Estimate, zero_of_curve
from reversal.measure.reversal.reversal_constants import (
    BOLTZMANN_EASING,
    BOLTZMANN_TOLERANCE,
    HALF_ACTIVATION_GRID_SIZE,
    MAX_BOLTZMANN_CONDITION,
    MAX_BOLTZMANN_STEPS,
    MAX_GHK_CONDITION,
    MIN_BOLTZMANN_POINTS,
    NEGATIVE_PERMEABILITY_SE,
    BOLTZMANN_SLOPE_STARTS_mV,
    HALF_ACTIVATION_MARGIN_mV,
)
from reversal.measure.voltage.nernst_prediction import Carriers
from reversal.physics.ghk_constant_field import ghk_current
from reversal.statistics.least_squares import Descent, Linearised, damped_step, levenberg_marquardt, linearised
from reversal.statistics.statistics_constants import MAX_EXPONENT
from reversal.tables.estimates_table import Estimator


def ghk_estimate(
    v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, carriers: Carriers, quantile: float
) -> Estimate | None:
    """Zero of a sum of constant-field currents with free permeabilities; None if these are not determined."""

    def basis(v: FloatArray) -> FloatArray:
        return ghk_current(v[:, None], 1.0, carriers.out_mM, carriers.in_mM, carriers.z, carriers.temperature_C)

    count = len(carriers.z)
    if v_mV.size <= count:
        return None
    design = basis(v_mV) / se_pA[:, None]
    if np.linalg.cond(design) > MAX_GHK_CONDITION:
        return None
    covariance = np.linalg.inv(design.T @ design)
    permeability = covariance @ design.T @ (i_pA / se_pA)
    if np.any(permeability < -NEGATIVE_PERMEABILITY_SE * np.sqrt(np.diag(covariance))):
        return None  # the model does not hold
    misfit = float(((i_pA / se_pA - design @ permeability) ** 2).sum()) / (v_mV.size - count)
    inflate = quantile * max(1.0, np.sqrt(misfit))

    def curve(v: FloatArray) -> tuple[FloatArray, FloatArray]:
        b = basis(v)
        return b @ permeability, np.sqrt(((b @ covariance) * b).sum(-1))

    return zero_of_curve(curve, (float(v_mV.min()), float(v_mV.max())), inflate, Estimator.GHK_CURRENT, misfit)


def boltzmann_estimate(v_mV: FloatArray, i_pA: FloatArray, se_pA: FloatArray, quantile: float) -> Estimate | None:
    """Zero of g (V − E) / (1 + exp(−(V − V½)/k)); None with too few points or without a fit."""
    if v_mV.size < MIN_BOLTZMANN_POINTS:
        return None
    start = _best_gate(v_mV, i_pA, se_pA)
    theta = _gauss_newton(v_mV, i_pA, se_pA, start)
    residual, jacobian = _gated(v_mV, theta)
    weighted = jacobian / se_pA[:, None]
    normal = weighted.T @ weighted
    if not np.all(np.isfinite(theta)) or np.linalg.cond(normal) > MAX_BOLTZMANN_CONDITION:
        return None
    covariance = np.linalg.inv(normal)
    misfit = float((((i_pA - residual) / se_pA) ** 2).sum()) / (v_mV.size - 4)
    inflate = quantile * max(1.0, np.sqrt(misfit))

    def curve(v: FloatArray) -> tuple[FloatArray, FloatArray]:
        value, slope = _gated(v, theta)
        return value, np.sqrt(((slope @ covariance) * slope).sum(-1))

    return zero_of_curve(curve, (float(v_mV.min()), float(v_mV.max())), inflate, Estimator.BOLTZMANN, misfit)


def _gated(v: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Current a·V + b through a gate, (n,), and its derivatives by a, b, V½ and 1/k, (n, 4)."""
    a, b, half, rate = theta
    drive = np.clip((v - half) * rate, -MAX_EXPONENT, MAX_EXPONENT)
    opened = 1.0 / (1.0 + np.exp(-drive))
    line, turn = a * v + b, opened * (1.0 - opened)
    columns = [v * opened, opened, -line * turn * rate, line * turn * (v - half)]
    return line * opened, np.stack(columns, axis=1)


def _best_gate(v: FloatArray, i: FloatArray, se: FloatArray) -> FloatArray:
    """Best (a, b, V½, 1/k) on a grid of gates, the linear part solved for each."""
    halves = np.linspace(
        v.min() - HALF_ACTIVATION_MARGIN_mV, v.max() + HALF_ACTIVATION_MARGIN_mV, HALF_ACTIVATION_GRID_SIZE
    )
    half, rate = (grid.ravel() for grid in np.meshgrid(halves, 1.0 / np.array(BOLTZMANN_SLOPE_STARTS_mV)))
    opened = 1.0 / (1.0 + np.exp(-np.clip((v - half[:, None]) * rate[:, None], -MAX_EXPONENT, MAX_EXPONENT)))
    design = np.stack([v * opened, opened], axis=2) / se[None, :, None]
    normal = np.swapaxes(design, 1, 2) @ design
    normal += 1e-9 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(2)
    target = np.swapaxes(design, 1, 2) @ (i / se)
    line = np.linalg.solve(normal, target[..., None])[..., 0]
    best = int(np.argmin((((i / se) - (design @ line[..., None])[..., 0]) ** 2).sum(-1)))
    return np.array([*line[best], half[best], rate[best]])


def _gauss_newton(v: FloatArray, i: FloatArray, se: FloatArray, theta: FloatArray) -> FloatArray:
    """Best (a, b, V½, 1/k) from a start that is near."""

    def linearise(thetas: FloatArray) -> Linearised:
        value, jacobian = _gated(v, thetas[0])
        return linearised(((i - value) / se)[None], (jacobian / se[:, None])[None])

    def step(thetas: FloatArray, at: Linearised, damping: FloatArray) -> FloatArray:
        ridge = 1e-12 * np.diag(at.square[0]).max() + 1e-300
        return thetas + damped_step(at, damping, ridge)

    descent = Descent(MAX_BOLTZMANN_STEPS, BOLTZMANN_EASING, 0.0, BOLTZMANN_TOLERANCE, settled_by_rise=False)
    return np.asarray(levenberg_marquardt(linearise, theta[None], descent, step).theta[0])
