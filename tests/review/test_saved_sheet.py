"""Saving keeps a backup of what others wrote, and never writes over what they wrote meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.review.saved_sheet import ProjectChanged, SavedSheet

SHEET = b"recording\tcell\tfile\tbath\tpipette\ttemperature_C\tnote\nr1\tc1\tr1.abf\tK5\tin\t22\told\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "recordings.tsv"
    path.write_bytes(SHEET)
    return path


def test_the_first_save_makes_a_backup_and_the_next_one_needs_none(sheet: Path) -> None:
    saved = SavedSheet()
    made = saved.write(sheet, "r1", {"note": "new"}, lambda: True)
    assert made is not None
    assert made.read_bytes() == SHEET
    assert made.name.startswith("recordings.before_review_")
    assert sheet.read_bytes() == SHEET.replace(b"old", b"new")
    assert saved.write(sheet, "r1", {"note": "newer"}, lambda: True) is None
    assert sheet.read_bytes() == SHEET.replace(b"old", b"newer")


def test_what_somebody_else_wrote_between_two_saves_is_kept_and_backed_up(sheet: Path) -> None:
    saved = SavedSheet()
    saved.write(sheet, "r1", {"note": "new"}, lambda: True)
    theirs = sheet.read_bytes() + b"r2\tc1\tr2.abf\tK20\tin\t22\ttheirs\n"
    sheet.write_bytes(theirs)
    made = saved.write(sheet, "r1", {"note": "newer"}, lambda: True)
    assert made is not None
    assert made.read_bytes() == theirs
    assert sheet.read_bytes() == theirs.replace(b"new", b"newer")


def test_a_change_after_the_page_was_loaded_is_noticed(sheet: Path) -> None:
    with pytest.raises(ProjectChanged, match="nothing was written"):
        SavedSheet().write(sheet, "r1", {"note": "new"}, lambda: False)
    assert sheet.read_bytes() == SHEET
    assert list(sheet.parent.iterdir()) == [sheet]


def test_a_change_while_the_sheet_is_saved_is_noticed(sheet: Path) -> None:
    def as_shown() -> bool:
        sheet.write_bytes(SHEET.replace(b"22", b"23"))
        return True

    with pytest.raises(ProjectChanged):
        SavedSheet().write(sheet, "r1", {"note": "new"}, as_shown)
    assert sheet.read_bytes() == SHEET.replace(b"22", b"23")


@pytest.mark.parametrize("mark", [".~lock.recordings.tsv#", "~$recordings.tsv"])
def test_a_sheet_that_is_open_in_a_spreadsheet_program_is_not_written(sheet: Path, mark: str) -> None:
    sheet.with_name(mark).touch()
    with pytest.raises(Refusal, match="open in a spreadsheet program"):
        SavedSheet().write(sheet, "r1", {"note": "new"}, lambda: True)
    assert sheet.read_bytes() == SHEET


def test_a_read_only_sheet_is_not_written(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)  # who runs the tests may write everything
    with pytest.raises(Refusal, match="read-only"):
        SavedSheet().write(sheet, "r1", {"note": "new"}, lambda: True)
    assert sheet.read_bytes() == SHEET
