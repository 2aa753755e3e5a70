"""The end of a run: its date in one place, its news on a page, and no news of a run that changed nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reversal.experiment.step_settings import CohortSettings
from reversal.report.inputs import Provenance
from reversal.steps.news_of_run import begin_news, end_news, news_are_whole
from reversal.tables.results import Cohort, write_results
from tests.report import rows


def write_night(cells: int, results: Path) -> None:
    (results / "cohort").mkdir(parents=True, exist_ok=True)
    cohort = rows.a_night(Provenance({}, "a", "b"), cells).tables
    write_results(cohort, {name: results / "cohort" / f"{name}.csv" for name in Cohort.__dataclass_fields__})


SETTINGS = CohortSettings(
    configuration_hash="0123", rows_without_cell=(), solutions="solutions.yaml", solution_faults={}, charges={"K": 1}
)


def test_news_of_three_runs(tmp_path: Path) -> None:
    results, reports = tmp_path / "results", tmp_path / "reports"
    reports.mkdir()
    page = reports / "last_run.html"
    begin_news(reports)
    assert "has not ended yet" in page.read_text(encoding="utf-8")
    for cells, expected in ((1, "5 recordings of 1 cell"), (2, "new recordings: 5"), (2, "new recordings: 5")):
        write_night(cells, results)
        end_news(SETTINGS, results, reports)
        assert expected in page.read_text(encoding="utf-8")
        shown = page.read_bytes()
        begin_news(reports)
        assert page.read_bytes() == shown
    assert set(json.loads((results / "run.json").read_text())) == {
        "finished",
        "versions",
        "news",
        "values",
        "page_bytes",
    }


def test_run_without_tables_keeps_the_values_of_the_run_before(tmp_path: Path) -> None:
    end_news(SETTINGS, tmp_path, tmp_path)
    assert set(json.loads((tmp_path / "run.json").read_text())) == {"finished", "versions"}
    write_night(1, tmp_path)
    end_news(SETTINGS, tmp_path, tmp_path)
    for table in (tmp_path / "cohort").iterdir():
        table.unlink()
    end_news(SETTINGS, tmp_path, tmp_path)
    assert "cell000, cell000_0" in json.loads((tmp_path / "run.json").read_text())["values"]["recordings"]


@pytest.mark.parametrize("content", ["", '{"finished": "2026', "[]"])
def test_a_damaged_record_counts_as_none_and_is_written_again(content: str, tmp_path: Path) -> None:
    write_night(1, tmp_path)
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    assert not news_are_whole(tmp_path, tmp_path)
    end_news(SETTINGS, tmp_path, tmp_path)
    assert news_are_whole(tmp_path, tmp_path)
    assert json.loads((tmp_path / "run.json").read_text())["news"]["before"] == ""


def test_a_cut_page_of_the_news_is_known(tmp_path: Path) -> None:
    assert news_are_whole(tmp_path, tmp_path)  # no run has ended
    write_night(1, tmp_path)
    end_news(SETTINGS, tmp_path, tmp_path)
    os.truncate(tmp_path / "last_run.html", 100)
    assert not news_are_whole(tmp_path, tmp_path)
