"""A short calibration of the kinds of experiments and of cohorts; ``make calibrate`` counts hundreds."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from reversal.calibration.cohort_intervals import (
    are_equivalent,
    drawn,
    equivalence_rate,
    group_of,
    lines_of,
    mean_coverage,
    mean_slope,
    shift_coverage,
    slope_coverage,
    slopes_of,
)
from reversal.calibration.counted_groups import coverage_slack
from reversal.calibration.experiment_kinds import E_REV, KINDS, RATIO, SLOPE, Counted, counted_kind
from reversal.tables.nernst_table import Verdict
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


def test_verdicts_of_many_groups_are_those_of_the_program() -> None:
    """Of groups with a true mean at the margin; the spread of the cells makes some of them equivalent, not all."""
    rng = np.random.default_rng(3)
    groups = [group_of(drawn(5, rng, slope), "control", 1.0, rng) for slope in (1.0, 1.03, 1.05) for _ in range(4)]
    lines = [lines_of(group, "control") for group in groups]
    slopes = np.array([[line.slope_ratio for line in of_group] for of_group in lines])
    e_mV = np.array([[row.e_rev_mV for row in group] for group in groups]).reshape(len(groups), 5, -1)
    np.testing.assert_allclose(slopes_of(e_mV), slopes, atol=1e-9)
    verdicts = [mean_slope(of_group).verdict is Verdict.EQUIVALENT for of_group in lines]
    assert list(are_equivalent(slopes)) == verdicts
    assert {*verdicts} == {True, False}


def test_a_mean_slope_at_the_margin_is_equivalent_in_5_percent_on_both_sides() -> None:
    for slope in (0.95, 1.05):
        for cells in (3, 10):
            assert equivalence_rate(slope, cells, 100_000, seed=3) == pytest.approx(5.0, abs=0.25)
    assert equivalence_rate(1.0, 5, 1000, seed=3) > 95
