"""Files that say that a step for all cells is finished: cohort, morning page, atlas, bundle.

Snakemake knows only these as outputs of a job, because it removes the outputs before the job begins. If the job then
failed, because the disk is full or it is killed, nothing would be left of what an earlier run had finished. The job
replaces its tables or pages at its end.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reversal.steps.step_record import digest
from reversal.tables.files import write_json

Steps = Mapping[Path, Sequence[Path]]  # file that says that a step is finished -> files of the step


def date_to_now(folders: Iterable[Path]) -> None:
    """Give files with a date in the future the date of now: the clock was wrong when they were written.

    Snakemake would refuse what is made from them as older than they are, until that date is reached.
    """
    now_s = time.time()
    for path in (path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        if path.stat().st_mtime > now_s:
            os.utime(path, (now_s, now_s))


def say_finished(says_finished: Path, files: Iterable[Path]) -> None:
    """Write that a step is finished. What is made from its files is made again only if their contents change."""
    write_json(says_finished, {"digest": digest((), files)})


def removed_files(says_finished: Path, files: Sequence[Path]) -> list[str]:
    """Files of a finished step that were removed since."""
    return [path.name for path in files if says_finished.exists() and not path.exists()]


def is_interrupted(says_finished: Path, files: Sequence[Path]) -> bool:
    """Whether there are files of an earlier run, and the step is not finished."""
    return not says_finished.exists() and any(path.exists() for path in files)


def forget_unfinished(made_from: Iterable[Path], steps: Steps) -> None:
    """Remove what says that a step is finished if one of its files was removed, or tables of cells are unfinished.

    made_from : what says that the tables of cells are finished
    steps : that of the cohort first; the others are made from its tables
    """
    cohort, *_ = steps
    is_complete = all(path.exists() for path in (*made_from, *steps[cohort]))
    for says_finished, files in steps.items():
        if not is_complete or removed_files(says_finished, files):
            says_finished.unlink(missing_ok=True)
