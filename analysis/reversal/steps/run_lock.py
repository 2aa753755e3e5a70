"""A record of each run in a folder, so that the next run can release the lock of a killed run.

Snakemake's lock lists the files that are locked, not the process that locked them, so it stays after a power cut. It is
in the folder where the command was given, so it does not stop a run that is started in another folder. Each run
therefore records its process beside its results and its reports, and in ``.snakemake/reversal``, before Snakemake locks
anything. The next run reads the records. The lock of a process that no longer exists is released; that of a running
process is kept. Whether a process on another computer still runs cannot be checked from here, so the user is asked.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.process import ProcessState, RecordedProcess, end_with, this_process
from reversal.tables.files import write_json
from reversal.tables.whole_file import check_writable, remove_temporary_files

OWN = Path(".snakemake/reversal")  # files of this program in the folder where the command is given
RECORDS = OWN / "runs"
BESIDE = ".run-{}.json"  # record in a folder of results or reports
LOCKS = Path(".snakemake/locks")
SCRIPTS = Path(".snakemake/scripts")  # Snakemake's copies of the scripts of jobs
ABOVE = "REVERSAL_PROCESSES_ABOVE"  # environment variable: the processes that started this one, as JSON
WATCH_S = 0.25  # a job ends within this time after the run that started it
JOBS_END_S = 4 * WATCH_S
SHOWING = (  # options of Snakemake that show something and write nothing, by their names in its parser
    "dryrun",
    "lint",
    "list_rules",
    "list_target_rules",
    "list_changes",
    "list_input_changes",
    "list_params_changes",
    "list_untracked",
    "list_conda_envs",
    "summary",
    "detailed_summary",
    "dag",
    "rulegraph",
    "filegraph",
    "d3dag",
    "print_compilation",
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run that may still work.

    path : the record that was found; there are others in the other folders
    folders : folders that it writes to
    started_in : folder where its command was given
    """

    path: Path
    process: RecordedProcess
    folders: tuple[str, ...]
    started_in: Path

    @property
    def state(self) -> ProcessState:
        """Whether the run still works."""
        return self.process.state_since(self.path.stat().st_mtime if self.path.exists() else inf)

    @property
    def described(self) -> str:
        """The process in words."""
        return f"process {self.process.pid} on {self.process.computer}"


def begin_run(folders: Sequence[Path], words: Sequence[str], ask: Callable[[str], bool] | None = None) -> bool:
    """Release what killed runs left in these folders, and record this run; whether this run may write.

    folders : folders that the run writes to
    words : arguments of the command
    ask : asks a person; by default, on a terminal

    Raises Refusal if another run works in the folders, or may work there on another computer.
    """
    announce_process()
    options = _options(words)
    if _only_shows(options):
        return False
    names = tuple(os.path.realpath(folder) for folder in folders)  # also of a link that leads to itself
    by_hand = bool(options["unlock"])
    own = None if by_hand else _recorded(folders, names)  # first, so that two simultaneous runs detect each other
    if options["nolock"]:
        return True
    others = _others(names)
    try:
        _check_others(others, ask or _asked_on_terminal, by_hand=by_hand)
    except Refusal:
        if own is not None:
            own()
        raise
    _release_all(others, names)
    return True


def _options(words: Sequence[str]) -> dict[str, Any]:
    """Options of Snakemake as Snakemake reads them: short, combined as ``-np``, abbreviated, or with ``=``."""
    from snakemake.cli import get_argument_parser

    options, _ = get_argument_parser().parse_known_args(list(words))
    return dict(vars(options))


def _only_shows(options: Mapping[str, Any]) -> bool:
    """Whether Snakemake shows something and writes nothing."""
    return options["executor"] == "dryrun" or any(options.get(name) for name in SHOWING)


def _check_others(others: Sequence[RunRecord], ask: Callable[[str], bool], *, by_hand: bool) -> None:
    """Raise Refusal if another run works, or if it may work and the user does not confirm that it has ended."""
    for record in others:
        state = record.state
        if state is ProcessState.RUNNING:
            raise Refusal(
                f"another run writes to these results ({record.described})", remedy="Wait until it ends, then run again"
            )
        if state is ProcessState.ELSEWHERE and not by_hand and not ask(_question(record)):
            raise Refusal(
                f"a run was started here by {record.described}; this computer cannot check whether it still works",
                remedy="If it no longer works, add --unlock to the command, once, and then run again",
            )


def _release_all(others: Sequence[RunRecord], folders: Sequence[str]) -> None:
    """Release the locks of runs that have ended, when their jobs have ended too; remove what they left unfinished."""
    if others:
        time.sleep(JOBS_END_S)
    for record in others:
        _release(record)
        print(f"The run of {record.described} ended before it was complete; its lock is released.", file=sys.stderr)
    if not _records(RECORDS.glob("*.json")):  # no other run works with these copies
        for copy in SCRIPTS.glob("tmp*"):
            copy.unlink(missing_ok=True)
    for folder in (OWN, *map(Path, folders)):
        for path in remove_temporary_files(folder):
            print(f"Removed {path}, the unfinished file of a process that was killed.", file=sys.stderr)


def _question(record: RunRecord) -> str:
    return f"A run was started here by {record.described}. Has it ended, so that its lock can be released? [y/N] "


def _asked_on_terminal(question: str) -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes")


def _release(record: RunRecord) -> None:
    """Remove the records of a run and the locks on the files in its folders."""
    for lock in (record.started_in / LOCKS).glob("*.lock"):
        lines = lock.read_text(encoding="utf-8", errors="replace").splitlines()
        files = [(record.started_in / line).resolve() for line in lines]
        if not any(lines) or any(file.is_relative_to(folder) for file in files for folder in record.folders):
            lock.unlink(missing_ok=True)
    for path in (record.path, *_places(record.process, record.folders, record.started_in)):
        path.unlink(missing_ok=True)


def _others(folders: Sequence[str]) -> list[RunRecord]:
    """Other runs that write to these folders; they may have been started in another folder."""
    beside = _records(path for folder in folders for path in Path(folder).glob(BESIDE.format("*")))
    here = [record for record in _records(RECORDS.glob("*.json")) if set(record.folders) & set(folders)]
    return list({record.process: record for record in (*beside, *here)}.values())


def _records(paths: Iterable[Path]) -> list[RunRecord]:
    """Records of runs, without those of this process and those that cannot be read."""
    found = []
    for path in sorted(paths):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            process, started_in = RecordedProcess(**document["process"]), Path(document.get("started_in", ""))
            record = RunRecord(path, process, tuple(document["folders"]), started_in)
        except (OSError, ValueError, TypeError, KeyError):
            continue  # another run has just removed it, or it was damaged
        if record.process != this_process():
            found.append(record)
    return found


def _recorded(folders: Sequence[Path], names: Sequence[str]) -> Callable[[], None]:
    """Record this run; a function that removes the records, which is also called when this process ends."""
    for folder in (OWN, *folders):
        check_writable(folder)
    process, here = this_process(), Path.cwd()
    places = _places(process, names, here)
    for path in places:
        write_json(path, {"process": asdict(process), "folders": list(names), "started_in": str(here)})

    def remove() -> None:
        for path in places:
            path.unlink(missing_ok=True)

    atexit.register(remove)
    return remove


def _places(process: RecordedProcess, folders: Sequence[str], started_in: Path) -> list[Path]:
    """Where a run is recorded: beside what it writes, and where its command was given."""
    name = hashlib.sha256(json.dumps(asdict(process)).encode()).hexdigest()[:16]
    return [started_in / RECORDS / f"{name}.json", *(Path(folder) / BESIDE.format(name) for folder in folders)]


def announce_process() -> None:
    """Pass on to the processes that this one starts that they end with it."""
    os.environ[ABOVE] = json.dumps([*json.loads(os.environ.get(ABOVE, "[]")), asdict(this_process())])


def end_with_run() -> None:
    """End this process when the watch, the run or the job that started it is killed."""
    for process in json.loads(os.environ.get(ABOVE, "[]")):
        end_with(RecordedProcess(**process), WATCH_S)
