"""Write the tables of the cohort and its summary."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.steps.cell_files import CellFiles
from reversal.steps.cohort_tables import cohort_of, summary
from reversal.steps.finished_steps import say_finished
from reversal.steps.step_log import logged
from reversal.tables.files import write_json
from reversal.tables.results import Cohort, tables_of, write_results
from reversal.tables.whole_file import made_together

with logged(snakemake.log[0]):
    project = CohortSettings.model_validate_json(snakemake.params.project)
    results, reports = map(Path, snakemake.params.folders)
    cohort = cohort_of(project, [CellFiles(cell, results, reports) for cell in snakemake.params.cells])
    with made_together(results / "cohort") as folder:
        write_results(cohort, tables_of(Cohort, folder))
        write_json(folder / "summary.json", summary(cohort, project.configuration_hash))
    say_finished(Path(snakemake.output[0]), tables_of(Cohort, results / "cohort").values())
