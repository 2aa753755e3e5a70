"""The short calibration of the membrane test; ``make calibrate`` runs thousands of recordings."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.counted_groups import slack
from reversal.calibration.membrane_test_intervals import (
    CLAIMED,
    PROPERTIES,
    Outcome,
    cancelled,
    drifts,
    outcomes,
    scored,
    two_compartments,
)


@pytest.fixture(scope="module")
def results() -> list[Outcome]:
    return list(outcomes(cells=60, seed=5))


@pytest.mark.parametrize("what", PROPERTIES)
def test_the_interval_of_each_property_covers_as_often_as_it_says(results: list[Outcome], what: str) -> None:
    score = scored(results, what)
    assert score.without < 0.15
    assert CLAIMED[0] - slack(score.count) < score.coverage < CLAIMED[1] + slack(score.count)


def test_errors_are_small(results: list[Outcome]) -> None:
    """Of R_s in MΩ, of C_m in per cent, in the middle and for one in twenty."""
    rs, cm = scored(results, "R_s"), scored(results, "C_m")
    assert rs.beyond < 1.0
    assert cm.beyond < 4.0
    assert abs(rs.bias) < 0.05
    assert abs(cm.bias) < 0.2


def test_two_compartments_are_told_from_one(results: list[Outcome]) -> None:
    two = list(outcomes(10, 6, two_compartments))
    assert np.mean([one.test is not None and one.test.exponentials == 2 for one in two]) > 0.9
    assert np.mean([one.test is not None and one.test.exponentials == 2 for one in results]) < 0.02
    score = scored(two, "R_s")
    assert score.coverage > CLAIMED[0] - slack(score.count)


def test_a_cancelled_transient_says_nothing_of_r_s() -> None:
    """Where the last two per cent are left of a large cell, they may look like those of a small one."""
    assert scored(list(outcomes(10, 7, cancelled)), "R_s").without > 0.9


def test_drift_of_r_s_is_told_with_its_size_and_seldom_without_cause(results: list[Outcome]) -> None:
    drift = drifts(15, 8, results)
    assert drift.told > 0.6
    assert abs(drift.bias_MOhm) < 0.1
    assert drift.rms_MOhm < 0.8
    assert drift.false_alarms < 0.01
