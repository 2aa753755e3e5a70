"""An array of numbers in a file, of which only parts are in memory.

The sweeps of an array can be along any of its dimensions. Where the samples of a sweep are far from each other in the
file (columns, or chunks with samples of many sweeps), all sweeps are read together once, in bands of neighbouring
samples, and written to a file on disk, from which each sweep is read.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.recordings.files.scratch_file import ScratchFile
from reversal.recordings.recording.stored_samples import StoredSamples, in_rows

BAND_BYTES = 16 << 20
DOUBLE = np.dtype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class StoredArray:
    """An array, or a view of it with other dimensions.

    read : part of the array in the file, of ranges of its dimensions
    stored : size of each dimension in the file; its last one has neighbouring elements
    axes : dimension in the file of each dimension of the view
    fixed : place in each of the other dimensions in the file
    chunks : elements that are stored together, by dimension in the file
    path : the file, for the refusal if the disk is full
    """

    read: Callable[[tuple[slice, ...]], NDArray[Any]]
    stored: tuple[int, ...]
    axes: tuple[int, ...]
    chunks: tuple[int, ...]
    path: Path
    fixed: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, array: NDArray[Any], path: Path) -> StoredArray:
        """An array in memory."""
        return cls(lambda where: array[where], array.shape, tuple(range(array.ndim)), (1,) * array.ndim, path)

    @property
    def shape(self) -> tuple[int, ...]:
        """Size of each dimension."""
        return tuple(self.stored[axis] for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def T(self) -> StoredArray:
        """The array with its dimensions in reverse order."""
        return self.transposed(range(len(self.axes))[::-1])

    def transposed(self, order: Sequence[int]) -> StoredArray:
        """The array with its dimensions in another order."""
        return replace(self, axes=tuple(self.axes[n] for n in order))

    def squeezed(self) -> StoredArray:
        """The array without dimensions of one element."""
        single = [axis for axis in self.axes if self.stored[axis] == 1]
        kept = tuple(axis for axis in self.axes if axis not in single)
        return replace(self, axes=kept, fixed=(*self.fixed, *((axis, 0) for axis in single)))

    def at(self, n: int) -> StoredArray:
        """The n-th part along the first dimension."""
        return replace(self, axes=self.axes[1:], fixed=(*self.fixed, (self.axes[0], n)))

    def part(self, *where: slice) -> FloatArray:
        """Elements in ranges of all dimensions."""
        ranges = [slice(place, place + 1) for place in range(len(self.stored))]
        for axis, place in self.fixed:
            ranges[axis] = slice(place, place + 1)
        for axis, one in zip(self.axes, where, strict=True):
            ranges[axis] = slice(*one.indices(self.stored[axis])[:2])
        found = self.read(tuple(ranges))
        sizes = [found.shape[axis] for axis in self.axes]
        others = [axis for axis, _ in self.fixed]
        return np.asarray(np.transpose(found, (*self.axes, *others)).reshape(sizes), dtype=float)

    def rows(self) -> list[StoredSamples]:
        """Samples of each row of an array of two dimensions, of one as the only row."""
        if len(self.axes) == 1:
            return list(in_rows(lambda _, samples: self.part(samples)[None, :], 1, self.shape[0], DOUBLE))
        rows, samples = self.shape
        is_by_row = self.axes[1] == len(self.stored) - 1 and self.chunks[self.axes[0]] == 1
        if is_by_row:
            return list(in_rows(self.part, rows, samples, DOUBLE))
        bands = cache(self._bands)
        return list(in_rows(lambda *where: bands().part(*where), rows, samples, DOUBLE))

    def _bands(self) -> Bands:
        """All rows, in a file on disk."""
        rows, samples = self.shape
        chunk = self.chunks[self.axes[1]]
        width = max(BAND_BYTES // (rows * DOUBLE.itemsize * chunk), 1) * chunk
        bands = Bands(ScratchFile(self.path))
        for first in range(0, samples, width):
            bands.append(self.part(slice(None), slice(first, first + width)))
        return bands


class Bands:
    """Rows in a file on disk, in bands of neighbouring samples of all rows."""

    def __init__(self, scratch: ScratchFile) -> None:
        self._scratch = scratch
        self._firsts: list[int] = []
        self._places: list[int] = []
        self.samples = 0

    def append(self, band: FloatArray) -> None:
        """Add the next samples of all rows, shape (rows, samples)."""
        self._firsts.append(self.samples)
        self._places.append(self._scratch.append([band]))
        self.samples += band.shape[1]

    def part(self, rows: slice, samples: slice) -> FloatArray:
        """Samples of some rows."""
        start, stop = samples.start, min(samples.stop, self.samples)
        return np.stack([self._row(row, start, stop) for row in range(rows.start, rows.stop)])

    def _row(self, row: int, start: int, stop: int) -> FloatArray:
        parts = []
        for n in range(bisect_right(self._firsts, start) - 1, bisect_right(self._firsts, stop - 1)):
            first = self._firsts[n]
            last = self._firsts[n + 1] if n + 1 < len(self._firsts) else self.samples
            begin, end = max(start, first), min(stop, last)
            place = self._places[n] + (row * (last - first) + begin - first) * DOUBLE.itemsize
            parts.append(self._scratch.read(place, end - begin, DOUBLE))
        return np.concatenate(parts)
