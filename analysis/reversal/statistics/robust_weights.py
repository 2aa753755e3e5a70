"""Scale from medians and Tukey's bisquare: values far from the others count less.

Source: Beaton & Tukey, Technometrics 16:147 (1974); Holland & Welsch, Commun. Stat. A 6:813 (1977) for the constant.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray

MEDIAN_ABSOLUTE_NORMAL = 0.6745  # median of the absolute value of a standard normal deviate
MEDIAN_SQUARED_NORMAL = 0.4549  # median of its square
BISQUARE_SCALES = 4.685  # of the standard deviation, from which a value has no weight: efficiency 95 % in normal errors


def standard_deviation_of(deviations: FloatArray) -> float:
    """Standard deviation by the median of the absolute deviations, any shape; unit of the deviations."""
    return float(np.median(np.abs(deviations))) / MEDIAN_ABSOLUTE_NORMAL


def bisquare(deviations: FloatArray, standard_deviation: float, least_root: float) -> FloatArray:
    """Tukey's weights (1 − (d / 4.685 s)²)², dimensionless, of the shape of the deviations.

    least_root : smallest square root of a weight, so that no value is left out altogether
    """
    within = 1 - (deviations / (BISQUARE_SCALES * standard_deviation)) ** 2
    return np.asarray(np.maximum(within, least_root) ** 2)
