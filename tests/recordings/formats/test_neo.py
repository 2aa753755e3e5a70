"""Formats that Neo reads are recognised by the start of the file; damaged ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.recordings.formats.neo import neo_format
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording import RecordingRefused


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"VER=6.6\r\nNP=100\r\n", "WinEDR"),
        (b"AxGr\x00\x01", "AxoGraph"),
        (b"axgx\x00\x00\x00\x06", "AxoGraph"),
        (b"\x09\x00(C) CED 87", "Spike2"),
        (b"\x05\x00" + bytes(62), "Igor"),
    ],
)
def test_a_damaged_file_is_refused_with_the_name_of_its_format(tmp_path: Path, start: bytes, name: str) -> None:
    found = neo_format(Path("rec.bin"), start)
    assert found is not None
    assert found[0] == name
    path = tmp_path / "file.abf"
    path.write_bytes(start)
    with pytest.raises(RecordingRefused, match=f"{name}|no records"):
        read_recording(path)
