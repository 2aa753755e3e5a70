"""Holm's correction, checked with statsmodels."""

from __future__ import annotations

import pytest

from reversal.statistics.multiple_testing import holm, holm_of_known


def test_holm_matches_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = [0.01, 0.04, 0.03, 0.005, 0.5]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())
    assert holm([0.6, 0.7]) == [1.0, 1.0]


def test_unknown_probabilities_do_not_count() -> None:
    """3 · 0.01, 2 · 0.03 and the larger of it and 0.04."""
    corrected = holm_of_known([None, 0.04, 0.01, None, 0.03])
    assert [corrected[0], corrected[3]] == [None, None]
    assert [corrected[1], corrected[2], corrected[4]] == pytest.approx([0.06, 0.03, 0.06])
