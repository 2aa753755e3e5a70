"""Fit permeability ratios and the Nernst line of a cell."""

from analysis.experiment.settings import CellSettings
from analysis.fit.cell import fit_cell
from analysis.steps import logged, read_measures, write_fits

with logged(snakemake.log[0]):
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    measures = read_measures(**snakemake.input)
    write_fits(fit_cell(measures.reversals, settings, measures.iv), **snakemake.output)
