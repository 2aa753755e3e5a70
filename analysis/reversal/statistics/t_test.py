"""Difference of means by Student's t: of one sample from 0, and of two samples of unequal variance.

Source: Welch, Biometrika 34:28 (1947).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.degrees_of_freedom import satterthwaite
from reversal.statistics.student_t import interval, two_sided_p


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of means with its 95 % limits, unit of the values, and its two-sided p."""

    mean: float
    low: float
    high: float
    p: float


def one_sample(values: FloatArray) -> Difference | None:
    """Mean of ``values``, shape (n,), n ≥ 2, against 0; None where they do not scatter.

    For pairs, give the differences of the pairs.
    """
    return _difference(float(values.mean()), float(values.var(ddof=1)) / values.size, values.size - 1)


def welch(first: FloatArray, second: FloatArray) -> Difference | None:
    """Mean of ``first``, shape (n,), less the mean of ``second``, (m,); None where a sample shows no scatter."""
    if first.size < 2 or second.size < 2:
        return None
    a, b = first.var(ddof=1) / first.size, second.var(ddof=1) / second.size
    if a + b == 0:
        return None
    dof = satterthwaite((a, b), (first.size - 1, second.size - 1))
    return _difference(float(first.mean() - second.mean()), float(a + b), dof)


def _difference(mean: float, variance: float, dof: float) -> Difference | None:
    if variance <= 0:
        return None
    se = float(np.sqrt(variance))
    return Difference(mean, *interval(mean, se, dof), two_sided_p(mean / se, dof))
