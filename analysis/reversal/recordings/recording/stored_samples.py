"""Samples of one sweep and channel: an array, or samples that stay in their file and are read block by block.

A recording may be larger than the memory of a job. So only the blocks that were used last are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from reversal.arrays import SampleArray

BLOCK_SAMPLES = 1 << 17
BLOCKS_IN_MEMORY = 128  # 64 MB of float32


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
            parts.append(_block(self, first)[begin - first : stop - first : step])
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.empty(0, self.dtype)


@lru_cache(maxsize=BLOCKS_IN_MEMORY)
def _block(source: SampleSource, first: int) -> SampleArray:
    samples = source.read(first, min(first + source.block, source.count))
    samples.flags.writeable = False
    return samples


def clear_blocks() -> None:
    """Forget all blocks, so that they are read again."""
    _block.cache_clear()


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

    def negated(self) -> StoredSamples:
        """The same samples with the opposite sign; they stay in their file."""
        source = self._source
        opposite = SampleSource(lambda start, stop: -source.read(start, stop), source.count, source.dtype, source.block)
        return StoredSamples(opposite, self._first, self.size)


Samples: TypeAlias = SampleArray | StoredSamples


def negated(samples: Samples) -> Samples:
    """Samples with the opposite sign."""
    return samples.negated() if isinstance(samples, StoredSamples) else -samples


def hold_in_memory(samples: Samples) -> None:
    """Keep all samples in memory from now on."""
    if isinstance(samples, StoredSamples):
        samples.hold()


def blocks_of(samples: Samples) -> Iterator[SampleArray]:
    """All samples in order, a block at a time."""
    for first in range(0, samples.size, BLOCK_SAMPLES):
        yield samples[first : first + BLOCK_SAMPLES]


def extremes(samples: Samples) -> tuple[np.floating, np.floating]:
    """Smallest and largest sample; both are NaN if a sample is. There is at least one sample."""
    return samples.extremes() if isinstance(samples, StoredSamples) else _extremes(samples)


def _extremes(samples: SampleArray) -> tuple[np.floating, np.floating]:
    return np.min(samples), np.max(samples)
