"""Marks of finished jobs: small files that say what a job made its tables or pages from, and how large these are.

Snakemake knows only the marks, because it removes the outputs of a job before the job begins. If the job then failed,
because the disk is full or it is killed, nothing would be left of what an earlier run had finished. The job replaces
its tables or pages at its end.

Snakemake's memory of a job is in the folder where the command was given. It may be lost or damaged, and the next
command may be given in another folder. A mark therefore says what its job used: the settings and the code, as the job
got them, and the marks of other jobs. A run repeats each job whose mark does not agree with the project and the files
of now.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.steps.step_record import digest, read_document, size_of
from reversal.tables.files import write_json

Folders = tuple[Path, Path]  # of results and of reports
Said = Mapping[str, Any]  # content of a mark
KINDS = ("results", "reports")
NOT_SETTINGS = "folders"  # the only params that the tables and pages do not depend on


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """A job that a run may need.

    params, used : what it would get now, and the marks of the jobs whose files it would use
    is_whole : whether its files are as its mark says
    """

    mark: str
    params: Callable[[], Iterable[tuple[str, object]]]
    used: Callable[[], Iterable[str]]
    is_whole: Callable[[Said], bool]


@contextmanager
def finished(job: Any) -> Iterator[dict[str, Any]]:
    """Yield what the mark of a job says, to be completed; it is written when the block ends without an error.

    job : what Snakemake gives to a script: params, input, output
    """
    said: dict[str, Any] = {"made_from": _made_from(job.params.items(), job.input)}
    yield said
    write_json(Path(job.output[0]), said)


def unfinished(jobs: Iterable[PlannedJob]) -> set[str]:
    """Marks of the jobs that are not finished, would use something else now, or whose files were changed or removed.

    jobs : each after those whose files it uses
    """
    found: set[str] = set()
    for job in jobs:
        if not _is_finished(job, found):
            found.add(job.mark)
    return found


def _is_finished(job: PlannedJob, unfinished: set[str]) -> bool:
    said = read_document(Path(job.mark))
    if not said:
        return False
    try:
        used = list(job.used())
        if not unfinished.isdisjoint(used):
            return False
        return said.get("made_from") == _made_from(job.params(), used) and job.is_whole(said)
    except Refusal:  # the project does not allow this job, which this run may not need
        return False


def _made_from(params: Iterable[tuple[str, object]], used: Iterable[str]) -> str:
    settings = {name: value for name, value in params if name != NOT_SETTINGS}
    return digest([json.dumps(settings, sort_keys=True)], map(Path, used))


def sizes_of(paths: Iterable[Path], folders: Folders) -> dict[str, dict[str, int | None]]:
    """Size [bytes] of files, and of all files in folders, by name in the folder of results and in that of reports."""
    found = (file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    files = sorted(file for file in found if not file.is_dir())
    return {
        kind: {file.relative_to(folder).as_posix(): size_of(file) for file in files if file.is_relative_to(folder)}
        for kind, folder in zip(KINDS, folders, strict=True)
    }


def are_whole(said: Said, folders: Folders) -> bool:
    """Whether all files of a job have the size that its mark says."""
    return all(
        size_of(folder / name) == size
        for kind, folder in zip(KINDS, folders, strict=True)
        for name, size in said.get("bytes", {}).get(kind, {}).items()
    )


def date_to_now(folders: Iterable[Path]) -> None:
    """Give files with a date in the future the date of now: the clock was wrong when they were written.

    Snakemake would refuse what is made from them as older than they are, until that date is reached.
    """
    now_s = time.time()
    for path in (path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        if path.stat().st_mtime > now_s:
            os.utime(path, (now_s, now_s))
