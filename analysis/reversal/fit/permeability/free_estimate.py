"""Estimate of a ratio as if it could be negative, for means over cells.

If a ratio is near 0, half of the cells have a best value of 0 and only a bound. A mean of the other cells is biased
away from 0. The likelihood can be continued below 0. On a scale on which the reversal potential is linear, minus twice
the log likelihood is a parabola. Its vertex and width are the value and the error of the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.edge_scale import EdgeScale
from reversal.fit.fit_constants import FREE_ESTIMATE_GRID_SIZE, LOG_RATIO_EDGE
from reversal.fit.permeability.ghk_model import VoltageModel
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

    None if there is no limit, or if the profile is no parabola that opens upwards.
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
    chi2 = profile(model, e_mV, best, position, sign * logs).chi2
    square, linear, _ = np.polyfit(grid, chi2, 2)
    if not square > 0:
        return None
    ratio = float(scale.ratio(-linear / (2 * square)))
    return FreeEstimate(ratio, float(np.sqrt(widening / square) / scale.slope(ratio)))
