"""Which jobs are repeated: what they were made from has changed, or their mark or files were removed or cut."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from reversal.errors import Refusal
from reversal.steps.finished_jobs import PlannedJob, are_whole, date_to_now, finished, sizes_of, unfinished

FOLDERS = Path("results"), Path("reports")
BATCH, COHORT, PAGE = "results/batches/1.json", "results/finished/cohort", "results/finished/page"
FILES = {BATCH: "results/cells/a.csv", COHORT: "results/cohort/a.csv", PAGE: "reports/figures/a.svg"}
USED = {BATCH: [], COHORT: [BATCH], PAGE: [COHORT]}


class Night:
    """Three jobs, each of which uses the files of the one before."""

    def __init__(self) -> None:
        self.settings: dict[str, object] = {mark: {"cells": ("a", "b"), "code": "c"} for mark in FILES}

    def params(self, mark: str) -> dict[str, object]:
        return {"folders": [str(folder.absolute()) for folder in FOLDERS], "settings": self.settings[mark]}

    def run(self, mark: str) -> None:
        """Do a job as a script does it: its tuples have become lists on their way."""
        params = json.loads(json.dumps(self.params(mark)))
        with finished(SimpleNamespace(params=params, input=USED[mark], output=[mark])) as said:
            file = Path(FILES[mark])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("whole", encoding="utf-8")
            said["bytes"] = sizes_of([file.parent], FOLDERS)

    def unfinished(self) -> set[str]:
        return unfinished(
            PlannedJob(
                mark, partial(lambda of: self.params(of).items(), mark), partial(USED.get, mark, []), self.is_whole
            )
            for mark in FILES
        )

    @staticmethod
    def is_whole(said: dict[str, object]) -> bool:
        return are_whole(said, FOLDERS)


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night whose jobs are finished."""
    monkeypatch.chdir(tmp_path)
    night = Night()
    assert night.unfinished() == set(FILES)
    for mark in FILES:
        night.run(mark)
    return night


def test_finished_jobs_are_not_repeated_also_in_another_place(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert night.unfinished() == set()
    moved = tmp_path.with_name("moved")
    tmp_path.rename(moved)
    monkeypatch.chdir(moved)
    assert night.unfinished() == set()


def test_a_job_made_from_other_settings_is_repeated_with_all_that_use_it(night: Night) -> None:
    before = night.settings[COHORT]
    night.settings[COHORT] = "other"
    assert night.unfinished() == {COHORT, PAGE}
    night.run(COHORT)
    assert night.unfinished() == {PAGE}
    night.settings[COHORT] = before
    assert night.unfinished() == {COHORT, PAGE}


def test_a_job_whose_input_was_made_again_from_something_else_is_repeated(night: Night) -> None:
    night.run(BATCH)
    assert night.unfinished() == set()
    night.settings[BATCH] = "other"
    night.run(BATCH)
    assert night.unfinished() == {COHORT, PAGE}


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 0), lambda path: os.truncate(path, 3)])
@pytest.mark.parametrize("files", [{mark: mark for mark in FILES}, FILES], ids=["marks", "files"])
def test_a_removed_or_cut_mark_or_file_repeats_its_job_and_all_that_use_it(
    night: Night, damage: Callable[[Path], None], files: dict[str, str]
) -> None:
    for mark, repeated in ((PAGE, {PAGE}), (COHORT, {COHORT, PAGE}), (BATCH, set(FILES))):
        damage(Path(files[mark]))
        assert night.unfinished() == repeated


def test_a_job_that_the_project_does_not_allow_is_not_finished(night: Night) -> None:
    def refused() -> list[tuple[str, object]]:
        raise Refusal("a cell has several subjects")

    assert unfinished([PlannedJob(PAGE, refused, list, night.is_whole)]) == {PAGE}


@pytest.mark.usefixtures("night")
def test_a_job_with_an_error_leaves_no_mark() -> None:
    Path(PAGE).unlink()
    with pytest.raises(Refusal), finished(SimpleNamespace(params={}, input=[], output=[PAGE])):
        raise Refusal("the disk is full")
    assert not Path(PAGE).exists()


@pytest.mark.usefixtures("night")
def test_a_date_in_the_future_becomes_now_and_another_stays() -> None:
    cohort, page = Path(COHORT), Path(PAGE)
    os.utime(cohort, (0, time.time() + 3600))
    os.utime(page, (0, 1000))
    date_to_now([cohort.parent, Path("absent")])
    assert cohort.stat().st_mtime <= time.time()
    assert page.stat().st_mtime == 1000
