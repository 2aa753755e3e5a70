"""Fit permeability ratios and the Nernst line of a cell."""

from reversal.experiment.step_settings import CellSettings
from reversal.fit.fit_cell import fit_cell
from reversal.steps import logged, read_measures, write_fits

with logged(snakemake.log[0]):
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    measures = read_measures(**snakemake.input)
    write_fits(fit_cell(measures.reversals, settings, measures.iv), **snakemake.output)
