"""A short calibration of the fits, counted by night: ``test_fit_page.py`` reads the figures of the long one.

The margins are three standard errors of the count, and the seeds are fixed.
"""

from __future__ import annotations

import pytest

from reversal.calibration.counted_groups import coverage_slack
from reversal.calibration.fit_intervals import (
    BATHS,
    equivalence_rate,
    false_sodium_rate,
    paired_coverage,
    pooled_coverage,
    pooled_ratio_coverage,
    ratio_coverage,
    slope_coverage,
)

pytestmark = pytest.mark.long


def slack_percent(repeats: int) -> float:
    """How far a share of 95 % or of 5 % may be outside its claim by chance [%]."""
    return 100 * coverage_slack(repeats)


@pytest.mark.parametrize(("ratio", "baths"), [(0.0, 5), (1e-4, 4), (1e-3, 3), (0.01, 2), (0.1, 6)])
def test_coverage_of_ratio_intervals_is_as_claimed_also_at_the_boundary(ratio: float, baths: int) -> None:
    found = ratio_coverage(ratio, BATHS[baths], repeats=300, seed=1)
    assert found.none == 0
    assert 93 - slack_percent(300) <= found.percent <= 97 + slack_percent(300)


def test_an_impermeant_ion_gives_an_upper_bound() -> None:
    found = ratio_coverage(0.0, BATHS[5], repeats=300, seed=2)
    assert found.bounds / found.trials > 0.9


@pytest.mark.parametrize("understated", [1.0, 3.0])
def test_coverage_of_slope_intervals_does_not_depend_on_the_stated_errors(understated: float) -> None:
    found = slope_coverage(BATHS[4], repeats=1500, seed=3, understated=understated)
    assert found.percent == pytest.approx(95, abs=slack_percent(1500))


@pytest.mark.parametrize("slope", [0.95, 1.05])
def test_a_slope_at_the_margin_is_called_equivalent_in_at_most_5_percent_of_cells(slope: float) -> None:
    assert equivalence_rate(slope, BATHS[5], repeats=1000, seed=4) <= 5 + slack_percent(1000)


def test_a_nernstian_slope_is_called_equivalent_in_more_than_95_percent_of_cells() -> None:
    assert equivalence_rate(1.0, BATHS[5], repeats=200, seed=5) > 95


def test_sodium_is_found_in_at_most_5_percent_of_pure_potassium_membranes() -> None:
    assert false_sodium_rate(BATHS[5], repeats=150, seed=6) <= 5 + slack_percent(150)


def test_coverage_of_paired_intervals_is_as_claimed() -> None:
    assert paired_coverage(0.02, 0.06, repeats=120, seed=7).percent == pytest.approx(95, abs=slack_percent(120))


@pytest.mark.parametrize("between_sd", [0.0, 0.1, 0.3])
def test_coverage_of_pooled_intervals_is_as_claimed(between_sd: float) -> None:
    found = pooled_coverage(8, between_sd, repeats=3000, seed=8)
    assert 93 <= found.percent <= 97


@pytest.mark.parametrize(("ratio", "between_sd"), [(0.0, 0.0), (1e-3, 0.0), (1e-3, 0.3), (0.01, 0.3), (0.1, 0.3)])
@pytest.mark.parametrize("cells", [3, 6, 12])
def test_coverage_of_pooled_ratios_is_as_claimed_also_with_bound_only_cells(
    ratio: float, cells: int, between_sd: float
) -> None:
    found = pooled_ratio_coverage(ratio, cells, between_sd, repeats=100, seed=9)
    assert found.none == 0
    assert 93 - slack_percent(100) <= found.percent <= 97 + slack_percent(100)
    if ratio == 0:
        assert found.percent_bounds > 85
