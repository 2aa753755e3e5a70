"""All recordings of a cell, read once. A recording that cannot be read is kept with the reason."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.raw_file import recording_path
from reversal.experiment.step_settings import ReadingSettings
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.read_recording import read_recording
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.store import Ingested

log = logging.getLogger("reversal")


def ingest_cell(settings: ReadingSettings) -> list[Ingested]:
    """Recordings of a cell, in the order of the sheet."""
    return [_ingested(name, settings) for name in settings.files]


def _ingested(name: str, settings: ReadingSettings) -> Ingested:
    file = settings.files[name]
    options = ReadingOptions(
        channel=file.channel,
        protocol=settings.protocols.get(file.protocol),
        stimulus_dirs=tuple(Path(folder) for folder in settings.stimulus_dirs),
        compare_readers=settings.compare_readers,
        sweeps=None if file.sweeps is None else sweep_ranges(file.sweeps),
    )
    try:
        recording = read_recording(recording_path(Path(settings.raw_dir), file.file), options)
    except Refusal as refusal:
        log.warning("%s: %s", name, refusal)
        return Ingested(name, None, str(refusal), _sha256(Path(settings.raw_dir) / file.file))
    evidence = recording.command.evidence
    log.info("%s: %s, %d sweeps, command %s", name, recording.format, len(recording.sweeps), evidence)
    return Ingested(name, recording, None, recording.sha256)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:  # missing or unreadable, as the failure already states
        return None
