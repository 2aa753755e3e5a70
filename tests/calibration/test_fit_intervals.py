"""A short count of what the calibration page counts at length: intervals hold the truth as often as they say.

The margins are three standard errors of the count, so that a right interval fails one run in several hundred, and the
seeds are fixed.
"""

from __future__ import annotations

import math

import pytest

from reversal.calibration.fit_intervals import (
    BATHS,
    equivalence_rate,
    false_sodium_rate,
    paired_coverage,
    pooled_coverage,
    ratio_coverage,
    slope_coverage,
)


def counting_error(repeats: int, share: float = 0.95) -> float:
    """Three standard errors of a share of ``repeats`` [%]."""
    return 300 * math.sqrt(share * (1 - share) / repeats)


@pytest.mark.parametrize(("ratio", "baths"), [(0.0, 5), (1e-4, 4), (1e-3, 3), (0.01, 2), (0.1, 6)])
def test_ratio_intervals_hold_the_truth_boundary_included(ratio: float, baths: int) -> None:
    found = ratio_coverage(ratio, BATHS[baths], repeats=300, seed=1)
    assert found.none == 0
    assert 93 - counting_error(300) <= found.percent <= 97 + counting_error(300)


def test_an_impermeant_ion_gives_a_bound_that_is_rarely_a_finding() -> None:
    found = ratio_coverage(0.0, BATHS[5], repeats=300, seed=2)
    assert found.bounds / found.trials > 0.9


@pytest.mark.parametrize("understated", [1.0, 3.0])
def test_slope_intervals_hold_the_truth_even_with_wrong_errors(understated: float) -> None:
    found = slope_coverage(BATHS[4], repeats=1500, seed=3, understated=understated)
    assert found.percent == pytest.approx(95, abs=counting_error(1500))


@pytest.mark.parametrize("slope", [0.95, 1.05])
def test_a_slope_at_the_margin_is_called_equivalent_in_one_cell_of_twenty(slope: float) -> None:
    assert equivalence_rate(slope, BATHS[5], repeats=1000, seed=4) <= 5 + counting_error(1000, 0.05)


def test_a_good_membrane_is_called_equivalent_nearly_always() -> None:
    assert equivalence_rate(1.0, BATHS[5], repeats=200, seed=5) > 95


def test_sodium_is_found_on_a_potassium_membrane_in_one_cell_of_twenty() -> None:
    assert false_sodium_rate(BATHS[5], repeats=150, seed=6) <= 5 + counting_error(150, 0.05)


def test_paired_intervals_hold_the_truth() -> None:
    assert paired_coverage(0.02, 0.06, repeats=120, seed=7).percent == pytest.approx(95, abs=counting_error(120))


@pytest.mark.parametrize("between_sd", [0.0, 0.1, 0.3])
def test_pooled_intervals_hold_the_truth(between_sd: float) -> None:
    found = pooled_coverage(8, between_sd, repeats=3000, seed=8)
    assert 93 <= found.percent <= 97
