"""What a cell says, and that it says so when it cannot tell."""

from __future__ import annotations

from types import ModuleType

from reversal.report.cell.answers import nernst_sentence, ratio_sentence, told_once
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.status import Status

RATIO = PermeabilityRow(
    experiment="default",
    cell="c",
    condition="control",
    ion="Na",
    reference="K",
    p_ratio=0.0213,
    ci_low=0.0187,
    ci_high=0.0241,
    bound=Bound.TWO_SIDED,
    ddg_kJ_mol=9.5,
    n_baths=5,
    method="m",
    status=Status.OK,
    reason=None,
)
LINE = NernstRow(
    experiment="default",
    cell="c",
    condition="control",
    ion="K",
    n_baths=5,
    slope_mV_per_decade=57.63,
    ci_low=56.5,
    ci_high=58.8,
    expected_mV_per_decade=58.77,
    slope_ratio=0.98,
    ratio_ci_low=0.96,
    ratio_ci_high=1.0,
    verdict=Verdict.EQUIVALENT,
    status=Status.OK,
    reason=None,
    margin=0.05,
)


def test_ratio_is_said_with_its_interval() -> None:
    assert ratio_sentence(RATIO) == "P(Na)/P(K) = 0.0213 (95 %: 0.0187 to 0.0241)"


def test_upper_bound_is_said_as_one() -> None:
    row = RATIO.model_copy(update={"p_ratio": 0.0001, "ci_low": None, "ci_high": 0.0042, "bound": Bound.UPPER})
    assert ratio_sentence(row) == "P(Na)/P(K) < 0.0042 (95 %)"


def test_no_ratio_is_said_with_its_reason() -> None:
    row = RATIO.model_copy(update={"p_ratio": None, "ci_low": None, "ci_high": None, "reason": "one bath only"})
    assert ratio_sentence(row) == "P(Na)/P(K): cannot tell, because one bath only"


def test_reason_that_says_cannot_tell_is_not_said_twice() -> None:
    row = LINE.model_copy(update={"slope_mV_per_decade": None, "reason": "cannot tell, because of two baths"})
    assert nernst_sentence(row) == "Nernst: cannot tell, because of two baths"


def test_verdict_names_its_margin() -> None:
    assert nernst_sentence(LINE).startswith("follows Nernst within ±5 %: slope 57.6 mV per decade")


def test_undecided_gives_the_slope_and_why() -> None:
    said = nernst_sentence(LINE.model_copy(update={"verdict": Verdict.UNDECIDED}))
    assert said.startswith("Nernst: cannot tell, because the interval of the slope reaches beyond ±5 %")
    assert "57.6 mV per decade" in said


def test_fit_names_a_flagged_recording_instead_of_repeating_it(rows: ModuleType) -> None:
    reason = "R_s 24.1 MΩ is above 20.0 MΩ; holding current -2272 pA is beyond ±2000 pA"
    reversal = rows.reversal_row("c", "r2", 5.0, status=Status.FLAGGED, reason=reason)
    (row,) = told_once([RATIO.model_copy(update={"reason": f"one bath; r2: {reason}"})], [], [reversal])
    assert row.reason == "one bath; flagged: r2"


def test_fit_of_another_cell_keeps_its_reason(rows: ModuleType) -> None:
    reversal = rows.reversal_row("other", "r2", 5.0, status=Status.FLAGGED, reason="noisy")
    (row,) = told_once([RATIO.model_copy(update={"reason": "r2: noisy"})], [], [reversal])
    assert row.reason == "r2: noisy"


def test_equivalence_names_the_interval_it_was_judged_by() -> None:
    said = nernst_sentence(LINE.model_copy(update={"tost_low": 0.968, "tost_high": 0.992}))
    assert "(90 % interval 0.968 to 0.992, two one-sided tests)" in said
