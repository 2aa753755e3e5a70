"""Estimate of a ratio as if it could be negative, for means over cells.

If a ratio is near 0, half of the cells have a best value of 0 and only a bound. A mean of the other cells is biased
away from 0. The likelihood can be continued below 0. On a scale on which the reversal potential is linear, minus twice
the log likelihood is a parabola. Its vertex and width are the value and the error of the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.currents.identifiability import independent_effect
from reversal.fit.edge_scale import EdgeScale
from reversal.fit.fit_constants import (
    FREE_ESTIMATE_GRID_SIZE,
    LOG_RATIO_EDGE,
    MAX_RESOLVABLE_RATIO,
    MIN_INDEPENDENT_SHIFT,
    MIN_RESOLVABLE_RATIO,
)
from reversal.fit.permeability.ghk_model import VoltageModel, slopes
from reversal.fit.permeability.profile_interval import Limits, profile
from reversal.statistics.least_squares import Minimum


@dataclass(frozen=True, slots=True)
class FreeEstimate:
    """Value and standard error of a ratio; of the inverse ratio if only a lower bound is known."""

    p_ratio: float
    se: float


def free_estimate(
    model: VoltageModel,
    e_mV: FloatArray,
    best: Minimum,
    position: int,
    ends: Limits,
    balance: float | None,
    widening: float,
) -> FreeEstimate | None:
    """Vertex and width of the parabola through the profile likelihood between the limits of the log ratio.

    balance : reference over ion outside, the ratio at which both carry equal current. E_rev is linear in
        ln(balance + ratio); None if it is not known, E_rev is then taken as linear in the ratio
    widening : factor on the critical value of the interval

    None if there is no limit, if the profile is no parabola that opens upwards, or if it is the bottom of a valley in
    which several ratios compensate one another; its ends are where another ratio is 0.
    """
    upward = ends.high is not None
    near, far = (ends.low, ends.high) if upward else (None, ends.low)
    if far is None:
        return None
    sign = 1.0 if upward else -1.0
    scale = EdgeScale(balance if upward else None)
    start = 0.0 if near is None else float(scale.of(np.exp(near)))
    grid = np.linspace(start, float(scale.of(np.exp(sign * far))), FREE_ESTIMATE_GRID_SIZE)
    smallest = np.exp(-LOG_RATIO_EDGE)
    logs = np.log(np.maximum(scale.ratio(grid), smallest))
    found = profile(model, e_mV, best, position, sign * logs)
    square, linear, _ = np.polyfit(grid, found.chi2, 2)
    middle = found.theta[FREE_ESTIMATE_GRID_SIZE // 2]
    if not square > 0 or (near is None and not is_independent(model, middle, position)):
        return None
    ratio = float(scale.ratio(-linear / (2 * square)))
    return FreeEstimate(ratio, float(np.sqrt(widening / square) / scale.slope(ratio)))


def is_independent(model: VoltageModel, theta: FloatArray, position: int) -> bool:
    """Whether changes of the other parameters (k,) cannot compensate one of the ratio in the reversal potentials."""
    ions = len(model.free)
    logs = np.clip(theta[:ions], np.log(MIN_RESOLVABLE_RATIO), np.log(MAX_RESOLVABLE_RATIO))
    changes = slopes(model, np.concatenate([logs, theta[ions:]])[None])
    return bool(independent_effect(changes, position)[0] >= MIN_INDEPENDENT_SHIFT)
