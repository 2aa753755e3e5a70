"""Files that are not recordings, and formats that are not read: what each is, and what helps.

A file is recognised by its first bytes. Formats of acquisition programs without a public description are named with the
export that can be read.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

from reversal.recordings.files.file_content import Content, stream_of
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.array_files import looks_like_text
from reversal.recordings.recording.recording import RecordingRefused

ZIP_SIGNATURE = b"PK\x03\x04"
START_BYTES = 4096
TAR_AT = slice(257, 262)


class OtherFile(NamedTuple):
    """What a file is, and what helps."""

    what: str
    remedy: str


def _archive(kind: str) -> OtherFile:
    return OtherFile(f"the file is an archive ({kind})", "Unpack it, and give the recordings in it")


def _document(kind: str) -> OtherFile:
    return OtherFile(f"the file is a document or a picture ({kind})", "Give the file of the acquisition program")


POINTER = OtherFile(
    "the file is a Git LFS pointer: the recording itself was not downloaded", "Run `git lfs pull` in its repository"
)
ANNEX = OtherFile(
    "the file is a git-annex or DataLad pointer: the recording itself was not downloaded",
    "Run `datalad get` or `git annex get` in its repository",
)
WORKBOOK = OtherFile("the file is an Excel workbook", "Save the sheet with the samples as CSV UTF-8")
OLD_OFFICE = OtherFile(
    "the file is of an old Office program, such as Excel 97", "Save the sheet with the samples as CSV UTF-8"
)
WEB_PAGE = OtherFile(
    "the file is a web page, perhaps the answer to a failed download", "Download the recording itself again"
)
TEXT = OtherFile("the file is text without a table of numbers", "Give the file of the acquisition program")
HEKA_UNBUNDLED = OtherFile(
    "the file is of HEKA Pulse or Patchmaster, not saved as a bundle: its protocol is in other files",
    "Open it in Patchmaster and save it with 'Create Bundle File' (DAT2)",
)
HEKA_TREE = OtherFile(
    "the file is a part of an unbundled HEKA recording, without samples",
    "Open the .dat file in Patchmaster and save it with 'Create Bundle File' (DAT2)",
)
ELEMENTS = OtherFile(
    "the file is the header of an Elements amplifier (EDH); the unit of its samples is not in the file",
    "Export the recording from Elements Data Reader as ABF or CSV with titles",
)

BY_START: tuple[tuple[bytes, OtherFile], ...] = (
    (b"version https://git-lfs", POINTER),
    (b"version https://hawser", POINTER),
    (b"/annex/objects/", ANNEX),
    (b"../.git/annex/", ANNEX),
    (b".git/annex/", ANNEX),
    (b"\x1f\x8b", _archive("gzip")),
    (b"BZh", _archive("bzip2")),
    (b"\xfd7zXZ", _archive("xz")),
    (b"7z\xbc\xaf\x27\x1c", _archive("7z")),
    (b"Rar!", _archive("RAR")),
    (b"PK\x05\x06", _archive("an empty ZIP")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"%PDF", _document("PDF")),
    (b"\x89PNG", _document("PNG")),
    (b"\xff\xd8\xff", _document("JPEG")),
    (b"II*\0", _document("TIFF")),
    (b"MM\0*", _document("TIFF")),
    (b"{\\rtf", _document("RTF")),
    (b"DAT1", HEKA_UNBUNDLED),
    (b"DATA", HEKA_UNBUNDLED),
    (b"Tree", HEKA_TREE),
    (b"eerT", HEKA_TREE),
    (b"EDH Version", ELEMENTS),
)
WEB_PAGE_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<head")


BINARY = (HEKA_UNBUNDLED, HEKA_TREE)  # their signatures are also words


def refusal_of_other_file(path: Path, content: Content) -> RecordingRefused | None:
    """Refusal that names what a file is; None if it is not known."""
    found = _other_file(path, content)
    if found is None:
        if not (content[:START_BYTES].strip() and looks_like_text(content)):
            return None
        found = TEXT
    return RecordingRefused(found.what, file=path, found=content[:8], remedy=found.remedy)


def is_other_file(path: Path, content: Content) -> bool:
    """Whether the first bytes are those of a known file that is not read."""
    return _other_file(path, content) is not None


def is_named(content: Content) -> bool:
    """Whether the first bytes are those of a recording that is not read, such as an unbundled one."""
    return _by_start(content[:START_BYTES]) in (HEKA_UNBUNDLED, HEKA_TREE, ELEMENTS)


def is_numpy_archive(path: Path, content: Content) -> bool:
    """Whether a ZIP archive has an NPY file. Raises RecordingRefused for a damaged one."""
    return any(name.endswith(".npy") for name in _names_in_zip(path, content))


def _other_file(path: Path, content: Content) -> OtherFile | None:
    head = content[:START_BYTES]
    if head.startswith(ZIP_SIGNATURE):
        return _of_zip(_names_in_zip(path, content))
    known = _by_start(head)
    if known is not None:
        return known
    if head[TAR_AT] == b"ustar":
        return _archive("tar")
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:16].lower().startswith(WEB_PAGE_STARTS):
        return WEB_PAGE
    return None


def _by_start(head: bytes) -> OtherFile | None:
    found = next((other for start, other in BY_START if head.startswith(start)), None)
    return None if found in BINARY and b"\0" not in head else found


def _of_zip(names: list[str]) -> OtherFile:
    if any(name.startswith("xl/") for name in names):
        return WORKBOOK
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return _document("Office")
    return _archive("ZIP")


def _names_in_zip(path: Path, content: Content) -> list[str]:
    def names() -> list[str]:
        with stream_of(content) as stream, zipfile.ZipFile(stream) as archive:
            return archive.namelist()

    return library_call(names, "the ZIP or NPZ file cannot be read", path, "Copy it again")
