"""Write the morning page, the cohort's figures and the slides."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.report.cohort.cohort_figures import cohort_figures
from reversal.report.cohort.deck import lab_meeting_deck
from reversal.report.cohort.morning_page import morning_page
from reversal.steps import logged, night_of

with logged(snakemake.log[0]):
    project = CohortSettings.model_validate_json(snakemake.params.project)
    night = night_of(project, **snakemake.input)
    cohort_figures(night, Path(snakemake.output.figures))
    lab_meeting_deck(Path(snakemake.output.deck), night)
    morning_page(night, Path(snakemake.output.page))
