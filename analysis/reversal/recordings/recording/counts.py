"""Samples as the whole numbers that their converter gave, with the value of each number.

A converter of 16 bits has 65 536 values. Whole numbers take a third of the space of the samples and a third of the time
to pack. Nothing is rounded: every sample is compared with the value of its number, bit by bit. Samples that are not
those of a converter (calculated, averaged, filtered) have no numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import SampleArray

Numbers: TypeAlias = NDArray[np.int16]

MOST_NUMBERS = 1 << 16
LOOKED_AT = 1 << 12  # samples from which the step is found: noise of a few counts has all neighbouring counts in them
NEXT_GAP = 1.5  # the gap after the smallest is two steps


class Counts:
    """Values of whole numbers, which become known while samples are numbered.

    origin, step : value of the number 0, and difference between neighbouring numbers, unit of the samples
    """

    def __init__(self, dtype: np.dtype[np.floating], origin: float, step: float) -> None:
        self._origin, self._step = dtype.type(origin), dtype.type(step)
        self._values = np.zeros(MOST_NUMBERS, dtype)
        self._known = np.zeros(MOST_NUMBERS, dtype=bool)

    @classmethod
    def of(cls, samples: SampleArray) -> Counts | None:
        """Counts with the step that some of the samples show; None if it is not that of a converter."""
        some = samples.ravel()[:: max(samples.size // LOOKED_AT, 1)]
        if samples.dtype.kind != "f" or not np.all(np.isfinite(some)):
            return None
        values = np.unique(some)
        gaps = np.diff(values.astype(np.float64))
        if not gaps.size:
            return cls(samples.dtype, float(values[0]), 1.0)
        if gaps.sum() / gaps.min() >= MOST_NUMBERS:
            return None
        # values are rounded: the mean of the small gaps is nearly the step, and every gap is a whole number of steps
        usual = gaps[gaps < NEXT_GAP * gaps.min()].mean()
        return cls(samples.dtype, float(values[0]), float(gaps.sum() / np.rint(gaps / usual).sum()))

    def numbers(self, samples: SampleArray) -> Numbers | None:
        """Whole numbers of the same shape; None if a sample is not the value of its number."""
        with np.errstate(over="ignore", invalid="ignore"):
            places = np.rint((samples - self._origin) / self._step)
        if not np.abs(places).max() < MOST_NUMBERS:  # also if one is not a number
            return None
        # modulo 65 536, because the origin may be any value of the converter: no two of its values get the same number
        numbers: Numbers = places.astype(np.int32).astype(np.int16)
        index = _index(numbers)
        if not self._known[index].all():
            values = self._values.copy()
            values[index] = samples
            self._values = np.where(self._known, self._values, values)
            self._known[index] = True
        return numbers if _same_bits(self._values[index], samples) else None

    def table(self) -> ValueTable:
        """Values of all numbers that were used."""
        used = np.flatnonzero(self._known)
        return ValueTable(used.astype(np.uint16).view(np.int16), self._values[used])


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Numbers that samples have, and the value of each, both (numbers,)."""

    numbers: Numbers
    values: SampleArray

    def of(self, numbers: Numbers) -> SampleArray:
        """Samples, as they were before."""
        every = np.zeros(MOST_NUMBERS, self.values.dtype)
        every[_index(self.numbers)] = self.values
        samples: SampleArray = every[_index(numbers)]
        return samples


def _index(numbers: Numbers) -> NDArray[np.uint16]:
    return numbers.view(np.uint16)


def _same_bits(found: SampleArray, samples: SampleArray) -> bool:
    """Whether two arrays are equal, also in the sign of a zero."""
    whole = f"i{samples.dtype.itemsize}"
    return bool(np.array_equal(found.view(whole), np.ascontiguousarray(samples).view(whole)))
