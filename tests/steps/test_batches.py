"""Cells of a job: which they are, when they are worked on again, and what one faulty cell does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reversal.errors import Refusal
from reversal.steps.batches import batches_of, whole_batches
from reversal.steps.cell_files import CellFiles
from reversal.steps.step_record import StepRecord, digest, for_each_cell
from reversal.tables.files import write_json


def names(count: int) -> list[str]:
    return [f"c{n}" for n in range(count)]


@pytest.mark.parametrize(("cells", "size"), [(1, 1), (7, 1), (8, 2), (15, 2), (64, 16), (127, 16), (5000, 32)])
def test_every_cell_is_in_one_batch_of_the_size_of_the_night(cells: int, size: int) -> None:
    batches = batches_of(names(cells))
    assert [cell for batch in batches.values() for cell in batch] == names(cells)
    assert {len(batch) for batch in list(batches.values())[:-1]} <= {size}


def test_new_cells_at_the_end_change_only_the_last_batches() -> None:
    before, after = batches_of(names(100)), batches_of(names(110))
    same = [number for number, cells in before.items() if after[number] == cells]
    assert len(same) == len(before) - 1


def test_a_profile_may_give_the_number_of_cells_per_job() -> None:
    assert [len(batch) for batch in batches_of(names(150), 64).values()] == [64, 64, 22]
    assert [len(batch) for batch in batches_of(names(3), 64).values()] == [3]


@pytest.mark.parametrize("wrong", [0, -4, "many", 2.5, True])
def test_a_number_of_cells_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(Refusal, match="cells_per_job"):
        batches_of(names(3), wrong)


def test_a_project_without_cells_has_no_batch() -> None:
    assert batches_of([]) == {}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of results and reports of two finished cells."""
    found = tmp_path / "results", tmp_path / "reports"
    for cell in ("a", "b"):
        files = CellFiles(cell, *found)
        for step, written in (("fit", files.tables()), ("report", files.pages())):
            paths = list(written)
            with StepRecord(files.record).step(step, "settings", paths):
                for path in paths:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text("whole", encoding="utf-8")
    return found


def mark(step: str, folders: tuple[Path, Path]) -> dict[str, Any]:
    """What the mark of the batch says about a step."""
    return {"cells": {cell: StepRecord(CellFiles(cell, *folders).record).of([step]) for cell in ("a", "b")}}


def test_a_batch_as_its_mark_says_is_whole(folders: tuple[Path, Path]) -> None:
    is_whole = whole_batches(folders)
    assert is_whole(mark("fit", folders))
    assert is_whole(mark("report", folders))


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 2)])
@pytest.mark.parametrize(
    ("of", "other", "names"),
    [
        ("fit", "report", [path.relative_to("x") for path in CellFiles("b", Path("x"), Path("x")).tables()]),
        ("report", "fit", [path.relative_to("x") for path in CellFiles("b", Path("x"), Path("x")).pages()]),
    ],
)
def test_a_missing_or_cut_file_repeats_the_job_that_wrote_it(
    folders: tuple[Path, Path], damage: Callable[[Path], None], of: str, other: str, names: list[Path]
) -> None:
    said, said_by_other = mark(of, folders), mark(other, folders)
    for name in names:
        path = folders[of == "report"] / name
        damage(path)
        assert not whole_batches(folders)(said), name
        path.write_text("whole", encoding="utf-8")
    damage(path)
    assert whole_batches(folders)(said_by_other)


@pytest.mark.parametrize("record", ['{"fit": "of an earlier version"}', "[]", "null", "{", ""])
def test_results_that_were_made_from_something_else_since_repeat_their_batch(
    folders: tuple[Path, Path], record: str
) -> None:
    """By a run with batches of another size, whose settings were then changed back; or their record is damaged."""
    said = mark("fit", folders)
    CellFiles("b", *folders).record.write_text(record, encoding="utf-8")
    assert not whole_batches(folders)(said)


def needed(path: Path, made_from: str, file: Path, fail: bool = False) -> bool:
    """Whether a step must run; it writes its file, or ends with an error before it does."""
    with StepRecord(path).step("fit", made_from, [file]) as stale:
        if stale and fail:
            raise ZeroDivisionError
        if stale:
            file.write_text(made_from, encoding="utf-8")
    return stale


def test_a_step_is_repeated_only_after_a_change(tmp_path: Path) -> None:
    record, file = tmp_path / "made_from.json", tmp_path / "table.csv"
    assert needed(record, "one", file)
    assert not needed(record, "one", file)
    assert needed(record, "two", file)
    file.unlink()
    assert needed(record, "two", file)
    file.write_text("tw", encoding="utf-8")  # cut
    assert needed(record, "two", file)
    record.write_text("{damaged", encoding="utf-8")
    assert needed(record, "two", file)


def test_a_step_that_ended_with_an_error_is_forgotten(tmp_path: Path) -> None:
    """Its files may be old and new; the settings of before must not make them look finished."""
    record, file = tmp_path / "made_from.json", tmp_path / "table.csv"
    needed(record, "one", file)
    with pytest.raises(ZeroDivisionError):
        needed(record, "two", file, fail=True)
    assert needed(record, "one", file)


def test_the_digest_depends_on_texts_and_contents(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1", encoding="utf-8")
    first = digest(["x", "y"], [file])
    assert digest(["xy", ""], [file]) != first
    file.write_text("2", encoding="utf-8")
    assert digest(["x", "y"], [file]) != first


def test_an_error_in_one_cell_does_not_stop_the_others() -> None:
    done = []

    def work(place: int) -> None:
        if place == 1:
            raise ZeroDivisionError("planted")
        if place == 2:
            raise Refusal("the disk is full")
        done.append(place)

    with pytest.raises(Refusal, match=r"2 of 4 cells ended with an error: c1: .*planted.*; c2: the disk is full"):
        for_each_cell(names(4), work)
    assert done == [0, 3]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells which files are open")
def test_a_step_is_forgotten_on_the_disk_before_it_begins_and_its_files_are_there_before_it_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").resolve()
        forced.append("folder" if path.is_dir() else path.name.split(".writing")[0].lstrip("."))
        real(handle)

    record, table = StepRecord(tmp_path / "made_from.json"), tmp_path / "table.json"
    monkeypatch.setattr(os, "fsync", fsync)
    for made_from in ("one", "two"):
        with record.step("fit", made_from, [table]):
            forced.append("begins")
            write_json(table, {})
        forced.append("finished")
    wait = ["table.json", "folder", "finished"]
    assert forced == ["begins", *wait, "made_from.json", "folder", "begins", *wait]
    assert StepRecord(tmp_path / "made_from.json").of(["fit"])["fit"]["made_from"] == "two"
