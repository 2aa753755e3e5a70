"""What runs again because a file was removed, or a step or the tables of a cell are not finished."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from reversal.steps.finished_steps import date_to_now, forget_unfinished, is_interrupted, removed_files, say_finished

COHORT, PAGE, BUNDLE = Path("finished/cohort"), Path("finished/morning_page"), Path("finished/bundle")
STEPS = {COHORT: [Path("cohort/a.csv"), Path("cohort/b.csv")], PAGE: [Path("index.html")], BUNDLE: [Path("b.zip")]}
BATCH = Path("batches/0001.measured.json")


@pytest.fixture(autouse=True)
def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project in which every step is finished but the bundle, which nobody wanted."""
    monkeypatch.chdir(tmp_path)
    for path in (BATCH, *STEPS[COHORT], *STEPS[PAGE]):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    for step in (COHORT, PAGE):
        say_finished(step, STEPS[step])


def left() -> set[Path]:
    forget_unfinished([BATCH], STEPS)
    return {step for step in STEPS if step.exists()}


def test_finished_steps_stay_finished() -> None:
    assert left() == {COHORT, PAGE}


def test_a_removed_table_forgets_the_cohort_and_what_is_made_from_it() -> None:
    STEPS[COHORT][1].unlink()
    assert removed_files(COHORT, STEPS[COHORT]) == ["b.csv"]
    assert left() == set()
    assert removed_files(COHORT, STEPS[COHORT]) == []


def test_a_removed_page_forgets_only_the_page() -> None:
    STEPS[PAGE][0].unlink()
    assert left() == {COHORT}


def test_a_killed_job_of_cells_forgets_what_is_made_from_their_tables() -> None:
    BATCH.unlink()
    assert left() == set()


def test_files_without_their_step_are_those_of_an_earlier_run() -> None:
    assert not is_interrupted(COHORT, STEPS[COHORT])
    assert not is_interrupted(BUNDLE, STEPS[BUNDLE])
    COHORT.unlink()
    assert is_interrupted(COHORT, STEPS[COHORT])


def test_a_date_in_the_future_becomes_now_and_another_stays() -> None:
    os.utime(COHORT, (0, time.time() + 3600))
    os.utime(PAGE, (0, 1000))
    date_to_now([COHORT.parent, Path("absent")])
    assert COHORT.stat().st_mtime <= time.time()
    assert PAGE.stat().st_mtime == 1000


def test_the_same_files_are_said_in_the_same_words_and_others_in_other_words() -> None:
    before = COHORT.read_text()
    say_finished(COHORT, STEPS[COHORT])
    assert COHORT.read_text() == before
    STEPS[COHORT][0].write_text("cell\n", encoding="utf-8")
    say_finished(COHORT, STEPS[COHORT])
    assert COHORT.read_text() != before
