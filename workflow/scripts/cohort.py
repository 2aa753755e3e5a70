"""Write the tables of the cohort and its summary."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.steps.cell_files import CellFiles
from reversal.steps.cohort_tables import cohort_of, summary
from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.step_log import logged
from reversal.tables.files import write_json
from reversal.tables.results import Cohort, tables_of, write_results
from reversal.tables.whole_file import made_together

with logged(snakemake.log[0]), finished(snakemake) as said:
    project = CohortSettings.model_validate_json(snakemake.params.project)
    folders = results, reports = tuple(map(Path, snakemake.params.folders))
    cohort = cohort_of(project, [CellFiles(cell, results, reports) for cell in snakemake.params.cells])
    with made_together(results / "cohort") as folder:
        write_results(cohort, tables_of(Cohort, folder))
        write_json(folder / "summary.json", summary(cohort, project.configuration_hash))
    tables = [*tables_of(Cohort, results / "cohort").values(), results / "cohort" / "summary.json"]
    said["bytes"] = sizes_of(tables, folders)
