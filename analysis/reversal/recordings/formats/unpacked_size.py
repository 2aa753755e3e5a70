"""Small files that unpack to more than the memory holds are refused before anything in them is unpacked.

HDF5 gives the size of each data set in its header, and data that compress well, or were never written, take no room in
the file. A MATLAB 5 file has compressed elements, each of which starts with its unpacked size. NPZ files are checked by
their reader.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reversal.recordings.files.file_content import MB, Content, stream_of
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.array_files import MAT_SIGNATURE
from reversal.recordings.formats.linked_hdf5 import is_hdf5
from reversal.recordings.recording.recording import RecordingRefused

MAT_HEADER_BYTES, MAT_ENDIAN_AT, TAG_BYTES, COMPRESSED = 128, 126, 8, 15


def refuse_bombs(path: Path, content: Content, max_MB: float) -> None:
    """Raise RecordingRefused if the content of a file unpacks to more than the limit of a file."""
    size = 0
    if is_hdf5(content):
        size = _hdf5_bytes(path, content)
    elif content.startswith(MAT_SIGNATURE):
        size = sum(_mat_bytes(content))
    if size > max_MB * MB:
        raise RecordingRefused(
            "the file unpacks to more than the limit",
            file=path,
            found=f"{size / MB:.0f} MB, from a file of {len(content) / MB:.1f} MB",
            expected=f"at most {max_MB:g} MB (max_file_MB)",
            remedy="Save the recording in smaller files, or raise max_file_MB in the configuration",
        )


def _hdf5_bytes(path: Path, content: Content) -> int:
    """Unpacked size of all data sets; 0 if the file cannot be opened: its reader then refuses it with the reason."""
    try:
        return library_call(lambda: sum(_dataset_bytes(content)), "the file cannot be opened", path)
    except RecordingRefused:
        return 0


def _dataset_bytes(content: Content) -> list[int]:
    import h5py

    sizes: list[int] = []

    def visit(_: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            sizes.append(int(item.nbytes))

    with h5py.File(stream_of(content), "r") as file:
        file.visititems(visit)
    return sizes


def _mat_bytes(content: Content) -> Iterator[int]:
    """Unpacked size of each compressed element of a MATLAB 5 file."""
    order = "<" if content[MAT_ENDIAN_AT : MAT_ENDIAN_AT + 2] == b"IM" else ">"
    start = MAT_HEADER_BYTES
    while start + TAG_BYTES <= len(content):
        kind, size = struct.unpack(f"{order}II", content[start : start + TAG_BYTES])
        if kind == 0:  # no element has this type: the rest was never written
            return
        if kind == COMPRESSED:
            packed = content[start + TAG_BYTES : start + TAG_BYTES + min(size, 1 << 16)]
            try:
                tag = zlib.decompressobj().decompress(packed, TAG_BYTES)
            except zlib.error:
                return
            if len(tag) == TAG_BYTES:
                yield struct.unpack(f"{order}II", tag)[1]
        start += TAG_BYTES + size
