"""Write the morning page, the cohort figures and the slides."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.report.cohort.cohort_figures import cohort_figures
from reversal.report.cohort.deck import lab_meeting_deck
from reversal.report.cohort.morning_page import morning_page
from reversal.report.findings_guide import write_findings_page
from reversal.steps.example_of_night import example_of
from reversal.steps.news_of_run import begin_news
from reversal.steps.night import read_night
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    project = CohortSettings.model_validate_json(snakemake.params.project)
    night = read_night(project, snakemake.input)
    cohort_figures(night, Path(snakemake.output.figures))
    example = example_of(night, *map(Path, snakemake.params.folders))
    lab_meeting_deck(Path(snakemake.output.deck), night, example)
    write_findings_page(Path(snakemake.output.findings))
    begin_news(Path(snakemake.output.page).parent)
    morning_page(night, Path(snakemake.output.page))
