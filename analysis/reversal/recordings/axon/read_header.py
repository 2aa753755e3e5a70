"""The header of an ABF file of either version, checked against the length of the file."""

from __future__ import annotations

from pathlib import Path

from reversal.recordings.axon.abf1 import read_version_1
from reversal.recordings.axon.abf2 import read_version_2
from reversal.recordings.axon.header import GAP_FREE, AxonHeader
from reversal.recordings.axon.header_fields import HeaderFields
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recordings_constants import MAX_INTERVAL_us, MIN_INTERVAL_us

SIGNATURE_1, SIGNATURE_2 = b"ABF ", b"ABF2"
SIGNATURES = (SIGNATURE_1, SIGNATURE_2)


def read_header(content: bytes | FileContent, file: Path) -> AxonHeader:
    """Read the header of an ABF file. Raises RecordingRefused for a damaged or incomplete file."""
    fields = HeaderFields(content, file)
    header = read_version_2(fields) if content[:4] == SIGNATURE_2 else read_version_1(fields)
    _check_channels_and_rate(header, file)
    _check_length(header, len(content), file)
    _check_sweeps(header, file)
    return header


def _check_channels_and_rate(header: AxonHeader, file: Path) -> None:
    if not MIN_INTERVAL_us <= header.sample_interval_us <= MAX_INTERVAL_us:
        raise RecordingRefused(
            "the header gives an impossible sampling interval",
            file=file,
            found=header.sample_interval_us,
            expected="0.1 µs to 100 s",
        )
    if not header.inputs:
        raise RecordingRefused("the header has no recorded channel", file=file)


def _check_length(header: AxonHeader, length: int, file: Path) -> None:
    sample_bytes = 2 if header.integers else 4
    expected = header.data_start + header.data_count * sample_bytes
    if expected > length:
        raise RecordingRefused(
            "the file is shorter than its header states",
            file=file,
            found=f"{length} bytes",
            expected=f"{expected} bytes",
            remedy="The file is cut off or not yet copied completely: copy it again",
        )


def _check_sweeps(header: AxonHeader, file: Path) -> None:
    counts_pieces = header.mode == GAP_FREE  # of a continuous recording, in which its program wrote it
    if not counts_pieces and not 0 <= header.episodes <= len(header.sweeps):
        raise RecordingRefused(
            "the number of sweeps in the header does not match its table of sweeps",
            file=file,
            found=header.episodes,
            expected=f"at most {len(header.sweeps)}",
        )
    if sum(sweep.count for sweep in header.sweeps) > header.data_count or not header.sweeps:
        raise RecordingRefused(
            "the table of sweeps does not match the number of samples",
            file=file,
            found=f"{len(header.sweeps)} sweeps of {sum(s.count for s in header.sweeps)} samples",
            expected=f"{header.data_count} samples",
        )
