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
        (b"VER=9\r\nNR=1\r\nNBH=1024\r\n", "WinWCP"),
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


def wcp(records: int = 3, length: int | None = None, **changes: int) -> bytes:
    """A WinWCP header of two channels, one block of analysis and two of data a record, and so many bytes in all."""
    facts = {"VER": 9, "NC": 2, "NR": records, "NBH": 1024, "NBA": 1, "NBD": 2, **changes}
    text = "".join(f"{name}={value}\r\n" for name, value in facts.items()).encode()
    whole = 1024 + records * 3 * 512
    return text.ljust(whole if length is None else length, b"\0")


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (wcp(), False),
        (wcp(length=1024 + 3 * 3 * 512 - 1), True),
        (wcp(NBD=3), True),
        (wcp(NBA=2), True),
        (wcp(NBA=0), True),
        (wcp(NBD=0), True),
        (wcp(NBH=1023), True),
        (wcp(NBH=1025), True),
        (wcp(NC=0), True),
        (wcp(NC=129), True),
        (wcp(NC=128), False),
        (wcp(records=-1, length=9999), True),
    ],
)
def test_a_winwcp_file_holds_the_records_that_its_header_states(tmp_path: Path, content: bytes, refused: bool) -> None:
    path = tmp_path / "rec.wcp"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused) as found:
        read_recording(path)
    assert ("shorter than its header states" in str(found.value)) is refused
