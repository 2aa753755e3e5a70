"""Write the tables of the cohort and its summary."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.steps.cell_files import CellFiles
from reversal.steps.cohort_tables import cohort_of, summary
from reversal.steps.step_log import logged
from reversal.tables.files import write_json
from reversal.tables.results import write_results

with logged(snakemake.log[0]):
    project = CohortSettings.model_validate_json(snakemake.params.project)
    cells = [CellFiles(cell, *map(Path, snakemake.params.folders)) for cell in snakemake.params.cells]
    cohort = cohort_of(project, cells)
    write_results(cohort, snakemake.output)
    write_json(Path(snakemake.output.summary), summary(cohort, project.configuration_hash))
