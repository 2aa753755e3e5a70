"""Holm's correction, checked with statsmodels."""

from __future__ import annotations

import pytest

from reversal.statistics.multiple_testing import holm


def test_holm_matches_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = [0.01, 0.04, 0.03, 0.005, 0.5]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())
