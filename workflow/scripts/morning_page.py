"""Write the morning page, the cohort figures and the slides."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.morning_files import write_morning_files
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    project = CohortSettings.model_validate_json(snakemake.params.project)
    folders = tuple(map(Path, snakemake.params.folders))
    said["bytes"] = sizes_of(write_morning_files(project, *folders), folders)
