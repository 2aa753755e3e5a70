"""Results of a cell as sentences."""

from __future__ import annotations

from reversal.report.cell.answers import nernst_sentence, ratio_sentence
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import judged
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


def test_ratio_has_its_interval() -> None:
    assert ratio_sentence(RATIO) == "P_Na/P_K = 0.0213 (95 %: 0.0187 to 0.0241)."


def test_upper_bound_has_its_sign() -> None:
    row = RATIO.model_copy(update={"p_ratio": 0.0001, "ci_low": None, "ci_high": 0.0042, "bound": Bound.UPPER})
    assert ratio_sentence(row) == "P_Na/P_K < 0.0042 (95 %)."


def test_without_a_ratio_the_reason_is_given() -> None:
    nothing = {"p_ratio": None, "ci_low": None, "ci_high": None, "bound": None}
    row = RATIO.model_copy(update=nothing | judged([finding(Code.NO_REVERSALS)]))
    assert ratio_sentence(row) == f"P_Na/P_K: {finding(Code.NO_REVERSALS).sentence}"


def test_without_a_slope_the_reason_is_given() -> None:
    row = LINE.model_copy(update={"slope_mV_per_decade": None} | judged([finding(Code.NO_REVERSALS)]))
    assert nernst_sentence(row) == f"Nernst: {finding(Code.NO_REVERSALS).sentence}"


def test_verdict_includes_its_margin() -> None:
    assert nernst_sentence(LINE).startswith("Follows Nernst within ±5 %: slope 57.6 mV per decade")


def test_undecided_verdict_includes_the_slope() -> None:
    sentence = nernst_sentence(LINE.model_copy(update={"verdict": Verdict.UNDECIDED}))
    assert sentence.startswith("Nernst: undecided, slope 57.6 mV per decade")


def test_equivalence_includes_the_90_percent_interval() -> None:
    sentence = nernst_sentence(LINE.model_copy(update={"tost_low": 0.968, "tost_high": 0.992}))
    assert "(90 % interval 0.968 to 0.992, two one-sided tests)" in sentence
