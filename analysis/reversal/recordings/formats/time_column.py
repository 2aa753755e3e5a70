"""Times that a file gives sample by sample."""

from __future__ import annotations

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.recordings_constants import MAX_UNEVENNESS


def even_step(times: SampleArray, max_unevenness: float = MAX_UNEVENNESS) -> float | None:
    """Step of evenly spaced times, in their unit; None if they do not increase or are uneven.

    The step is that of the whole length, because single times can have few digits.
    """
    span = float(times[-1] - times[0]) if times.size > 1 else 0.0
    if not np.isfinite(span) or span <= 0:
        return None
    step = span / (times.size - 1)
    even = times[0] + step * np.arange(times.size)
    return step if float(np.max(np.abs(times - even))) <= max_unevenness * step else None
