"""The bytes of a file that nobody is writing at the moment."""

from __future__ import annotations

import time
from pathlib import Path

from reversal.recordings.recording import RecordingRefused

LARGEST_BYTES = 4 << 30
FRESH_S, LOOK_AGAIN_S = 2.0, 0.25


def whole_content(path: Path) -> bytes:
    """Bytes of a file. Raises RecordingRefused for one that is missing, empty, too large or still being written."""
    try:
        before = path.stat()
        if before.st_size > LARGEST_BYTES:
            raise RecordingRefused("the file is too large", file=path, found=f"{before.st_size} bytes")
        content = path.read_bytes()
        after = path.stat()
    except OSError as fault:
        raise _not_opened(path, fault) from fault
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise _being_copied(path)
    if not content:
        raise RecordingRefused("the file is empty", file=path, remedy="Copy it again from the rig")
    return content


def must_be_at_rest(path: Path) -> None:
    """Look a second time at a fresh file of a format that does not say how long it is. Raises RecordingRefused."""
    try:
        first = path.stat()
        if abs(time.time() - first.st_mtime) > FRESH_S:
            return
        time.sleep(LOOK_AGAIN_S)
        second = path.stat()
    except OSError as fault:
        raise _not_opened(path, fault) from fault
    if (first.st_size, first.st_mtime_ns) != (second.st_size, second.st_mtime_ns):
        raise _being_copied(path)


def _not_opened(path: Path, fault: OSError) -> RecordingRefused:
    return RecordingRefused(
        "the file cannot be opened", file=path, found=fault.strerror or str(fault), remedy="See whether it is there"
    )


def _being_copied(path: Path) -> RecordingRefused:
    return RecordingRefused(
        "the file changed while it was read", file=path, remedy="Wait until it is copied, then run again"
    )
