"""Read all recordings of a cell into one file."""

from pathlib import Path

from analysis.experiment.settings import ReadingSettings
from analysis.recordings.ingest import ingest_cell
from analysis.recordings.store import write_recordings
from analysis.steps import logged

with logged(snakemake.log[0]):
    settings = ReadingSettings.model_validate_json(snakemake.params.settings)
    write_recordings(Path(snakemake.output.recordings), ingest_cell(settings))
