"""The normal distribution: probability and quantile of any value, largest of several values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray


def probability_below(deviate: ArrayLike) -> FloatArray:
    """Probability that a standard normal value is below each deviate; any shape, dimensionless."""
    from scipy.special import ndtr

    return np.asarray(ndtr(np.asarray(deviate, dtype=float)))


def deviate_of(probability: ArrayLike) -> FloatArray:
    """Standard normal deviate for each lower-tail probability; any shape, dimensionless."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.asarray(probability, dtype=float)))


def limit_of_largest(count: int, chance: float) -> float:
    """Absolute deviate that the largest of ``count`` standard normal values exceeds with probability ``chance``.

    Bonferroni's bound, which is exact to first order in ``chance``.

    >>> round(limit_of_largest(1, 0.05), 2)
    1.96
    """
    return float(-deviate_of(0.5 * chance / count))
