"""At the end of a run: its date, and what is new since the run before. Nothing else contains the date of a run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.report.cohort.run_news import NewsGroup, RunNews, news_of, news_page, values_of
from reversal.report.text.pages import write_page
from reversal.steps.night import read_night
from reversal.steps.software_versions import versions
from reversal.steps.step_record import read_document, size_of
from reversal.tables.files import write_json
from reversal.tables.results import Cohort

RECORD, PAGE = "run.json", "last_run.html"
NOT_YET = "This run has not ended yet."


def begin_news(reports_dir: Path) -> None:
    """Write a page without news if there is none, so that the frame of the morning page is never empty."""
    page = reports_dir / PAGE
    if not page.is_file():
        write_page(page, news_page(RunNews(NOT_YET), ""))


def end_news(project: CohortSettings, results_dir: Path, reports_dir: Path) -> None:
    """Write the date and the values of the run, and what differs from the last run that changed something."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    record = results_dir / RECORD
    before = read_document(record)
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
    told = RunNews(
        _minute(news["finished"]),
        _minute(news["before"]),
        tuple(NewsGroup(group["phrase"], tuple(group["lines"])) for group in news["groups"]),
    )
    page = reports_dir / PAGE
    write_page(page, news_page(told, night.provenance.project))
    write_json(record, {**written, "news": news, "values": values, "page_bytes": size_of(page)})


def news_are_whole(results_dir: Path, reports_dir: Path) -> bool:
    """Whether the date and the news of the last run are as they were written; they are made with the morning page."""
    record = results_dir / RECORD
    said = read_document(record)
    return not record.is_file() or (
        "finished" in said and said.get("page_bytes") in (None, size_of(reports_dir / PAGE))
    )


def _minute(moment: str) -> str:
    """Date and time to the minute, as people write them."""
    return moment[:16].replace("T", " ")
