"""A short calibration of E_rev on some hundred recordings; ``make calibrate`` runs thousands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reversal.calibration.case_rig import cell_of, protocol_of
from reversal.calibration.counted_groups import CLAIMED_COVERAGE, COUNTING_ERRORS, by_factor, coverage_slack
from reversal.calibration.drawn_cases import WITHOUT_E_REV, draw_without_e_rev
from reversal.calibration.measured_cases import MeasuredCase, outcomes
from reversal.calibration.recording_intervals import LARGEST_BIAS_mV, at_default_noise, scored, warned
from reversal.calibration.recording_page import PAGE
from reversal.calibration.simulated_recording import conditions_in
from reversal.calibration.true_reversal import true_reversal_mV
from reversal.simulate.rig import true_values
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.status import Severity


@pytest.fixture(scope="module")
def results() -> list[MeasuredCase]:
    return list(outcomes(cells=80, seed=11))


def test_coverage_is_as_claimed(results: list[MeasuredCase]) -> None:
    score = scored(results)
    slack = coverage_slack(score.count)
    assert score.count > 0.95 * len(results)
    assert CLAIMED_COVERAGE[0] - slack < score.coverage < CLAIMED_COVERAGE[1] + slack


def test_coverage_is_as_claimed_at_each_level_of_each_factor(results: list[MeasuredCase]) -> None:
    for row, group in by_factor(results).items():
        score = scored(group)
        slack = coverage_slack(score.count)
        assert CLAIMED_COVERAGE[0] - slack < score.coverage < CLAIMED_COVERAGE[1] + slack, (row, score)


def rows_of_page(root: Path, title: str) -> list[list[str]]:
    """Rows of the table below a heading of the page, without its head and its rule."""
    section = (root / PAGE).read_text(encoding="utf-8").split(f"## {title}")[1].split("## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return rows[2:]


def test_the_figures_of_the_page_are_as_claimed(root: Path) -> None:
    rows = rows_of_page(root, "The reported value")
    assert len(rows) > 30
    for row in rows:
        coverage, error = (float(figure.removesuffix(" %")) for figure in row[-1].split(" ± "))
        slack = COUNTING_ERRORS * error
        assert 100 * CLAIMED_COVERAGE[0] - slack <= coverage <= 100 * CLAIMED_COVERAGE[1] + slack, row
        if row[-3] != "–":
            bias, error = map(float, row[-3].split(" ± "))
            assert abs(bias) < LARGEST_BIAS_mV + COUNTING_ERRORS * error, row


def test_on_the_page_recordings_without_e_rev_have_warnings(root: Path) -> None:
    """Where an interval misses the truth the misses count, elsewhere all recordings; at least one sort has misses."""
    rows = rows_of_page(root, "Recordings without a measurable E_rev")
    assert {row[0] for row in rows} == set(WITHOUT_E_REV)
    assert [row for row in rows if row[3] != "–"]
    for row in rows:
        assert float(row[2 if row[3] == "–" else 3].removesuffix(" %")) > 95.0, row


def test_bias_at_default_noise_is_below_its_limit(results: list[MeasuredCase]) -> None:
    assert abs(scored(at_default_noise(results)).bias_mV) < LARGEST_BIAS_mV


def test_a_recording_without_a_value_has_a_reason(results: list[MeasuredCase]) -> None:
    assert all(one.measured.reversal.findings for one in results if one.measured.reversal.estimate is None)


@pytest.mark.parametrize(("severity", "flagged"), [(Severity.NOTE, False), (Severity.WARNING, True)])
def test_a_note_is_no_warning(results: list[MeasuredCase], severity: Severity, flagged: bool) -> None:
    one = next(one for one in results if not one.flagged)
    declared = (finding(Code.SUBTRACTED, severity=severity),)
    assert replace(one, measured=replace(one.measured, declared=declared)).flagged is flagged


@pytest.mark.parametrize("what", WITHOUT_E_REV)
def test_recordings_without_e_rev_have_warnings_where_the_value_is_wrong(what: str) -> None:
    """Of 20 recordings, at most 5 % and three binomial errors miss the truth without a warning."""
    one = warned(what, cells=5, seed=3)
    assert one.silent < 0.05 + 3 * np.sqrt(0.05 * 0.95 / one.count)
    if np.isnan(one.share_of_misses):
        assert one.share > 0.95 - coverage_slack(one.count)


def test_steps_that_are_drawn_to_miss_e_rev_miss_it() -> None:
    """Every step is at least 5 mV above the command at which no current flows."""
    rng = np.random.default_rng(5)
    for _ in range(100):
        case = draw_without_e_rev(rng, "E_rev outside the steps")
        around = conditions_in(case.bath)
        true_mV = true_reversal_mV(case, true_values(cell_of(case), around, protocol_of(case)))
        assert true_mV is not None
        without_current_mV = true_mV + around.junctions(around.bath).offset_mV
        assert without_current_mV + 5.0 < case.low_mV < case.high_mV, case
