"""Times that a file gives sample by sample."""

from __future__ import annotations

import numpy as np

from reversal.recordings.recording.stored_samples import Samples, blocks_of
from reversal.recordings.recordings_constants import MAX_UNEVENNESS


def even_step(times: Samples, max_unevenness: float = MAX_UNEVENNESS) -> float | None:
    """Step of evenly spaced times, in their unit; None if they do not increase or are uneven.

    The step is that of the whole length, because single times can have few digits.
    """
    first, last = times[:1], times[-1:]
    span = float(last[0] - first[0]) if times.size > 1 else 0.0
    if not np.isfinite(span) or span <= 0:
        return None
    step = span / (times.size - 1)
    number = 0
    for block in blocks_of(times):
        even = first[0] + step * np.arange(number, number + block.size)
        if not float(np.max(np.abs(block - even))) <= max_unevenness * step:
            return None
        number += block.size
    return step
