"""Measure I–V curves, reversal potentials and quality of a cell."""

from pathlib import Path

from reversal.experiment.step_settings import CellSettings
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.store import read_recordings
from reversal.steps.step_log import logged
from reversal.tables.results import write_results

with logged(snakemake.log[0]):
    settings = CellSettings.model_validate_json(snakemake.params.settings)
    outcomes = read_recordings(Path(snakemake.input.h5))
    write_results(measure_cell(outcomes, settings), snakemake.output)
