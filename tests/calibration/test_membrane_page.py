"""The figures of the page about the membrane test are as claimed; a test holds that the present code made them.

``make nightly`` counts shorter samples again (``test_membrane_test_intervals.py``).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reversal.calibration.counted_groups import CLAIMED_COVERAGE, CLUSTERING, coverage_slack
from reversal.calibration.membrane_test_intervals import PROPERTIES
from reversal.calibration.membrane_test_page import PAGE, SPECIAL, TWO_COMPARTMENTS
from tests.calibration.printed_pages import percent, rows_below


@pytest.mark.parametrize("what", PROPERTIES)
def test_intervals_of_each_property_contain_it_at_each_level_of_each_factor(root: Path, what: str) -> None:
    rows = rows_below(root / PAGE, what)
    claimed = [row for row in rows if row[0] not in SPECIAL or row[0] == TWO_COMPARTMENTS]
    assert len(claimed) > 20
    for factor, level, recordings, _, *_, coverage in claimed:
        slack = 100 * coverage_slack(int(recordings), CLUSTERING)
        assert 100 * CLAIMED_COVERAGE[0] - slack < percent(coverage), (factor, level)
    whole = claimed[0]
    assert whole[0] == "all"
    assert percent(whole[3]) < 15
    assert 100 * CLAIMED_COVERAGE[0] <= percent(whole[-1]) <= 100 * CLAIMED_COVERAGE[1]


def test_a_cancelled_transient_gives_no_rs(root: Path) -> None:
    (cancelled,) = (row for row in rows_below(root / PAGE, "R_s") if row[0] == "transient cancelled")
    assert percent(cancelled[3]) > 90


def test_two_compartments_and_drift_are_found_and_seldom_by_mistake(root: Path) -> None:
    printed = (root / PAGE).read_text(encoding="utf-8")
    two = re.search(r"found in ([\d.]+) % of the cells with two and in ([\d.]+) % of the cells with one", printed)
    drift = re.search(r"reported in ([\d.]+) % of the recordings, .* a drift is reported in ([\d.]+) %", printed)
    assert two is not None
    assert drift is not None
    assert float(two[1]) > 90
    assert float(two[2]) < 2
    assert float(drift[1]) > 60
    assert float(drift[2]) < 1
