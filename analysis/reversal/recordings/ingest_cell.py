"""All recordings of a cell, read once. A recording that cannot be read is kept with the reason."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.raw_file import recording_path
from reversal.experiment.step_settings import ReadingSettings
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.earlier_copy import earlier_copy
from reversal.recordings.files.file_content import FileTooLarge
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.store import Ingested, without_recording

log = logging.getLogger("reversal")


def ingest_cell(settings: ReadingSettings, results: Path | None = None) -> Iterator[Ingested]:
    """Recordings of a cell, in the order of the sheet, one after another: together they may need much memory.

    results : folder with the recordings of an earlier run; one that can no longer be read is taken from there
    """
    for name in settings.files:
        yield _ingested(name, settings, results)


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


def _ingested(name: str, settings: ReadingSettings, results: Path | None) -> Ingested:
    file = settings.files[name]
    others = tuple(other.size for other in file.others)
    unread = Ingested(name, None, None, request=settings.request(name), others=others)
    try:
        path = recording_path(Path(settings.raw_dir), file.file, settings.allow_outside_raw_dir)
        recording = read_recording(path, reading_options(settings, name))
    except Refusal as refusal:
        return not_read(unread, refusal, settings, results)
    evidence = recording.command.evidence
    log.info("%s: %s, %d sweeps, command %s", name, recording.format, len(recording.sweeps), evidence)
    return replace(unread, recording=recording, sha256=recording.sha256)


def not_read(outcome: Ingested, refusal: Refusal, settings: ReadingSettings, results: Path | None) -> Ingested:
    """The row with the reason, or with the recording of an earlier run if its files have changed since.

    Files that are still the same are refused by a setting or a version that is new, and this must not be overlooked.
    The same holds for a bug. The hash of a recording in several files is never that of its first file.
    """
    name = outcome.recording_id
    file = Path(settings.raw_dir) / settings.files[name].file
    is_hashed = not isinstance(refusal, ConfigurationRefused | FileTooLarge)  # not outside raw_dir, not of any size
    failed = replace(without_recording(outcome, refusal), sha256=_sha256(file) if is_hashed else None)
    copy = None if results is None or failed.by_bug else earlier_copy(results, settings, name)
    if copy is not None and (copy.sha256, copy.others) != (failed.sha256, failed.others):
        log.warning("%s: %s The copy of an earlier run is used.", name, refusal)
        return replace(copy, failure=refusal.what)
    log.warning("%s: %s", name, refusal, exc_info=refusal if failed.by_bug else None)
    # as the sheet names the file, so that the reason is the same wherever raw_dir is
    return replace(failed, failure=str(refusal).replace(f"{Path(settings.raw_dir)}/", ""))


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:  # missing or unreadable, as the failure already states
        return None
