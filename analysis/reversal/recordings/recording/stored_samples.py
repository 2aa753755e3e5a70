"""Samples of one sweep and channel: an array, or samples that stay in their file and are read block by block.

A recording may be larger than the memory of a job. So only the blocks that were used last are in memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.recordings_constants import STRETCHES, WHOLE_SAMPLES

BLOCK_SAMPLES = 1 << 17
BYTES_IN_MEMORY = 64 << 20  # of the blocks that were used last


@dataclass(frozen=True, slots=True, eq=False)
class SampleSource:
    """Samples in a file, those of several sweeps one after another.

    read : reads samples from a first to before a last one
    count : number of samples
    block : number of samples that are read at once
    """

    read: Callable[[int, int], SampleArray]
    count: int
    dtype: np.dtype[np.floating]
    block: int = BLOCK_SAMPLES

    def between(self, start: int, stop: int, step: int) -> SampleArray:
        """Every ``step``-th sample from ``start`` to before ``stop``; the array must not be written to."""
        parts = []
        for first in range(start - start % self.block, stop, self.block):
            begin = start if first <= start else first + (start - first) % step
            block = _BLOCKS.block(self, first)
            part = block[begin - first : stop - first : step]
            if 2 * part.size < block.size:  # few samples must not keep a whole block in memory
                part = part.copy()
                part.flags.writeable = False
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.empty(0, self.dtype)


class _Blocks:
    """The blocks that were used last, up to a number of bytes, so that a long block leaves room for few others."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[SampleSource, int], SampleArray] = OrderedDict()  # in the order of their use
        self._bytes = 0

    def block(self, source: SampleSource, first: int) -> SampleArray:
        """Samples of a source from a first one on, read if they are not in memory."""
        samples = self._kept.pop((source, first), None)
        if samples is None:
            samples = source.read(first, min(first + source.block, source.count))
            samples.flags.writeable = False
            self._bytes += samples.nbytes
        self._kept[source, first] = samples
        while self._bytes > BYTES_IN_MEMORY and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return samples

    def clear(self) -> None:
        """Forget all blocks."""
        self._kept.clear()
        self._bytes = 0


_BLOCKS = _Blocks()


def clear_blocks() -> None:
    """Forget all blocks, so that they are read again."""
    _BLOCKS.clear()


class StoredSamples:
    """Samples of a sweep that stay in their file. A slice is an array that must not be written to."""

    __slots__ = ("_extremes", "_first", "_held", "_source", "size")

    def __init__(self, source: SampleSource, first: int = 0, size: int | None = None) -> None:
        self._source, self._first = source, first
        self.size = source.count if size is None else size
        self._extremes: tuple[np.floating, np.floating] | None = None
        self._held: SampleArray | None = None

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """Precision of the samples."""
        return self._source.dtype

    def __getitem__(self, where: slice) -> SampleArray:
        start, stop, step = where.indices(self.size)
        if step < 0:
            raise ValueError("samples in a file are read in the order of time")
        if self._held is not None:
            return self._held[start:stop:step]
        return self._source.between(self._first + start, self._first + stop, step)

    def hold(self) -> None:
        """Read all samples now and keep them, whatever becomes of the file."""
        samples = self[:]
        samples.flags.writeable = False
        self._held = samples

    def extremes(self) -> tuple[np.floating, np.floating]:
        """Smallest and largest sample, found once; both are NaN if a sample is."""
        if self._extremes is None:
            pairs = [_extremes(block) for block in blocks_of(self)]
            self._extremes = np.min([low for low, _ in pairs]), np.max([high for _, high in pairs])
        return self._extremes

    def part(self, first: int, size: int) -> StoredSamples:
        """Some neighbouring samples, which stay in their file too."""
        return StoredSamples(self._source, self._first + first, size)

    def changed(self, change: Change, dtype: np.dtype[np.floating] | None = None) -> StoredSamples:
        """The samples after a change, which can give them another precision; they stay in their file."""
        source = self._source

        def read(start: int, stop: int) -> SampleArray:
            return change(source.read(start, stop))

        of_change = SampleSource(read, source.count, dtype or source.dtype, source.block)
        return StoredSamples(of_change, self._first, self.size)


def rows_at_once(samples: int) -> int:
    """Number of rows that are read together: many short ones, or one long one in blocks."""
    return max(BLOCK_SAMPLES // samples, 1)


def in_rows(
    take: Callable[[slice, slice], SampleArray], rows: int, samples: int, dtype: np.dtype[np.floating]
) -> Iterator[StoredSamples]:
    """Samples of each row of a table.

    take : samples of some rows, shape (rows, samples)
    """
    at_once = rows_at_once(samples)
    if at_once == 1:
        for n in range(rows):
            yield StoredSamples(SampleSource(partial(_of_row, take, n), samples, dtype))
        return

    def read(start: int, stop: int) -> SampleArray:
        return take(slice(start // samples, stop // samples), slice(0, samples)).reshape(-1)

    source = SampleSource(read, rows * samples, dtype, block=at_once * samples)
    yield from (StoredSamples(source, n * samples, samples) for n in range(rows))


def _of_row(take: Callable[[slice, slice], SampleArray], row: int, start: int, stop: int) -> SampleArray:
    return take(slice(row, row + 1), slice(start, stop)).reshape(-1)


Samples: TypeAlias = SampleArray | StoredSamples
Change: TypeAlias = Callable[[SampleArray], SampleArray]  # of each sample by itself


def changed(samples: Samples, change: Change) -> Samples:
    """Samples after a change of each of them."""
    return samples.changed(change) if isinstance(samples, StoredSamples) else change(samples)


def part_of(samples: Samples, first: int, size: int) -> Samples:
    """Some neighbouring samples."""
    return samples.part(first, size) if isinstance(samples, StoredSamples) else samples[first : first + size]


def negated(samples: Samples) -> Samples:
    """Samples with the opposite sign."""
    return changed(samples, np.negative)


def hold_in_memory(samples: Samples) -> None:
    """Keep all samples in memory from now on."""
    if isinstance(samples, StoredSamples):
        samples.hold()


def blocks_of(samples: Samples) -> Iterator[SampleArray]:
    """All samples in order, a block at a time."""
    for first in range(0, samples.size, BLOCK_SAMPLES):
        yield samples[first : first + BLOCK_SAMPLES]


def every(samples: int) -> int:
    """Distance of the samples that are looked at in a trace of so many: 1 but for a long one."""
    return max(-(-samples // WHOLE_SAMPLES), 1)


def stretches(samples: Samples) -> Iterator[SampleArray]:
    """Neighbouring samples: the whole trace, or parts of a long one, evenly spread over it."""
    if samples.size <= WHOLE_SAMPLES:
        yield samples[:]
        return
    size = WHOLE_SAMPLES // STRETCHES
    for n in range(STRETCHES):
        first = n * (samples.size - size) // (STRETCHES - 1)
        yield samples[first : first + size]


def extremes(samples: Samples) -> tuple[np.floating, np.floating]:
    """Smallest and largest sample; both are NaN if a sample is. There is at least one sample."""
    return samples.extremes() if isinstance(samples, StoredSamples) else _extremes(samples)


def _extremes(samples: SampleArray) -> tuple[np.floating, np.floating]:
    return np.min(samples), np.max(samples)
