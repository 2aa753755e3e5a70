"""Profile-likelihood interval of a permeability ratio, valid also near the boundary.

A ratio cannot be below 0. A value belongs to the interval if its likelihood ratio is below the critical value for its
distance from the boundary (:mod:`reversal.statistics.likelihood_ratio`). If the boundary itself belongs to the
interval, the result is an upper bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.fit_constants import (
    LOG_RATIO_EDGE,
    LOG_RATIO_TOLERANCE,
    NEAR_EDGE_LIKELIHOOD_RATIO,
    PROFILE_GRID_SIZE,
    PROFILE_ROUNDS,
)
from reversal.fit.permeability.ghk_model import VoltageModel, minimise
from reversal.statistics.least_squares import Minimum
from reversal.statistics.likelihood_ratio import critical_value
from reversal.statistics.statistics_constants import CONFIDENCE_LEVEL


@dataclass(frozen=True, slots=True)
class Limits:
    """Ends of the 95 % interval of a log ratio; None if it includes the boundary, a ratio of 0 or infinity."""

    low: float | None
    high: float | None


def limits(
    model: VoltageModel,
    e_mV: FloatArray,
    best: Minimum,
    position: int,
    scale: float = 1.0,
    level: float = CONFIDENCE_LEVEL,
) -> Limits:
    """95 % interval of the log ratio at ``position``, with the other parameters profiled.

    e_mV : (n,) reversal potentials [mV]
    best : best fit of ``model``, theta (1, k)
    scale : factor on the critical value, above 1 if the variance was estimated from few residuals
    level : confidence level
    """
    ratio = _likelihood_ratio(model, e_mV, best, position)
    at_edges = ratio(np.array(_edges()))
    limit = _limit(model, best, position, at_edges, scale, level)

    def excess(log_ratio: FloatArray) -> FloatArray:
        return ratio(log_ratio) - limit(log_ratio)

    centre = float(best.theta[0, position])
    included = at_edges <= scale * critical_value(0.0, level)
    low, high = (
        None if inside else _crossing(excess, centre, edge) for edge, inside in zip(_edges(), included, strict=True)
    )
    return Limits(low, high)


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Likelihood ratio of some log ratios, (B,), its limit for the 95 % interval, and the best parameters, (B, k)."""

    ratio: FloatArray
    limit: FloatArray
    theta: FloatArray


def likelihoods(
    model: VoltageModel, e_mV: FloatArray, best: Minimum, position: int, values: FloatArray, scale: float = 1.0
) -> Likelihoods:
    """Likelihood ratios of the (B,) log ratios at ``position``, as :func:`limits` compares them."""
    fits = profile(model, e_mV, best, position, np.concatenate([_edges(), values]))
    ratio = fits.chi2 - best.chi2[0]
    limit = _limit(model, best, position, ratio[:2], scale, CONFIDENCE_LEVEL)
    return Likelihoods(ratio[2:], limit(values), fits.theta[2:])


def profile(model: VoltageModel, e_mV: FloatArray, best: Minimum, position: int, values: FloatArray) -> Minimum:
    """Best fits with the log ratio at ``position`` fixed at each of the (B,) values."""
    data = np.broadcast_to(e_mV, (values.size, e_mV.shape[-1]))
    start = np.broadcast_to(best.theta, (values.size, model.size))
    return minimise(model, data, start, held=(position, values))


def distance_from_edge(
    model: VoltageModel, best: Minimum, position: int, values: FloatArray, edge: float
) -> FloatArray:
    """Distance in standard errors from the model at each of the (B,) log ratios to the closest model at the boundary.

    edge : log ratio that represents 0 or infinity; the other parameters are profiled, starting from ``best``
    """
    theta = np.broadcast_to(best.theta, (values.size, model.size)).copy()
    theta[:, position] = values
    expected = model.predict_mV(theta)
    on_edge = minimise(model, expected, theta, held=(position, np.full(values.size, edge)))
    return np.sqrt(np.maximum(on_edge.chi2, 0.0))


def _likelihood_ratio(
    model: VoltageModel, e_mV: FloatArray, best: Minimum, position: int
) -> Callable[[FloatArray], FloatArray]:
    def ratio(values: FloatArray) -> FloatArray:
        return np.asarray(profile(model, e_mV, best, position, values).chi2 - best.chi2[0])

    return ratio


def _limit(
    model: VoltageModel, best: Minimum, position: int, at_edges: FloatArray, scale: float, level: float
) -> Callable[[FloatArray], FloatArray]:
    """Likelihood ratio below which a value belongs to the interval, as a function of log ratios."""
    near = [edge for edge, value in zip(_edges(), at_edges, strict=True) if value < NEAR_EDGE_LIKELIHOOD_RATIO]

    def limit(log_ratio: FloatArray) -> FloatArray:
        lowest = np.full(log_ratio.shape, float(critical_value(np.inf, level)))
        for edge in near:
            distance = distance_from_edge(model, best, position, log_ratio, edge)
            lowest = np.minimum(lowest, critical_value(distance, level))
        return np.asarray(scale * lowest)

    return limit


def _crossing(excess: Callable[[FloatArray], FloatArray], centre: float, edge: float) -> float | None:
    """First log ratio from ``centre`` to ``edge`` at which ``excess`` becomes positive; None if it does not."""
    inside, outside = centre, edge
    for round_ in range(PROFILE_ROUNDS):
        reach = np.linspace(0.0, 1.0, PROFILE_GRID_SIZE)[1:]
        values = inside + (outside - inside) * (reach**2 if round_ == 0 else reach)
        above = excess(values) > 0
        if not above.any():
            return None
        first = int(np.argmax(above))
        inside, outside = (values[first - 1] if first else inside), values[first]
        if abs(outside - inside) < LOG_RATIO_TOLERANCE:
            break
    return float((inside + outside) / 2)


def _edges() -> tuple[float, float]:
    """Log ratios that represent 0 and infinity."""
    return -LOG_RATIO_EDGE, LOG_RATIO_EDGE
