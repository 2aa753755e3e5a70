"""The short calibration: some hundred recordings in every ``make test``; ``make calibrate`` runs thousands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.calibration.counted_groups import by_factor, slack
from reversal.calibration.drawn_cases import HOPELESS, Outcome, outcomes
from reversal.calibration.recording_intervals import CLAIMED, PAGE, LARGEST_BIAS_mV, at_default_noise, scored, warned


@pytest.fixture(scope="module")
def results() -> list[Outcome]:
    return list(outcomes(cells=80, seed=11))


def test_interval_covers_as_often_as_it_says(results: list[Outcome]) -> None:
    score = scored(results)
    assert score.count > 0.95 * len(results)
    assert CLAIMED[0] - slack(score.count) < score.coverage < CLAIMED[1] + slack(score.count)


def test_coverage_holds_in_every_cell_of_the_table(results: list[Outcome]) -> None:
    for cell, group in by_factor(results).items():
        score = scored(group)
        assert score.coverage > CLAIMED[0] - slack(score.count), (cell, score)


def rows_of_page(root: Path, title: str) -> list[list[str]]:
    """Cells of the table below a heading of the page."""
    section = (root / PAGE).read_text(encoding="utf-8").split(f"## {title}")[1].split("## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]  # below the head


def test_the_page_of_the_long_calibration_holds_what_it_claims(root: Path) -> None:
    rows = rows_of_page(root, "The primary value")
    assert len(rows) > 30
    for row in rows:
        coverage, bias = float(row[-1].removesuffix(" %")), float(row[-3].replace("–", "0"))
        assert 100 * CLAIMED[0] <= coverage <= 100 * CLAIMED[1], row
        assert abs(bias) < LARGEST_BIAS_mV, row


def test_the_page_says_that_hopeless_recordings_warn(root: Path) -> None:
    rows = rows_of_page(root, "Where no reversal")
    assert {row[0] for row in rows} == set(HOPELESS)
    for row in rows:  # the last cell is empty where none of them has an interval that could be wrong
        assert float(row[2 if row[3] == "–" else 3].removesuffix(" %")) > 95.0, row


def test_bias_at_default_noise_is_below_a_third_of_a_millivolt(results: list[Outcome]) -> None:
    assert abs(scored(at_default_noise(results)).bias_mV) < LARGEST_BIAS_mV


def test_no_good_recording_lacks_its_value_in_silence(results: list[Outcome]) -> None:
    assert all(one.measured.reversal.reason for one in results if one.measured.reversal.estimate is None)


@pytest.mark.parametrize("what", HOPELESS)
def test_where_it_cannot_hold_it_says_so(what: str) -> None:
    one = warned(what, cells=5, seed=3)
    assert one.share > 0.95 - 3 * np.sqrt(0.05 * 0.95 / one.count)
