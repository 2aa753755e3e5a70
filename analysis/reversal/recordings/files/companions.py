"""Further files that belong to a recording: the data and markers of a BrainVision header, events of Blackrock files."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from reversal.recordings.recording.recording import RecordingRefused

BRAINVISION_SUFFIX, MAX_HEADER_BYTES = ".vhdr", 1 << 20
MAX_NAME_BYTES = 256
NAMED_FILE = re.compile(rb"^\s*(?:DataFile|MarkerFile)\s*=\s*(.+?)\s*$", re.MULTILINE)
SAME_STEM = {".ns5": (".nev", ".ccf"), ".ns6": (".nev", ".ccf")}


def companions(path: Path) -> tuple[Path, ...]:
    """Existing files that the reader of a recording also opens, in the folder of the recording.

    Raises RecordingRefused if a header names a file in another folder, which the reader would open.
    """
    suffix = path.suffix.lower()
    if suffix == BRAINVISION_SUFFIX:
        return tuple(dict.fromkeys(other for name in _named_in(path) if (other := _found(path, name)).exists()))
    return tuple(other for ending in SAME_STEM.get(suffix, ()) if (other := path.with_suffix(ending)).exists())


def _found(path: Path, name: str) -> Path:
    """A file that a header names; if it is missing, the reader takes the one with the name of the header."""
    named = path.with_name(name)
    return named if named.exists() else path.with_suffix(named.suffix)


def _named_in(path: Path) -> list[str]:
    """Names of the files in a BrainVision header; ``$b`` means the name of the header without its suffix."""
    try:
        with path.open("rb") as stream:
            names = NAMED_FILE.findall(stream.read(MAX_HEADER_BYTES))
    except OSError:
        return []
    texts = [name.decode("utf-8", errors="replace").replace("$b", path.stem) for name in names]
    for text in texts:
        if "/" in text or "\\" in text:
            raise RecordingRefused(
                "the header names a file in another folder",
                file=path,
                found=text,
                expected="a name without a folder",
                remedy="Put the files of the recording into one folder and correct the header",
            )
    return [text for text in texts if "\0" not in text and len(text.encode()) < MAX_NAME_BYTES]


def sha256_of(path: Path, others: tuple[Path, ...]) -> str:
    """Hash of a recording in several files: SHA-256 of the SHA-256 hashes of the files, in order.

    Raises RecordingRefused if a file can no longer be read.
    """
    digest = hashlib.sha256()
    for each in (path, *others):
        try:
            with each.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as fault:
            raise RecordingRefused(
                "the file changed while it was read", file=each, found=fault.strerror, remedy="Run again"
            ) from fault
    return digest.hexdigest()
