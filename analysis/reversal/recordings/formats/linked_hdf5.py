"""HDF5 files that refer to other files: external links, external storage and virtual data sets.

The hash and the time of such a file do not change with the other files. By default it is refused. If links are
followed, each external link is replaced by its content in a copy of the file on disk, and the names of the other files
are returned, so that a change in them is detected. Only files in the folder of the recording, or below, are followed.
Samples in external storage or in the sources of a virtual data set are not copied: they are refused. Content that needs
the rest of its own file (object references, soft links, virtual data sets) is not copied, but refused.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.files.file_content import MB, Content, FileContent, refuse_large, stream_of
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.hdf5 import SIGNATURE
from reversal.recordings.formats.hdf5_trial import refuse_fatal_file
from reversal.recordings.recording.recording import RecordingRefused

USER_BLOCKS_BYTES = (0, 512, 1024, 2048, 4096)  # MATLAB 7.3 files start with 512 bytes of text
_SAME_FILE = "."
_ONE_FILE = "Save the recording as one file"


class Reference(NamedTuple):
    """A reference to another file: its name, the place in this file, and the target of a link or None for samples."""

    file: str
    place: str
    target: str | None


def is_hdf5(content: Content) -> bool:
    """Whether a file is HDF5, with or without a block of the user before it."""
    return any(content[start : start + len(SIGNATURE)] == SIGNATURE for start in USER_BLOCKS_BYTES)


def with_linked_files(path: Path, content: Content, options: ReadingOptions) -> tuple[Content, tuple[Path, ...]]:
    """Content of an HDF5 file with everything that it refers to, and the paths of the other files.

    Raises RecordingRefused if it refers to other files and these are not followed, or cannot be.
    """
    references = linked_files(content)
    if not references:
        return content, ()
    if not options.follow_links:
        raise RecordingRefused(
            "the file refers to other files",
            file=path,
            found=", ".join(sorted({reference.file for reference in references})[:5]),
            remedy=f"{_ONE_FILE}, or set linked_files: follow",
        )
    _refuse_outside_samples(path, references)
    others = tuple(dict.fromkeys(_inside(path, link.file) for link in references))
    for other in others:
        refuse_large(other, options.max_file_MB)
    size = sum(other.stat().st_size for other in (path, *others))
    if size > options.max_file_MB * MB:
        raise RecordingRefused(
            "the linked files are together larger than the limit",
            file=path,
            found=f"{size / MB:.0f} MB",
            expected=f"at most {options.max_file_MB:g} MB (max_file_MB)",
        )
    for other in others:
        _refuse_further_links(path, FileContent(other, options.max_file_MB))
    for link in references:
        _refuse_tied_content(path, link)
    return _expanded(path, references), others


def linked_files(content: Content) -> list[Reference]:
    """All references to other files.

    Empty for a file that cannot be opened: its reader then refuses it with the reason.
    """
    try:
        refuse_fatal_file(content, Path())
        return library_call(lambda: _references(content), "the file cannot be opened", Path())
    except RecordingRefused:
        return []


def _references(content: Content) -> list[Reference]:
    import h5py

    with h5py.File(stream_of(content), "r") as file:
        return [*_external_links(file), *_external_data(file)]


def _external_links(file: Any) -> Iterator[Reference]:
    import h5py

    found: list[Reference] = []

    def visit(name: str, link: Any) -> None:
        if isinstance(link, h5py.ExternalLink):
            found.append(Reference(link.filename, name, link.path))

    file.visititems_links(visit)
    yield from found


def _external_data(file: Any) -> Iterator[Reference]:
    import h5py

    found: list[Reference] = []

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.extend(Reference(other, name, None) for other, *_ in item.external or ())
            sources = item.virtual_sources() if item.is_virtual else []
            found.extend(Reference(one.file_name, name, None) for one in sources if one.file_name != _SAME_FILE)

    file.visititems(visit)
    yield from found


def _refuse_outside_samples(path: Path, references: Sequence[Reference]) -> None:
    """Raise RecordingRefused for samples in external storage or in the sources of a virtual data set."""
    for reference in references:
        if reference.target is None:
            raise RecordingRefused(
                "the samples of a data set are in another file: only external links are followed",
                file=path,
                place=reference.place,
                found=reference.file,
                remedy=_ONE_FILE,
            )


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


def _refuse_further_links(path: Path, content: FileContent) -> None:
    if is_hdf5(content) and (further := linked_files(content)):
        raise RecordingRefused(
            "a file that the recording refers to refers to another file", file=path, found=further[0].file
        )


def _refuse_tied_content(path: Path, link: Reference) -> None:
    """Raise RecordingRefused if the content of a link is no longer the same outside its own file."""
    what = "the linked files cannot be read"
    if tie := library_call(lambda: _tie(path.parent / link.file, link.target), what, path):
        raise RecordingRefused(
            f"a link cannot be followed: its content has {tie}",
            file=path,
            place=link.place,
            found=f"{link.file}, {link.target}",
            remedy=_ONE_FILE,
        )


def _tie(other: Path, target: str | None) -> str | None:
    """What connects a group or data set with the rest of its file; None if nothing does."""
    import h5py

    with h5py.File(other, "r") as file:
        item = file[target]
        if not isinstance(item, h5py.Group):
            return _tie_of(item)
        return _tie_of(item) or item.visititems(lambda _, one: _tie_of(one)) or item.visititems_links(_tie_of_link)


def _tie_of(item: Any) -> str | None:
    import h5py

    types = [item.attrs.get_id(name).get_type() for name in item.attrs]
    if isinstance(item, h5py.Dataset):
        if item.is_virtual:
            return "a virtual data set"
        types.append(item.id.get_type())
    return "object references" if any(one.detect_class(h5py.h5t.REFERENCE) for one in types) else None


def _tie_of_link(_: str, link: Any) -> str | None:
    import h5py

    return "soft links" if isinstance(link, h5py.SoftLink) else None


def _expanded(path: Path, links: Sequence[Reference]) -> FileContent:
    """A copy of the file with linked groups and data in the place of the links, on disk as long as it is used."""
    handle, name = tempfile.mkstemp(suffix=path.suffix)
    os.close(handle)
    copy = Path(name)
    try:
        library_call(lambda: _copied(path, copy, links), "the linked files cannot be read", path)
        content = FileContent(copy, math.inf)
    except RecordingRefused:
        copy.unlink()
        raise
    weakref.finalize(content, copy.unlink, missing_ok=True)
    return content


def _copied(path: Path, copy: Path, links: Sequence[Reference]) -> None:
    import h5py

    shutil.copyfile(path, copy)
    with h5py.File(copy, "r+") as whole:
        for link in links:
            group, _, name = link.place.rpartition("/")
            parent = whole[group or "/"]
            del parent[name]
            with h5py.File(path.parent / link.file, "r") as other:
                other.copy(other[link.target], parent, name)
