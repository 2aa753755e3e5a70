"""What a project of many thousands of recordings needs: time and memory of the plan and of the cohort, and files.

``make bench-many`` makes projects of 1,000 to 20,000 recordings. Their recordings are links to the five of one
simulated cell, and their tables are copies of its tables with other names and hashes. For each project it prints

- time and memory of ``reversal run -n`` before the first run, when every cell must be planned
- time and memory of the tables of the cohort
- files of results and reports, and their size
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import fields
from pathlib import Path

import yaml

from reversal.experiment.project import load_project
from reversal.steps.cell_files import CellFiles
from reversal.steps.cohort_tables import TABLES, cohort_of
from reversal.tables.results import Cohort, write_results
from tests.benchmarks.night import make_night, measured

ONE = "c00000"  # name of the simulated cell
REVERSAL = str(Path(sysconfig.get_path("scripts"), "reversal"))
TABLES_OF_COHORT = tuple(field.name for field in fields(Cohort))


def cell_name(number: int) -> str:
    """Name of a cell, as long as that of the simulated one."""
    return f"c{number:05d}"


def make_project(folder: Path, one: Path, cells: int) -> None:
    """Write a project of ``cells`` cells with the recordings of the project ``one`` of a single cell."""
    (folder / "raw").mkdir(parents=True)
    shutil.copytree(one / "config", folder / "config")
    shutil.copy(one / "solutions.yaml", folder)
    with (one / "raw/recordings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    with (folder / "raw/recordings.tsv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for number in range(cells):
            for row in rows:
                named = {key: text.replace(ONE, cell_name(number)) for key, text in row.items()}
                os.link(one / "raw" / row["file"], folder / "raw" / named["file"])
                writer.writerow(named)


def copy_tables(folder: Path, one: Path, cells: int) -> None:
    """Write the tables that the cohort reads, for each cell; its recordings have hashes and currents of their own."""
    texts = {name: CellFiles(ONE, one / "results", one).table(name).read_text(encoding="utf-8") for name in TABLES}
    with (one / "results/cells" / ONE / "recordings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number in range(cells):
        files = CellFiles(cell_name(number), folder / "results", folder)
        files.folder.mkdir(parents=True)
        for name, text in texts.items():
            own = text.replace(ONE, cell_name(number))
            for row in rows:
                own = own.replace(row["sha256"], f"{number:08x}{row['sha256'][8:]}")
                own = own.replace(row["samples"], scaled(row["samples"], 1 + 0.001 * number))
            files.table(name).write_text(own, encoding="utf-8")


def scaled(samples: str, factor: float) -> str:
    """The currents that identify a recording, multiplied."""
    sweeps, size, *currents = samples.split()
    return " ".join([sweeps, size, *(f"{factor * float(current):.6g}" for current in currents)])


def work_on_cohort(folder: Path) -> None:
    """Make the tables of the cohort as the step does; print time of a core [s] and largest memory [MB] as JSON."""
    os.chdir(folder)
    project = load_project(yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8")))
    settings = project.cohort_settings()
    began = time.process_time()
    cohort = cohort_of(settings, [CellFiles(cell, Path("results"), Path("reports")) for cell in project.cells])
    write_results(cohort, {name: Path("results/cohort", f"{name}.csv") for name in TABLES_OF_COHORT})
    cpu_s = time.process_time() - began
    peak_kB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu_s": cpu_s, "peak_MB": peak_kB * 1024 / 1e6}))


def cost_of_cohort(folder: Path) -> tuple[float, float]:
    """Time of a core [s] and memory [MB] of the tables of the cohort, in a process of its own."""
    words = [sys.executable, __file__, "--cohort", str(folder)]
    answer = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return answer["cpu_s"], answer["peak_MB"]


def files_below(*folders: Path) -> tuple[int, float]:
    """Number of files and folders, and their size [MB]."""
    paths = [path for folder in folders for path in folder.rglob("*")]
    return len(paths), sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def main() -> None:
    """Make the projects one by one and print a row for each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--recordings", type=int, nargs="+", default=[1000, 5000, 20000])
    options.add_argument("--cohort", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.cohort is not None:
        work_on_cohort(chosen.cohort)
        return
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), chosen.recordings)


def compare(folder: Path, sizes: list[int]) -> None:
    """Print what one cell leaves, then a row for each number of recordings."""
    one = folder / "one"
    make_night(one, cells=1)
    measured([REVERSAL, "run", "--cores", "2"], one)
    of_cell = files_below(one / "results/cells" / ONE), files_below(one / "reports/cells")
    metadata, _ = files_below(one / ".snakemake/metadata")
    per_cell = len(list((one / "raw").glob("*.abf")))
    print(
        f"One cell of {per_cell} recordings leaves {of_cell[0][0]} files of {of_cell[0][1]:.2f} MB in results and "
        f"{of_cell[1][0]} files of {of_cell[1][1]:.2f} MB in reports; Snakemake keeps {metadata} files of its run."
    )
    for recordings in sizes:
        project = folder / f"of_{recordings}"
        make_project(project, one, recordings // per_cell)
        plan = measured([REVERSAL, "run", "-n", "--quiet"], project)
        copy_tables(project, one, recordings // per_cell)
        cpu_s, peak_MB = cost_of_cohort(project)
        print(
            f"{recordings:7} recordings: plan {plan.wall_s:6.1f} s ({plan.cpu_s:.1f} s of a core) "
            f"{plan.peak_MB:6.0f} MB; cohort {cpu_s:6.1f} s of a core {peak_MB:6.0f} MB",
            flush=True,
        )
        shutil.rmtree(project)


if __name__ == "__main__":
    main()
