"""The figures of the page about fits are as claimed; a test holds that the present code made them.

``make nightly`` counts shorter samples again (``test_fit_intervals.py``).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reversal.calibration.counted_groups import CLAIMED_COVERAGE, coverage_slack
from reversal.calibration.fit_page import NEAR_0_POOLED, PAGE, POOLED, REPEATS
from tests.calibration.printed_pages import rows_below, tables_below

INTERVALS = "share of 95 % intervals that contains the truth [%]"
CELLS = 100 * coverage_slack(REPEATS)
"""How far a share that is counted on the cells of the page may be outside its claim by chance [%]."""


@pytest.fixture
def page(root: Path) -> Path:
    return root / PAGE


def assert_claimed(rows: list[list[str]], slack: float) -> None:
    """Every figure of the rows, after their names, is a claimed coverage."""
    low, high = (100 * share for share in CLAIMED_COVERAGE)
    for name, *figures in rows:
        assert all(low - slack <= float(one) <= high + slack for one in figures), (name, figures)


def test_intervals_of_ratios_contain_them_also_at_the_boundary(page: Path) -> None:
    covered, bounds = tables_below(page, "95 % intervals of a permeability ratio: share that contains the truth [%]")
    assert [len(covered), len(bounds)] == [6, 6]
    assert_claimed(covered, CELLS)
    impermeant, *_ = bounds
    assert all(float(share) > 90 for share in impermeant[1:])


def test_intervals_of_two_ratios_of_calcium_and_of_paired_ratios_contain_them(page: Path) -> None:
    rows = rows_below(page, "Other intervals of ratios: share that contains the truth [%]")
    assert len(rows) == 4
    assert_claimed(rows, CELLS)


def test_sodium_is_found_in_at_most_5_percent_of_pure_potassium_membranes(page: Path) -> None:
    found = re.search(r"boundary mixture, 5 baths: ([\d.]+) % false positives", page.read_text(encoding="utf-8"))
    assert found is not None
    assert float(found[1]) <= 5 + CELLS


def test_intervals_of_slopes_do_not_depend_on_the_stated_errors(page: Path) -> None:
    rows = rows_below(page, f"Slope of the Nernst line: {INTERVALS}")
    assert len(rows) == 4
    assert_claimed(rows, CELLS)


def test_a_slope_at_the_margin_is_seldom_equivalent_and_a_nernst_slope_is(page: Path) -> None:
    rows = rows_below(page, 'Verdict "equivalent" (margin 0.05): how often [%]')
    assert len(rows) == 4
    for baths, *at_the_margin, nernst in rows:
        assert all(float(share) <= 5 + CELLS for share in at_the_margin), baths
        assert float(nernst) > (95 if int(baths) >= 5 else 60)


def test_pooled_intervals_contain_the_truth_also_with_bound_only_cells(page: Path) -> None:
    pooled = rows_below(page, f"Pooled log ratio, Hartung–Knapp–Sidik–Jonkman: {INTERVALS}")
    with_bounds = rows_below(page, f"Pooled P_Na/P_K with bound-only cells: {INTERVALS}")
    assert [len(pooled), len(with_bounds)] == [5, 3]
    assert_claimed(pooled, 100 * coverage_slack(round(POOLED * REPEATS)))
    assert_claimed(with_bounds, 100 * coverage_slack(round(NEAR_0_POOLED * REPEATS)))
