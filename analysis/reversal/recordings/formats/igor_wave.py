"""One Igor wave, from a binary or a text file."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.arrays import SampleArray


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave. ``step`` is that of its first dimension, in ``step_unit``; units are empty if they are not set."""

    folder: str
    name: str
    samples: SampleArray
    unit: str
    step: float
    step_unit: str
