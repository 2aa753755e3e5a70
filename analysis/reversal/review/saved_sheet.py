"""Writes values of a person into the recording sheet: a backup first, and never over changes of somebody else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.sheet_change import changed_sheet, write_sheet
from reversal.experiment.sheet_text import sheet_content
from reversal.tables.whole_file import whole_file


class ProjectChanged(Refusal):
    """A file of the project changed after the page was made."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            "a file of the project changed after this page was loaded; nothing was written",
            file=file,
            remedy="Copy what you wrote on this page, load it again (F5), and set it again",
        )


class SavedSheet:
    """The sheet, with the content that was written into it last: only other content needs a backup."""

    def __init__(self) -> None:
        self._own = b""

    def write(
        self,
        path: Path,
        recording: str,
        values: Mapping[str, str],
        is_as_shown: Callable[[], bool],
        *,
        has_points: bool = False,
    ) -> Path | None:
        """Write other values into the row of a recording; the path of the backup, if one was needed.

        is_as_shown : whether the project is still as the page shows it

        Raises ProjectChanged, or Refusal if the sheet cannot be changed or written.
        """
        try:
            return self._written(path, recording, values, is_as_shown, has_points)
        except OSError as fault:  # such as a file that a spreadsheet program locks
            raise Refusal("the sheet cannot be written", file=path, found=fault.strerror) from fault

    def _written(
        self, path: Path, recording: str, values: Mapping[str, str], is_as_shown: Callable[[], bool], has_points: bool
    ) -> Path | None:
        refuse_if_protected(path)
        before = sheet_content(path)
        if not is_as_shown():
            raise ProjectChanged(path)
        after = changed_sheet(path, before, recording, values, has_points=has_points)
        made = None if before == self._own else backup(path, before)
        if sheet_content(path) != before:
            raise ProjectChanged(path)
        write_sheet(path, after)
        self._own = after
        return made


def backup(path: Path, content: bytes) -> Path:
    """Write the content of a sheet next to it, under a name with date and time; no earlier backup is overwritten."""
    started = f"{path.stem}.before_review_{datetime.now():%Y-%m-%d_%H%M%S}"
    target = path.with_name(f"{started}{path.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{started}_{number}{path.suffix}")
    with whole_file(target) as made:
        made.write_bytes(content)
        shutil.copymode(path, made)
    return target


def refuse_if_protected(path: Path) -> None:
    """Raise Refusal if the sheet is read-only, or if LibreOffice or Excel has it open and would write over it later."""
    if path.exists() and not os.access(path, os.W_OK):
        raise Refusal("the sheet is read-only; nothing was written", file=path)
    for mark in (path.with_name(f".~lock.{path.name}#"), path.with_name(f"~${path.name}")):
        if mark.exists():
            raise Refusal(
                "the sheet is open in a spreadsheet program; nothing was written",
                file=path,
                remedy=f"Close it there. If it is open nowhere, delete {mark}",
            )
