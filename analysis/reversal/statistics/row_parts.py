"""Rows of samples that are used a part at a time, because together they may be larger than the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

import numpy as np

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


def by_row(function: Callable[[FloatArray], FloatArray], rows: Rows) -> FloatArray:
    """Results of a function that gives one result a row, in the order of the rows."""
    return np.concatenate([function(part) for part in parts_of(rows)])
