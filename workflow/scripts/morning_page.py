"""Write the morning page, the cohort figures and the slides."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.steps.finished_steps import say_finished
from reversal.steps.morning_files import write_morning_files
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    project = CohortSettings.model_validate_json(snakemake.params.project)
    say_finished(Path(snakemake.output[0]), write_morning_files(project, *map(Path, snakemake.params.folders)))
