"""What is new since the last run: each change once, as it is printed; text stays text."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from reversal.report.cohort.run_news import NewsGroup, RunNews, news_of, news_page, values_of
from reversal.report.inputs import Night
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import judged


def changed(night: Night, **tables: object) -> Night:
    return replace(night, tables=replace(night.tables, **tables))


def told(before: Night, after: Night) -> dict[str, tuple[str, ...]]:
    return {group.phrase: group.lines for group in news_of(values_of(before), values_of(after))}


def test_the_same_night_has_no_news(small_night: Night) -> None:
    assert told(small_night, small_night) == {}


def test_first_run_says_what_there_is(small_night: Night) -> None:
    news = RunNews("2026-11-20 07:10", "", news_of(None, values_of(small_night)))
    assert news.summary == "First complete run, 2026-11-20 07:10: 10 recordings of 2 cells."


def test_new_and_lost_recordings_are_counted_by_cell(small_night: Night, night: Night) -> None:
    forth, back = told(small_night, night), told(night, small_night)
    assert forth["new recordings: 30"] == tuple(f"cell{n:03d}: 5 recordings" for n in range(2, 8))
    assert forth.keys() >= {"results new or changed: 11", "means new or changed: 1"}
    assert back["recordings gone: 30"] == forth["new recordings: 30"]
    assert not any(phrase.startswith(("status", "files")) for phrase in (*forth, *back))


def test_every_kind_of_change_is_told_once(small_night: Night, rows: ModuleType) -> None:
    tables = small_night.tables
    flag = judged([finding(Code.SERIES_RESISTANCE, 24.1, 20.0)])
    first, second, *others = tables.recordings
    reversal, *reversals = tables.reversals
    ratio, *ratios = tables.permeabilities
    after = changed(
        small_night,
        recordings=(first.model_copy(update=flag), second.model_copy(update={"sha256": "cd" * 32}), *others),
        reversals=(
            reversal.model_copy(update={"e_rev_mV": -80.0, "ci_low_mV": -81.0, "ci_high_mV": -79.0}),
            *reversals,
        ),
        permeabilities=(rows.permeability_row(ratio.cell, p_ratio=0.5, ci_low=0.4, ci_high=0.6), *ratios),
    )
    after = replace(after, provenance=replace(after.provenance, configuration_hash="f00"))
    news = told(small_night, after)
    assert news["status changed: 1"] == ("cell000, cell000_0: measured → flagged",)
    assert news["files changed: 1"] == ("cell000, cell000_1: abababababab… → cdcdcdcdcdcd…",)
    assert news["E_rev changed: 1"][0].endswith("→ −80.0 mV")
    assert news["results new or changed: 1"][0].endswith("→ 0.50")
    assert news["settings or versions changed: 1"] == ("configuration: 0123456789abcdef → f00",)
    assert len(news) == 5


def test_a_lost_result_is_told(small_night: Night) -> None:
    nothing = {"p_ratio": None, "ci_low": None, "ci_high": None}
    first, *others = small_night.tables.permeabilities
    after = changed(small_night, permeabilities=(first.model_copy(update=nothing), *others))
    (line,) = told(small_night, after)["results new or changed: 1"]
    assert line.startswith("cell000, control, P_Na/P_K: 0.02")
    assert line.endswith("→ none")


def test_names_on_the_page_are_text() -> None:
    hostile = "<script>alert(1)</script> \u202egpj"
    page = news_page(RunNews("2026", "2025", (NewsGroup("status changed: 1", (hostile,)),)), hostile)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "status changed: 1. <a" in page
