"""Least squares of the GHK voltage equation for many sets of reversal potentials at once.

The parameters are logarithms of the ratios, which keeps the ratios positive. The junction error that the recordings of
a cell share is a nuisance parameter with a normal prior. It is integrated out exactly, by the joint covariance of the
residuals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.fit_constants import (
    LOG_RATIO_DIFFERENCE,
    LOG_RATIO_EDGE,
    MAX_PARAMETER_STEP,
    MAX_START_RATIO,
    MIN_START_RATIO,
    STARTS_PER_RATIO,
    STARTS_PER_RATIO_OF_MANY,
    VOLTAGE_KEPT_STARTS,
)
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.statistics.least_squares import Linearised, Minimum, damped_step, levenberg_marquardt, linearised


@dataclass(frozen=True, slots=True)
class VoltageModel:
    """GHK voltage of n recordings; some permeability ratios and optionally an offset are free parameters.

    out_mM, in_mM : (n, m) concentrations or activities [mM];  z : (m,);  temperature_C : (n,)
    whiten : (n, n) inverse Cholesky factor of the covariance of the errors [1/mV], or (B, n, n), one for each data set
    p : (m,) ratios of the ions that are not free; 1 for the reference, 0 for an impermeant ion
    free : columns of the ions whose ratio is free
    offset : whether a constant voltage is free; it is the last parameter [mV]
    mix : (f, f) matrix from parameters to free log ratios; None if the parameters are the log ratios
    """

    out_mM: FloatArray
    in_mM: FloatArray
    z: FloatArray
    temperature_C: FloatArray
    whiten: FloatArray
    p: FloatArray
    free: tuple[int, ...]
    offset: bool = False
    mix: FloatArray | None = None

    @property
    def size(self) -> int:
        """Number of free parameters."""
        return len(self.free) + self.offset

    def predict_mV(self, theta: FloatArray) -> FloatArray:
        """Reversal potentials (..., n) [mV] for parameters (..., k); raises DomainError if no voltage is a reversal."""
        p = np.broadcast_to(self.p, (*theta.shape[:-1], 1, self.p.size)).copy()
        logs = theta[..., : len(self.free)] if self.mix is None else theta[..., : len(self.free)] @ self.mix.T
        p[..., 0, list(self.free)] = np.exp(np.clip(logs, -LOG_RATIO_EDGE, LOG_RATIO_EDGE))
        e_mV = ghk_voltage_mV(p, self.out_mM, self.in_mM, self.z, self.temperature_C)
        return e_mV + theta[..., -1:] if self.offset else e_mV

    def chi2(self, theta: FloatArray, e_mV: FloatArray) -> FloatArray:
        """Weighted sum of squares (...) for parameters (..., k) and reversal potentials (..., n) [mV]."""
        return np.asarray(np.sum(self.residuals(theta, e_mV) ** 2, axis=-1))

    def residuals(self, theta: FloatArray, e_mV: FloatArray) -> FloatArray:
        """Whitened residuals (..., n): independent, with unit variance."""
        return np.asarray((self.whiten @ (e_mV - self.predict_mV(theta))[..., None])[..., 0])


def minimise(
    model: VoltageModel, e_mV: FloatArray, start: FloatArray, held: tuple[int, FloatArray] | None = None
) -> Minimum:
    """Levenberg–Marquardt for B data sets in parallel.

    e_mV : (B, n) reversal potentials [mV];  start : (B, k) parameters
    held : position of a parameter and the (B,) values at which it is fixed
    """
    theta = np.array(start, dtype=float)
    moving = np.ones(theta.shape[-1], dtype=bool)
    if held is not None:
        theta[:, held[0]] = held[1]
        moving[held[0]] = False
    if not moving.any():
        return Minimum(theta, model.chi2(theta, e_mV))

    def all_parameters(values: FloatArray) -> FloatArray:
        parameters = theta.copy()
        parameters[:, moving] = values
        return parameters

    def linearise(values: FloatArray) -> Linearised:
        prediction, slopes = with_slopes(model, all_parameters(values))
        residuals = (model.whiten @ (e_mV - prediction)[..., None])[..., 0]
        return linearised(residuals, slopes[:, :, moving])

    def step(values: FloatArray, at: Linearised, damping: FloatArray) -> FloatArray:
        down = np.clip(damped_step(at, damping), -MAX_PARAMETER_STEP, MAX_PARAMETER_STEP)
        trial = all_parameters(values + down)
        trial[:, : len(model.free)] = np.clip(trial[:, : len(model.free)], -LOG_RATIO_EDGE, LOG_RATIO_EDGE)
        return trial[:, moving]

    found = levenberg_marquardt(linearise, theta[:, moving], step=step)
    return Minimum(all_parameters(found.theta), found.chi2)


def with_slopes(model: VoltageModel, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Prediction (B, n) [mV], and derivatives (B, n, k) of the whitened prediction by central differences."""
    k = theta.shape[-1]
    shift = np.concatenate([np.zeros((1, k)), np.eye(k), -np.eye(k)]) * LOG_RATIO_DIFFERENCE
    ends = model.predict_mV(theta[:, None, :] + shift)
    by_theta = (ends[:, 1 : k + 1] - ends[:, k + 1 :]) / (2 * LOG_RATIO_DIFFERENCE)
    return ends[:, 0], np.asarray(model.whiten @ by_theta.swapaxes(-1, -2))


def slopes(model: VoltageModel, theta: FloatArray) -> FloatArray:
    """Derivatives (B, n, k) of the whitened prediction with respect to the parameters."""
    return with_slopes(model, theta)[1]


def best_fit(model: VoltageModel, e_mV: FloatArray) -> Minimum:
    """Best fit to one data set (n,) from a grid of starting points; theta (1, k)."""
    if model.size == 0:
        return Minimum(np.zeros((1, 0)), model.chi2(np.zeros((1, 0)), e_mV[None]))
    starts = starting_points(model)
    coarse = model.chi2(starts, e_mV[None])
    chosen = starts[np.argsort(coarse)[:VOLTAGE_KEPT_STARTS]]
    found = minimise(model, np.broadcast_to(e_mV, (len(chosen), e_mV.size)), chosen)
    best = int(np.argmin(found.chi2))
    return Minimum(found.theta[best : best + 1], found.chi2[best : best + 1])


def starting_points(model: VoltageModel) -> FloatArray:
    """Grid (s, k) of log ratios; the offset starts at 0."""
    count = len(model.free)
    per_axis = STARTS_PER_RATIO[count] if count < len(STARTS_PER_RATIO) else STARTS_PER_RATIO_OF_MANY
    axis = np.linspace(np.log(MIN_START_RATIO), np.log(MAX_START_RATIO), per_axis)
    grid = (
        np.stack(np.meshgrid(*[axis] * count, indexing="ij"), axis=-1).reshape(-1, count) if count else np.zeros((1, 0))
    )
    return np.concatenate([grid, np.zeros((len(grid), 1))], axis=1) if model.offset else grid
