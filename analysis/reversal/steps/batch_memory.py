"""Memory that a cluster gives to the job of a batch, from the largest file that the job reads.

A job has one recording in memory at a time, so that its largest file decides. Measured peak of a job that reads and
measures one simulated ABF file:

| file [MB] | sweeps × samples | protocol | peak [MB] |
|---|---|---|---|
| 76 | 3800 × 10 000 | steps | 312 |
| 76 | 3800 × 10 000 | ramps | 305 |
| 76 | 9 × 4 200 000 | steps | 240 |
| 300 | 15 000 × 10 000 | steps | 361 |
| 300 | 15 000 × 10 000 | ramps | 333 |
| 300 | 9 × 16 700 000 | steps | 321 |
| 300 | 3000 × 50 000 | tails of 17 levels, again and again | 325 |
| 1000 | 1250 × 400 000 | tails of 17 levels, again and again | 339 |
| 300 | 3000 × 50 000 | peaks of 17 levels, again and again | 247 |
| 1000 | 1250 × 400 000 | peaks of 17 levels, again and again | 254 |

A family of many different levels needs more, because the smooth curve compares all pairs of levels: tails of 3800
levels in a file of 76 MB needed 1313 MB. The file does not show the protocol without being read, so that every file
gets more than the memory of tails and peaks.

Other formats are read as a whole: a text file of 73 MB needs 393 MB; 16-bit integers of an array take four times their
size in double precision, and copies as much again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reversal.experiment.step_settings import FileState, ReadingSettings, RecordingFile

BASE_MB = 500
MB_PER_FILE_MB = 1  # ABF and WinWCP
MB_PER_WHOLE_FILE_MB = 10  # formats that are read as a whole
READ_BY_SWEEP = {".abf", ".wcp"}


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
    if size_MB > max_file_MB:
        return 0.0
    return (MB_PER_FILE_MB if Path(file.file).suffix.lower() in READ_BY_SWEEP else MB_PER_WHOLE_FILE_MB) * size_MB
