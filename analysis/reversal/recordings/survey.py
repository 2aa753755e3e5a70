"""A table of all recordings in a folder: format, date, protocol, evidence of the command, reason for each refusal.

A file is listed if its content is that of a recording, whatever its name, and if its name is that of a recording,
whatever its content: then the reason says what it is. Text is listed if it is a table of samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reversal.errors import Refusal, bugs_as_refusals
from reversal.experiment.configuration import MAX_FILE_MB
from reversal.recordings.axon.read_header import SIGNATURES, read_header
from reversal.recordings.axon.samples import axon_samples, largest_difference
from reversal.recordings.choices.channel_choice import channel_of
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import marks_in_words
from reversal.recordings.files.file_content import PIECE_BYTES, FileContent
from reversal.recordings.formats import (
    acq4,
    array_files,
    cfs,
    heka,
    heka_ascii,
    igor,
    igor_text,
    intan_clamp,
    nwb,
    other_files,
    symphony,
    syncropatch,
    wavesurfer,
    winwcp,
)
from reversal.recordings.formats.array_files import MIN_TABLE_ROWS, looks_like_text, table_rows
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.formats.neo import neo_format
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, Recording, RecordingRefused
from reversal.recordings.recording.units import CURRENT
from reversal.recordings.recordings_constants import READER_TOLERANCE
from reversal.tables.survey_table import SurveyRow

RECORDING_SUFFIXES = {
    ".abf", ".atf", ".dat", ".nwb", ".wcp", ".edr", ".axgd", ".axgx", ".smr", ".smrx", ".ibw", ".pxp", ".itx", ".mat",
    ".npz", ".npy", ".csv", ".asc", ".h5", ".hdf5", ".ma", ".cfs", ".clp", ".edh",
}  # fmt: skip
FORMAT_BY_START: tuple[tuple[bytes | tuple[bytes, ...], str], ...] = (
    (SIGNATURES, "ABF"),
    (b"ATF", "ATF"),
    (heka.SIGNATURE, "HEKA"),
    (intan_clamp.SIGNATURE, "Intan CLAMP"),
    (cfs.SIGNATURE, "CED Signal"),
    ((array_files.MAT_SIGNATURE, array_files.MAT_73_SIGNATURE), "MAT"),
    (array_files.NPY_SIGNATURE, "NumPy"),
    (igor_text.SIGNATURES, "Igor"),
)
PACKED_SUFFIX = ".pxp"
ATF_LINE = (b"ATF\t", b"ATF ")


def survey(folder: Path, options: ReadingOptions = ReadingOptions()) -> list[SurveyRow]:  # noqa: B008 - frozen
    """Rows for all files in a folder and its subfolders that can be recordings, in the order of their paths."""
    if not folder.is_dir():
        raise RecordingRefused("the folder does not exist", file=folder)
    return [row for path in files_in(folder) for row in _rows(path, folder, options)]


def files_in(folder: Path) -> list[Path]:
    """All files in a folder and its subfolders that can be recordings, in the order of their paths.

    Files that belong to another one, such as the samples of a SyncroPatch, are not listed.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    recordings = [path for path in files if can_be_recording(path)]
    parts = {part for path in recordings for part in _parts_of(path)}
    return [path for path in recordings if path not in parts]


def _parts_of(path: Path) -> tuple[Path, ...]:
    """Files with the samples of a recording. Raises nothing: reading a faulty file gives the reason."""
    try:
        return syncropatch.sample_files(path, FileContent(path, MAX_FILE_MB))
    except Refusal:
        return ()


def can_be_recording(path: Path) -> bool:
    """Whether the ending or the content of a file is that of a recording."""
    if path.suffix.lower() in RECORDING_SUFFIXES:
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(PIECE_BYTES)
    except OSError:
        return False
    axon_or_heka = (*SIGNATURES, heka.SIGNATURE, intan_clamp.SIGNATURE, cfs.SIGNATURE)
    arrays = (nwb.SIGNATURE, array_files.MAT_SIGNATURE, array_files.NPY_SIGNATURE)
    starts = (*axon_or_heka, *arrays, *igor_text.SIGNATURES)
    if (
        head.startswith(starts)
        or winwcp.is_winwcp(head)
        or syncropatch.is_syncropatch(head)
        or heka_ascii.is_heka_ascii(head)
        or other_files.is_named(head)
    ):
        return True
    if head.startswith((*ATF_LINE, *igor.WAVE_SIGNATURES)) or neo_format(path, head) is not None:
        return True
    return looks_like_text(head) and table_rows(head) >= MIN_TABLE_ROWS


def format_of(path: Path) -> str:
    """Name of the format that the first bytes of a file show, whether or not it can be read; empty if none."""
    try:
        with path.open("rb") as stream:
            head = stream.read(PIECE_BYTES)
    except OSError:
        return ""
    if head.startswith(nwb.SIGNATURE):
        return _hdf5_format(path)
    for start, name in FORMAT_BY_START:
        if head.startswith(start):
            return name
    if winwcp.is_winwcp(head):
        return "WinWCP"
    if path.suffix.lower() == PACKED_SUFFIX or igor.is_igor_wave(head):
        return "Igor"
    if syncropatch.is_syncropatch(head):
        return "SyncroPatch"
    if heka_ascii.is_heka_ascii(head):
        return "HEKA text"
    neo = neo_format(path, head)
    if neo is not None:
        return neo[0]
    is_text = not other_files.is_other_file(path, head) and array_files.looks_like_table(head)
    return "text" if is_text else ""


def _hdf5_format(path: Path) -> str:
    """Name of the program that wrote an HDF5 file; "HDF5" if it is not known."""
    try:
        file = Hdf5(FileContent(path, MAX_FILE_MB), path)
        if wavesurfer.is_wavesurfer(file):
            return "WaveSurfer"
        if acq4.is_acq4(file):
            return "acq4"
        if symphony.is_symphony(file):
            return "Symphony"
        return "NWB" if file.member(file.root, "acquisition") is not None else "HDF5"
    except Refusal:
        return "HDF5"


def _rows(path: Path, folder: Path, options: ReadingOptions) -> Iterator[SurveyRow]:
    readers, difference = _reader_comparison(path, options.max_file_MB)
    for channel in channels_in(path, options.max_file_MB) if options.channel is None else [options.channel]:
        row = SurveyRow(
            file=path.relative_to(folder).as_posix(),
            channel=channel or "",
            format=format_of(path),
            sweeps=None,
            sample_rate_Hz=None,
            started="",
            protocol="",
            readers=readers,
            largest_difference=difference,
            command_evidence=Evidence.UNKNOWN.value,
            status="read",
            reason="",
        )
        try:
            found = read_recording(path, replace(options, channel=channel))
        except CommandUnknown as unknown:
            yield row.model_copy(update={"status": "no command", "reason": _without_path(unknown, path)})
        except Refusal as refusal:
            yield row.model_copy(update={"status": "refused", "reason": _without_path(refusal, path)})
        else:
            yield row.model_copy(
                update={
                    "channel": channel or found.current_channel.name,
                    "format": found.format,
                    "sweeps": len(found.sweeps),
                    "sample_rate_Hz": found.sample_rate_Hz,
                    "started": found.started or "",
                    "protocol": found.header.get("protocol", found.header.get("series", "")),
                    "command_evidence": found.command.evidence.value,
                    "reason": "; ".join((found.command.basis, *_left_out(found), *found.warnings)),
                }
            )


def _left_out(found: Recording) -> tuple[str, ...]:
    """Sweeps that are left out because of their marks, in words."""
    return (f"sweeps left out: {marks_in_words(found.marked_sweeps)}",) if found.marked_sweeps else ()


def channels_in(path: Path, max_MB: float = MAX_FILE_MB) -> list[str | None]:
    """Names of the series, electrodes, runs or current channels of a file that has several; [None] for other files."""
    try:
        with bugs_as_refusals():
            return _channels(path, FileContent(path, max_MB))
    except Refusal:
        return [None]  # read_recording then refuses the file for the same reason


def _channels(path: Path, content: FileContent) -> list[str | None]:
    if content.startswith(heka.SIGNATURE):
        return [series.path for series in heka.series_in(path, content)] or [None]
    if content.startswith(nwb.SIGNATURE):
        file = Hdf5(content, path)
        if symphony.is_symphony(file):
            return list(symphony.runs_in(file)) or [None]
        return list(nwb.recordings_in(path, content)) or [None]
    if syncropatch.is_syncropatch(content):
        return list(syncropatch.wells_in(path, content))
    if content[:4] in SIGNATURES:
        inputs = read_header(content, path).inputs
        currents = [c.name for c in (channel_of(i.name, i.unit) for i in inputs) if c.role == CURRENT]
        return list(currents) if len(currents) > 1 else [None]
    return [None]


def _reader_comparison(path: Path, max_MB: float) -> tuple[str, float | None]:
    """Whether two readers agree, and their largest relative difference: pyABF, or our own of WinWCP, and Neo."""
    try:
        content = FileContent(path, max_MB)
        if winwcp.is_winwcp(content):
            difference = winwcp.difference_from_neo(path, content)
            return ("agree" if difference <= READER_TOLERANCE else "differ"), difference
        if content[:4] not in SIGNATURES:
            return "one reader", None
        header = read_header(content, path)
        difference = largest_difference(header, axon_samples(content, header), path)
    except Refusal as refusal:
        return refusal.what, None
    return ("agree" if difference <= READER_TOLERANCE else "differ"), difference


def _without_path(refusal: Refusal, path: Path) -> str:
    return str(refusal).replace(f"{path}: ", "").replace(f"{path}, ", "")
