"""Findings: one definition a code, one sentence, one rule for the status."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from reversal.experiment.measure_settings import Quality
from reversal.report.findings_guide import default_limit, guide
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


def test_the_reason_begins_with_the_worst_and_says_nothing_twice() -> None:
    warning, failure = finding(Code.ONE_BATH), finding(Code.NO_REVERSALS)
    assert reason_of([warning, failure, warning]) == f"{failure.sentence} {warning.sentence}"
    assert reason_of([]) is None


def test_an_excluding_rule_raises_its_codes_only() -> None:
    rs, hum = finding(Code.SERIES_RESISTANCE, 31.0, 20.0), finding(Code.HUM, 9.0, 5.0, frequency_Hz=50.0)
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
    blank = {name: None for name in PermeabilityRow.model_fields if name not in {"n_left_out", "n_recordings"}}
    names = {"experiment": "e", "cell": "c", "condition": "x", "ion": "Na", "reference": "K", "n_baths": 1}
    columns = {k: v for k, v in (blank | names).items() if k not in {"status", "reason"}}
    one = judge(PermeabilityRow, [finding(Code.ONE_BATH)], **columns)
    assert one.row.status is Status.FLAGGED
    more = one.adding(finding(Code.RATIO_UNRESOLVED), n_baths=2)
    assert (more.row.status, more.row.n_baths, len(more.findings)) == (Status.FAILED, 2, 2)


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
