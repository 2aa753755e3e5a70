"""Any file of a rig as a Recording: the reader is chosen by what the file holds, not by its name."""

from __future__ import annotations

from pathlib import Path

from reversal.recordings import plausibility as gates
from reversal.recordings.axon import reader as axon_reader
from reversal.recordings.file_content import must_be_at_rest, whole_content
from reversal.recordings.formats import atf, heka, nwb
from reversal.recordings.formats.array_files import looks_like_text
from reversal.recordings.formats.arrays import read_atf_recording, read_mat, read_npz, read_text
from reversal.recordings.formats.neo import neo_format, read_with_neo
from reversal.recordings.recording import Recording, RecordingRefused
from reversal.recordings.request import Reading

__all__ = ["Reading", "read_recording"]


def read_recording(path: Path, how: Reading = Reading()) -> Recording:  # noqa: B008 - frozen, so it can be shared
    """Read one recording.

    Raises RecordingRefused for a file that cannot be read as a voltage-clamp recording, CommandUnknown where its
    command cannot be known; a file at fault raises nothing else.
    """
    return gates.passed(_read(path, whole_content(path), how), path)


def _read(path: Path, content: bytes, how: Reading) -> Recording:
    if content[:4] in axon_reader.SIGNATURES:
        return axon_reader.read_axon(path, content, how)
    if content.startswith(atf.SIGNATURE):
        must_be_at_rest(path)
        return read_atf_recording(path, content, how)
    if content.startswith(heka.SIGNATURE):
        return heka.read_heka(path, content, how)
    if content.startswith(nwb.SIGNATURE):
        return nwb.read_nwb(path, content, how)
    if content.startswith(b"MATLAB 5.0 MAT-file"):
        return read_mat(path, content, how)
    if content.startswith((b"PK\x03\x04", b"\x93NUMPY")):
        return read_npz(path, content, how)
    by_neo = neo_format(path, content)
    if by_neo is not None:
        return read_with_neo(path, content, how, *by_neo)
    if looks_like_text(content):
        must_be_at_rest(path)
        return read_text(path, content, how)
    raise RecordingRefused(
        "the format is not known",
        file=path,
        found=content[:8],
        expected="ABF, ATF, HEKA, NWB, WinWCP, WinEDR, AxoGraph, Spike2, Igor, MAT, NPZ or a table of numbers",
        remedy="It may be damaged, or no recording",
    )
