"""Robust scale and weights, checked with scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.robust_weights import (
    bisquare,
    standard_deviation_of,
)
from reversal.statistics.statistics_constants import MEDIAN_ABSOLUTE_NORMAL, MEDIAN_SQUARED_NORMAL

DEVIATIONS = np.array([-9.0, -2.0, -0.5, 0.0, 0.3, 1.2, 4.0, 30.0])


def test_bisquare_weights_match_statsmodels() -> None:
    from statsmodels.robust.norms import TukeyBiweight

    expected = TukeyBiweight(c=4.685).weights(DEVIATIONS / 2.5)
    np.testing.assert_allclose(bisquare(DEVIATIONS, 2.5, least_root=0.0), expected, rtol=1e-12, atol=1e-15)


def test_no_weight_is_below_the_minimum() -> None:
    assert bisquare(DEVIATIONS, 2.5, least_root=0.1).min() == pytest.approx(0.01)


def test_standard_deviation_is_the_scaled_median_of_absolute_deviations() -> None:
    from statsmodels.robust import mad

    assert standard_deviation_of(DEVIATIONS) == pytest.approx(mad(DEVIATIONS, center=0.0), rel=1e-4)


def test_medians_match_the_normal_distribution() -> None:
    from scipy.stats import chi2, norm

    assert pytest.approx(norm.ppf(0.75), abs=5e-5) == MEDIAN_ABSOLUTE_NORMAL
    assert pytest.approx(chi2.ppf(0.5, 1), abs=5e-5) == MEDIAN_SQUARED_NORMAL
