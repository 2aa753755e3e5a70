"""``reversal run --watch``: scan and run again whenever recordings are complete that the last run did not have.

A file is complete if it has not changed for a minute. Until then no scan and no run opens it, and a row of the sheet
that names it waits. Each run is a process of its own, as if a person had started it.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from reversal.errors import Refusal

CONFIG = Path("config/config.yaml")
COMPLETE_AFTER_s = 60.0
DEFAULT_MINUTES = 5.0
ENDS_WITHIN_s = 600.0  # longer than the jobs of a desktop computer take
COMPLETE, NOT_STARTED = 0, 2  # exit codes of a run
ENTRY = "import sys; from reversal.cli.main import main; sys.exit(main())"

FileStates = Mapping[Path, tuple[int, int]]
"""Size [bytes] and time of the last change [ns] of files."""


def add_watch(run: argparse.ArgumentParser) -> None:
    """Add the options of the watch to ``reversal run``."""
    text = "keep running: scan and run again when new recordings are complete; end with Ctrl-C"
    run.add_argument("--watch", action="store_true", help=text)
    run.add_argument("--watch-hours", type=_positive, metavar="H", help="watch, and end after this time [h]")
    text = f"watch, and look for new recordings at this interval [min] (default {DEFAULT_MINUTES:g})"
    run.add_argument("--watch-minutes", type=_positive, metavar="M", help=text)


def _positive(text: str) -> float:
    value = float(text.replace(",", "."))
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def watches(options: argparse.Namespace) -> bool:
    """Whether the options ask for a watch."""
    return options.watch or options.watch_hours is not None or options.watch_minutes is not None


def watch(options: argparse.Namespace) -> int:
    """Scan and run until the end; the exit code of the last run.

    A command to notify is run once, after the last run, which ends the watch.
    """
    from reversal.experiment.project import read_configuration
    from reversal.steps.run_lock import announce_process

    if options.notify is not None and options.watch_hours is None:
        print("--notify needs --watch-hours: a watch without an end has no last run", file=sys.stderr)
        return NOT_STARTED
    try:
        read_configuration(options.config or CONFIG)
    except Refusal as refusal:  # later, at night, a damaged configuration is waited for
        print(refusal, file=sys.stderr)
        return NOT_STARTED
    hours = float("inf") if options.watch_hours is None else options.watch_hours
    interval_s = 60 * (options.watch_minutes or DEFAULT_MINUTES)
    ends = time.monotonic() + 3600 * hours
    code, seen = COMPLETE, None
    announce_process()  # a run ends with the watch that started it
    try:
        with _ended_by_a_signal():
            while True:
                cutoff = time.time() - COMPLETE_AFTER_s
                if _files(options, cutoff)[0] != seen:
                    _scan(options, cutoff)
                    seen, waiting = _files(options, cutoff)  # the scan has changed the sheet
                    code = _child(options, cutoff, [])
                    _tell(waiting)
                left_s = ends - time.monotonic()
                if left_s <= 0:
                    break
                time.sleep(min(interval_s, left_s))
            if options.notify is not None:
                code = _child(options, time.time() - COMPLETE_AFTER_s, ["--notify", options.notify])
    except KeyboardInterrupt:
        print("the watch has ended", file=sys.stderr)
        return code
    print("the watch has ended")
    return code


def _files(options: argparse.Namespace, cutoff: float) -> tuple[FileStates, list[Path]]:
    """Complete files of the project and its recordings, and the recordings that may still be written.

    cutoff : a file that changed after this time is not complete [s since 1970]
    """
    from reversal.experiment.configuration import Configuration
    from reversal.experiment.project import read_configuration
    from reversal.recordings.survey import files_in

    config = options.config or CONFIG
    try:
        declared = read_configuration(config)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return _states([config]), []
    places = {name: Path(str(declared.get(name) or _default(Configuration, name))) for name in _NAMES}
    states = _states(files_in(places.pop("raw_dir")))
    waiting = [path for path, (_, modified_ns) in states.items() if modified_ns > cutoff * 1e9]
    complete = {path: state for path, state in states.items() if path not in waiting}
    return {**complete, **_states([config, *places.values()])}, waiting


_NAMES = ("raw_dir", "recordings", "solutions")


def _default(model: Any, name: str) -> Path:
    default: Path = model.model_fields[name].default
    return default


def _states(paths: list[Path]) -> dict[Path, tuple[int, int]]:
    found = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_size, status.st_mtime_ns)
    return found


def _scan(options: argparse.Namespace, cutoff: float) -> None:
    """Add rows for new complete recordings to the sheet."""
    from reversal.cli.scan.scan_folder import scan_folder

    try:
        found = scan_folder(options.config or CONFIG, written_before=cutoff)
    except Refusal as refusal:  # the run says it too, or uses the rows that the sheet has
        print(refusal, file=sys.stderr)
    else:
        print(f"{len(found.rows)} new rows in {found.sheet}", flush=True)


def _child(options: argparse.Namespace, cutoff: float, more: list[str]) -> int:
    """Run the pipeline in a process of its own; its exit code."""
    words = ["--profile", options.profile, *more]
    words += [] if options.config is None else ["--config", str(options.config)]
    words += [] if options.cores is None else ["--cores", options.cores]
    command = [sys.executable, "-c", ENTRY, "run", *words, *options.further, "-C", f"written_before={cutoff:.0f}"]
    with subprocess.Popen(command) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            _end(child)
            raise


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the run to end, and kill it if it has not ended in time or if the watch is asked to end once more."""
    print(f"the run ends after its present jobs, and is killed in {ENDS_WITHIN_s / 60:g} min", file=sys.stderr)
    child.terminate()
    try:
        child.wait(ENDS_WITHIN_s)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        child.kill()
        print("the run was killed; the next run goes on where it stopped", file=sys.stderr)


def _tell(waiting: list[Path]) -> None:
    names = ", ".join(sorted(path.name for path in waiting))
    grown = f", {len(waiting)} may still be written: {names}" if waiting else ""
    print(f"{time.strftime('%H:%M')} waiting for new recordings{grown}", flush=True)


@contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """The signal with which a system ends a service ends the watch as Ctrl-C does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before: Callable[..., object] | int | None = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
