"""What the caller of a reader can choose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reversal.experiment.configuration import MAX_FILE_MB
from reversal.experiment.protocols import Protocol


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a recording.

    channel : name of the current channel (HEKA: of the series; NWB: of the electrode, with /n of its n-th run), or None
        if the file has only one
    output : name of the Axon output that drives the cell, or None to find it from the header
    sweeps : numbers of the sweeps to use, or None to use all
    protocol : declared command (for plain arrays also rate, unit and sweep length), or None to use that of the file
    stimulus_dirs : folders that are searched for stimulus files
    compare_readers : read Axon files with both pyABF and Neo and compare the samples
    max_file_MB : a larger file is refused before it is opened [10⁶ bytes]
    follow_links : read the files that an HDF5 file refers to; without it such a file is refused
    """

    channel: str | None = None
    protocol: Protocol | None = None
    stimulus_dirs: tuple[Path, ...] = ()
    compare_readers: bool = False
    sweeps: tuple[range, ...] | None = None
    follow_links: bool = False
    max_file_MB: float = MAX_FILE_MB
    output: str | None = None
