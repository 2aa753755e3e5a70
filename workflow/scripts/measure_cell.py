"""Measure I-V curves, reversal potentials and quality of a cell."""

from pathlib import Path

from reversal.experiment.step_settings import CellSettings
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.store import read_recordings
from reversal.steps import logged, write_measures

with logged(snakemake.log[0]):
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    outcomes = read_recordings(Path(snakemake.input.recordings))
    write_measures(measure_cell(outcomes, settings), **snakemake.output)
