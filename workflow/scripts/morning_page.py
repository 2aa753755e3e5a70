"""Write the morning page, the cohort's figures and the slides."""

from pathlib import Path

from analysis.experiment.settings import WholeProject
from analysis.report.cohort import cohort_figures
from analysis.report.deck import lab_meeting_deck
from analysis.report.morning import morning_page
from analysis.steps import logged, night_of

with logged(snakemake.log[0]):
    project = WholeProject.model_validate_json(snakemake.params.project)
    night = night_of(project, **snakemake.input)
    cohort_figures(night, Path(snakemake.output.figures))
    lab_meeting_deck(Path(snakemake.output.deck), night)
    morning_page(night, Path(snakemake.output.page))
