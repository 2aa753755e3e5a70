"""The reader is chosen by the content of a file; other content is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.abf1_files import protocol
from tests.recordings.formats.test_plain_arrays import PROTOCOL, SWEEPS_nA


def test_the_reader_is_chosen_by_content_not_by_name(abf1: Callable[..., Path], tmp_path: Path) -> None:
    assert read_recording(abf1(protocol(), name="recording.csv")).format == "ABF 1.8.4.0"
    table = tmp_path / "text.abf"
    np.savetxt(table, SWEEPS_nA.reshape(-1))
    assert read_recording(table, ReadingOptions(protocol=PROTOCOL)).format == "text"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01garbage" * 9, "the file format is not known"),
        (b"ABF2", "bytes outside the file"),
        (b"DAT2" + bytes(300), "cannot read the HEKA file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(300), "HDF5 file cannot be read"),
        (b"PK\x03\x04" + bytes(300), "NPZ file cannot be read"),
        (b"MATLAB 5.0 MAT-file" + bytes(300), "MAT file|several arrays, or none"),
        (b"ATF\t1.0\n1\t2\n", "ATF file is damaged"),
        (b"VER=9\r\nNR=4\r\nNC=2\r\nNBH=1024\r\nNBA=2\r\nNBD=2\r\n", "shorter than its header states"),
    ],
)
def test_content_that_is_not_a_recording_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file.abf"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(path)
