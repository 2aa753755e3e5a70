"""The recording sheet: one row per recording, TSV or CSV in UTF-8. A faulty row is kept with its fault and its line."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.faults import value_faults
from reversal.experiment.step_settings import SheetEntry, SheetRow

REQUIRED = ("recording", "cell", "temperature_C")
NOT_COLUMNS = ("extra", "outside", "points")
OPTIONAL = tuple(name for name in SheetEntry.model_fields if name not in (*REQUIRED, *NOT_COLUMNS))
NAME_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")  # no leading dot or dash: it is also a folder name
# If the ending of a name repeats 20 times, Snakemake assumes an endless loop of rules and stops the whole run.
CELL_PATTERN = re.compile(rf"(?!.*?(.{{1,5}}?)\1{{19}}$){NAME_PATTERN.pattern}")
WORDS_FOR_INCLUDED = {"", "no", "false", "0", "n"}
WORDS_FOR_EXCLUDED = {"yes", "true", "1", "y", "x"}


def read_sheet(path: Path, *, has_points: bool = False) -> list[SheetRow]:
    """Read the recording sheet.

    has_points : whether I–V points replace files, so that the sheet needs no column of files

    A faulty row is returned with its fault and does not affect the other rows.
    Raises ConfigurationRefused if the whole sheet is unusable: missing file, not UTF-8, missing column.
    """
    lines = list(_lines(path))
    if not lines:
        expected = f"columns {', '.join((*REQUIRED, 'file', *_solution_columns(())))}"
        raise ConfigurationRefused("the recording sheet is empty", file=path, expected=expected)
    header = [name.strip() for name in lines[0][1]]
    _check_header(header, path, has_points=has_points)
    rows = [_row(number, header, values) for number, values in lines[1:] if any(v.strip() for v in values)]
    if not rows:
        raise ConfigurationRefused(
            "the recording sheet has no recordings", file=path, remedy="Add one row per recording"
        )
    return _with_duplicate_faults(rows)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each line."""
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
            "the columns of the recording sheet are separated by semicolons",
            file=path,
            remedy="Save it with tabs or commas",
        )
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    start = 1
    for values in reader:
        yield start, values
        start = reader.line_num + 1


def _check_header(header: Sequence[str], path: Path, *, has_points: bool) -> None:
    sources = () if has_points or "e_rev_mV" in header else ("file",)
    missing = [name for name in (*REQUIRED, *sources, *_solution_columns(header)) if name not in header]
    if missing:
        unknown = [name for name in header if name not in (*REQUIRED, *OPTIONAL)]
        raise ConfigurationRefused(
            "a required column is missing, and there is an unknown column"
            if unknown
            else "a required column is missing",
            file=path,
            place="row 1",
            found=", ".join(unknown) or ", ".join(header),
            expected=", ".join(missing),
            remedy="; ".join(nearest(name, [*REQUIRED, *OPTIONAL]) for name in unknown[:3]) or f"Add {missing[0]!r}",
        )
    duplicates = [name for name, count in Counter(header).items() if count > 1 and name]
    if duplicates:
        raise ConfigurationRefused("a column name is used twice", file=path, place="row 1", found=duplicates[0])


def _solution_columns(header: Sequence[str]) -> tuple[str, ...]:
    """Columns that name the solutions: those of a bilayer, or the bath and what is inside."""
    if {"cis", "trans"} & set(header):
        return ("cis", "trans")
    return ("bath",) if "inside" in header else ("bath", "pipette")


def _row(number: int, header: Sequence[str], values: Sequence[str]) -> SheetRow:
    values_by_column = dict(zip(header, (value.strip() for value in values), strict=False))
    row = SheetRow(
        row=number,
        recording=values_by_column.get("recording") or f"row {number}",
        cell=values_by_column.get("cell", ""),
        experiment=values_by_column.get("experiment") or "default",
        file=values_by_column.get("file", ""),
    )
    overflow = [value for value in values[len(header) :] if value.strip()]
    if overflow:
        return row.model_copy(update={"fault": f"the row has {len(values)} fields but the header has {len(header)}"})
    try:
        return row.model_copy(update={"entry": _entry(values_by_column)})
    except ValidationError as error:
        return row.model_copy(update={"fault": value_faults(error)})
    except ConfigurationRefused as refused:
        return row.model_copy(update={"fault": str(refused)})


def _entry(values: Mapping[str, str]) -> SheetEntry:
    for name in ("recording", "cell"):
        if not NAME_PATTERN.fullmatch(values.get(name, "")):
            raise ConfigurationRefused(
                f"{name} is not a valid name",
                found=values.get(name, ""),
                expected="letters, digits, '.', '_' and '-'; the first is a letter, a digit or '_'",
            )
    if not CELL_PATTERN.fullmatch(values["cell"]):
        raise ConfigurationRefused(
            "cell is not a valid name", found=values["cell"], expected="an ending that does not repeat 20 times"
        )
    if not values.get("temperature_C"):
        raise ConfigurationRefused("temperature_C is missing", remedy="Add the bath temperature; there is no default")
    known: dict[str, object] = {name: values[name] for name in (*REQUIRED, *OPTIONAL) if values.get(name)}
    known["exclude"] = _exclusion_reason(values.get("exclude", ""))
    extra = {name: value for name, value in values.items() if name and name not in (*REQUIRED, *OPTIONAL)}
    return SheetEntry.model_validate({**known, "extra": extra})


def _exclusion_reason(word: str) -> str | None:
    if word.lower() in WORDS_FOR_INCLUDED:
        return None
    return "excluded in the sheet" if word.lower() in WORDS_FOR_EXCLUDED else word


def _with_duplicate_faults(rows: Sequence[SheetRow]) -> list[SheetRow]:
    """Rows, with a fault where two share a recording name or spell a cell name in different upper and lower case."""
    lines = defaultdict(list)
    spellings = defaultdict(set)
    for row in rows:
        lines[row.recording.lower()].append(row.row)
        spellings[row.cell.lower()].add(row.cell)
    result = []
    for row in rows:
        same = lines[row.recording.lower()]
        if row.entry is not None and len(same) > 1:
            where = ", ".join(str(number) for number in same)
            row = _with_fault(row, f"recording {row.recording!r} is in rows {where}; each row needs its own name")
        elif row.entry is not None and len(spellings[row.cell.lower()]) > 1:
            both = ", ".join(sorted(spellings[row.cell.lower()]))
            row = _with_fault(row, f"cell names differ only in upper and lower case: {both}; use one spelling")
        result.append(row)
    return result


def _with_fault(row: SheetRow, fault: str) -> SheetRow:
    return row.model_copy(update={"entry": None, "fault": fault})
