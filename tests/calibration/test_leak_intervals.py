"""A short calibration of leaky seals; ``make calibrate`` counts hundreds of cells."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from reversal.calibration.counted_groups import CLAIMED_COVERAGE, coverage_slack
from reversal.calibration.leak_intervals import scored, silent_miss
from reversal.calibration.leak_page import CELLS, PAGE
from reversal.calibration.leaky_cells import CLAIMED, GIVEN, KINDS, LeakyCell, SEALS_GOhm, leaky_cells
from reversal.calibration.simulated_series import Rig, row_of
from reversal.experiment.measure_settings import Leak
from reversal.tables.reversals_table import Current, ReversalRow
from reversal.tables.status import Status

TRUE_mV = -80.0
CLAIMED_RATIO_COVERAGE = 0.9


@pytest.fixture(scope="module")
def cells() -> list[LeakyCell]:
    drawn = [("open channel, steps", 2.0), ("tails", 10.0)]
    return [one for number, (kind, seal) in enumerate(drawn) for one in leaky_cells(kind, seal, seed=40 + number)]


def of(cells: list[LeakyCell], given: str) -> list[LeakyCell]:
    return [cell for cell in cells if cell.given == given]


@pytest.mark.parametrize("given", CLAIMED)
def test_intervals_contain_the_channel_if_the_seal_is_given(given: str, cells: list[LeakyCell]) -> None:
    score = scored(of(cells, given))
    assert score.values >= 8
    assert score.coverage > 0.75  # five values of a cell share the errors of its seal
    assert score.silent_misses < 0.2


def test_rows_state_the_whole_current_if_and_only_if_the_seal_is_not_given(cells: list[LeakyCell]) -> None:
    stated = {given: {row.e_rev_of for cell in of(cells, given) for row in cell.reversals} for given in GIVEN}
    assert stated == {
        "given": {Current.CHANNEL},
        "within 1.5": {Current.CHANNEL},
        "wrong by 1.5": {Current.CHANNEL},
        "not given": {Current.WHOLE},
    }
    assumed = {row.assumed_leak_nS for cell in of(cells, "not given") for row in cell.reversals}
    assert assumed == {1.0 / Leak().assumed_seal_GOhm}


def test_an_unknown_leak_moves_values_outside_their_interval_and_the_range_of_the_channel_contains_it(
    cells: list[LeakyCell],
) -> None:
    with_seal, without = scored(of(cells, "given")), scored(of(cells, "not given"))
    assert without.coverage < with_seal.coverage
    assert without.silent_misses == 0.0


@pytest.mark.parametrize(
    ("kind", "seed"), [("gated, steps", 900_057), ("Kir, steps", 900_018), ("Kir, steps", 900_068)]
)
def test_a_seal_that_moves_the_reversal_by_tens_of_millivolts_gives_no_wrong_ratio(kind: str, seed: int) -> None:
    """With the effect of the leak taken as linear in all baths, the interval of these cells excluded the ratio."""
    (cell,) = leaky_cells(kind, 0.5, seed, ["given"])
    assert cell.ratio is not None
    assert cell.ratio.n_left_out > 0
    assert "takes its effect as linear" in (cell.ratio.reason or "")
    assert scored([cell]).ratio_coverage == 1.0


def test_on_the_page_the_coverage_is_as_claimed_if_the_seal_is_given(root: Path) -> None:
    section = (root / PAGE).read_text(encoding="utf-8").split("## All kinds")[1].split("## ")[0]
    head, *lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    rows = [dict(zip(head, line, strict=True)) for line in lines if set(CLAIMED) & set(line)]
    assert len(rows) >= len(SEALS_GOhm)
    slack = coverage_slack(CELLS * len(KINDS))
    for row in rows:
        for column, least in (("coverage", CLAIMED_COVERAGE[0]), ("coverage of ratios", CLAIMED_RATIO_COVERAGE)):
            assert float(row[column].removesuffix(" %")) >= 100 * (least - slack), row


def row(e_mV: float, **changed: object) -> ReversalRow:
    """A reversal potential of the channel, with an interval of 1 mV on both sides."""
    made = row_of("K5", e_mV, Rig()).model_copy(update={"e_rev_of": Current.CHANNEL})
    return made.model_copy(update=changed)


@pytest.mark.parametrize(
    ("found", "silent"),
    [
        (row(TRUE_mV + 0.9), False),
        (row(TRUE_mV + 1.9), False),  # the interval ends 0.9 mV from the truth
        (row(TRUE_mV + 2.1), True),
        (row(TRUE_mV - 2.1), True),
        (row(TRUE_mV + 2.1, status=Status.FLAGGED), False),
        (row(TRUE_mV + 20.0, ci_low_mV=None), False),
        (row(TRUE_mV + 20.0, ci_high_mV=None), True),
    ],
)
def test_a_miss_is_silent_if_status_and_interval_do_not_show_it(found: ReversalRow, silent: bool) -> None:
    assert silent_miss(found, TRUE_mV) is silent


@pytest.mark.parametrize(
    ("channel_low_mV", "channel_high_mV", "silent"),
    [(TRUE_mV + 1.9, TRUE_mV + 30.0, False), (TRUE_mV + 2.1, TRUE_mV + 30.0, True), (None, TRUE_mV + 30.0, False)],
)
def test_for_the_whole_current_the_range_of_the_channel_counts_widened_by_the_interval(
    channel_low_mV: float | None, channel_high_mV: float, silent: bool
) -> None:
    found = row(
        TRUE_mV + 20.0,
        e_rev_of=Current.WHOLE,
        assumed_leak_nS=0.1,
        channel_low_mV=channel_low_mV,
        channel_high_mV=channel_high_mV,
    )
    assert silent_miss(found, TRUE_mV) is silent


def test_a_whole_current_without_an_assumed_leak_is_compared_with_its_interval() -> None:
    assert silent_miss(row(TRUE_mV + 20.0, e_rev_of=Current.WHOLE), TRUE_mV)


def test_a_right_value_is_within_1_mV_and_in_its_interval() -> None:
    flagged = {"status": Status.FLAGGED}
    rows = [row(TRUE_mV + 0.5), row(TRUE_mV + 0.5, **flagged), row(TRUE_mV + 1.5, ci_low_mV=None, **flagged)]
    rows.append(row(TRUE_mV + 0.9, ci_low_mV=TRUE_mV + 0.1, **flagged))
    cell = LeakyCell("steady", 2.0, "given", {one.recording: TRUE_mV for one in rows}, tuple(rows), None, None)
    assert (scored([cell]).flagged, scored([cell]).false_alarms) == (0.75, 0.5)


def test_without_cells_no_share_is_given() -> None:
    score = scored([])
    assert (score.cells, score.values, score.ratios) == (0, 0, 0)
    assert math.isnan(score.coverage)
