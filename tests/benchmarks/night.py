"""Time and memory of a whole simulated night: the pipeline, its functions in a plain loop, a script, and reading.

``make bench-night`` simulates 200 cells of five recordings, each of 20 sweeps of 0.5 s at 20 kHz, and runs in turn

- ``pipeline``: ``reversal run`` on two cores, with every table and page; and when the last table of all cells was there
- ``nothing to do``: the same again
- ``one new recording``: the same after a change of one recording
- ``loop``: the same functions in two processes, without Snakemake
- ``script``: what people write with pyABF, SciPy and Matplotlib (``plain_script.py``)
- ``reading``: the bytes of all recordings

It prints wall time, processor time and the largest memory of a process.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import yaml

from reversal.simulate.abf_content import FileNotes
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES
from reversal.simulate.channels import weakly_gated_potassium
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import RecordingConditions, record
from reversal.simulate.stimuli import step_family
from reversal.simulate.write_abf2 import write_abf2

HERE = Path(__file__).parent
PROTOCOL = step_family(-120.0, 32.0, 8.0, step_ms=414.0, name="K_steps")  # 20 sweeps of 0.5 s
START = dt.datetime(2026, 11, 19, 19, 30)


def make_night(folder: Path, cells: int) -> None:
    """Write a project of ``cells`` cells in five baths."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    rows = []
    for number in range(cells):
        rng = np.random.default_rng((11, number))
        ratio, cm_pF = float(rng.uniform(0.01, 0.05)), round(float(rng.uniform(10.0, 25.0)), 1)
        cell = Cell(f"c{number:05d}", weakly_gated_potassium(float(rng.uniform(60.0, 90.0)), ratio), cm_pF, 0.02, 0.0)
        amplifier = Amplifier(rs_MOhm=8.0, rs_compensation=0.75, noise_pA=3.0)
        for bath in SERIES:
            name = f"{cell.name}_{bath.name}"
            conditions = RecordingConditions(PIPETTE, bath, SERIES[1], 23.0)
            made = record(cell, amplifier, conditions, PROTOCOL, int(rng.integers(2**31)))
            notes = FileNotes(START + dt.timedelta(minutes=len(rows)), cm_pF, name, ())
            write_abf2(raw / f"{name}.abf", PROTOCOL, made.counts, amplifier, notes)
            solutions = {"bath": bath.name, "pipette": PIPETTE.name, "zeroing_bath": SERIES[1].name}
            rows.append(
                {"recording": name, "cell": cell.name, "file": f"{name}.abf", **solutions}
                | {"temperature_C": "23.0", "rs_compensation": "0.75", "seal_GOhm": "50"}
            )
    with (raw / "recordings.tsv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    recipes = {one.name: {"ions_mM": dict(one.ions_mM), "pH": one.pH} for one in (*SERIES, PIPETTE)}
    (folder / "solutions.yaml").write_text(yaml.safe_dump(recipes), encoding="utf-8")
    config = {"raw_dir": "raw", "recordings": "raw/recordings.tsv", "solutions": "solutions.yaml"}
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall time and processor time [s], and the largest memory of one process [MB]."""

    wall_s: float
    cpu_s: float
    peak_MB: float


def measured(words: list[str], folder: Path) -> Cost:
    """Run a command in a folder; its cost with that of all processes it starts."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    before, began = os.times(), time.perf_counter()
    with (folder / "messages.txt").open("wb") as messages:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=messages, stderr=subprocess.STDOUT)
        peak = _Peak(process.pid)
        code = process.wait()
    wall_s, after = time.perf_counter() - began, os.times()
    if code != 0:
        raise RuntimeError((folder / "messages.txt").read_text(encoding="utf-8"))
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall_s, cpu_s, peak.stopped())


class _Peak:
    """Largest memory of any process below one, sampled ten times a second."""

    def __init__(self, pid: int) -> None:
        self._largest, self._ended = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(pid,), daemon=True)
        self._thread.start()

    def _watch(self, pid: int) -> None:
        while not self._ended.wait(0.1):
            try:
                top = psutil.Process(pid)
                for process in [top, *top.children(recursive=True)]:
                    self._largest = max(self._largest, process.memory_info().rss)
            except psutil.NoSuchProcess:
                continue

    def stopped(self) -> float:
        """The largest memory [MB]."""
        self._ended.set()
        self._thread.join()
        return self._largest / 1e6


def main() -> None:
    """Simulate the night, run everything, print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cells", type=int, default=200)
    cells = options.parse_args().cells
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_night(folder / "night", cells)
        for what, cost in costs(folder):
            per_cell = 1000 * cost.cpu_s / cells
            print(
                f"{what:32} {cost.wall_s:8.1f} s   {cost.cpu_s:8.1f} s of a core ({per_cell:6.0f} ms a cell)   "
                f"{cost.peak_MB:6.0f} MB",
                flush=True,
            )


def costs(folder: Path):  # type: ignore[no-untyped-def]
    """Cost of each way to work through the night in ``folder``."""
    night = folder / "night"
    run = [str(Path(sysconfig.get_path("scripts"), "reversal")), "run", "--cores", "2"]
    began = time.time()
    whole = measured(run, night)
    tables_s = (night / "results/cohort/summary.json").stat().st_mtime - began
    yield f"pipeline, tables after {tables_s:.1f} s", whole
    yield "nothing to do", measured(run, night)
    newest = max((night / "raw").glob("*.abf"))
    os.utime(newest)
    yield "one new recording", measured(run, night)
    yield "loop", measured([sys.executable, str(HERE / "plain_loop.py")], night)
    (folder / "figures").mkdir()
    script = [sys.executable, str(HERE / "plain_script.py"), str(night / "raw"), str(folder / "figures")]
    yield "script", measured(script, night)
    read = "import pathlib, sys; print(sum(len(p.read_bytes()) for p in pathlib.Path('raw').glob('*.abf')))"
    yield "reading", measured([sys.executable, "-c", read], night)


if __name__ == "__main__":
    main()
