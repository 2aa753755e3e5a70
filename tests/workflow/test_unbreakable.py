"""Killed runs, lost disks and missing files: the next plain run goes on, and finished results are kept."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.kills import TABLES, Calm, chaos, run_calmly, small_project, start, tables_of

Rows = list[dict[str, str]]
ONE_JOB = ("-C", "cells_per_job=2")  # for both cells


def run(folder: Path, expect: int = 0) -> str:
    """Run to the tables of the cohort; the messages."""
    code = start(folder, 2, (TABLES, *ONE_JOB)).wait(1800)
    messages = (folder / "messages.txt").read_text(encoding="utf-8")
    assert code == expect, messages
    return messages


def rows(folder: Path, table: str) -> Rows:
    with (folder / "results/cohort" / table).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, synthetic_night: Path) -> Calm:
    """A project whose tables and pages are finished."""
    return run_calmly(tmp_path_factory.mktemp("finished") / "project", synthetic_night, words=ONE_JOB)


@pytest.fixture
def project(finished: Calm, tmp_path: Path) -> Path:
    """A copy of the finished project, which a test may damage."""
    return Path(shutil.copytree(finished.folder, tmp_path / "project", symlinks=True))


def test_killed_runs_go_on_without_help(finished: Calm, synthetic_night: Path, tmp_path: Path) -> None:
    killed = small_project(tmp_path / "killed", synthetic_night)
    found = chaos(finished, killed, kills=2, seed=257, words=ONE_JOB)  # SIGTERM to the run, SIGKILL to everything
    assert found.faults == [], found.figures
    assert len(found.kills) == 2
    assert found.complete >= 1


def _empty(folder: Path) -> None:
    for path in (folder / "raw").iterdir():
        path.unlink()


def _half(folder: Path) -> None:
    for row in csv.DictReader((folder / "config/recordings.tsv").open(encoding="utf-8"), delimiter="\t"):
        if row["cell"] == "cell01":
            (folder / "raw" / row["file"]).unlink()


@pytest.mark.parametrize(
    ("lose", "message"),
    [
        (lambda folder: (folder / "raw").rename(folder / "gone"), "the folder of the recordings cannot be opened"),
        (_empty, "the folder of the recordings is empty"),
        (_half, "3 of 6 recordings were read before and cannot be read now: the file is missing (3)"),
    ],
)
def test_a_lost_disk_stops_the_run_before_it_writes(
    project: Path, lose: Callable[[Path], object], message: str
) -> None:
    before = tables_of(project)
    lose(project)
    assert message in run(project, expect=2)
    assert tables_of(project) == before


def test_a_missing_file_keeps_its_last_results(project: Path) -> None:
    before = {row["recording"]: row for row in rows(project, "reversals.csv")}
    gone, *_ = rows(project, "recordings.csv")
    file = project / "raw" / gone["file"]
    content = file.read_bytes()
    file.unlink()
    run(project)

    now = {row["recording"]: row for row in rows(project, "reversals.csv")}
    (marked,) = [row for row in rows(project, "recordings.csv") if row["recording"] == gone["recording"]]
    (found,) = [row for row in rows(project, "findings.csv") if row["code"] == "file_lost"]
    assert found["recording"] == gone["recording"]
    assert (marked["status"], marked["sha256"]) == ("flagged", gone["sha256"])
    assert {name: row["e_rev_mV"] for name, row in now.items()} == {n: r["e_rev_mV"] for n, r in before.items()}

    file.write_bytes(content)
    run(project)
    assert rows(project, "recordings.csv")[0] == gone
