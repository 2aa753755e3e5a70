"""Clipped samples: at the limit of the digitiser, or flat tops where an amplifier clips below that limit.

Noise repeats an extreme value a few times at most. A flat top is a run of samples within the resolution of the extreme
value of all windows that is longer than expected by chance from the neighbouring samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.protocol.protocol_constants import MAX_PART_SAMPLES
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.quality_constants import (
    FLAT_TOP_CHANCE,
    FLAT_TOP_STEPS,
    MAX_DISTINCT_CURRENTS,
    MIN_FLAT_TOP_SAMPLES,
    MIN_FLAT_TOP_STEPS,
)
from reversal.recordings.recordings_constants import CLIPPED_FRACTION


def clipped_samples(sweeps: Sweeps, curve: IVCurve) -> int:
    """Number of clipped samples in the measured windows."""
    values = _values(_rows(sweeps, curve))
    limit = sweeps.recording.digitiser_limit_pA
    if limit is not None and max(values.largest, -values.smallest) >= CLIPPED_FRACTION * limit:
        return sum(int(np.sum(np.abs(row) >= CLIPPED_FRACTION * limit)) for row in _rows(sweeps, curve))
    return _flat_top_samples(_rows(sweeps, curve), values)


def _rows(sweeps: Sweeps, curve: IVCurve) -> Iterator[SampleArray]:
    """Samples of the measured windows, a row a point; the points of a ramp are one row.

    A very long row is cut into several.
    """
    per_ms = sweeps.recording.sample_rate_Hz / 1000.0
    spans: dict[int, tuple[int, int]] = {}
    for sweep, (start, stop) in zip(curve.sweep.tolist(), curve.window_ms.tolist(), strict=True):
        first, last = spans.get(sweep, (round(start * per_ms), round(stop * per_ms)))
        spans[sweep] = min(first, round(start * per_ms)), max(last, round(stop * per_ms))
    every = range(sweeps.count) if curve.by_sweep_pA is not None else spans
    only = next(iter(spans.values()))
    for sweep in every:
        start, stop = spans.get(sweep, only)
        for first in range(start, stop, MAX_PART_SAMPLES):
            row = sweeps.i_pA[sweep][first : min(first + MAX_PART_SAMPLES, stop)]
            yield row[np.isfinite(row)]


@dataclass(frozen=True, slots=True)
class _Values:
    """Different values of all samples: their number, the smallest difference of two, the smallest and the largest."""

    count: int
    step: float
    smallest: float
    largest: float


def _values(rows: Iterable[SampleArray]) -> _Values:
    values: SampleArray = np.empty(0, dtype=np.float32)  # in the precision of the file, in which sorting is fast
    smallest, largest = np.inf, -np.inf
    for some in _together(rows):
        smallest, largest = (
            min(smallest, float(some.min(initial=np.inf))),
            max(largest, float(some.max(initial=-np.inf))),
        )
        if values.size < MAX_DISTINCT_CURRENTS:
            values = np.union1d(values, some)
    return _Values(values.size, float(np.diff(values.astype(np.float64)).min(initial=np.inf)), smallest, largest)


def _together(rows: Iterable[SampleArray]) -> Iterator[SampleArray]:
    """Samples of neighbouring rows one after another, a few megabytes at a time."""
    some: list[SampleArray] = []
    for row in rows:
        some.append(row)
        if sum(one.size for one in some) >= MAX_PART_SAMPLES:
            yield np.concatenate(some)
            some = []
    if some:
        yield np.concatenate(some)


def _flat_top_samples(rows: Iterable[SampleArray], values: _Values) -> int:
    """Samples in runs at the largest or smallest value of all rows that are longer than expected by chance."""
    if values.count < MIN_FLAT_TOP_SAMPLES:
        return 0
    needed = MIN_FLAT_TOP_STEPS * values.step
    # currents that reach less are no current in coarse steps
    tops = [_Tops(sign, end) for sign, end in ((1.0, values.largest), (-1.0, -values.smallest)) if end >= needed]
    if tops:
        for row in rows:
            for one in tops:
                one.add(np.asarray(row, dtype=np.float64), FLAT_TOP_STEPS * values.step)
    return sum(one.longer_than_by_chance() for one in tops)


@dataclass(slots=True)
class _Tops:
    """Runs of samples at one end of the range, of rows that are added.

    sign : 1 for the largest value, −1 for the smallest; end : that value times the sign
    alike, pairs : neighbours of which at least one is below the top, as if there were one more pair of each kind
    """

    sign: float
    end: float
    alike: int = 1
    pairs: int = 2
    count: int = 0
    runs: list[int] = field(default_factory=list)

    def add(self, row: FloatArray, near: float) -> None:
        """Add the runs of a row; values ``near`` the end are at the top."""
        top = self.sign * row >= self.end - near
        not_flat = ~top[:-1] | ~top[1:]
        self.alike += int(np.sum(np.abs(np.diff(row))[not_flat] <= near))
        self.pairs += int(np.sum(not_flat))
        self.count += row.size
        self.runs += _runs(top)

    def longer_than_by_chance(self) -> int:
        """Number of samples in runs that are longer than expected by chance."""
        chance = self.alike / self.pairs
        if chance >= 1.0:
            return 0
        needed = max(MIN_FLAT_TOP_SAMPLES, 1 + int(np.ceil(np.log(FLAT_TOP_CHANCE / self.count) / np.log(chance))))
        return sum(run for run in self.runs if run >= needed)


def _runs(flags: np.ndarray) -> list[int]:
    """Lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return (edges[1::2] - edges[::2]).tolist()  # type: ignore[no-any-return]
