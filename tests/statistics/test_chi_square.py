"""The χ² distribution, checked with printed tables."""

from __future__ import annotations

import pytest

from reversal.statistics.chi_square import normal_deviate, upper_tail

PRINTED = [(1, 6.635), (5, 15.086), (10, 23.209), (30, 50.892)]
"""1 % points: Fisher & Yates, Statistical Tables (1938), table IV."""


@pytest.mark.parametrize(("dof", "chi2"), PRINTED)
def test_tail_and_normal_deviate_at_the_one_percent_point(dof: int, chi2: float) -> None:
    assert upper_tail(chi2, dof) == pytest.approx(0.01, abs=1e-5)
    assert normal_deviate(chi2, dof) == pytest.approx(2.326, abs=0.05 if dof == 1 else 0.01)
