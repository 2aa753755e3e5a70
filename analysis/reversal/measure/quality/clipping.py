"""Clipped samples: at the limit of the digitiser, or flat tops where an amplifier clips below that limit.

Noise repeats an extreme value a few times at most. A flat top is a run of samples within the resolution of the extreme
value of all windows that is longer than expected by chance from the neighbouring samples.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.quality_constants import (
    FLAT_TOP_CHANCE,
    FLAT_TOP_STEPS,
    MIN_FLAT_TOP_SAMPLES,
    MIN_FLAT_TOP_STEPS,
)
from reversal.recordings.recordings_constants import CLIPPED_FRACTION


def clipped_samples(sweeps: Sweeps, curve: IVCurve) -> int:
    """Number of clipped samples in the measured windows."""
    samples = _windows(sweeps, curve)
    rows = [np.asarray(row, dtype=np.float64) for row in samples]
    limit = sweeps.recording.digitiser_limit_pA
    at_limit = 0 if limit is None else sum(int(np.sum(np.abs(row) >= CLIPPED_FRACTION * limit)) for row in rows)
    if at_limit:
        return at_limit
    values = np.unique(np.concatenate(samples)).astype(np.float64)  # sorted in the precision of the file, which is fast
    if values.size < MIN_FLAT_TOP_SAMPLES:
        return 0
    return _flat_top_samples(rows, values) + _flat_top_samples([-row for row in rows], -values[::-1])


def _windows(sweeps: Sweeps, curve: IVCurve) -> list[SampleArray]:
    """Samples of the measured windows, one row a point; the points of a ramp are one row."""
    per_ms = sweeps.recording.sample_rate_Hz / 1000.0
    spans: dict[int, tuple[int, int]] = {}
    for sweep, (start, stop) in zip(curve.sweep.tolist(), curve.window_ms.tolist(), strict=True):
        first, last = spans.get(sweep, (round(start * per_ms), round(stop * per_ms)))
        spans[sweep] = min(first, round(start * per_ms)), max(last, round(stop * per_ms))
    every = range(sweeps.count) if curve.by_sweep_pA is not None else spans
    only = next(iter(spans.values()))
    rows = (sweeps.i_pA[sweep][slice(*spans.get(sweep, only))] for sweep in every)
    return [row[np.isfinite(row)] for row in rows]


def _flat_top_samples(rows: list[FloatArray], values: FloatArray) -> int:
    """Samples in runs at the largest value of all rows that are longer than expected by chance.

    values : of all rows, ascending, each once
    """
    step = float(np.diff(values).min())
    near = FLAT_TOP_STEPS * step
    if values[-1] < MIN_FLAT_TOP_STEPS * step:  # no current, in coarse steps
        return 0
    at_top = [row >= values[-1] - near for row in rows]
    alike, pairs = 1, 2  # as if there were one more pair of each kind
    for row, top in zip(rows, at_top, strict=True):
        not_flat = ~top[:-1] | ~top[1:]  # neighbours of which at least one is below the top
        alike += int(np.sum(np.abs(np.diff(row))[not_flat] <= near))
        pairs += int(np.sum(not_flat))
    chance, count = alike / pairs, sum(row.size for row in rows)
    needed = MIN_FLAT_TOP_SAMPLES
    if chance < 1.0:
        needed = max(needed, 1 + int(np.ceil(np.log(FLAT_TOP_CHANCE / count) / np.log(chance))))
    return sum(run for top in at_top for run in _runs(top) if run >= needed) if chance < 1.0 else 0


def _runs(flags: np.ndarray) -> list[int]:
    """Lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return (edges[1::2] - edges[::2]).tolist()  # type: ignore[no-any-return]
