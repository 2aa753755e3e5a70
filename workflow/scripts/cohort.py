"""Write the tables of the cohort and its summary."""

from pathlib import Path

from reversal.experiment.step_settings import WholeProject
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.steps import gather, homeless_rows, logged, write_cohort

with logged(snakemake.log[0]):
    project = WholeProject.model_validate_json(snakemake.params.project)
    measures, fits = gather(**snakemake.input)
    recordings = (*measures.recordings, *homeless_rows(project.homeless))
    pooled = fit_cohort(fits.permeabilities, fits.nernst, measures.reversals)
    folder = Path(snakemake.output.summary).parent
    write_cohort(folder, recordings, measures, fits, pooled, project.configuration_hash)
