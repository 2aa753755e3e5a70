"""Student's t, checked with printed tables and scipy.stats."""

from __future__ import annotations

import pytest

from reversal.statistics.student_t import interval, two_sided_95_by_series, two_sided_p, two_sided_quantile

PRINTED = [(5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799)]
"""97.5 % points: Fisher & Yates, Statistical Tables (1938), table III."""


@pytest.mark.parametrize(("dof", "expected"), PRINTED)
def test_quantiles_match_the_printed_table(dof: int, expected: float) -> None:
    assert two_sided_quantile(dof) == pytest.approx(expected, abs=5e-5)
    assert two_sided_95_by_series(dof) == pytest.approx(expected, rel=0.006)


def test_quantiles_of_other_levels_match_the_printed_table() -> None:
    """Fisher & Yates, table III, 10 degrees of freedom: 10 % 1.812, 0.1 % 4.587."""
    assert two_sided_quantile(10, 0.90) == pytest.approx(1.812, abs=5e-4)
    assert two_sided_quantile(10, 0.999) == pytest.approx(4.587, abs=5e-4)


def test_p_matches_scipy() -> None:
    from scipy.stats import t

    assert two_sided_p(-2.5, 7.3) == pytest.approx(2 * t.sf(2.5, 7.3))
    assert two_sided_p(2.2281, 10) == pytest.approx(0.05, abs=1e-5)


def test_half_width_of_the_interval_is_the_quantile() -> None:
    assert interval(3.0, 2.0, 5) == pytest.approx((3.0 - 2 * 2.5706, 3.0 + 2 * 2.5706), abs=2e-4)


@pytest.mark.parametrize(("dof", "tolerance"), [(4, 5e-3), (8, 3e-4), (20, 1e-5), (100, 1e-6)])
def test_the_series_has_the_error_that_its_first_term_left_out_makes(dof: int, tolerance: float) -> None:
    """Abramowitz & Stegun (1964), 26.7.5, against scipy."""
    from scipy.stats import t

    assert two_sided_95_by_series(dof) == pytest.approx(t.ppf(0.975, dof), rel=tolerance)
