"""Morning page, cohort figures, slides and the page of all findings, which replace those of before together."""

from __future__ import annotations

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.report.cohort.cohort_figures import cohort_figures
from reversal.report.cohort.morning_page import morning_page
from reversal.report.findings_guide import write_findings_page
from reversal.steps.example_of_night import write_deck
from reversal.steps.news_of_run import begin_news
from reversal.steps.night import read_night
from reversal.tables.results import Cohort, tables_of
from reversal.tables.whole_file import made_together


def write_morning_files(project: CohortSettings, results: Path, reports: Path) -> list[Path]:
    """Write them from the tables of the cohort; their paths."""
    night = read_night(project, tables_of(Cohort, results / "cohort"))
    begin_news(reports)
    with made_together(reports) as made:
        cohort_figures(night, made / "figures")
        write_deck(made / "lab_meeting.pptx", night, results, reports)
        write_findings_page(made / "findings.html")
        morning_page(night, made / "index.html")
        names = [path.name for path in made.iterdir()]
    return [reports / name for name in names]
