"""Scale from medians and Tukey's bisquare: values far from the others have less weight.

Source: Beaton & Tukey, Technometrics 16:147 (1974); Holland & Welsch, Commun. Stat. A 6:813 (1977) for the constant.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import BISQUARE_CUTOFF_SD, MEDIAN_ABSOLUTE_NORMAL


def standard_deviation_of(deviations: FloatArray) -> float:
    """Standard deviation by the median of the absolute deviations, any shape; unit of the deviations."""
    return float(np.median(np.abs(deviations))) / MEDIAN_ABSOLUTE_NORMAL


def bisquare(deviations: FloatArray, standard_deviation: float, least_root: float) -> FloatArray:
    """Tukey's weights (1 − (d / 4.685 s)²)², dimensionless, of the shape of the deviations.

    least_root : smallest square root of a weight, so that no value is left out altogether
    """
    within = 1 - (deviations / (BISQUARE_CUTOFF_SD * standard_deviation)) ** 2
    return np.asarray(np.maximum(within, least_root) ** 2)
