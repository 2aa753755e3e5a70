"""The sweeps of a recording: every stage takes the samples that it needs from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.protocol.measured_epoch import NotMeasurable
from reversal.measure.protocol.protocol_constants import MAX_CONVERTER_SWEEPS, MAX_PART_SAMPLES, MAX_WINDOW_SAMPLES
from reversal.measure.protocol.shared_epochs import Flat, common_flats
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.stored_samples import Samples
from reversal.statistics.quantisation import converter_step
from reversal.statistics.row_parts import MadeRows, Rows, by_row


@dataclass(frozen=True, slots=True)
class Sweeps:
    """The current of all sweeps of a recording.

    i_pA : current of each sweep, float32 or float64 as in the file
    samples : number of samples of each sweep
    flats : flat stretches at the start of the sweeps that all of them share
    """

    recording: Recording
    i_pA: Sequence[Samples]
    samples: tuple[int, ...]
    flats: tuple[Flat, ...]

    @classmethod
    def of(cls, recording: Recording) -> Sweeps:
        """The sweeps of a recording, which has at least one."""
        rows = tuple(sweep.current for sweep in recording.sweeps)
        return cls(recording, rows, tuple(row.size for row in rows), tuple(common_flats(recording)))

    @property
    def count(self) -> int:
        """Number of sweeps."""
        return len(self.i_pA)

    def converter_step_pA(self) -> float:
        """Current of one count of the converter; 0 if the samples show none."""
        return converter_step(self.i_pA[:: max(self.count // MAX_CONVERTER_SWEEPS, 1)])

    def stretch(self, start: int, stop: int) -> FloatArray:
        """The same samples of every sweep, shape (sweeps, stop − start).

        Raises NotMeasurable where a sweep ends before, or a sample is not a number.
        """
        return self.windows(range(self.count), np.full(self.count, start), stop - start)

    def stretch_in_parts(self, start: int, stop: int) -> Windows:
        """The same samples of every sweep, a few megabytes at a time; very long stretches are averaged."""
        starts = np.full(self.count, start)
        return self.windows_in_parts(range(self.count), starts, stop - start, averaged=averaged(stop - start))

    def means(self, start: int, stop: int) -> FloatArray:
        """Mean of the same samples of every sweep, (sweeps,)."""
        return by_row(lambda rows: rows.mean(1), self.stretch_in_parts(start, stop))

    def windows_in_parts(
        self, sweeps: Sequence[int], starts: NDArray[np.intp], length: int, averaged: int = 1
    ) -> Windows:
        """The same as :meth:`windows`, but read when they are used, a few megabytes at a time.

        averaged : number of neighbouring samples that are averaged into one
        """
        return Windows(self, sweeps, starts, length, averaged)

    def windows(self, sweeps: Sequence[int], starts: NDArray[np.intp], length: int, every: int = 1) -> FloatArray:
        """Windows of equal length, one per sweep, shape (sweeps, ⌈length / every⌉).

        sweeps : their numbers; starts : first sample of each window, (sweeps,); every : distance of the samples taken

        Raises NotMeasurable where a sweep ends before its window, or a sample is not a number.
        """
        found = np.empty((len(sweeps), -(-length // every)))
        for row, (sweep, start) in enumerate(zip(sweeps, starts.tolist(), strict=True)):
            if start < 0 or start + length > self.samples[sweep]:
                place = f"sweep {self.recording.number_of(sweep)}"
                raise NotMeasurable("a sweep ends before the window does", file=self.recording.file, place=place)
            found[row] = self.i_pA[sweep][start : start + length : every]
        if not np.all(np.isfinite(found)):
            raise NotMeasurable("the current has samples that are not numbers", file=self.recording.file)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of equal length, one per sweep; a recording may be so large that not all of them fit into the memory.

    numbers : of the sweeps; starts : first sample of each window, (sweeps,); length : its samples
    averaged : neighbouring samples that are averaged into one; the rest at the start of a window is left out
    """

    sweeps: Sweeps
    numbers: Sequence[int]
    starts: NDArray[np.intp]
    length: int
    averaged: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Number of sweeps, and of samples or averages in each."""
        return len(self.numbers), self.length // self.averaged

    def parts(self) -> Iterator[FloatArray]:
        """Windows in the order of the sweeps, each part of shape (some sweeps, samples)."""
        rows = _rows_at_once(self.length)
        for first in range(0, len(self.numbers), rows):
            here = slice(first, first + rows)
            numbers, starts = self.numbers[here], self.starts[here]
            if self.averaged == 1:
                yield self.sweeps.windows(numbers, starts, self.length)
            else:
                yield np.stack([self._averages(*window) for window in zip(numbers, starts.tolist(), strict=True)])

    def _averages(self, sweep: int, start: int) -> FloatArray:
        """Averages in one window, read piece by piece."""
        count = self.length // self.averaged
        stop = start + self.length
        at_once = max(MAX_PART_SAMPLES // self.averaged, 1) * self.averaged
        return np.concatenate(
            [
                self.sweeps.windows([sweep], np.array([first]), min(at_once, stop - first))
                .reshape(-1, self.averaged)
                .mean(1)
                for first in range(stop - count * self.averaged, stop, at_once)
            ]
        )


def rows_of(make: Callable[[slice], FloatArray], count: int, length: int) -> Rows:
    """Rows of equal length: an array, or made a few megabytes at a time if they are larger.

    make : from the numbers of some rows to their samples; count : of the rows
    """
    at_once = _rows_at_once(length)
    return make(slice(None)) if count <= at_once else MadeRows((count, length), at_once, make)


def _rows_at_once(length: int) -> int:
    return max(MAX_PART_SAMPLES // max(length, 1), 1)


def averaged(length: int) -> int:
    """Number of neighbouring samples to average, so that a window has no more than MAX_WINDOW_SAMPLES."""
    return -(-length // MAX_WINDOW_SAMPLES)
