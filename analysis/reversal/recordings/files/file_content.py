"""The content of a file, of which only what a reader needs is read; refused if too large, or while it is written."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from pathlib import Path
from typing import BinaryIO, TypeAlias

from reversal.recordings.recording.recording import RecordingRefused

FRESH_FILE_S = 2.0  # a file changed more recently than this may still be written
SECOND_LOOK_S = 0.25
PIECE_BYTES = 1 << 16  # the first is kept: it identifies the format, and most headers are not longer
MB = 1_000_000
MAX_WHOLE_BYTES, MAX_WHOLE_TEXT_BYTES = 100 * MB, 40 * MB


class FileTooLarge(RecordingRefused):
    """A file above the limit of the configuration, or of its format. It was not read."""


class FileContent:
    """Content of a file. A slice is bytes, as a slice of ``bytes`` is, but the file is not in memory.

    Raises RecordingRefused for a missing, empty or too large file, and at any later read if the file has changed.
    """

    def __init__(self, path: Path, max_MB: float) -> None:
        self.path = path
        refuse_large(path, max_MB)
        try:
            self._state = path.stat()
            with path.open("rb") as stream:
                self.head = stream.read(PIECE_BYTES)
        except OSError as fault:
            raise not_readable(path, fault) from fault
        self._piece = (0, self.head)  # the last one that was read: many small slices follow each other
        if not self.head:
            raise RecordingRefused("the file is empty", file=path, remedy="Copy it again from the rig")

    def __len__(self) -> int:
        return self._state.st_size

    def __getitem__(self, where: slice) -> bytes:
        start, stop, _ = where.indices(len(self))
        if stop <= len(self.head):
            return self.head[start:stop]
        count = max(stop - start, 0)
        if count > PIECE_BYTES:
            return self._read(start, count)
        first, piece = self._piece
        if not first <= start <= stop <= first + len(piece):
            first, piece = self._piece = start, self._read(start, min(PIECE_BYTES, len(self) - start))
        return piece[start - first : stop - first]

    def startswith(self, start: bytes | tuple[bytes, ...]) -> bool:
        """Whether the file has this start, or one of these."""
        return self.head.startswith(start)

    def sha256(self) -> str:
        """Hash of all bytes, which are read piece by piece."""
        try:
            with self.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                self._refuse_change(os.fstat(stream.fileno()))
        except OSError as fault:
            raise not_readable(self.path, fault) from fault
        return digest

    def refuse_change(self) -> None:
        """Raise RecordingRefused if the file has changed or was replaced, for a library that keeps it open."""
        try:
            self._refuse_change(self.path.stat())
        except OSError as fault:
            raise not_readable(self.path, fault) from fault

    def _read(self, start: int, count: int) -> bytes:
        try:
            with self.path.open("rb") as stream:
                stream.seek(start)
                found = stream.read(count)
                self._refuse_change(os.fstat(stream.fileno()))
        except OSError as fault:
            raise not_readable(self.path, fault) from fault
        if len(found) != count:
            raise _changed(self.path)
        return found

    def _refuse_change(self, now: os.stat_result) -> None:
        before = self._state
        if (before.st_size, before.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
            raise _changed(self.path)


Content: TypeAlias = bytes | FileContent


def stream_of(content: Content) -> BinaryIO:
    """The content as an open file, for libraries that read what they need."""
    return io.BytesIO(content) if isinstance(content, bytes) else content.path.open("rb")


def whole(content: Content, start: int = 0, size: int | None = None, most: int = MAX_WHOLE_BYTES) -> bytes:
    """All bytes, or those of a part, for formats that are read at once.

    Raises FileTooLarge if they are more than ``most``: they and their numbers would need much memory.
    """
    size = len(content) if size is None else size
    if size > most:
        raise FileTooLarge(
            "a file of this format is read as a whole, and is too large for that",
            file=None if isinstance(content, bytes) else content.path,
            found=f"{size / MB:.0f} MB",
            expected=f"at most {most / MB:.0f} MB",
            remedy="Save the recording in smaller files, or use the file of the acquisition program",
        )
    return content[start : start + size]


def sha256_of_content(content: Content) -> str:
    """Hash of all bytes."""
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else content.sha256()


def refuse_large(path: Path, max_MB: float) -> None:
    """Raise RecordingRefused if a path is not a file, and FileTooLarge if it is larger than the limit."""
    try:
        found = path.stat()
    except OSError as fault:
        raise not_readable(path, fault) from fault
    if not stat.S_ISREG(found.st_mode):
        raise RecordingRefused("the path is not a file", file=path, remedy="Write the path of a recording file")
    if found.st_size > max_MB * MB:
        raise FileTooLarge(
            "the file is larger than the limit",
            file=path,
            found=f"{found.st_size / MB:.0f} MB",
            expected=f"at most {max_MB:g} MB (max_file_MB)",
            remedy="Save the recording in smaller files, or raise max_file_MB in the configuration",
        )


def refuse_growing_file(path: Path) -> None:
    """Look twice at a fresh file of a format that does not state its length. Raises RecordingRefused if it changed."""
    try:
        first = path.stat()
        if abs(time.time() - first.st_mtime) > FRESH_FILE_S:
            return
        time.sleep(SECOND_LOOK_S)
        second = path.stat()
    except OSError as fault:
        raise not_readable(path, fault) from fault
    if (first.st_size, first.st_mtime_ns) != (second.st_size, second.st_mtime_ns):
        raise _changed(path)


def not_readable(path: Path, fault: OSError) -> RecordingRefused:
    """The refusal of a file that the system does not open or read."""
    return RecordingRefused(
        "the file cannot be opened",
        file=path,
        found=fault.strerror or str(fault),
        remedy="Check that the file exists and that you have permission to read it",
    )


def _changed(path: Path) -> RecordingRefused:
    return RecordingRefused(
        "the file changed while it was read", file=path, remedy="Wait until the copy is complete, then run again"
    )
