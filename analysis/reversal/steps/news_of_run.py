"""At the end of a run: its date, and what is new since the run before. Nothing else contains the date of a run."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from reversal.experiment.step_settings import CohortSettings
from reversal.report.cohort.run_news import NewsGroup, RunNews, news_of, news_page, values_of
from reversal.report.text.pages import write_page
from reversal.steps.night import read_night
from reversal.steps.software_versions import versions
from reversal.tables.files import write_json
from reversal.tables.results import Cohort

PAGE = "last_run.html"
NOT_YET = "This run has not ended yet."


def begin_news(reports_dir: Path) -> None:
    """Write a page without news if there is none, so that the frame of the morning page is never empty."""
    page = reports_dir / PAGE
    if not page.is_file():
        write_page(page, news_page(RunNews(NOT_YET), ""))


def end_news(project: CohortSettings, results_dir: Path, reports_dir: Path) -> None:
    """Write the date and the values of the run, and what differs from the last run that changed something."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    record = results_dir / "run.json"
    before: dict[str, Any] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    written = {"finished": now, "versions": versions()}
    tables = {path.stem: path for path in (results_dir / "cohort").glob("*.csv")}
    if set(tables) < set(Cohort.__dataclass_fields__):  # a target before the tables
        write_json(record, {**before, **written})
        return
    night = read_night(project, tables)
    values = values_of(night)
    groups = news_of(before.get("values"), values)
    news = before.get("news", {})
    if groups or not news:
        news = {"finished": now, "before": before.get("finished", "") if "values" in before else "", "groups": [
            {"phrase": group.phrase, "lines": list(group.lines)} for group in groups
        ]}  # fmt: skip
    write_json(record, {**written, "news": news, "values": values})
    told = RunNews(
        _minute(news["finished"]),
        _minute(news["before"]),
        tuple(NewsGroup(group["phrase"], tuple(group["lines"])) for group in news["groups"]),
    )
    write_page(reports_dir / PAGE, news_page(told, night.provenance.project))


def _minute(moment: str) -> str:
    """Date and time to the minute, as people write them."""
    return moment[:16].replace("T", " ")
