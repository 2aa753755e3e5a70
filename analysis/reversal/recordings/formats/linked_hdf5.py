"""HDF5 files that refer to other files: external links, external storage and virtual data sets.

The hash and the time of such a file do not change with the other files. By default it is refused. If links are
followed, the content of the other files is copied into the file in memory, and their names are returned, so that a
change in them is detected. Only files in the folder of the recording, or below, are followed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reversal.recordings.library_calls import library_call
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import RecordingRefused

SIGNATURE = b"\x89HDF\r\n\x1a\n"
USER_BLOCKS_BYTES = (0, 512, 1024, 2048, 4096)  # MATLAB 7.3 files start with 512 bytes of text
MAX_LINKED_BYTES = 1 << 30
_SAME_FILE = "."


def is_hdf5(content: bytes) -> bool:
    """Whether a file is HDF5, with or without a block of the user before it."""
    return any(content[start : start + len(SIGNATURE)] == SIGNATURE for start in USER_BLOCKS_BYTES)


def with_linked_files(path: Path, content: bytes, options: ReadingOptions) -> tuple[bytes, tuple[Path, ...]]:
    """Content of an HDF5 file with everything that it refers to, and the paths of the other files.

    Raises RecordingRefused if it refers to other files and these are not followed, or cannot be.
    """
    linked = linked_files(content)
    if not linked:
        return content, ()
    if not options.follow_links:
        raise RecordingRefused(
            "the file refers to other files",
            file=path,
            found=", ".join(sorted({name for name, _ in linked})[:5]),
            remedy="Save the recording as one file, or set linked_files: follow",
        )
    others = tuple(dict.fromkeys(_inside(path, name) for name, _ in linked))
    if sum(other.stat().st_size for other in (path, *others)) > MAX_LINKED_BYTES:
        raise RecordingRefused(
            "the linked files are too large", file=path, expected=f"at most {MAX_LINKED_BYTES} bytes in all"
        )
    for other in others:
        _refuse_further_links(path, other)
    return _expanded(path), others


def linked_files(content: bytes) -> list[tuple[str, str]]:
    """Name of the other file and place of each reference.

    Empty for a file that cannot be opened: its reader then refuses it with the reason.
    """
    try:
        return library_call(lambda: _references(content), "the file cannot be opened", Path())
    except RecordingRefused:
        return []


def _references(content: bytes) -> list[tuple[str, str]]:
    import h5py

    with h5py.File(io.BytesIO(content), "r") as file:
        return [*_external_links(file), *_external_data(file)]


def _external_links(file: Any) -> Iterator[tuple[str, str]]:
    import h5py

    found: list[tuple[str, str]] = []

    def visit(name: str, link: Any) -> None:
        if isinstance(link, h5py.ExternalLink):
            found.append((link.filename, name))

    file.visititems_links(visit)
    yield from found


def _external_data(file: Any) -> Iterator[tuple[str, str]]:
    import h5py

    found: list[tuple[str, str]] = []

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.extend((other, name) for other, *_ in item.external or ())
            sources = item.virtual_sources() if item.is_virtual else []
            found.extend((source.file_name, name) for source in sources if source.file_name != _SAME_FILE)

    file.visititems(visit)
    yield from found


def _inside(path: Path, name: str) -> Path:
    """Path of another file; it must be in the folder of the recording or below."""
    other = (path.parent / name).resolve()
    if "%" in name or re.match(r"[A-Za-z]:", name) or not other.is_relative_to(path.parent.resolve()):
        raise RecordingRefused(
            "the file refers to a file outside its folder",
            file=path,
            found=name,
            expected="a file in the folder of the recording",
        )
    if not other.is_file():
        raise RecordingRefused("a file that the recording refers to is missing", file=path, found=name)
    return other


def _refuse_further_links(path: Path, other: Path) -> None:
    content = other.read_bytes()
    if is_hdf5(content) and (further := linked_files(content)):
        raise RecordingRefused(
            "a file that the recording refers to refers to another file", file=path, found=further[0][0]
        )


def _expanded(path: Path) -> bytes:
    """The file in memory, with linked groups and data in the place of the links."""
    return library_call(lambda: _copied(path), "the linked files cannot be read", path)


def _copied(path: Path) -> bytes:
    import h5py

    copy = io.BytesIO()
    with h5py.File(path, "r") as file, h5py.File(copy, "w") as whole:
        whole.attrs.update(file.attrs)
        for name in file:
            file.copy(name, whole, expand_external=True)
    return copy.getvalue()
