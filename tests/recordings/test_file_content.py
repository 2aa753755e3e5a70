"""A file that another program still writes is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reversal.experiment.configuration import MAX_FILE_MB
from reversal.recordings.files.file_content import PIECE_BYTES, FileContent, refuse_growing_file
from reversal.recordings.recording.recording import RecordingRefused


def test_a_file_that_grows_after_it_was_opened_is_refused_at_the_next_read(tmp_path: Path) -> None:
    path = tmp_path / "file.abf"
    path.write_bytes(bytes(PIECE_BYTES + 10))
    content = FileContent(path, MAX_FILE_MB)
    assert content[PIECE_BYTES:] == bytes(10)
    with path.open("ab") as stream:
        stream.write(b"more")
    os.utime(path, (1, 1))
    for read in (content.sha256, lambda: content[:]):
        with pytest.raises(RecordingRefused, match="changed while it was read"):
            read()


def test_slices_of_a_file_are_those_of_its_bytes(tmp_path: Path) -> None:
    path, content = tmp_path / "file.abf", bytes(range(256)) * 1024
    path.write_bytes(content)
    found = FileContent(path, MAX_FILE_MB)
    n = PIECE_BYTES
    for where in (slice(0, 4), slice(n - 2, n + 2), slice(2 * n, 2 * n + 5), slice(2 * n + 3, 2 * n + 9), slice(None),
                  slice(-5, None), slice(9, 3), slice(10**7, 10**8), slice(n + 5, n + 9)):  # fmt: skip
        assert found[where] == content[where]
    assert (len(found), found.startswith((b"x", content[:3]))) == (len(content), True)


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
        FileContent(tmp_path / name, MAX_FILE_MB)
