"""A file that another program still writes is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reversal.recordings.file_content import file_bytes, refuse_growing_file
from reversal.recordings.recording import RecordingRefused


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.abf"
    path.write_bytes(b"ABF ")
    read_bytes = Path.read_bytes

    def read_and_grow(self: Path) -> bytes:
        content = read_bytes(self)
        with path.open("ab") as stream:
            stream.write(b"more")
        os.utime(path, (1, 1))
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_grow)
    with pytest.raises(RecordingRefused, match="changed while it was read"):
        file_bytes(path)


def test_a_fresh_file_is_looked_at_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of numbers does not state its length, so a copy that pauses looks complete."""
    path = tmp_path / "one.txt"
    path.write_text("0.1\n", encoding="utf-8")

    def grow(_: float) -> None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write("0.1\n")

    monkeypatch.setattr("time.sleep", grow)
    with pytest.raises(RecordingRefused, match="changed while it was read"):
        refuse_growing_file(path)


def test_an_old_file_is_not_looked_at_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.txt"
    path.write_text("0.1\n", encoding="utf-8")
    os.utime(path, (1, 1))
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("waited for an old file"))
    refuse_growing_file(path)


@pytest.mark.parametrize(("name", "reason"), [("none.abf", "cannot be opened"), ("empty.abf", "the file is empty")])
def test_a_missing_or_empty_file_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "empty.abf").touch()
    with pytest.raises(RecordingRefused, match=reason):
        file_bytes(tmp_path / name)
