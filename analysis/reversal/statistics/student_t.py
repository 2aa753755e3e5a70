"""Student's t distribution: quantiles, two-sided probability, interval of a mean."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import CONFIDENCE_LEVEL, TWO_SIDED_95_SIX_DECIMALS


@lru_cache(maxsize=1024)
def two_sided_quantile(dof: float, level: float = CONFIDENCE_LEVEL) -> float:
    """Half width in standard errors of an interval of the given level.

    dof : degrees of freedom, > 0, need not be whole; level : 0 to 1

    >>> round(two_sided_quantile(10), 3)
    2.228
    """
    from scipy.special import stdtrit

    return float(stdtrit(dof, 0.5 + level / 2))


def probability_below(deviate: ArrayLike, dof: float) -> FloatArray:
    """Probability that a value of Student's t is below each deviate; any shape, dimensionless."""
    from scipy.special import stdtr

    return np.asarray(stdtr(dof, np.asarray(deviate, dtype=float)))


def deviate_of(probability: float, dof: float) -> float:
    """Value of Student's t for a lower-tail probability."""
    from scipy.special import stdtrit

    return float(stdtrit(dof, probability))


def two_sided_95_by_series(dof: int) -> float:
    """Half width of a 95 % interval in standard errors by a series in 1/dof, to 0.5 % from 4 degrees of freedom up.

    The intervals of a recording are calibrated with it. Source: Abramowitz & Stegun (1964), 26.7.5.
    """
    z = TWO_SIDED_95_SIX_DECIMALS
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * dof**3)
    return z + (z**3 + z) / (4 * dof) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * dof**2) + third


def two_sided_p(t: float, dof: float) -> float:
    """Probability of a value at least as far from 0 as ``t``, if only chance moves it."""
    from scipy.special import stdtr

    return float(2 * stdtr(dof, -abs(t)))


def interval(value: float, standard_error: float, dof: float, level: float = CONFIDENCE_LEVEL) -> tuple[float, float]:
    """Limits of an estimate whose standard error is known from ``dof`` degrees of freedom; unit of the value."""
    reach = two_sided_quantile(dof, level) * standard_error
    return value - reach, value + reach
