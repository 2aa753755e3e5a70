"""Findings: one definition a code, one sentence, one rule for the status."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from reversal.experiment.measure_settings import Quality
from reversal.fit import fit_constants
from reversal.measure.iv import iv_constants
from reversal.measure.protocol import protocol_constants
from reversal.measure.quality import quality_constants
from reversal.measure.reversal import reversal_constants
from reversal.report.findings_guide import default_limit, guide
from reversal.statistics import statistics_constants
from reversal.tables.findings.code import CHECKS, Code
from reversal.tables.findings.finding import DEFINITIONS, excluding, finding, reason_of
from reversal.tables.findings_table import finding_rows, judge
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.status import Severity, Status, status_of


def test_every_code_has_one_definition() -> None:
    assert set(DEFINITIONS) == set(Code)


@pytest.mark.parametrize("code", list(Code))
def test_a_definition_is_whole(code: Code) -> None:
    definition = DEFINITIONS[code]
    assert definition.says.strip().endswith(("}", "."))
    assert definition.meaning.endswith(".")
    assert definition.computed.endswith(".")
    assert definition.remedy == "" or definition.remedy.endswith(".")
    if definition.setting:
        assert default_limit(definition)
    if code in CHECKS:
        assert definition.setting.startswith("quality.")
        assert definition.why


def _codes_with_a_limit(root: Path) -> set[Code]:
    """Codes whose sentence or remedy names the limit, and those that the sources make with a number and a limit."""
    found = set(CHECKS)
    for code, definition in DEFINITIONS.items():
        names = {name for text in (definition.says, definition.remedy) for _, name, _, _ in Formatter().parse(text)}
        found |= {code} if names & {"limit", "limit_percent"} else set()
    for path in (root / "analysis" / "reversal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "finding":
                with_limit = len(node.args) == 3 or any(word.arg == "limit" for word in node.keywords)
                if with_limit and isinstance(node.args[0], ast.Attribute):
                    found.add(Code[node.args[0].attr])
    return found


def test_every_code_with_a_limit_explains_it(root: Path) -> None:
    limited = _codes_with_a_limit(root)
    assert Code.LEAK_DOMINATES_SLOPE in limited
    for code in limited:
        assert DEFINITIONS[code].setting or DEFINITIONS[code].fixed_limit, code


@pytest.mark.parametrize("code", list(Code))
def test_a_limit_has_one_source_and_a_reason(code: Code) -> None:
    definition = DEFINITIONS[code]
    assert not (definition.setting and definition.fixed_limit)
    assert bool(definition.why) == bool(definition.setting or definition.fixed_limit)


@pytest.mark.parametrize("code", list(Code))
def test_every_warning_and_failure_has_a_remedy(code: Code) -> None:
    if DEFINITIONS[code].severity in (Severity.WARNING, Severity.FAILURE):
        assert DEFINITIONS[code].remedy


@pytest.mark.parametrize("code", list(Code))
def test_only_sentence_and_remedy_have_blanks(code: Code) -> None:
    definition = DEFINITIONS[code]
    assert "{" not in definition.meaning + definition.computed + definition.fixed_limit + definition.why


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (Code.VOLTAGES_TOO_FEW, reversal_constants.MIN_REVERSAL_POINTS),
        (Code.ESTIMATOR_DISAGREES, statistics_constants.DISAGREEMENT_SE),
        (Code.RAMP_CAPACITANCE_MISMATCH, statistics_constants.DISAGREEMENT_SE),
        (Code.PEAK_NOT_DETECTED, iv_constants.MIN_PEAK_OVER_NOISE_EXTREMUM),
        (Code.PEAK_IN_BLANK, iv_constants.PEAK_RISE_SE),
        (Code.SUB_PULSE_TIME_COURSE, 100 * protocol_constants.MIN_LEAK_DEVIATION),
        (Code.SUB_PULSE_PROPORTION, 100 * protocol_constants.MIN_LEAK_DEVIATION),
        (Code.LEAK_WINDOW_POINTS, reversal_constants.MIN_LEAK_POINTS),
        (Code.TWO_CURRENTS, quality_constants.MIN_GROUP_GAP_mV),
        (Code.BLOCKED_VOLTAGES_MISSING, reversal_constants.MIN_SHARED_VOLTAGES),
        (Code.EXCESS_SCATTER, fit_constants.SCATTER_PROBABILITY),
        (Code.COMMON_SHIFT, fit_constants.COMMON_SHIFT_SD),
        (Code.LINE_CURVED, fit_constants.CURVATURE_PROBABILITY),
        (Code.LINE_CURVED_BY_GHK, fit_constants.CURVATURE_PROBABILITY),
        (Code.CURRENTS_MISFIT, 100 * fit_constants.MAX_CURRENT_MISFIT),
        (Code.CURRENTS_INSENSITIVE, fit_constants.MAX_IDENTIFIED_LOG_RATIO),
        (Code.LEAK_DOMINATES_RATIO, 100 * fit_constants.MIN_LEAK_FRACTION),
        (Code.LEAK_DOMINATES_SLOPE, 100 * fit_constants.MIN_LEAK_FRACTION),
        (Code.CELLS_TOO_FEW, fit_constants.MIN_POOLED_CELLS),
        (Code.MIXED_MODEL_CELLS, fit_constants.MIN_SPREAD_CELLS),
        (Code.CELLS_UNPAIRED, fit_constants.MIN_SPREAD_CELLS),
    ],
)
def test_a_fixed_limit_in_words_is_that_of_the_code(code: Code, value: float) -> None:
    number = re.search(r"[0-9.]+", DEFINITIONS[code].fixed_limit)
    assert number is not None
    assert float(number.group()) == pytest.approx(value)


def test_every_quality_limit_belongs_to_a_finding() -> None:
    limits = {f"quality.{name}" for name in Quality.model_fields} - {"quality.exclude"}
    assert limits <= {definition.setting for definition in DEFINITIONS.values()}


@pytest.mark.parametrize("code", list(Code))
def test_a_sentence_can_be_made_of_its_values(code: Code) -> None:
    texts = (DEFINITIONS[code].says, DEFINITIONS[code].remedy)
    parts = [(name, spec) for text in texts for _, name, spec, _ in Formatter().parse(text) if name]
    own = {"number", "limit", "percent", "limit_percent", "place"}
    values: dict[str, str | float] = {
        name: 1.0 if spec and spec[-1] in "fg" else "word" for name, spec in parts if name not in own
    }
    made = finding(code, 0.5, 0.25, place="rec_1", **values)  # type: ignore[arg-type]
    assert "{" not in made.sentence + made.remedy


def test_a_finding_without_a_value_of_its_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match=r"series_resistance needs limit"):
        finding(Code.SERIES_RESISTANCE, 31.0)


def test_a_sentence_names_number_and_limit() -> None:
    found = finding(Code.SERIES_RESISTANCE, 31.26, 20.0)
    assert found.sentence == "R_s 31.3 MΩ is above 20.0 MΩ."
    assert (found.code, found.unit, found.severity) == ("series_resistance", "MΩ", Severity.WARNING)


def test_a_fraction_is_said_in_percent() -> None:
    found = finding(Code.SERIES_OVER_INPUT, 0.236, 0.1)
    assert found.sentence == "Residual R_s is 24 % of the input resistance, above 10 %."


def test_status_is_the_worst_of_the_findings() -> None:
    note, warning = finding(Code.ROBUST_WEIGHTS), finding(Code.ONE_BATH)
    failure = finding(Code.NO_REVERSALS)
    excluded = finding(Code.EXCLUDED, message="lost seal")
    assert status_of([]) is Status.OK
    assert status_of([note.severity]) is Status.OK
    assert status_of([note.severity, warning.severity]) is Status.FLAGGED
    assert status_of([excluded.severity, warning.severity]) is Status.EXCLUDED
    assert status_of([warning.severity, failure.severity, excluded.severity]) is Status.FAILED


def test_the_reason_starts_with_the_worst_and_repeats_nothing() -> None:
    warning, failure = finding(Code.ONE_BATH), finding(Code.NO_REVERSALS)
    assert reason_of([warning, failure, warning]) == f"{failure.sentence} {warning.sentence}"
    assert reason_of([]) is None


def test_an_excluding_rule_raises_its_codes_only() -> None:
    rs = finding(Code.SERIES_RESISTANCE, 31.0, 20.0)
    hum = finding(Code.HUM, 3.0, 2.0, frequency_Hz=50.0, amplitude_pA=9.0)
    assert excluding(rs, ["series_resistance"]).severity is Severity.EXCLUSION
    assert excluding(hum, ["series_resistance"]).severity is Severity.WARNING
    assert excluding(rs, ["series_resistance"]).sentence.startswith("Left out of the fits by quality.exclude: R_s 31.0")


def test_a_finding_becomes_a_row() -> None:
    found = finding(Code.COMMON_SHIFT, -4.2, 3.0, sd_mV=1.0)
    (row,) = finding_rows(
        [found], "permeabilities", experiment="default", cell="c1", condition="control", quantity="P_Na/P_K"
    )
    assert (row.code, row.number, row.limit, row.unit, row.severity) == ("common_shift", -4.2, 3.0, "mV", "warning")
    assert row.sentence == found.sentence


def test_further_findings_change_status_and_reason_of_a_row() -> None:
    blank = {
        name: None for name in PermeabilityRow.model_fields if name not in {"n_left_out", "n_recordings", "n_flagged"}
    }
    names = {"experiment": "e", "cell": "c", "condition": "x", "ion": "Na", "reference": "K", "n_baths": 1}
    columns = {k: v for k, v in (blank | names).items() if k not in {"status", "reason"}}
    one = judge(PermeabilityRow, [finding(Code.ONE_BATH)], **columns)
    assert one.row.status is Status.FLAGGED
    more = one.adding(finding(Code.RATIO_UNRESOLVED), n_baths=2)
    assert (more.row.status, more.row.n_baths, len(more.findings)) == (Status.FAILED, 2, 2)


def test_a_row_can_keep_some_of_its_findings() -> None:
    blank = {
        name: None for name in PermeabilityRow.model_fields if name not in {"n_left_out", "n_recordings", "n_flagged"}
    }
    names = {"experiment": "e", "cell": "c", "condition": "x", "ion": "Na", "reference": "K", "n_baths": 1}
    columns = {k: v for k, v in (blank | names).items() if k not in {"status", "reason"}}
    note = finding(Code.RECORDINGS_LEFT_OUT, 1, place="rec_1 (excluded)")
    one = judge(PermeabilityRow, [finding(Code.ONE_BATH), note], **columns)
    kept = one.keeping([Code.RECORDINGS_LEFT_OUT])
    assert (kept.findings, kept.row.status, kept.row.reason) == ((note,), Status.OK, note.sentence)


def test_every_finding_is_explained_on_the_page_and_in_the_docs(root: Path) -> None:
    page = (root / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
    explained = [entry.code for _, entries in guide() for entry in entries]
    assert sorted(explained) == sorted(Code)
    assert all(f"### {code}\n" in page for code in Code)


def test_every_code_is_used(root: Path) -> None:
    """A code that no floor makes is dead; looked for as ``Code.NAME`` in the sources outside the definitions."""
    package = root / "analysis" / "reversal"
    used: set[str] = set()
    for path in package.rglob("*.py"):
        if path.is_relative_to(package / "tables" / "findings"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code":
                used.add(node.attr)
    assert {code.name for code in Code} - used == set()
