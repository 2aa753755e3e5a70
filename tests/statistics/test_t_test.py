"""t tests, checked with scipy.stats."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.t_test import one_sample, welch

FIRST = np.array([27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4])
SECOND = np.array([27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.2])


def test_welch_matches_scipy() -> None:
    from scipy.stats import ttest_ind

    expected = ttest_ind(FIRST, SECOND, equal_var=False)
    found = welch(FIRST, SECOND)
    assert found is not None
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_one_sample_matches_scipy() -> None:
    from scipy.stats import ttest_1samp

    expected = ttest_1samp(FIRST - SECOND, 0.0)
    found = one_sample(FIRST - SECOND)
    assert found is not None
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_values_without_scatter_give_no_test() -> None:
    assert one_sample(np.full(4, 2.0)) is None
    assert welch(np.full(4, 2.0), np.full(3, 2.0)) is None
    assert welch(np.array([1.0]), FIRST) is None


def test_two_values_are_enough_for_welch_and_one_is_not() -> None:
    from scipy.stats import ttest_ind

    for first, second in ((FIRST[:2], SECOND), (FIRST, SECOND[:2])):
        found = welch(first, second)
        assert found is not None
        assert found.p == pytest.approx(ttest_ind(first, second, equal_var=False).pvalue)
        assert found.mean == pytest.approx(first.mean() - second.mean())
    assert welch(FIRST, SECOND[:1]) is None
    assert welch(np.full(4, 2.0), FIRST) is not None
