"""A short calibration of the kinds of experiments and of cohorts; ``make calibrate`` counts hundreds."""

from __future__ import annotations

from functools import reduce

import pytest

from reversal.calibration.cohort_intervals import (
    equivalence_rate,
    mean_coverage,
    shift_coverage,
    slope_coverage,
)
from reversal.calibration.counted_groups import coverage_slack
from reversal.calibration.experiment_kinds import E_REV, KINDS, RATIO, SLOPE, Counted, counted_kind
from reversal.tables.shifts_table import Shifted


@pytest.fixture(scope="module")
def counted() -> dict[str, Counted]:
    return {kind.name: counted_kind(kind, range(1)) for kind in KINDS}


def test_every_kind_gives_what_it_can_give(counted: dict[str, Counted]) -> None:
    for kind in KINDS:
        of_kind = counted[kind.name]
        assert of_kind.made[E_REV] == len(kind.baths), kind.name
        assert of_kind.made.get(RATIO, 0) == len(kind.ratios) - 1, kind.name
        one_level = len({ions.get(kind.ion, 0.0) for ions in kind.baths.values()} - {0.0}) == 1
        assert of_kind.made.get(SLOPE, 0) == (0 if one_level else 1), kind.name


def test_the_intervals_of_all_kinds_contain_the_truth_as_claimed(counted: dict[str, Counted]) -> None:
    every = reduce(Counted.and_also, counted.values())
    for what in (E_REV, RATIO, SLOPE):
        made = every.made[what]
        assert every.covered[what] / made > 0.93 - coverage_slack(made), what


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("of", Shifted)
def test_intervals_of_a_shift_contain_it_as_claimed(paired: bool, of: Shifted) -> None:
    repeats = 100 if of is Shifted.E_REV else 15
    found = shift_coverage(4, paired, of, repeats, seed=3)
    assert found.none == 0
    assert found.percent > 100 * (0.93 - coverage_slack(repeats))


def test_intervals_of_means_contain_them_as_claimed() -> None:
    assert mean_coverage(4, 200, seed=3).percent > 100 * (0.93 - coverage_slack(200))
    assert slope_coverage(4, 15, seed=3).percent > 100 * (0.93 - coverage_slack(15))


def test_a_mean_slope_at_the_margin_is_seldom_equivalent_and_a_nernst_slope_is() -> None:
    assert equivalence_rate(1.05, 5, 15, seed=3) <= 100 * (0.05 + coverage_slack(15))
    assert equivalence_rate(1.0, 5, 15, seed=3) > 60
