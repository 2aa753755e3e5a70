"""Likelihood ratios of parameters that have an edge, such as a permeability that cannot be below 0.

Near an edge, the likelihood ratio of a value is not distributed as χ² with one degree of freedom. At the edge, half of
the distribution is a point at 0. If the data decide between a two-sided interval and an upper bound, the coverage is
below the nominal one. Here a value belongs to the interval if its likelihood ratio is below the 95 % point of the
distribution at that value. This point depends on the distance of the value from the edge in standard errors.

Sources: Chernoff, Ann. Math. Stat. 25:573 (1954); Self & Liang, J. Am. Stat. Assoc. 82:605 (1987);
Feldman & Cousins, Phys. Rev. D 57:3873 (1998), for the unified ordering.
"""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.statistics.chi_square import upper_tail
from reversal.statistics.normal import deviate_of, probability_below
from reversal.statistics.statistics_constants import (
    CONFIDENCE_LEVEL,
    CRITICAL_VALUE_BRACKET,
    EDGE_DISTANCE_GRID_SIZE,
    MAX_EDGE_DISTANCE_SE,
    NEGLIGIBLE_LIKELIHOOD_RATIO,
)
from reversal.statistics.student_t import deviate_of as t_deviate_of
from reversal.statistics.student_t import probability_below as t_probability_below


def critical_value(distance: ArrayLike, level: float = CONFIDENCE_LEVEL, dof: float = np.inf) -> FloatArray:
    """Point below which the likelihood ratio of a true value is with probability ``level``.

    distance : of that value from the edge of the parameter's range, in standard errors, ≥ 0
    dof : degrees of freedom of the standard error; infinite if it is known

    >>> critical_value([0.0, 5.0]).round(2).tolist()
    [2.71, 3.84]
    """
    grid, values = _critical_table(level, dof)
    return np.asarray(np.interp(np.asarray(distance, dtype=float), grid, values))


def edge_p(likelihood_ratio: float, parameters: int) -> float:
    """Probability of a likelihood ratio at least as large, if this many independent parameters are at their edge.

    The mixture of χ² with binomial weights.

    >>> round(edge_p(2.706, 1), 3)
    0.05
    """
    if likelihood_ratio < NEGLIGIBLE_LIKELIHOOD_RATIO:
        return 1.0
    tails = (comb(parameters, dof) * upper_tail(likelihood_ratio, dof) for dof in range(1, parameters + 1))
    return float(sum(tails) / 2**parameters)


@cache
def _critical_table(level: float, dof: float) -> tuple[FloatArray, FloatArray]:
    one_sided, two_sided = (_deviate_of(p, dof) for p in (level, 0.5 + level / 2))
    distance = np.linspace(0.0, max(MAX_EDGE_DISTANCE_SE, two_sided), EDGE_DISTANCE_GRID_SIZE)
    low = np.full_like(distance, one_sided**2 * CRITICAL_VALUE_BRACKET)
    high = np.full_like(distance, two_sided**2)
    safe = np.maximum(distance, 1e-9)
    for _ in range(60):
        middle = (low + high) / 2
        root = np.sqrt(middle)
        below = np.where(distance >= root, -root, -(distance**2 + middle) / (2 * safe))
        enough = _probability_below(root, dof) - _probability_below(below, dof) >= level
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return distance, high


def _deviate_of(probability: float, dof: float) -> float:
    return float(deviate_of(probability)) if np.isinf(dof) else t_deviate_of(probability, dof)


def _probability_below(deviate: FloatArray, dof: float) -> FloatArray:
    return probability_below(deviate) if np.isinf(dof) else t_probability_below(deviate, dof)
