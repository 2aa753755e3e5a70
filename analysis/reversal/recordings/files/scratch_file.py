"""Arrays in an unnamed temporary file, for content that can only be unpacked in order.

The file has no name, so that the system removes it with the process, however that ends. Its folder is that of
temporary files (TMPDIR).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.recordings.recording.recording import RecordingRefused


class ScratchFile:
    """Arrays on disk, one after another.

    recording : file whose content it has, for the refusal if the disk is full
    """

    def __init__(self, recording: Path) -> None:
        self._recording = recording
        self._size = 0
        with self._on_disk():
            self._stream = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as its arrays are used

    def append(self, parts: Iterable[NDArray[Any]]) -> int:
        """Write the parts of an array in order; the place of its first byte. Raises RecordingRefused if it cannot."""
        place = self._size
        for part in parts:
            with self._on_disk():
                self._stream.seek(self._size)
                self._stream.write(np.ascontiguousarray(part).tobytes())
            self._size += part.nbytes
        return place

    def read(self, place: int, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Elements from a place on."""
        with self._on_disk():
            self._stream.seek(place)
            return np.frombuffer(self._stream.read(count * dtype.itemsize), dtype)

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise RecordingRefused(
                "the file cannot be unpacked into the folder of temporary files",
                file=self._recording,
                place=tempfile.gettempdir(),
                found=fault.strerror or str(fault),
                remedy="Free space there, or set TMPDIR to a folder with space",
            ) from fault
