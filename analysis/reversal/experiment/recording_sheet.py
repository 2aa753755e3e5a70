"""The recording sheet: a row a recording, TSV or CSV in UTF-8; a faulty row keeps its fault and its place."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.faults import value_fault
from reversal.experiment.step_settings import Declared, Entry

REQUIRED = ("recording", "cell", "file", "bath", "pipette", "temperature_C")
OPTIONAL = tuple(name for name in Entry.model_fields if name not in (*REQUIRED, "extra"))
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")  # no leading dot or dash: the name becomes a folder
NOT_EXCLUDED = {"", "no", "false", "0", "n"}
EXCLUDED_WITHOUT_WORDS = {"yes", "true", "1", "y", "x"}


def read_sheet(path: Path) -> list[Declared]:
    """Read the recording sheet.

    A row that cannot be used is returned with its fault; the others are not touched by it.
    Raises ConfigurationRefused where the sheet as a whole cannot be read: missing, not UTF-8, a column lacks.
    """
    lines = list(_lines(path))
    if not lines:
        raise ConfigurationRefused("the recording sheet is empty", file=path, expected=f"columns {', '.join(REQUIRED)}")
    header = [name.strip() for name in lines[0][1]]
    _check_header(header, path)
    rows = [_declared(number, header, values) for number, values in lines[1:] if any(v.strip() for v in values)]
    if not rows:
        raise ConfigurationRefused("the recording sheet has no recordings", file=path, remedy="Add a row a recording")
    return _without_doubles(rows)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Fields of each line with its line number."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationRefused("the recording sheet is missing", file=path) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationRefused(
            "the recording sheet is not UTF-8",
            file=path,
            place=f"row {line}",
            found=error.object[error.start : error.start + 8],
            remedy="Save it as 'CSV UTF-8' or as tab-separated UTF-8 text",
        ) from None
    first = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in first else ","
    if delimiter == "," and first.count(";") > first.count(","):
        raise ConfigurationRefused(
            "the recording sheet is separated by semicolons", file=path, remedy="Save it with tabs or commas"
        )
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    start = 1
    for values in reader:
        yield start, values
        start = reader.line_num + 1


def _check_header(header: Sequence[str], path: Path) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        unknown = [name for name in header if name not in (*REQUIRED, *OPTIONAL)]
        raise ConfigurationRefused(
            "the recording sheet has a wrong column" if unknown else "the recording sheet lacks a column",
            file=path,
            place="row 1",
            found=", ".join(unknown) or ", ".join(header),
            expected=", ".join(missing),
            remedy="; ".join(nearest(name, [*REQUIRED, *OPTIONAL]) for name in unknown[:3]) or f"Add {missing[0]!r}",
        )
    double = [name for name, count in Counter(header).items() if count > 1 and name]
    if double:
        raise ConfigurationRefused("the recording sheet has a column twice", file=path, place="row 1", found=double[0])


def _declared(number: int, header: Sequence[str], values: Sequence[str]) -> Declared:
    cells = dict(zip(header, (value.strip() for value in values), strict=False))
    row = Declared(
        row=number,
        recording=cells.get("recording") or f"row {number}",
        cell=cells.get("cell", ""),
        experiment=cells.get("experiment") or "default",
        file=cells.get("file", ""),
    )
    overflow = [value for value in values[len(header) :] if value.strip()]
    if overflow:
        return row.model_copy(update={"fault": f"the row has {len(values)} fields, the header {len(header)}"})
    try:
        return row.model_copy(update={"entry": _entry(cells)})
    except ValidationError as error:
        return row.model_copy(update={"fault": value_fault(error)})
    except ConfigurationRefused as refused:
        return row.model_copy(update={"fault": str(refused)})


def _entry(cells: Mapping[str, str]) -> Entry:
    for name in ("recording", "cell"):
        if not NAME.fullmatch(cells.get(name, "")):
            raise ConfigurationRefused(
                f"{name} is not a usable name",
                found=cells.get(name, ""),
                expected="letters, digits, '.', '_', '-', beginning with a letter or digit",
            )
    for name in ("bath", "pipette", "temperature_C"):
        if not cells.get(name):
            remedy = "Give the bath temperature; it is never assumed" if name == "temperature_C" else f"Name the {name}"
            raise ConfigurationRefused(f"{name} is missing", remedy=remedy)
    known: dict[str, object] = {name: cells[name] for name in (*REQUIRED, *OPTIONAL) if cells.get(name)}
    known["exclude"] = _excluded(cells.get("exclude", ""))
    extra = {name: value for name, value in cells.items() if name and name not in (*REQUIRED, *OPTIONAL)}
    return Entry.model_validate({**known, "extra": extra})


def _excluded(word: str) -> str | None:
    if word.lower() in NOT_EXCLUDED:
        return None
    return "excluded in the sheet" if word.lower() in EXCLUDED_WITHOUT_WORDS else word


def _without_doubles(rows: Sequence[Declared]) -> list[Declared]:
    """Fault every row whose recording name, or whose cell name but for case, another row has too."""
    at = defaultdict(list)
    spellings = defaultdict(set)
    for row in rows:
        at[row.recording.lower()].append(row.row)
        spellings[row.cell.lower()].add(row.cell)
    result = []
    for row in rows:
        same = at[row.recording.lower()]
        if row.entry is not None and len(same) > 1:
            where = ", ".join(str(number) for number in same)
            row = _faulted(row, f"recording {row.recording!r} stands in rows {where}; give each its own name")
        elif row.entry is not None and len(spellings[row.cell.lower()]) > 1:
            both = ", ".join(sorted(spellings[row.cell.lower()]))
            row = _faulted(row, f"cell names differ only in case: {both}; write the cell one way")
        result.append(row)
    return result


def _faulted(row: Declared, fault: str) -> Declared:
    return row.model_copy(update={"entry": None, "fault": fault})
