"""Linear trends, checked with scipy.stats."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.trend import centred, slopes_of, theil_sen, trend_of

VALUES = 3.0 + 0.4 * np.arange(12) + np.random.default_rng(2).normal(0, 1.0, 12)


def test_slope_and_error_match_linear_regression() -> None:
    from scipy.stats import linregress

    expected = linregress(np.arange(12), VALUES)
    found = trend_of(VALUES)
    assert (found.slope, found.slope_se) == pytest.approx((expected.slope, expected.stderr))
    assert found.change == pytest.approx(11 * expected.slope)
    t = expected.slope / expected.stderr
    assert found.stands_out(t - 0.01)
    assert not found.stands_out(t + 0.01)


def test_slopes_of_rows_match_single_rows() -> None:
    rows = np.stack([VALUES, -2 * VALUES, np.full(12, 5.0)])
    slope = trend_of(VALUES).slope
    assert slopes_of(rows) == pytest.approx([slope, -2 * slope, 0.0])
    assert centred(12).sum() == 0


def test_theil_sen_line_matches_scipy() -> None:
    from scipy.stats import theilslopes

    x = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 22.0])
    y = 2.0 * x - 5.0 + np.array([0.1, -0.2, 0.3, 40.0, -0.1, 0.2, 0.0])
    expected = theilslopes(y, x, method="joint")
    assert theil_sen(x, y) == pytest.approx((expected.slope, expected.intercept))
