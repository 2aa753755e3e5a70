"""A run stops if too many recordings can no longer be read; a few keep their last results."""

from __future__ import annotations

import csv
import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reversal.errors import Refusal
from reversal.experiment.project import Project, load_project
from reversal.steps.lost_recordings import refuse_lost_recordings


@pytest.fixture
def raw(tmp_path: Path, synthetic_night: Path) -> Path:
    return Path(shutil.copytree(synthetic_night, tmp_path / "raw"))


def project(raw: Path, known: bool = True, **configuration: object) -> Project:
    """The demo night with another raw_dir; known : whether every recording was read before."""
    configuration = {"results_dir": str(raw.parent / "results"), **configuration}
    paths = {"raw_dir": str(raw), "recordings": str(raw / "recordings.tsv"), "solutions": str(raw / "solutions.yaml")}
    return load_project({**paths, **configuration}, has_copy=lambda *_: known)


def lose(raw: Path, number: int) -> int:
    """Remove the files of the first recordings; the number of all recordings."""
    files = files_of(raw)
    for file in files[:number]:
        file.unlink()
    return len(files)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_few_missing_files_stop_nothing(raw: Path, number: int) -> None:
    lose(raw, number)
    found = project(raw)
    refuse_lost_recordings(found)
    assert len(found.unreached) == number
    assert found.faults == ()


def test_many_missing_files_stop_the_run(raw: Path) -> None:
    total = lose(raw, 10)
    with pytest.raises(Refusal, match=rf"10 of {total} recordings were read before.*at most 25% lost"):
        refuse_lost_recordings(project(raw))
    refuse_lost_recordings(project(raw, max_missing_fraction=0.5))


def test_files_that_were_never_there_are_faults_of_their_rows(raw: Path) -> None:
    lose(raw, 10)
    found = project(raw, known=False)
    refuse_lost_recordings(found)
    assert len(found.faults) == 10


LOSSES: dict[str, Callable[[Path], object]] = {
    "the file is empty": lambda file: file.write_bytes(b""),
    "the link leads to itself": lambda file: (file.unlink(), file.symlink_to(file.name)),
    "the link leads to a file outside raw_dir": lambda file: (file.unlink(), file.symlink_to(Path(__file__))),
    "the path is a folder, not a file": lambda file: (file.unlink(), file.mkdir()),
}


def files_of(raw: Path) -> list[Path]:
    with (raw / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        return [raw / row["file"] for row in csv.DictReader(stream, delimiter="\t")]


def last_run(raw: Path) -> None:
    """The table of a run that read every file."""
    table = raw.parent / "results" / "cohort" / "recordings.csv"
    table.parent.mkdir(parents=True)
    lines = [f"cell01,{file.name},ABF" for file in files_of(raw)]
    table.write_text("\n".join(["cell,file,format", *lines, ""]), encoding="utf-8")


@pytest.mark.parametrize("reason", LOSSES)
def test_many_files_that_cannot_be_read_stop_the_run_whatever_the_reason(raw: Path, reason: str) -> None:
    last_run(raw)
    for file in files_of(raw)[:10]:
        LOSSES[reason](file)
    files_of(raw)[10].unlink()
    with pytest.raises(Refusal, match=rf"11 of \d+ recordings .* read now: {reason} \(10\); the file is missing \(1\)"):
        refuse_lost_recordings(project(raw))


def test_files_without_permission_stop_the_run(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read every file, so that the system's answer is planted."""
    last_run(raw)
    opened = Path.open

    def refused(path: Path, *words: Any, **named: Any) -> Any:
        if path.suffix == ".abf":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *words, **named)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(Refusal, match=r"the file cannot be opened \(Permission denied\) \(\d+\)"):
        refuse_lost_recordings(project(raw))


def test_files_that_the_last_run_read_count_if_cell_or_protocol_of_the_rows_changed(raw: Path) -> None:
    last_run(raw)
    lose(raw, 10)
    with pytest.raises(Refusal, match=r"10 of \d+ recordings were read before"):
        refuse_lost_recordings(project(raw, known=False))


def test_files_that_were_always_empty_stop_nothing(raw: Path) -> None:
    for file in files_of(raw)[:10]:
        file.write_bytes(b"")
    refuse_lost_recordings(project(raw, known=False))
