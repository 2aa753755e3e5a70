"""The short calibration: some hundred recordings in every ``make test``; ``make calibrate`` runs thousands."""

from __future__ import annotations

import numpy as np
import pytest

from tests.calibration._groups import by_factor, slack
from tests.calibration.measure import (
    CLAIMED,
    HOPELESS,
    PAGE,
    DEFAULT_NOISE_pA,
    LARGEST_BIAS_mV,
    Outcome,
    flagged_share,
    outcomes,
    scored,
)


@pytest.fixture(scope="module")
def results() -> list[Outcome]:
    return list(outcomes(cells=60, seed=11))


def test_interval_covers_as_often_as_it_says(results: list[Outcome]) -> None:
    score = scored(results)
    assert score.count > 0.95 * len(results)
    assert CLAIMED[0] - slack(score.count) < score.coverage < CLAIMED[1] + slack(score.count)


def test_coverage_holds_in_every_cell_of_the_table(results: list[Outcome]) -> None:
    for cell, group in by_factor(results).items():
        score = scored(group)
        assert score.coverage > CLAIMED[0] - slack(score.count), (cell, score)


def test_the_page_of_the_long_calibration_holds_what_it_claims() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## ")[1]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.endswith("% |")]
    coverage = {" ".join(row[:2]): float(row[-1].removesuffix(" %")) for row in rows}
    assert len(coverage) > 20
    outside = {cell: found for cell, found in coverage.items() if not 100 * CLAIMED[0] <= found <= 100 * CLAIMED[1]}
    assert outside == {}


def test_bias_at_default_noise_is_below_a_third_of_a_millivolt(results: list[Outcome]) -> None:
    default = [one for one in results if one.case.noise_pA == DEFAULT_NOISE_pA]
    assert abs(scored(default).bias_mV) < LARGEST_BIAS_mV


def test_no_good_recording_lacks_its_value_in_silence(results: list[Outcome]) -> None:
    assert all(one.measured.reversal.reason for one in results if one.measured.reversal.estimate is None)


@pytest.mark.parametrize("what", HOPELESS)
def test_where_it_cannot_hold_it_says_so(what: str) -> None:
    count, share = flagged_share(what, cells=5, seed=3)
    assert share > 0.95 - 3 * np.sqrt(0.05 * 0.95 / count)
