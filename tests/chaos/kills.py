"""Kill runs and their jobs at random times, run again each time, and compare all files with an undisturbed run.

``make chaos`` kills 50 times, with SIGKILL or SIGTERM, the run alone, one of its jobs, or all of them, as a power cut
or the end of a service does. The next run is the plain command, without any option that repairs something. When a run
is complete, its tables, pages, PDFs, figures and slides must have the bytes of the undisturbed run, which worked in
another folder; then some of them are removed.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import yaml

from reversal.simulate.synthetic_night import make_night

CELLS = ("cell01", "cell05")
RECORDINGS_A_CELL = 3
LONGEST_RUN_S = 600
TABLES = "results/cohort/summary.json"  # a file and not the rule, as another workflow asks for it
OF_ONE_RUN = ("results/run.json", "reports/last_run.html")  # its date and its news; also what is in results/logs
SCRIPTS = ("measure_cells", "cohort", "report_cells", "morning_page")


@dataclass(frozen=True)
class Kill:
    """What was killed, with which signal, during which jobs, and when after the start of the run [s]."""

    what: str
    signal: str
    during: str
    when_s: float


@dataclass
class Chaos:
    """What happened.

    complete : number of runs that ended by themselves
    faults : runs that needed help or did not end, or whose files differ
    """

    kills: list[Kill] = field(default_factory=list)
    complete: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def figures(self) -> str:
        """The counts in words."""
        times = sorted(kill.when_s for kill in self.kills)
        when = f", {times[0]:.1f} to {times[-1]:.1f} s after the start of a run" if times else ""
        counts = (Counter(getattr(kill, name) for kill in self.kills) for name in ("what", "signal", "during"))
        kinds = "; ".join(", ".join(f"{number} × {word}" for word, number in sorted(count.items())) for count in counts)
        return (
            f"{len(self.kills)} kills ({kinds}){when}; {self.complete} runs were complete after a kill, "
            f"{len(self.faults)} needed help or had other files"
        )


def small_project(folder: Path, night: Path) -> Path:
    """A project of two cells with three recordings each; the second cell has a damaged file."""
    shutil.copytree(night, folder / "raw")
    with (night / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    kept = [row for cell in CELLS for row in [r for r in rows if r["cell"] == cell][:RECORDINGS_A_CELL]]
    (folder / "config").mkdir()
    with (folder / "config/recordings.tsv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(kept[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    shutil.copy(night / "solutions.yaml", folder / "config/solutions.yaml")
    config = {"raw_dir": "raw", "recordings": "config/recordings.tsv", "solutions": "config/solutions.yaml"}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def start(folder: Path, cores: int, words: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start the plain command in a folder, with targets or options; its messages go to a file there."""
    reversal = Path(sysconfig.get_path("scripts"), "reversal")
    command = [str(reversal), "run", "--cores", str(cores), *words]
    with (folder / "messages.txt").open("wb") as messages:
        return subprocess.Popen(command, cwd=folder, stdout=messages, stderr=subprocess.STDOUT, start_new_session=True)


def names_in(folder: Path) -> set[str]:
    """Paths of the files that runs write, also while one works, without what is about one run alone.

    Hidden files are the records of runs, and files that are not finished.
    """
    walked = (walk for top in ("results", "reports") for walk in os.walk(folder / top))  # passes over what vanishes
    names = {Path(place, name).relative_to(folder).as_posix() for place, _, files in walked for name in files}
    names = {name for name in names if "/." not in name and not name.startswith("results/logs/")}
    return names.difference(OF_ONE_RUN)


def files_of(folder: Path) -> dict[str, bytes]:
    """Bytes of every file that a run has written, by its path."""
    return {name: (folder / name).read_bytes() for name in names_in(folder)}


def tables_of(folder: Path) -> dict[str, bytes]:
    """Bytes of every table and every file of recordings."""
    return {name: content for name, content in files_of(folder).items() if name.startswith("results/")}


def of_all_cells(folder: Path) -> set[str]:
    """Names of tables of all cells, pages, figures and slides: what is finished stays until it is replaced."""
    return {name for name in names_in(folder) if name.startswith(("results/cohort/", "reports/"))}


def kill_somewhere(run: subprocess.Popen[bytes], chance: random.Random, begun: float) -> Kill:
    """Kill the run, one of its jobs, or all of it."""
    what, number = chance.choice(("the run", "a job", "everything")), chance.choice((signal.SIGKILL, signal.SIGTERM))
    try:
        below = psutil.Process(run.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    if what == "a job" and not below:
        what = "the run"
    during, when_s = _jobs(below), time.monotonic() - begun
    if what == "a job":
        with suppress(psutil.NoSuchProcess):
            chance.choice(below).send_signal(number)
    elif what == "everything":
        os.killpg(run.pid, number)
    else:
        run.send_signal(number)
    return Kill(what, number.name, during, when_s)


def _jobs(processes: list[psutil.Process]) -> str:
    """The jobs that run; before the first one, the run is planned."""
    words = []
    for process in processes:
        with suppress(psutil.Error):
            words += process.cmdline()
    running = [name for name in SCRIPTS if any(word.endswith(f".{name}.py") for word in words)]
    return " and ".join(running) or "no job"


@dataclass(frozen=True)
class Calm:
    """A project whose run was not disturbed, and how long the run took [s]."""

    folder: Path
    run_s: float


def run_calmly(folder: Path, night: Path, cores: int = 2, words: tuple[str, ...] = ()) -> Calm:
    """Make a small project and run it."""
    started = time.monotonic()
    if start(small_project(folder, night), cores, words).wait(LONGEST_RUN_S) != 0:
        raise RuntimeError((folder / "messages.txt").read_text(encoding="utf-8"))
    return Calm(folder, time.monotonic() - started)


def chaos(calm: Calm, killed: Path, kills: int, seed: int, cores: int = 2, words: tuple[str, ...] = ()) -> Chaos:
    """Kill ``kills`` runs of the project in ``killed``, which has the recordings of the undisturbed one."""
    chance, found, expected = random.Random(seed), Chaos(), files_of(calm.folder)
    while len(found.kills) < kills:
        run = start(killed, cores, words)
        begun = time.monotonic()
        try:
            run.wait(chance.uniform(0.2, calm.run_s))
            _judge(run, killed, expected, found)
            remove_some(killed, chance)
        except subprocess.TimeoutExpired:
            before = of_all_cells(killed)
            found.kills.append(kill_somewhere(run, chance, begun))
            print(f"{len(found.kills)}: {found.kills[-1]}", flush=True)
            _wait(run, found)  # a run whose job was killed, or that got SIGTERM, ends by itself
            if lost := before - of_all_cells(killed):
                found.faults.append(f"{found.kills[-1]} left no {', '.join(sorted(lost))}")
    run = start(killed, cores, words)
    _wait(run, found)
    _judge(run, killed, expected, found)
    left = [str(path) for path in killed.rglob(".*.writing-*")]
    found.faults += [f"unfinished file {path}" for path in left]
    return found


def _wait(run: subprocess.Popen[bytes], found: Chaos) -> None:
    """Wait for the end of a run; one that does not end is a fault."""
    try:
        run.wait(LONGEST_RUN_S)
    except subprocess.TimeoutExpired:
        found.faults.append(f"a run did not end within {LONGEST_RUN_S} s")
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def _judge(run: subprocess.Popen[bytes], folder: Path, expected: dict[str, bytes], found: Chaos) -> None:
    """Count a run that ended by itself as complete, or as one that needed help."""
    messages = (folder / "messages.txt").read_text(encoding="utf-8", errors="replace")
    made = files_of(folder)
    other = sorted(name for name in expected.keys() | made.keys() if expected.get(name) != made.get(name))
    if run.returncode != 0:
        found.faults.append(f"exit code {run.returncode}:\n{messages}")
    elif other:
        found.faults.append(f"other files: {', '.join(other)}\n{messages}")
    else:
        found.complete += 1


def remove_some(folder: Path, chance: random.Random) -> None:
    """Remove the results of one cell and of the cohort, or pages, or all, so that the next run has work.

    If the cohort stayed, Snakemake would not make a cell again whose tables are not needed.
    """
    results, reports = folder / "results", folder / "reports"
    of_a_cell = [results / "cells" / chance.choice(CELLS), results / "cohort"]
    for doomed in chance.choice([of_a_cell, [results / "cohort"], [reports], [results], [results, reports]]):
        shutil.rmtree(doomed, ignore_errors=True)


def main() -> int:
    """Kill as often as the options say and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_night(folder / "night")
        calm = run_calmly(folder / "calm", folder / "night")
        found = chaos(calm, small_project(folder / "killed", folder / "night"), chosen.kills, chosen.seed)
    print(*found.faults, found.figures, sep="\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
