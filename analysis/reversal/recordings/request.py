"""What the caller of a reader may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reversal.experiment.protocols import Protocol


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a recording.

    channel : name of the current channel, where a file has several
    protocol : a declared command (and, for plain arrays, rate, unit and sweep length), or None: from the file
    stimulus_dirs : folders in which stimulus files are looked up
    compare_readers : compare the samples of pyABF and Neo
    """

    channel: str | None = None
    protocol: Protocol | None = None
    stimulus_dirs: tuple[Path, ...] = ()
    compare_readers: bool = False
