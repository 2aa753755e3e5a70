"""The settings of ingest with the state of every file that is needed to read the recordings of a cell.

The sheet names one file for each recording. A reader may open more: companions, the files of the other sweeps, the
stimulus file that was played, and files that an HDF5 file refers to. Their size and time are part of the settings, so
that they are read again after a change.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from reversal.errors import Refusal, bugs_as_refusals
from reversal.experiment.step_settings import FileState, ReadingSettings, RecordingFile
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.axon.read_header import SIGNATURES, read_header
from reversal.recordings.axon.stimulus_file import find_stimulus_file, plays_stimulus_file
from reversal.recordings.files.companions import companions
from reversal.recordings.files.file_content import PIECE_BYTES, FileContent
from reversal.recordings.files.sweep_files import sweep_files
from reversal.recordings.formats.linked_hdf5 import is_hdf5, linked_files
from reversal.recordings.formats.syncropatch import is_syncropatch, sample_files
from reversal.recordings.recording.recording import CommandUnknown


def with_dependencies(settings: ReadingSettings) -> ReadingSettings:
    """The settings with hashes of the recordings, and with the state of every other file that they depend on."""
    files = {name: _with_others(file, settings) for name, file in settings.files.items()}
    return settings.model_copy(update={"files": files})


def _with_others(file: RecordingFile, settings: ReadingSettings) -> RecordingFile:
    raw_dir = Path(settings.raw_dir)
    path = raw_dir / file.file
    try:
        with bugs_as_refusals():
            wanted = None if file.sweeps is None else sweep_ranges(file.sweeps)
            joined = [other for other in sweep_files(path, wanted).values() if other != path]
            content = FileContent(path, settings.max_file_MB)
            others = [*companions(path), *joined, *_other_files(path, content, settings)]
            ends = _hash_of_ends(content)
    except (OSError, Refusal):  # missing, unreadable, empty, too large or damaged: reading it gives the reason
        return file
    states = [FileState.of(other) for other in dict.fromkeys(others)]
    return file.model_copy(update={"ends": ends, "others": tuple(states)})


def _hash_of_ends(content: FileContent) -> str:
    """Hash of the first and the last 64 kB: all bytes of a night would take minutes."""
    return hashlib.sha256(content.head + content[-PIECE_BYTES:]).hexdigest()[:16]


def _other_files(path: Path, content: FileContent, settings: ReadingSettings) -> list[Path]:
    if content.startswith(SIGNATURES):
        return _stimulus_files(path, content, [Path(folder) for folder in settings.stimulus_dirs])
    if is_syncropatch(content):
        return list(sample_files(path, content))
    if settings.linked_files == "follow" and is_hdf5(content):
        return [path.parent / reference.file for reference in linked_files(content)]
    return []


def _stimulus_files(path: Path, content: FileContent, folders: list[Path]) -> list[Path]:
    """Stimulus files of the outputs that play one and whose file is found."""
    try:
        header = read_header(content, path)
    except Refusal:
        return []
    found = []
    for output in header.outputs:
        if plays_stimulus_file(header, output):
            try:
                found.append(find_stimulus_file(output.stimulus_path, path, folders))
            except CommandUnknown:
                continue
    return found
