"""An HDF5 file, read with h5py. Every access is a library call: damaged bytes can raise any exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.files.file_content import Content, stream_of
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.hdf5_trial import refuse_fatal_file
from reversal.recordings.recording.recording import RecordingRefused

Result = TypeVar("Result")

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_SAMPLES = 50_000_000


class Hdf5:
    """An open file. Groups and data sets are those of h5py; a missing member or attribute is None."""

    def __init__(self, content: Content, path: Path) -> None:
        import h5py

        self.path = path
        refuse_fatal_file(content, path)
        self.root: Any = self._ask(lambda: h5py.File(stream_of(content), "r"))

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
        self._check_one_dimension(node)
        return self._ask(lambda: node[()])

    def numbers(self, node: Any) -> SampleArray:
        """All numbers of a data set of one dimension, shape (samples,)."""
        self._check_one_dimension(node)
        return self._ask(lambda: np.asarray(node[()], dtype=float))

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

    def size(self, node: Any) -> int:
        """Number of elements of a data set of one dimension."""
        self._check_one_dimension(node)
        return int(self._ask(lambda: node.size))

    def address(self, node: Any) -> tuple[int, int]:
        """Place of a group or a data set in the file. It is the same through every link to it."""
        import h5py

        info = self._ask(lambda: h5py.h5o.get_info(node.id))
        return int(info.fileno), int(info.addr)

    def target(self, reference: Any) -> Any:
        """Group or data set that an object reference points to; None for an empty reference."""
        return self._ask(lambda: self.root[reference]) if reference else None

    def _check_one_dimension(self, node: Any) -> None:
        shape = () if node is None or self.is_group(node) else self._ask(lambda: tuple(node.shape or ()))
        if len(shape) != 1 or not 0 < shape[0] <= MAX_SAMPLES:
            raise RecordingRefused(
                "a series is not a single trace",
                file=self.path,
                found=shape,
                expected=f"one dimension, 1 to {MAX_SAMPLES} samples",
            )


def _plain(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
