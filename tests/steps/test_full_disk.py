"""A disk that is full, here a small file system in memory: the reason is said, and finished files stay whole."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.steps.run_lock import begin_run
from reversal.steps.run_log import reason_in
from reversal.steps.step_log import logged
from reversal.tables.whole_file import check_writable, made_together, whole_file

DISK_BYTES = 2 << 20

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root can mount a small file system"
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no small file system here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the space that is left."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 12))
        except OSError:
            return path


def test_a_file_that_does_not_fit_leaves_the_earlier_one_whole_and_no_rest(disk: Path) -> None:
    path = disk / "table.csv"
    with whole_file(path) as target:
        target.write_bytes(b"earlier")
    with pytest.raises(Refusal, match=r"table\.csv: the disk is full\. Free space"), whole_file(path) as target:
        target.write_bytes(bytes(2 * DISK_BYTES))
    assert path.read_bytes() == b"earlier"
    assert [one.name for one in disk.iterdir()] == ["table.csv"]
    check_writable(disk)  # the space is free again


def test_tables_that_do_not_fit_leave_all_tables_and_pages_of_before(disk: Path) -> None:
    def write(text: bytes) -> None:
        with made_together(disk) as made:
            (made / "figures").mkdir()
            for name in ("pooled.csv", "shifts.csv", "figures/line.svg"):
                with whole_file(made / name) as target:
                    target.write_bytes(text)

    write(b"earlier")
    before = {path: path.read_bytes() for path in disk.rglob("*.*")}
    with pytest.raises(Refusal, match=r"disk/shifts\.csv: the disk is full\. Free space"):
        write(bytes(DISK_BYTES // 3 * 2))
    assert {path: path.read_bytes() for path in disk.rglob("*.*")} == before
    write(b"later")
    assert {path.read_bytes() for path in disk.rglob("*.*")} == {b"later"}


@pytest.mark.parametrize("of", [".snakemake", "results"])
def test_a_run_does_not_start_on_a_full_disk(
    of: str, disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("reversal.steps.run_lock.announce_process", lambda: None)
    (tmp_path / of).symlink_to(disk)
    filler = fill(disk)
    with pytest.raises(Refusal, match=rf"{of}/.*: the disk is full"):
        begin_run([Path("results")], [])
    filler.unlink()
    assert begin_run([Path("results")], [])


def test_a_step_that_cannot_write_its_log_ends_with_its_reason(disk: Path) -> None:
    (disk / "logs").mkdir()
    fill(disk)
    with (
        pytest.raises(SystemExit, match=r"cell\.h5: the disk is full"),
        logged(str(disk / "logs" / "step.log")),
        whole_file(disk / "cell.h5") as target,
    ):
        target.write_bytes(b"samples")


def test_a_log_on_a_full_disk_prints_no_traceback(disk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fill(disk)
    with logged(str(disk / "step.log")):
        logging.getLogger("reversal").error("c1: the disk is full")
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("of", [".snakemake", "logs"])
def test_a_job_without_an_error_in_its_log_failed_because_of_the_full_disk(
    of: str, disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / of).symlink_to(disk)
    logs = [f"{of}/0001.log" if of == "logs" else "logs/0001.log"]
    assert reason_in(logs).startswith("its log has no error: it was killed")
    filler = fill(disk)
    assert (
        reason_in(logs) == f"the disk of {of} is full. Free space on the disk, then run again; finished files are kept"
    )
    filler.unlink()
    assert reason_in(logs).startswith("its log has no error: it was killed")
