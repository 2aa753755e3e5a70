"""All recordings of a cell, read once. A recording that cannot be read is kept with the reason."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from reversal.errors import ProgramError, Refusal
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.configuration import Configuration
from reversal.experiment.raw_file import FileMissing, recording_path
from reversal.experiment.step_settings import ReadingSettings, RecordingFile, SheetEntry
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.files.file_content import FileTooLarge
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.store import Ingested, copy_of, has_recording

log = logging.getLogger("reversal")


def ingest_cell(settings: ReadingSettings, earlier: Path | None = None) -> Iterator[Ingested]:
    """Recordings of a cell, in the order of the sheet, one after another: together they may need much memory.

    earlier : recordings of the cell in an earlier run; a recording whose file is now missing is taken from there
    """
    for name in settings.files:
        yield _ingested(name, settings, earlier)


def reading_options(settings: ReadingSettings, name: str) -> ReadingOptions:
    """How the recording of a row is read."""
    file = settings.files[name]
    return ReadingOptions(
        channel=file.channel,
        output=file.output,
        protocol=settings.protocols.get(file.protocol),
        stimulus_dirs=tuple(Path(folder) for folder in settings.stimulus_dirs),
        compare_readers=settings.compare_readers,
        sweeps=None if file.sweeps is None else sweep_ranges(file.sweeps),
        follow_links=settings.linked_files == "follow",
        max_file_MB=settings.max_file_MB,
    )


def _ingested(name: str, settings: ReadingSettings, earlier: Path | None) -> Ingested:
    file, request = settings.files[name], settings.request(name)
    try:
        path = recording_path(Path(settings.raw_dir), file.file, settings.allow_outside_raw_dir)
        recording = read_recording(path, reading_options(settings, name))
    except Refusal as refusal:
        copy = copy_of(earlier, name, request) if earlier and _is_missing(file, settings) else None
        bug = refusal if isinstance(refusal, ProgramError) else None
        log.warning("%s: %s%s", name, refusal, " The copy of an earlier run is used." if copy else "", exc_info=bug)
        return copy or _not_read(name, refusal, settings)
    evidence = recording.command.evidence
    log.info("%s: %s, %d sweeps, command %s", name, recording.format, len(recording.sweeps), evidence)
    return Ingested(name, recording, None, recording.sha256, request)


def _not_read(name: str, refusal: Refusal, settings: ReadingSettings) -> Ingested:
    """The reason names the file as the sheet does, so that it is the same wherever raw_dir is."""
    reason = str(refusal).replace(f"{Path(settings.raw_dir)}/", "")
    path = Path(settings.raw_dir) / settings.files[name].file
    is_not_hashed = isinstance(refusal, ConfigurationRefused | FileTooLarge)  # not a file of raw_dir, or not opened
    sha256 = None if is_not_hashed else _sha256(path)
    by_bug = isinstance(refusal, ProgramError)
    return Ingested(name, None, reason, sha256, settings.request(name), by_bug=by_bug)


def _is_missing(file: RecordingFile, settings: ReadingSettings) -> bool:
    """Whether there is no such file, also if it disappeared while it was read."""
    try:
        recording_path(Path(settings.raw_dir), file.file, settings.allow_outside_raw_dir)
    except FileMissing:
        return True
    except Refusal:
        return False
    return False


def was_read(configuration: Configuration, entry: SheetEntry) -> bool:
    """Whether a recording was read in an earlier run by the same file, channel, sweeps and declared protocol."""
    settings = ReadingSettings(
        cell=entry.cell,
        raw_dir=str(configuration.raw_dir),
        files={entry.recording: RecordingFile.of(entry)},
        protocols=configuration.protocols,
    )
    path = configuration.results_dir / "cells" / entry.cell / "recordings.h5"
    return has_recording(path, entry.recording, settings.request(entry.recording))


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:  # missing or unreadable, as the failure already states
        return None
