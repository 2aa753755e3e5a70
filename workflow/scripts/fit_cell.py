"""Fit permeability ratios and the Nernst line of a cell."""

from pathlib import Path

from reversal.experiment.step_settings import CellSettings
from reversal.fit.fit_cell import fit_cell
from reversal.steps.step_log import logged
from reversal.tables.files import read_table
from reversal.tables.iv_table import IVPoint
from reversal.tables.results import write_results
from reversal.tables.reversals_table import ReversalRow

with logged(snakemake.log[0]):
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    reversals = read_table(Path(snakemake.input.reversals), ReversalRow)
    iv = read_table(Path(snakemake.input.iv), IVPoint)
    write_results(fit_cell(reversals, settings, iv), snakemake.output)
