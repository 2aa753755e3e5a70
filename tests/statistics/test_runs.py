"""The runs test, checked with statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.runs import runs_deviate

ABOVE = np.array([1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0], dtype=bool)


def test_normal_deviate_of_the_number_of_runs_matches_statsmodels() -> None:
    from statsmodels.sandbox.stats.runs import runstest_1samp

    expected, _ = runstest_1samp(ABOVE.astype(float), cutoff=0.5, correction=False)
    assert runs_deviate(ABOVE) == pytest.approx(expected)


def test_values_of_one_sign_have_no_deviate() -> None:
    assert runs_deviate(np.ones(9, dtype=bool)) is None
