"""Any file of a rig as a Recording: the reader is chosen by what the file holds, not by its name."""

from __future__ import annotations

from pathlib import Path

from analysis.recordings import axon_reader
from analysis.recordings.model import Recording, RecordingRefused
from analysis.recordings.request import Reading

LARGEST_BYTES = 4 << 30

__all__ = ["Reading", "read_recording"]


def read_recording(path: Path, how: Reading = Reading()) -> Recording:  # noqa: B008 - frozen, so it can be shared
    """Read one recording.

    Raises RecordingRefused for a file that cannot be read as a voltage-clamp recording, CommandUnknown where its command
    cannot be known; a file at fault raises nothing else.
    """
    content = whole_content(path)
    if content[:4] in axon_reader.SIGNATURES:
        return axon_reader.read_axon(path, content, how)
    raise RecordingRefused("the format is not known", file=path, found=content[:8])


def whole_content(path: Path) -> bytes:
    """Bytes of a file that nobody is writing at the moment."""
    try:
        before = path.stat()
        if before.st_size > LARGEST_BYTES:
            raise RecordingRefused("the file is too large", file=path, found=f"{before.st_size} bytes")
        content = path.read_bytes()
        after = path.stat()
    except OSError as fault:
        raise RecordingRefused(
            "the file cannot be opened", file=path, found=fault.strerror or str(fault), remedy="see whether it is there"
        ) from fault
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise RecordingRefused(
            "the file changed while it was read", file=path, remedy="wait until it is copied, then run again"
        )
    if not content:
        raise RecordingRefused("the file is empty", file=path)
    return content
