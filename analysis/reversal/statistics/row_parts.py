"""Rows of samples that are used a part at a time, because together they may be larger than the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray


class RowParts(Protocol):
    """Rows of equal length; ``parts`` reads them, neighbouring rows together, each time that it is called."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, and of samples in each."""

    def parts(self) -> Iterator[FloatArray]:
        """All rows in order, each part of shape (some rows, samples)."""


Rows: TypeAlias = FloatArray | RowParts


def parts_of(rows: Rows) -> Iterator[FloatArray]:
    """Parts of the rows; an array is a single part."""
    return iter((rows,)) if isinstance(rows, np.ndarray) else rows.parts()


@dataclass(frozen=True, slots=True, eq=False)
class MadeRows:
    """Rows that are made when they are used.

    shape : number of rows, and of samples in each; at_once : rows that are made together
    make : from the numbers of some rows to their samples
    """

    shape: tuple[int, int]
    at_once: int
    make: Callable[[slice], FloatArray]

    def parts(self) -> Iterator[FloatArray]:
        """All rows in order."""
        yield from (self.make(slice(first, first + self.at_once)) for first in range(0, self.shape[0], self.at_once))


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """The same samples of each row."""

    rows: RowParts
    start: int
    stop: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.stop - self.start

    def parts(self) -> Iterator[FloatArray]:
        yield from (part[:, self.start : self.stop] for part in self.rows.parts())


def columns(rows: Rows, where: slice) -> Rows:
    """The same samples of each row."""
    if isinstance(rows, np.ndarray):
        return rows[:, where]
    start, stop, _ = where.indices(rows.shape[1])
    return _Columns(rows, start, stop)


@dataclass(frozen=True, slots=True, eq=False)
class _Less:
    """Rows less a value of each, (rows,)."""

    rows: RowParts
    each: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape

    def parts(self) -> Iterator[FloatArray]:
        yield from (part - self.each[here, None] for here, part in numbered_parts(self.rows))


def less(rows: Rows, each: FloatArray) -> Rows:
    """Rows less a value of each, (rows,)."""
    return rows - each[:, None] if isinstance(rows, np.ndarray) else _Less(rows, each)


def numbered_parts(rows: Rows) -> Iterator[tuple[slice, FloatArray]]:
    """Parts with the numbers of their rows."""
    first = 0
    for part in parts_of(rows):
        yield slice(first, first + len(part)), part
        first += len(part)


def chosen_rows(rows: Rows, numbers: NDArray[np.intp]) -> FloatArray:
    """Rows of these numbers in their order; they must fit into the memory."""
    chosen = np.empty((numbers.size, rows.shape[1]))
    for here, part in numbered_parts(rows):
        inside = (numbers >= here.start) & (numbers < here.stop)
        chosen[inside] = part[numbers[inside] - here.start]
    return chosen


def by_row(function: Callable[[FloatArray], FloatArray], rows: Rows) -> FloatArray:
    """Results of a function that gives one result a row, in the order of the rows."""
    return np.concatenate([function(part) for part in parts_of(rows)])
