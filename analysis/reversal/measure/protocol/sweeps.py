"""The sweeps of a recording: every stage takes the samples that it needs from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.protocol.measured_epoch import NotMeasurable
from reversal.measure.protocol.protocol_constants import MAX_CONVERTER_SWEEPS
from reversal.measure.protocol.shared_epochs import Flat, common_flats
from reversal.recordings.recording import Recording
from reversal.recordings.stored_samples import Samples
from reversal.statistics.quantisation import converter_step


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
