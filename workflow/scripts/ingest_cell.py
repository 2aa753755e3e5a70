"""Read all recordings of a cell into one file."""

from pathlib import Path

from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.ingest_cell import ingest_cell
from reversal.recordings.store import write_recordings
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    settings = ReadingSettings.model_validate_json(snakemake.params.settings)
    stored = Path(snakemake.output.h5)
    write_recordings(stored, ingest_cell(settings, earlier=stored))
