"""The bytes of a file, refused while another program still writes it."""

from __future__ import annotations

import stat
import time
from pathlib import Path

from reversal.recordings.recording import RecordingRefused

MAX_FILE_BYTES = 4 << 30
FRESH_FILE_S = 2.0  # a file changed more recently than this may still be written
SECOND_LOOK_S = 0.25


def file_bytes(path: Path) -> bytes:
    """Bytes of a file. Raises RecordingRefused for a missing, empty or too large file, or one that is being written."""
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise RecordingRefused("the path is not a file", file=path, remedy="Write the path of a recording file")
        if before.st_size > MAX_FILE_BYTES:
            raise RecordingRefused(
                "the file is too large",
                file=path,
                found=f"{before.st_size} bytes",
                expected=f"at most {MAX_FILE_BYTES} bytes",
            )
        content = path.read_bytes()
        after = path.stat()
    except OSError as fault:
        raise _not_readable(path, fault) from fault
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise _changed(path)
    if not content:
        raise RecordingRefused("the file is empty", file=path, remedy="Copy it again from the rig")
    return content


def refuse_growing_file(path: Path) -> None:
    """Look twice at a fresh file of a format that does not state its length. Raises RecordingRefused if it changed."""
    try:
        first = path.stat()
        if abs(time.time() - first.st_mtime) > FRESH_FILE_S:
            return
        time.sleep(SECOND_LOOK_S)
        second = path.stat()
    except OSError as fault:
        raise _not_readable(path, fault) from fault
    if (first.st_size, first.st_mtime_ns) != (second.st_size, second.st_mtime_ns):
        raise _changed(path)


def _not_readable(path: Path, fault: OSError) -> RecordingRefused:
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
