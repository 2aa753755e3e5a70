"""Write the tables of the cohort and its summary."""

from pathlib import Path

from reversal.experiment.step_settings import CohortSettings
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.steps import failed_rows, gather, logged, write_cohort

with logged(snakemake.log[0]):
    project = CohortSettings.model_validate_json(snakemake.params.project)
    measures, fits = gather(**snakemake.input)
    recordings = (*measures.recordings, *failed_rows(project.rows_without_cell))
    pooled = fit_cohort(fits.permeabilities, fits.nernst, measures.reversals)
    folder = Path(snakemake.output.summary).parent
    write_cohort(folder, recordings, measures, fits, pooled, project.configuration_hash)
