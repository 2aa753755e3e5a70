"""What a run reports to a person: its start, the jobs done and the time left, failures, and its end.

Each sentence is a message of the logger ``reversal.run``. It goes to the terminal, and to one file a run in
``results/logs/runs``. A file without the sentence of the end is that of a run that was killed.
"""

from __future__ import annotations

import logging
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from reversal.steps.last_lines import last_lines
from reversal.steps.step_log import LogFile
from reversal.steps.time_left import TimeLeft, in_words
from reversal.tables.whole_file import MIN_FREE_BYTES

run_log = logging.getLogger("reversal.run")
NOTHING = "Nothing to be done"  # message of Snakemake
WITHOUT_JOB = ("all", "cohort_files", "morning_files", "atlas_file", "bundle_file")  # Snakemake counts them as jobs


def begin_log(folders: Sequence[Path], batches: Mapping[str, Sequence[str]], *, writes: bool) -> EventsInWords:
    """Report what Snakemake does from now on.

    folders : of the results and of the reports
    batches : cells of each batch
    writes : whether the run writes anything: without it, there is no file
    """
    from snakemake.logging import logger

    run_log.setLevel(logging.INFO)
    run_log.propagate = False
    run_log.addHandler(logging.StreamHandler(sys.stderr))
    if writes:
        name = f"{datetime.now():%Y-%m-%d_%H-%M-%S}.log"
        run_log.addHandler(_file(folders[0] / "logs" / "runs" / name))
    for handler in logger.handlers:
        handler.addFilter(_not_in_words)
    events = EventsInWords(folders, batches)
    logger.addHandler(events)
    return events


def _not_in_words(record: logging.LogRecord) -> bool:
    """Whether a message of Snakemake is shown: not if a sentence of the run says the same."""
    event = getattr(record, "event", None)
    if event is not None:
        return event.value not in ("run_info", "progress", "job_started", "job_finished")
    return not record.getMessage().startswith(("Select jobs to execute", NOTHING))


def _file(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = LogFile(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%Y-%m-%d %H:%M:%S"))
    return handler


class EventsInWords(logging.Handler):
    """Makes sentences from the events that Snakemake logs."""

    def __init__(self, folders: Sequence[Path], batches: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._folders, self._batches = folders, batches
        self._jobs: TimeLeft | None = None
        self._total = 0
        self._reported = 0
        self._report = {
            "run_info": self._begun,
            "job_info": self._job_started,
            "job_finished": self._job_finished,
            "job_error": self._job_failed,
            "progress": self._progress,
        }

    def emit(self, record: logging.LogRecord) -> None:
        """Report an event; other messages of Snakemake are not repeated."""
        event = getattr(record, "event", None)
        if event is not None and event.value in self._report:
            self._report[event.value](record.__dict__)
        elif event is None and record.getMessage().startswith(NOTHING):
            run_log.info("Nothing to do: all results are up to date.\n%s", last_lines(*self._folders))

    def _begun(self, event: Mapping[str, Any]) -> None:
        if self._jobs is not None:  # a dry run logs it twice
            return
        counts = {rule: number for rule, number in event["stats"].items() if rule not in ("total", *WITHOUT_JOB)}
        if not counts:
            return
        self._jobs, self._total = TimeLeft(counts), sum(counts.values())
        cells = sum(len(cells) for cells in self._batches.values())
        jobs = ", ".join(f"{number} {rule}" for rule, number in counts.items())
        run_log.info("Run of %d cells on %s: %d jobs (%s)", cells, socket.gethostname(), self._total, jobs)

    def is_unfinished(self, rule: str) -> bool:
        """Whether a rule was to run and its jobs are not all finished; another workflow puts a word before its name."""
        return self._jobs is not None and any(name.endswith(rule) for name in self._jobs.unfinished)

    def _job_started(self, event: Mapping[str, Any]) -> None:
        if self._jobs is not None and event["rule_name"] not in WITHOUT_JOB:
            self._jobs.starts(event["jobid"], event["rule_name"], time.monotonic())

    def _job_finished(self, event: Mapping[str, Any]) -> None:
        if self._jobs is not None:
            self._jobs.ends(event["job_id"], time.monotonic())

    def _job_failed(self, event: Mapping[str, Any]) -> None:
        if self._jobs is not None:
            self._jobs.fails(event["jobid"])
        batch = next((Path(file).name.partition(".")[0] for file in event["log"]), "")
        cells = self._batches.get(batch, ())
        of_cells = f" of the cells {cells[0]} to {cells[-1]}" if len(cells) > 1 else "".join(f" of {c}" for c in cells)
        run_log.error("%s%s failed: %s", event["rule_name"], of_cells, reason_in(event["log"]))

    def _progress(self, event: Mapping[str, Any]) -> None:  # noqa: ARG002
        if self._jobs is None or self._jobs.finished == self._reported:
            return
        done = self._reported = self._jobs.finished
        left = in_words(self._jobs.seconds(time.monotonic())) if done < self._total else ""
        of_time = f", {left}" if left else ""
        run_log.info("%d of %d jobs%s", done, self._total, of_time, extra={"jobs_done": done})


def reason_in(logs: Sequence[str]) -> str:
    """The last error in the log files of a job, without its date; where to look if there is none."""
    for file in logs:
        path = Path(file.split(" (")[0])
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        errors = [line.partition(" ERROR ")[2] for line in lines if " ERROR " in line]
        if errors:
            return f"{errors[-1]} ({path})"
    full = next((one for one in _disks_of_jobs(logs) if shutil.disk_usage(one).free < MIN_FREE_BYTES), None)
    if full is not None:
        return f"the disk of {full} is full. Free space on the disk, then run again; finished files are kept"
    return f"its log has no error: it was killed, or it did not start ({', '.join(logs) or 'no log'})"


def _disks_of_jobs(logs: Sequence[str]) -> Iterator[Path]:
    """Folders in which Snakemake and a job write before the job can report anything."""
    folders = (Path(".snakemake"), *(Path(file.split(" (")[0]).parent for file in logs), Path(tempfile.gettempdir()))
    yield from (folder for folder in folders if folder.is_dir())
