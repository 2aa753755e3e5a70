"""Kill runs and their jobs at random times, run again each time, and compare the tables with an undisturbed run.

``make chaos`` kills 50 times. Each kill is a SIGKILL to the run alone, to one of its jobs, or to all of them, as a
power cut does. The next run is the plain command, without any option that repairs something. When a run is complete,
its tables must have the bytes of the undisturbed run, which worked in another folder; then some results are removed.
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
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import yaml

from reversal.simulate.synthetic_night import make_night

CELLS = ("cell01", "cell05")
RECORDINGS_A_CELL = 3
LONGEST_RUN_S = 1800
TABLES = "results/cohort/summary.json"  # a file and not the rule, as another workflow asks for it


@dataclass
class Chaos:
    """What happened.

    kills : what was killed and when after the start of the run [s]
    complete : number of runs that ended by themselves
    faults : runs that needed help, or whose tables differ
    """

    kills: list[tuple[str, float]] = field(default_factory=list)
    complete: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def figures(self) -> str:
        """The counts in words."""
        counts = Counter(what for what, _ in self.kills)
        times = sorted(when for _, when in self.kills)
        kinds = ", ".join(f"{count} of {what}" for what, count in sorted(counts.items()))
        when = f" {times[0]:.1f} to {times[-1]:.1f} s after the start of a run" if times else ""
        return (
            f"{len(self.kills)} kills ({kinds}){when}; {self.complete} runs were complete after a kill, "
            f"{len(self.faults)} needed help or had other tables"
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


def start(folder: Path, cores: int, targets: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start the plain command in a folder; its messages go to a file there."""
    reversal = Path(sysconfig.get_path("scripts"), "reversal")
    command = [str(reversal), "run", "--cores", str(cores), *targets]
    with (folder / "messages.txt").open("wb") as messages:
        return subprocess.Popen(command, cwd=folder, stdout=messages, stderr=subprocess.STDOUT, start_new_session=True)


def tables_of(folder: Path) -> dict[str, bytes]:
    """Bytes of every table and every file of recordings; the date of the run is in run.json alone."""
    results = folder / "results"
    files = [path for path in results.rglob("*") if path.suffix in (".csv", ".json", ".h5")]
    files = [path for path in files if path != results / "run.json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def tables_of_cohort(folder: Path) -> set[str]:
    """Names of the tables of all cells; what an earlier run has finished stays until it is replaced."""
    return {path.name for path in (folder / "results/cohort").glob("*.csv")}


def kill_somewhere(run: subprocess.Popen[bytes], chance: random.Random) -> str:
    """Kill the run, one of its jobs, or all of it; the word for what was killed."""
    what = chance.choice(("the run", "a job", "everything"))
    try:
        below = psutil.Process(run.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    if what == "a job" and below:
        chance.choice(below).kill()
        return what
    if what == "everything":
        os.killpg(run.pid, signal.SIGKILL)
        return what
    run.kill()
    return "the run"


def chaos(
    night: Path, folder: Path, kills: int, seed: int, cores: int = 2, targets: tuple[str, ...] = (TABLES,)
) -> Chaos:
    """Kill ``kills`` times. Two folders are made in ``folder``: ``calm`` and ``killed``."""
    chance, found = random.Random(seed), Chaos()
    calm, killed = small_project(folder / "calm", night), small_project(folder / "killed", night)
    started = time.monotonic()
    if start(calm, 1, targets).wait(LONGEST_RUN_S) != 0:
        raise RuntimeError((calm / "messages.txt").read_text(encoding="utf-8"))
    whole_run_s, expected = time.monotonic() - started, tables_of(calm)
    while len(found.kills) < kills:
        run = start(killed, cores, targets)
        begun = time.monotonic()
        try:
            run.wait(chance.uniform(0.2, whole_run_s))
            _judge(run, killed, expected, found)
            remove_some(killed, chance)
        except subprocess.TimeoutExpired:
            before = tables_of_cohort(killed)
            what = kill_somewhere(run, chance)
            found.kills.append((what, time.monotonic() - begun))
            run.wait(LONGEST_RUN_S)  # a run whose job was killed ends by itself
            if lost := before - tables_of_cohort(killed):
                found.faults.append(f"a kill of {what} left no {', '.join(sorted(lost))}")
            print(f"{len(found.kills)}: {what} after {found.kills[-1][1]:.1f} s", flush=True)
    run = start(killed, cores, targets)
    run.wait(LONGEST_RUN_S)
    _judge(run, killed, expected, found)
    left = [str(path) for path in (killed / "results").rglob(".*.writing-*")]
    found.faults += [f"unfinished file {path}" for path in left]
    return found


def _judge(run: subprocess.Popen[bytes], folder: Path, expected: dict[str, bytes], found: Chaos) -> None:
    """Count a run that ended by itself as complete, or as one that needed help."""
    messages = (folder / "messages.txt").read_text(encoding="utf-8", errors="replace")
    made = tables_of(folder)
    other = sorted(name for name in expected.keys() | made.keys() if expected.get(name) != made.get(name))
    if run.returncode != 0:
        found.faults.append(f"exit code {run.returncode}:\n{messages}")
    elif other:
        found.faults.append(f"other tables: {', '.join(other)}\n{messages}")
    else:
        found.complete += 1


def remove_some(folder: Path, chance: random.Random) -> None:
    """Remove the results of one cell and of the cohort, or all, so that the next run has work.

    If the cohort stayed, Snakemake would not make a cell again whose tables are not needed.
    """
    results = folder / "results"
    for doomed in chance.choice([[results / "cells" / chance.choice(CELLS), results / "cohort"], [results]]):
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
        found = chaos(folder / "night", folder, chosen.kills, chosen.seed)
    print(*found.faults, found.figures, sep="\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
