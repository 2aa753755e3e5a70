"""All recordings of a cell, read once; one that cannot be read is kept with its reason."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.project import recording_path
from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.read_recording import Reading, read_recording
from reversal.recordings.store import Ingested

log = logging.getLogger("reversal")


def ingest_cell(settings: ReadingSettings) -> list[Ingested]:
    """Read every recording of a cell in the order of the sheet."""
    return [_ingested(recording, settings) for recording in settings.files]


def _ingested(recording: str, settings: ReadingSettings) -> Ingested:
    source = settings.files[recording]
    reading = Reading(
        channel=source.channel,
        protocol=settings.protocols.get(source.protocol),
        stimulus_dirs=tuple(Path(folder) for folder in settings.stimulus_dirs),
        compare_readers=settings.compare_readers,
    )
    try:
        found = read_recording(recording_path(Path(settings.raw_dir), source.file), reading)
    except Refusal as refusal:
        log.warning("%s: %s", recording, refusal)
        return Ingested(recording, None, str(refusal), _sha256(Path(settings.raw_dir) / source.file))
    log.info("%s: %s, %d sweeps, command %s", recording, found.format, len(found.sweeps), found.command.evidence)
    return Ingested(recording, found, None, found.sha256)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:  # not there or not readable, which is the failure already told
        return None
