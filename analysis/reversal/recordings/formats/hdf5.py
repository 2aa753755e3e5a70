"""An HDF5 file, read with h5py. Every access is a library call: damaged bytes can raise any exception.

Samples are read block by block, when they are used. HDF5 unpacks a compressed chunk for each access to it, and would
keep it in memory for each data set: so blocks are whole chunks, and HDF5 keeps none. A data set with large chunks is
unpacked once, into a file on disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.files.file_content import MB, Content, FileContent, stream_of
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.files.scratch_file import ScratchFile
from reversal.recordings.formats.hdf5_trial import refuse_fatal_file
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recording.stored_samples import BLOCK_SAMPLES, SampleSource, StoredSamples

Result = TypeVar("Result")

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_ELEMENTS = 50_000_000  # that are read at once
LARGE_CHUNK_BYTES, MAX_CHUNK_BYTES = 8 * MB, 64 * MB  # unpacked


class Hdf5:
    """An open file. Groups and data sets are those of h5py; a missing member or attribute is None."""

    def __init__(self, content: Content, path: Path) -> None:
        import h5py

        self.path, self._content = path, content
        self._scratch = cache(lambda: ScratchFile(path))
        refuse_fatal_file(content, path)
        self.root: Any = self._ask(lambda: h5py.File(stream_of(content), "r", rdcc_nbytes=0))

    def _ask(self, call: Callable[[], Result]) -> Result:
        remedy = "The file is damaged or not yet copied completely: copy it again"
        return library_call(call, "the HDF5 file cannot be read", self.path, remedy)

    def member(self, group: Any, *names: str) -> Any:
        """Member of a group, or member of a member; None if it is missing."""
        for name in names:
            if group is None or not self.is_group(group):
                return None
            group = self._ask(lambda group=group, name=name: group.get(name))  # type: ignore[misc]
        return group

    def members(self, group: Any) -> dict[str, Any]:
        """Members of a group by name; empty if there is no group."""
        if group is None or not self.is_group(group):
            return {}
        found = {_plain(name): node for name, node in self._ask(lambda: list(group.items())) if node is not None}
        return {name: node for name, node in found.items() if isinstance(name, str)}

    def is_group(self, node: Any) -> bool:
        """True for a group, False for a data set."""
        return hasattr(node, "items")

    def attribute(self, node: Any, name: str) -> Any:
        """Value of an attribute, None if it is missing; bytes as text."""
        return _plain(self._ask(lambda: node.attrs.get(name)))

    def attribute_names(self, node: Any) -> list[str]:
        """Names of the attributes of a group or a data set."""
        return self._ask(lambda: list(node.attrs))

    def text(self, node: Any) -> str:
        """Text of a scalar; empty if there is none."""
        value = None if node is None or self.is_group(node) else _plain(self._ask(lambda: node[()]))
        return "" if value is None else str(value)

    def number(self, node: Any) -> float | None:
        """Number of a scalar; None if there is none."""
        return None if node is None or self.is_group(node) else self._ask(lambda: float(node[()]))

    def number_of_attribute(self, node: Any, name: str, default: float) -> float:
        """Number of an attribute, or the default if it is missing."""
        return self._ask(lambda: float(node.attrs.get(name, default)))

    def values(self, node: Any) -> Any:
        """All elements of a data set of one dimension."""
        if self.size(node) > MAX_ELEMENTS:
            raise self._no_trace(f"{self.size(node)} elements", f"at most {MAX_ELEMENTS}")
        return self._ask(lambda: node[()])

    def numbers(self, node: Any) -> SampleArray:
        """All numbers of a data set of one dimension, shape (numbers,)."""
        values = self.values(node)
        return self._ask(lambda: np.asarray(values, dtype=float))

    def samples(self, node: Any, change: Callable[[Any], SampleArray], *row: int) -> StoredSamples:
        """Samples along the last dimension of a data set, which are read when they are used.

        change : from elements as they are stored to samples in double precision
        row : places in the other dimensions

        Raises RecordingRefused for other dimensions, for elements that are not numbers (or pairs of a number and
        something else), and if a chunk is too large to be unpacked.
        """
        shape, kind = self.shape(node), self.dtype(node).kind
        if len(shape) != len(row) + 1 or shape[-1] <= 0 or kind not in "iufbV":
            raise self._no_trace(f"{shape} of type '{kind}'", "a number for each sample")
        chunk = self._ask(lambda: node.chunks[-1] if node.chunks else 1)
        block = max(BLOCK_SAMPLES - BLOCK_SAMPLES % chunk, min(chunk, LARGE_CHUNK_BYTES // 8))
        read = self._reader(node, row)
        return StoredSamples(
            SampleSource(lambda start, stop: change(read(start, stop)), shape[-1], np.dtype(np.float64), block)
        )

    def stored_array(self, node: Any) -> StoredArray:
        """Numbers of a data set of any shape, which are read when they are used. Raises RecordingRefused."""
        shape, dtype = self.shape(node), self.dtype(node)
        if math.prod(shape) == 0 or not shape or dtype.kind not in "iuf":
            raise RecordingRefused(
                "the array is empty or does not contain real numbers",
                file=self.path,
                found=f"{shape} of type {dtype}",
            )
        self._chunk_bytes(node)
        chunks = self._ask(lambda: node.chunks) or (1,) * len(shape)
        return StoredArray(lambda where: self._fresh(node, *where), shape, tuple(range(len(shape))), chunks, self.path)

    def _reader(self, node: Any, row: tuple[int, ...]) -> Callable[[int, int], Any]:
        """Function that reads elements from a first to before a last one."""

        def read(start: int, stop: int) -> Any:
            return self._fresh(node, *row, slice(start, stop))

        if self._chunk_bytes(node) <= LARGE_CHUNK_BYTES:
            return read
        chunk, dtype = self._ask(lambda: node.chunks[-1]), self.dtype(node)
        starts = range(0, self.shape(node)[-1], chunk)
        place = cache(lambda: self._scratch().append(read(first, first + chunk) for first in starts))
        return lambda start, stop: self._scratch().read(place() + start * dtype.itemsize, stop - start, dtype)

    def _chunk_bytes(self, node: Any) -> int:
        """Size of a chunk that is unpacked as a whole, 0 if none is. Raises RecordingRefused if it is too large."""
        chunks = self._ask(lambda: node.chunks)
        is_packed = self._ask(lambda: node.id.get_create_plist().get_nfilters() > 0)
        size = math.prod(chunks) * self.dtype(node).itemsize if chunks and is_packed else 0
        if size > MAX_CHUNK_BYTES:
            raise RecordingRefused(
                "a compressed chunk of the HDF5 file is too large",
                file=self.path,
                place=self._ask(lambda: str(node.name)),
                found=f"{size / MB:.0f} MB",
                expected=f"at most {MAX_CHUNK_BYTES / MB:.0f} MB",
                remedy="Save the recording with smaller chunks, for example with h5repack -l CHUNK=100000",
            )
        return size

    def _fresh(self, node: Any, *where: int | slice) -> Any:
        """Elements at some places of a data set, of a file that has not changed since it was opened."""
        found = self.part(node, *where)
        if isinstance(self._content, FileContent):
            self._content.refuse_change()
        return found

    def array(self, node: Any, max_bytes: int) -> Any:
        """All elements of a data set of any shape, as NumPy gives them. Raises RecordingRefused if it is too large."""
        size = 0 if node is None or self.is_group(node) else self._ask(lambda: int(node.size * node.dtype.itemsize))
        if not 0 < size <= max_bytes:
            raise RecordingRefused(
                "an array of the HDF5 file is empty or too large",
                file=self.path,
                found=f"{size} bytes",
                expected=f"1 to {max_bytes} bytes",
            )
        return self._ask(lambda: np.asarray(node[()]))

    def shape(self, node: Any) -> tuple[int, ...]:
        """Dimensions of a data set; none for a group or without a node."""
        return () if node is None or self.is_group(node) else self._ask(lambda: tuple(node.shape or ()))

    def dtype(self, node: Any) -> np.dtype[Any]:
        """Type of the elements of a data set; that of nothing without one."""
        return np.dtype("V") if node is None or self.is_group(node) else self._ask(lambda: np.dtype(node.dtype))

    def part(self, node: Any, *where: int | slice) -> Any:
        """Elements at some places of a data set, as NumPy gives them."""
        return self._ask(lambda: np.asarray(node[where]))

    def size(self, node: Any) -> int:
        """Number of elements of a data set of one dimension."""
        shape = self.shape(node)
        if len(shape) != 1 or shape[0] <= 0:
            raise self._no_trace(shape, "one dimension, with samples")
        return int(shape[0])

    def address(self, node: Any) -> tuple[int, int]:
        """Place of a group or a data set in the file. It is the same through every link to it."""
        import h5py

        info = self._ask(lambda: h5py.h5o.get_info(node.id))
        return int(info.fileno), int(info.addr)

    def target(self, reference: Any) -> Any:
        """Group or data set that an object reference points to; None for an empty reference."""
        return self._ask(lambda: self.root[reference]) if reference else None

    def _no_trace(self, found: object, expected: str) -> RecordingRefused:
        return RecordingRefused("a series is not a single trace", file=self.path, found=found, expected=expected)


def _plain(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
