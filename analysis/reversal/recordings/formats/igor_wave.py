"""One Igor wave, from a binary or a text file."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.recordings.recording.stored_samples import Samples


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave.

    columns : samples of each column; the samples themselves of a wave of one dimension
    is_matrix : whether it has two dimensions
    step, step_unit : of its first dimension; units are empty if they are not set
    """

    folder: str
    name: str
    columns: tuple[Samples, ...]
    is_matrix: bool
    unit: str
    step: float
    step_unit: str
