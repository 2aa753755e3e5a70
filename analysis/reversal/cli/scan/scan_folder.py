"""From a folder of recordings to the rows of a sheet: open, leave out, group, guess, write."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.cli.progress import Progress
from reversal.cli.scan.draft import DraftRow, draft_row, recording_names
from reversal.cli.scan.found import Found, Place, found_at, places_in, with_cells_in_file, without_repeats
from reversal.cli.scan.grouping import Group, cell_names, grouped
from reversal.cli.scan.guesses import guesses_for, solutions_of
from reversal.cli.scan.sheet_file import PresentSheet, add_rows, present_sheet
from reversal.cli.scan.sweep_runs import Files, joined
from reversal.errors import Refusal
from reversal.experiment.configuration import Configuration
from reversal.experiment.examination import Examination
from reversal.experiment.faults import all_in_one
from reversal.experiment.project import read_configuration
from reversal.experiment.raw_file import check_raw_dir, is_complete
from reversal.experiment.solutions import Solution
from reversal.recordings.survey import files_in
from reversal.tables.whole_file import whole_file

LEFT_OUT = "left_out.tsv"


@dataclass(frozen=True, slots=True)
class Scan:
    """Result of a scan.

    opened : number of recordings
    old_rows, missing_files : rows that the sheet already had, and files that they name and that are not there
    """

    sheet: Path
    solutions: Path
    opened: int
    rows: tuple[DraftRow, ...]
    left_out: tuple[Found, ...]
    old_rows: int
    missing_files: tuple[str, ...]

    @property
    def left_out_file(self) -> Path:
        """The table of what is left out, next to the sheet."""
        return self.sheet.with_name(LEFT_OUT)


def scan_folder(
    config: Path, folder: Path | None = None, *, write: bool = True, written_before: float | None = None
) -> Scan:
    """Draft rows for the new recordings of a folder.

    folder : part of raw_dir; None for all of it
    write : add the rows to the sheet, and write the table of what is left out
    written_before : a file that changed after this time is not opened: it may still be written [s since 1970]

    Raises Refusal for a configuration or a sheet that cannot be read.
    """
    configuration, solutions = _configuration(config)
    check_raw_dir(configuration.raw_dir)
    if folder is not None:
        _refuse_other_folder(folder, configuration.raw_dir, config)
    present = present_sheet(configuration.recordings)
    recordings = _opened(configuration, folder, written_before, () if present is None else present.rows)
    rows = _new_rows(recordings, configuration, solutions, present)
    left_out = tuple(found for found in recordings if found.no_iv is not None)
    old = () if present is None else present.rows
    result = Scan(
        configuration.recordings,
        configuration.solutions,
        len(recordings),
        tuple(rows),
        left_out,
        len(old),
        _missing(configuration, old),
    )
    if write:
        if rows:
            add_rows(configuration.recordings, present, rows)
        _write_left_out(result.left_out_file, left_out)
    return result


def _refuse_other_folder(folder: Path, raw_dir: Path, config: Path) -> None:
    """Raise Refusal if the folder is not raw_dir or a part of it."""
    if not folder.is_dir():
        raise Refusal("the folder does not exist", file=folder)
    if not folder.resolve().is_relative_to(raw_dir.resolve()):
        raise Refusal(
            "the folder is not in the folder of the recordings",
            file=folder,
            expected=f"{raw_dir} or a folder in it",
            remedy=f"Set raw_dir in {config}, or make a project for this folder: reversal init --recordings FOLDER",
        )


def _configuration(path: Path) -> tuple[Configuration, Mapping[str, Solution | None]]:
    """The configuration, and its solutions by name; None for a faulty one."""
    examination = Examination(path)
    configuration, table = examination.configuration(read_configuration(path))
    if examination.refused:
        raise all_in_one(examination.refused)
    solutions, faults = examination.solutions(configuration, table)
    if examination.refused:
        raise all_in_one(examination.refused)
    return configuration, {**(solutions or {}), **dict.fromkeys(faults)}


def _opened(
    configuration: Configuration,
    folder: Path | None,
    written_before: float | None,
    rows: Sequence[Mapping[str, str]],
) -> list[Found]:
    """Every recording of the folder that is complete, with all of its files, opened once."""
    raw_dir = configuration.raw_dir
    below = raw_dir if folder is None else raw_dir / folder.resolve().relative_to(raw_dir.resolve())
    recordings = [
        one
        for one in joined(files_in(below), configuration, rows)
        if all(is_complete(path, written_before) for path in one.paths)
    ]
    found: list[Found] = []
    with Progress(len(recordings), "files") as progress:
        for files in recordings:
            found += [found_at(place, configuration) for place in _places(configuration, files)]
            progress.done_one(files.paths[0].name)
    return with_cells_in_file(list(without_repeats(found)))


def _places(configuration: Configuration, files: Files) -> list[Place]:
    return places_in(configuration.raw_dir, files, configuration.max_file_MB)


def _new_rows(
    recordings: Sequence[Found],
    configuration: Configuration,
    solutions: Mapping[str, Solution | None],
    present: PresentSheet | None,
) -> list[DraftRow]:
    """Rows of the recordings with an I–V that the sheet does not have, in the order of their starts by cell."""
    in_sheet = {} if present is None else present.cells(configuration.raw_dir)
    of_a_time = [found for found in recordings if found.no_iv is None or found.started is not None]
    groups = [one for one in grouped(of_a_time, configuration.scan) if any(f.no_iv is None for f in one.recordings)]
    names = cell_names(groups, in_sheet, in_sheet.values())
    new: list[tuple[Found, Group, str]] = [
        (found, group, cell)
        for group, cell in zip(groups, names, strict=True)
        for found in group.recordings
        if found.no_iv is None and not _is_in_sheet(found.place, in_sheet)
    ]
    taken = [] if present is None else [row.get("recording", "") for row in present.rows]
    roles = solutions_of(configuration, solutions)
    return [
        draft_row(found, cell, group, name, guesses_for(found, configuration, roles))
        for (found, group, cell), name in zip(new, recording_names([f for f, _, _ in new], taken), strict=True)
    ]


def _is_in_sheet(place: Place, in_sheet: Mapping[tuple[str, str | None], str]) -> bool:
    """Whether the sheet has the recording; a row without a channel has all channels of its file."""
    return place.key in in_sheet or (place.file, None) in in_sheet


def _missing(configuration: Configuration, rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    files = dict.fromkeys(row.get("file", "") for row in rows)
    return tuple(file for file in files if file and not _exists(configuration.raw_dir, file))


def _exists(raw_dir: Path, file: str) -> bool:
    try:
        return (raw_dir / file).exists() or (raw_dir / file.replace("\\", "/")).exists()
    except (OSError, ValueError):
        return False


def _write_left_out(path: Path, left_out: Sequence[Found]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        whole_file(path) as target,
        target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(["file", "channel", "reason"])
        writer.writerows([one.place.file, one.place.channel or "", one.no_iv] for one in left_out)
