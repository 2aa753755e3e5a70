"""Files appear whole or not at all; unfinished files of killed processes are removed; a full disk is said."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.tables.whole_file import check_writable, made_together, remove_temporary_files, whole_file, whole_files

NAMES = ("a.csv", "b.csv", "c.csv", "d.csv")


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "the disk is full. Free space on the disk"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the file system is read-only"),
    ],
)
def test_a_disk_that_takes_no_more_is_said(tmp_path: Path, number: int, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(Refusal, match=message), whole_file(path):
        raise OSError(number, "as the system says")
    assert path.read_text(encoding="utf-8") == "old"
    assert [other.name for other in tmp_path.iterdir()] == ["table.csv"]


def test_another_error_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), whole_file(tmp_path / "table.csv"):
        raise PermissionError(errno.EACCES, "of a file that was read")


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("", encoding="utf-8")
    with pytest.raises(Refusal, match="a part of the path is a file"):
        check_writable(tmp_path / "results")


def test_a_folder_that_can_be_written_stays_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("limit", [0, 100, 10_000, 400_000, 700_000])
def test_the_limit_of_the_file_size_ends_recordings_with_a_sentence(tmp_path: Path, limit: int) -> None:
    """HDF5 itself would end the process with a signal when it cannot write."""
    code = """
import resource, sys
from pathlib import Path
import numpy as np
from reversal.errors import Refusal
from reversal.recordings.recording.recording import Channel, Command, Evidence, Recording, Sweep, SweepCommand
from reversal.recordings.recording.store import Ingested, write_recordings
channel = Channel("I", "pA", "current")
noise = np.random.default_rng(1).normal(size=100_000)
found = Recording(file="a", sha256="0", format="x", sample_rate_Hz=1e4, sweeps=(Sweep(0.0, noise),),
    command=Command((SweepCommand(()),), Evidence.DECLARED, "as declared"),
    current_channel=channel, channels=(channel,))
allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), allowed[1]))
try:
    write_recordings(Path(sys.argv[1]), [Ingested("r", found, None)])
except Refusal as refusal:
    print(refusal)
resource.setrlimit(resource.RLIMIT_FSIZE, allowed)  # coverage writes its own file at the end
"""
    path = tmp_path / "recordings.h5"
    ended = subprocess.run(
        [sys.executable, "-c", code, str(path), str(limit)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "recordings.h5: the file is larger than allowed" in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_only_files_of_dead_processes_are_removed(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from reversal.tables.whole_file import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as target:\n"
        "    target.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "cells/a/iv.csv")], check=False)
    (dead,) = (tmp_path / "cells/a").iterdir()
    (tmp_path / ".notes.writing-on-the-wall").write_text("of a person", encoding="utf-8")
    with whole_file(tmp_path / "own.csv") as own:
        assert remove_temporary_files(tmp_path) == [dead]
        assert own.exists()
    assert (tmp_path / ".notes.writing-on-the-wall").exists()


def test_a_folder_that_is_a_link_to_itself_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(Refusal, match=r"a broken link|leads to itself"):
        check_writable(tmp_path / "loop")


def contents(folder: Path) -> dict[str, str]:
    """Text of every file below a folder, also of those with a temporary name."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def write_all(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def files_together(folder: Path) -> None:
    """New tables in place of the earlier ones."""
    with whole_files([folder / name for name in NAMES]) as targets:
        for target in targets:
            target.write_text("new", encoding="utf-8")


def folder_together(folder: Path) -> None:
    """The same in a folder of their own."""
    with made_together(folder) as made:
        write_all(made, dict.fromkeys(NAMES, "new"))


TOGETHER = pytest.mark.parametrize("write", [files_together, folder_together])


@TOGETHER
@pytest.mark.parametrize("at", range(len(NAMES)))
@pytest.mark.parametrize("fault", [PermissionError(errno.EACCES, "open elsewhere"), KeyboardInterrupt()])
@pytest.mark.parametrize("links", [True, False])
def test_a_fault_between_two_tables_leaves_all_of_before(
    write: Callable[[Path], None], at: int, fault: BaseException, links: bool, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    earlier = {name: f"earlier {name}" for name in NAMES if name != "b.csv"}
    write_all(tmp_path, earlier)
    replace = Path.replace

    def faulty(self: Path, target: Path) -> Path:
        if target == tmp_path / NAMES[at] and ".earlier" not in self.name:
            raise fault
        return replace(self, target)

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "this file system has no links")

    monkeypatch.setattr(Path, "replace", faulty)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises((Refusal, KeyboardInterrupt)):
        write(tmp_path)
    assert contents(tmp_path) == earlier
    monkeypatch.setattr(Path, "replace", replace)
    write(tmp_path)
    assert contents(tmp_path) == dict.fromkeys(NAMES, "new")


@TOGETHER
def test_a_folder_of_the_name_of_a_table_is_kept(write: Callable[[Path], None], tmp_path: Path) -> None:
    of_a_person = {"a.csv": "earlier", "c.csv/notes.txt": "of a person"}
    write_all(tmp_path, of_a_person)
    with pytest.raises(Refusal, match=r"c\.csv: a folder has the name of this file"):
        write(tmp_path)
    assert contents(tmp_path) == of_a_person


def test_a_subfolder_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    earlier = {"index.html": "earlier", "figures/gone.svg": "earlier", "cells/c1.html": "earlier"}
    write_all(tmp_path, earlier)
    with pytest.raises(RuntimeError), made_together(tmp_path) as made:  # noqa: PT012
        write_all(made, {"index.html": "new", "figures/line.svg": "new"})
        raise RuntimeError("of the second figure")
    assert contents(tmp_path) == earlier
    with made_together(tmp_path) as made:
        write_all(made, {"index.html": "new", "figures/line.svg": "new"})
    assert contents(tmp_path) == {"index.html": "new", "figures/line.svg": "new", "cells/c1.html": "earlier"}


def test_a_link_to_a_folder_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    write_all(tmp_path, {"elsewhere/line.svg": "earlier"})
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/figures").symlink_to(tmp_path / "elsewhere")
    with made_together(tmp_path / "reports") as made:
        write_all(made, {"figures/line.svg": "new"})
    assert contents(tmp_path) == {"elsewhere/line.svg": "earlier", "reports/figures/line.svg": "new"}


def test_the_folder_of_a_killed_process_is_removed_and_its_name_is_not_shown(tmp_path: Path) -> None:
    full = pytest.raises(Refusal, match=r"reports/index\.html: the disk is full")
    with full, made_together(tmp_path / "reports") as made:
        left = made.with_name(made.name.replace(f"-{os.getpid()}-", "-999999999-"))
        write_all(left, {"figures/line.svg": "half", "figures/line.svg.earlier": "of before"})
        with whole_file(made / "index.html"):
            raise OSError(errno.ENOSPC, "as the system says")
    assert left in remove_temporary_files(tmp_path)
    assert contents(tmp_path) == {}
