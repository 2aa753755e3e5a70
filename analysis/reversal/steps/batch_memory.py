"""Memory that a cluster gives to the job of a batch, from the largest file that the job reads.

A job has one recording in memory at a time, and of its samples only the blocks that were used last. Measured peak of a
job that reads, measures and draws one simulated file:

| file | size [MB] | sweeps × samples | peak [MB] |
|---|---|---|---|
| ABF 2 | 1000 | 2500 × 200 000 | 283 |
| CED Signal, current and voltage | 1000 | 1250 × 200 000 | 285 |
| Igor, binary wave and packed experiment | 1000 | 1248 × 200 000 | 279 |
| NWB, current and stimulus, gzip | 1900 | 1187 × 200 000 | 411 |
| NWB, current and stimulus, gzip | 1900 | 4 × 59 000 000 | 322 |
| MATLAB 7.3, chunks across all sweeps | 600 | 736 × 200 000 | 287 |
| text (CSV) | 300 | 16 × 2 500 000 | 291 |
| ABF 2, tails of 17 levels, again and again | 1000 | 1250 × 400 000 | 339 |
| ABF 2, steps of 2000 levels | 40 | 2000 × 10 000 | 259 |

Formats that are read as a whole are small (``MAX_WHOLE_BYTES``) and need up to 400 MB. What the disk cache of the
system needs for the file and for its unpacked samples is returned under pressure; a part of it is counted here.
"""

from __future__ import annotations

from collections.abc import Iterable

from reversal.experiment.step_settings import FileState, ReadingSettings, RecordingFile

BASE_MB = 500
MB_PER_FILE_MB = 0.25


def memory_MB(readings: Iterable[ReadingSettings]) -> int:
    """Memory of a job that reads these recordings [MB], each with the other files that reading it uses.

    A file above ``max_file_MB`` is not read.
    """
    needs = [
        _need_MB(file, reading.max_file_MB) + sum(_need_MB(other, reading.max_file_MB) for other in file.others)
        for reading in readings
        for file in reading.files.values()
    ]
    return BASE_MB + round(max(needs, default=0.0))


def _need_MB(file: RecordingFile | FileState, max_file_MB: float) -> float:
    """Memory for the content of one file [MB]."""
    size_MB = (file.size or 0) / 1e6
    return MB_PER_FILE_MB * size_MB if size_MB <= max_file_MB else 0.0
