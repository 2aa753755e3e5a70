"""A run stops if too many recordings have disappeared; a few keep their last results."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.experiment.project import Project, load_project
from reversal.steps.lost_recordings import refuse_lost_recordings


@pytest.fixture
def raw(tmp_path: Path, synthetic_night: Path) -> Path:
    return Path(shutil.copytree(synthetic_night, tmp_path / "raw"))


def project(raw: Path, known: bool = True, **configuration: object) -> Project:
    """The demo night with another raw_dir; known : whether every recording was read before."""
    paths = {"raw_dir": str(raw), "recordings": str(raw / "recordings.tsv"), "solutions": str(raw / "solutions.yaml")}
    return load_project({**paths, **configuration}, has_copy=lambda *_: known)


def lose(raw: Path, number: int) -> int:
    """Remove the files of the first recordings; the number of all recordings."""
    with (raw / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        files = [row["file"] for row in csv.DictReader(stream, delimiter="\t")]
    for file in files[:number]:
        (raw / file).unlink()
    return len(files)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_few_missing_files_stop_nothing(raw: Path, number: int) -> None:
    lose(raw, number)
    found = project(raw)
    refuse_lost_recordings(found)
    assert len(found.missing) == number
    assert found.faults == ()


def test_many_missing_files_stop_the_run(raw: Path) -> None:
    total = lose(raw, 10)
    with pytest.raises(Refusal, match=rf"10 of {total} recordings were read before.*at most 25% missing"):
        refuse_lost_recordings(project(raw))
    refuse_lost_recordings(project(raw, max_missing_fraction=0.5))


def test_files_that_were_never_there_are_faults_of_their_rows(raw: Path) -> None:
    lose(raw, 10)
    found = project(raw, known=False)
    refuse_lost_recordings(found)
    assert len(found.faults) == 10
