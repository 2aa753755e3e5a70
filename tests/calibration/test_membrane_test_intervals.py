"""A short calibration of the membrane test by night: ``test_membrane_page.py`` reads the figures of the long one."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.counted_groups import CLAIMED_COVERAGE, CLUSTERING, coverage_slack
from reversal.calibration.drawn_membranes import draw_cancelled, draw_drifting, draw_two_compartments
from reversal.calibration.membrane_test_intervals import PROPERTIES, MembraneResult, drift_score, outcomes, scored

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def results() -> list[MembraneResult]:
    return list(outcomes(cells=60, seed=5))


@pytest.mark.parametrize("what", PROPERTIES)
def test_coverage_of_each_property_is_as_claimed(results: list[MembraneResult], what: str) -> None:
    score = scored(results, what)
    slack = coverage_slack(score.count, CLUSTERING)
    assert score.without < 0.15
    assert CLAIMED_COVERAGE[0] - slack < score.coverage < CLAIMED_COVERAGE[1] + slack


def test_errors_of_rs_and_cm_are_small(results: list[MembraneResult]) -> None:
    """R_s in MΩ, C_m in per cent: median error, and the error that 5 % of the recordings exceed."""
    rs, cm = scored(results, "R_s"), scored(results, "C_m")
    assert rs.error_95 < 1.0
    assert cm.error_95 < 4.0
    assert abs(rs.bias) < 0.05
    assert abs(cm.bias) < 0.2


def test_two_compartments_are_distinguished_from_one(results: list[MembraneResult]) -> None:
    two = list(outcomes(10, 6, draw_two_compartments))
    assert np.mean([one.exponentials == 2 for one in two]) > 0.9
    assert np.mean([one.exponentials == 2 for one in results]) < 0.02
    score = scored(two, "R_s")
    assert score.coverage > CLAIMED_COVERAGE[0] - coverage_slack(score.count, CLUSTERING)


def test_a_cancelled_transient_gives_no_rs() -> None:
    """The last 2 % of the transient of a large cell can look like that of a small cell."""
    assert scored(list(outcomes(10, 7, draw_cancelled)), "R_s").without > 0.9


def test_drift_of_rs_is_reported_with_its_size_and_rarely_for_a_steady_rs(results: list[MembraneResult]) -> None:
    drift = drift_score(list(outcomes(15, 8, draw_drifting)), results)
    assert drift.found > 0.6
    assert abs(drift.bias_MOhm) < 0.1
    assert drift.rms_MOhm < 0.8
    assert drift.false_alarms < 0.01
