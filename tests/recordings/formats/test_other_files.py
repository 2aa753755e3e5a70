"""Files that are not recordings are called what they are, and none of them is taken for one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.survey import survey


def _zip(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return stream.getvalue()


OTHERS = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 123\n", "Git LFS pointer"),
    (b"../.git/annex/objects/aa/bb/SHA256E-s12--34.abf/SHA256E-s12--34.abf", "git-annex"),
    (b"/annex/objects/SHA256E-s12--34.abf\n", "git-annex"),
    (_zip("xl/workbook.xml"), "Excel workbook"),
    (_zip("word/document.xml"), "document or a picture"),
    (_zip("recording.abf"), r"archive \(ZIP\)"),
    (b"\x1f\x8b\x08" + bytes(40), r"archive \(gzip\)"),
    (bytes(257) + b"ustar" + bytes(300), r"archive \(tar\)"),
    (b"%PDF-1.7\n", "document or a picture"),
    (b"<!DOCTYPE html>\n<html>404</html>", "web page"),
    (b"\xef\xbb\xbf<HTML>no</HTML>", "web page"),
    (b"Notes of the day: cell 3 was good.\n", "text without a table"),
    (b"DAT1" + bytes(300), "not saved as a bundle"),
    (b"eerT" + bytes(300), "part of an unbundled HEKA recording"),
]


@pytest.mark.parametrize(("content", "what"), OTHERS)
@pytest.mark.parametrize("name", ["cell.abf", "cell.dat", "cell.npz"])
def test_a_file_is_called_what_it_is(tmp_path: Path, content: bytes, what: str, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordingRefused, match=what) as refused:
        read_recording(tmp_path / name)
    assert refused.value.remedy


def test_unknown_bytes_stay_unknown(tmp_path: Path) -> None:
    (tmp_path / "cell.abf").write_bytes(bytes(range(1, 250)))
    with pytest.raises(RecordingRefused, match="file format is not known"):
        read_recording(tmp_path / "cell.abf")


def test_a_survey_finds_recordings_by_content_and_lists_no_notes(tmp_path: Path) -> None:
    rows = "\n".join(f"{n * 1e-4:.4f}\t{n % 7}" for n in range(50))
    (tmp_path / "trace").write_text(f"Time (s)\tIm (pA)\n{rows}\n", encoding="utf-8")
    np.save(tmp_path / "array.npy", np.zeros((2, 30)))
    (tmp_path / "array.npy").rename(tmp_path / "array")
    (tmp_path / "series").write_bytes(b"DAT1" + bytes(300))
    (tmp_path / "pointer.abf").write_bytes(OTHERS[0][0])
    for note in ("LICENSE", "LICENSE.txt", "notes.txt", "README.md"):
        (tmp_path / note).write_text("Copyright\n2020\n2021\nPermission is granted\n", encoding="utf-8")
    (tmp_path / "figure.png").write_bytes(b"\x89PNG" + bytes(100))
    assert [row.file for row in survey(tmp_path)] == ["array", "pointer.abf", "series", "trace"]


def test_a_table_that_starts_with_a_word_of_heka_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    rows = "\n".join(f"{n * 1e-4:.4f}\t{n % 7}\t{-80 + 20 * (n > 30)}" for n in range(60))
    path.write_text(f"DATA\nTime (s)\tIm (pA)\tVm (mV)\n{rows}\n", encoding="utf-8")
    assert len(read_recording(path).sweeps) == 1
