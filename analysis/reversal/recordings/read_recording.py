"""Read any supported file as a Recording. The reader is chosen by the content of the file, not by its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reversal.errors import bugs_as_refusals
from reversal.experiment.protocols import Protocol
from reversal.recordings.axon.read_header import SIGNATURES as AXON_SIGNATURES
from reversal.recordings.axon.reader import read_axon
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.plausibility import checked_recording
from reversal.recordings.files.companions import companions, sha256_of
from reversal.recordings.files.file_content import (
    MAX_WHOLE_TEXT_BYTES,
    Content,
    FileContent,
    not_readable,
    refuse_growing_file,
    refuse_large,
    whole,
)
from reversal.recordings.files.sweep_files import sweep_files
from reversal.recordings.formats import (
    acq4,
    array_files,
    atf,
    cfs,
    heka,
    heka_ascii,
    igor,
    igor_text,
    intan_clamp,
    nwb,
    other_files,
    plain_arrays,
    symphony,
    syncropatch,
    wavesurfer,
    winwcp,
)
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.formats.hdf5_trial import refuse_fatal_file
from reversal.recordings.formats.linked_hdf5 import is_hdf5, with_linked_files
from reversal.recordings.formats.neo import neo_format, read_with_neo
from reversal.recordings.formats.unpacked_size import refuse_bombs
from reversal.recordings.recording.recording import Recording, RecordingRefused
from reversal.recordings.recordings_constants import DECLARED_RATE_TOLERANCE

FORMAT_WITH_OUTPUTS = "ABF"
FORMATS_WITHOUT_UNITS = ("MAT", "NumPy", "text")  # a protocol gives what these lack; text is checked by its titles


def read_recording(path: Path, options: ReadingOptions = ReadingOptions()) -> Recording:  # noqa: B008 - frozen
    """Read one recording.

    Raises RecordingRefused if the file is not a voltage-clamp recording, and CommandUnknown if its command cannot be
    determined. A faulty file raises nothing else, unless a reader has a bug: this raises ProgramError.
    """
    try:
        with bugs_as_refusals():
            return _recording(path, options)
    except OSError as fault:
        raise not_readable(path, fault) from fault


def _recording(path: Path, options: ReadingOptions) -> Recording:
    content: Content = FileContent(path, options.max_file_MB)
    others = (*companions(path), *syncropatch.sample_files(path, content))
    others += tuple(file for file in sweep_files(path, options.sweeps).values() if file != path)
    for other in others:
        refuse_large(other, options.max_file_MB)
    if is_hdf5(content):
        refuse_fatal_file(content, path)
    refuse_bombs(path, content, options.max_file_MB)
    if is_hdf5(content):
        content, linked = with_linked_files(path, content, options)
        others += linked
        if linked:
            refuse_bombs(path, content, options.max_file_MB)
    recording = _read(path, content, options)
    _refuse_output(recording, options.output, path)
    if options.protocol is not None:
        _refuse_contradiction(recording, options.protocol, path)
    found = checked_recording(recording, path)
    return replace(found, sha256=sha256_of(path, others)) if others else found


def _refuse_output(recording: Recording, output: str | None, path: Path) -> None:
    """Raise RecordingRefused if an output is named for a file of a format that has none."""
    if output is not None and not recording.format.startswith(FORMAT_WITH_OUTPUTS):
        raise RecordingRefused(
            f"a {recording.format} file has no outputs to choose from",
            file=path,
            found=f"output '{output}'",
            remedy="Leave the column 'output' of the recording sheet empty",
        )


def _refuse_contradiction(recording: Recording, protocol: Protocol, path: Path) -> None:
    """Raise RecordingRefused if a declared unit, rate or factor is not that of a file which states its own."""
    if recording.format in FORMATS_WITHOUT_UNITS:
        return
    found = recording.current_channel.unit, recording.sample_rate_Hz
    for name, declared, stated, agrees in (
        ("current_unit", protocol.current_unit, found[0], protocol.current_unit == found[0]),
        ("sample_rate_Hz", protocol.sample_rate_Hz, found[1], _is_rate(protocol.sample_rate_Hz, found[1])),
        ("scale", None if protocol.scale == 1.0 else protocol.scale, 1.0, False),
    ):
        if declared is not None and not agrees:
            raise RecordingRefused(
                f"{name} of the declared protocol is not that of the file",
                file=path,
                found=f"{declared} in the protocol",
                expected=f"{stated}, as in the file",
                remedy=f"Remove {name} from the protocol, or declare another protocol for this recording",
            )


def _is_rate(declared_Hz: float | None, stated_Hz: float) -> bool:
    return declared_Hz is not None and abs(declared_Hz / stated_Hz - 1.0) <= DECLARED_RATE_TOLERANCE


def _read_hdf5(path: Path, content: Content, options: ReadingOptions) -> Recording:
    file = Hdf5(content, path)
    if wavesurfer.is_wavesurfer(file):
        return wavesurfer.read_wavesurfer(path, content, file, options)
    if acq4.is_acq4(file):
        return acq4.read_acq4(path, content, file, options)
    if symphony.is_symphony(file):
        return symphony.read_symphony(path, content, file, options)
    return nwb.read_nwb(path, content, options)


def _read(path: Path, content: Content, options: ReadingOptions) -> Recording:
    if isinstance(content, FileContent) and content.startswith(AXON_SIGNATURES):
        return read_axon(path, content, options)
    if content.startswith(atf.SIGNATURE):
        refuse_growing_file(path)
        return atf.read_atf(path, content, options)
    if content.startswith(heka.SIGNATURE):
        return heka.read_heka(path, content, options)
    if content.startswith(nwb.SIGNATURE):
        return _read_hdf5(path, content, options)
    if content.startswith(array_files.MAT_73_SIGNATURE):
        return plain_arrays.read_mat_73(path, content, options)
    if content.startswith(array_files.MAT_SIGNATURE):
        return plain_arrays.read_mat(path, whole(content), options)
    if content.startswith(array_files.NPY_SIGNATURE) or (
        content.startswith(array_files.NPZ_SIGNATURE) and other_files.is_numpy_archive(path, content)
    ):
        return plain_arrays.read_numpy(path, content, options)
    if content.startswith(intan_clamp.SIGNATURE):
        return intan_clamp.read_intan_clamp(path, content, options)
    if content.startswith(cfs.SIGNATURE):
        return cfs.read_cfs(path, content, options)
    if syncropatch.is_syncropatch(content):
        return syncropatch.read_syncropatch(path, content, options)
    if winwcp.is_winwcp(content):
        return winwcp.read_winwcp(path, content, options)
    if content.startswith(igor_text.SIGNATURES) or igor.is_igor_wave(content) or igor.is_packed_experiment(content):
        return igor.read_igor(path, content, options)
    neo_reader = neo_format(path, content)
    if neo_reader is not None:
        return read_with_neo(path, content, options, *neo_reader)
    if heka_ascii.is_heka_ascii(content):
        refuse_growing_file(path)
        return heka_ascii.read_heka_ascii(path, whole(content, most=MAX_WHOLE_TEXT_BYTES), options)
    if not other_files.is_other_file(path, content) and array_files.looks_like_table(content):
        refuse_growing_file(path)
        return plain_arrays.read_text(path, content, options)
    raise other_files.refusal_of_other_file(path, content) or RecordingRefused(
        "the file format is not known",
        file=path,
        found=content[:8],
        expected="ABF, ATF, HEKA, NWB, WinWCP, WinEDR, AxoGraph, Spike2, Igor, MAT, NPZ, NPY or a table of numbers",
        remedy="The file is damaged, or it is not a recording",
    )
