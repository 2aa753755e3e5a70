"""The recording sheet: one row per recording. A faulty row is kept with all its faults and its line."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.faults import value_faults
from reversal.experiment.sheet_columns import KNOWN, columns_of, required_columns
from reversal.experiment.sheet_text import SheetText, read_sheet_text
from reversal.experiment.step_settings import SheetEntry, SheetRow

NAME_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")  # no leading dot or dash: it is also a folder name
# If the ending of a name repeats 20 times, Snakemake assumes an endless loop of rules and stops the whole run.
_REPEATED_END = r"(?!.*?(.{1,5}?)\1{19}$)"
# Windows reserves these names for devices, with any ending, and drops a dot at the end of a name.
_NOT_ON_WINDOWS = r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))(?!.*\.$)"
CELL_PATTERN = re.compile(_REPEATED_END + _NOT_ON_WINDOWS + NAME_PATTERN.pattern)
WORDS_FOR_INCLUDED = {"", "no", "false", "0", "n"}
WORDS_FOR_EXCLUDED = {"yes", "true", "1", "y", "x"}
NUMBERS = (
    *("temperature_C", "rs_MOhm", "rs_compensation", "cm_pF", "ljp_mV", "seal_GOhm", "seal_e_mV"),
    *("resting_mV", "resting_sd_mV", "e_rev_mV", "e_rev_sd_mV", "window_start_ms", "window_stop_ms"),
)
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
MAY_BE_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row, what it declares by column, and its faults."""

    row: SheetRow
    values: Mapping[str, str]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingSheet:
    """A sheet: its lines in order, its columns, and notes about how it was read."""

    lines: tuple[SheetLine, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        """The rows; a faulty one has no entry."""
        return tuple(line.row for line in self.lines)


def read_sheet(path: Path, *, has_points: bool = False) -> RecordingSheet:
    """Read the recording sheet.

    has_points : whether I–V points replace files, so that the sheet needs no column of files

    A faulty row is returned with its faults and does not affect the other rows.
    Raises ConfigurationRefused if the whole sheet is unusable: missing file, unknown encoding, missing column.
    """
    text = read_sheet_text(path)
    if not text.lines:
        expected = f"columns {', '.join(required_columns(()))}"
        raise ConfigurationRefused("the recording sheet is empty", file=path, expected=expected)
    columns = columns_of(text.lines[0][1], path, has_points=has_points)
    lines = [_line(number, columns.names, values, text) for number, values in text.lines[1:]]
    if not lines:
        raise ConfigurationRefused(
            "the recording sheet has no recordings", file=path, remedy="Add one row per recording, or run reversal scan"
        )
    has_commas = _has_decimal_commas(lines, text)
    checked = [_checked(_with_points(line) if has_commas else line) for line in lines]
    notes = [text.note, "decimal commas are read as points: 22,5 is 22.5" if has_commas else None, *columns.notes]
    return RecordingSheet(_with_duplicate_faults(checked), columns.names, tuple(note for note in notes if note))


def _line(number: int, header: Sequence[str], fields: Sequence[str], text: SheetText) -> SheetLine:
    values = dict(zip(header, (field.strip() for field in fields), strict=False))
    row = SheetRow(
        row=number,
        recording=values.get("recording") or f"row {number}",
        cell=values.get("cell", ""),
        experiment=values.get("experiment") or "default",
        file=values.get("file", ""),
    )
    return SheetLine(row, values, tuple(_faults_of_fields(header, fields, text.separator)))


def _faults_of_fields(header: Sequence[str], fields: Sequence[str], separator: str) -> Iterator[str]:
    if [field for field in fields[len(header) :] if field.strip()]:
        yield f"the row has {len(fields)} fields but the header has {len(header)}"
    if any("\n" in field and separator and separator in field for field in fields):
        yield "a field in quotation marks contains further rows; a quotation mark may be missing before them"


def _has_decimal_commas(lines: Sequence[SheetLine], text: SheetText) -> bool:
    """Whether the numbers of a sheet have decimal commas: one sheet has one decimal sign.

    1,234 may also be a number with a separator of thousands. It is a decimal comma if the columns are separated by
    semicolons, because Excel separates them so where the comma is the decimal sign.
    """
    numbers = [value for line in lines for name in NUMBERS if (value := line.values.get(name, ""))]
    commas = [number for number in numbers if DECIMAL_COMMA.fullmatch(number)]
    is_clear = text.separator == ";" or any(not MAY_BE_THOUSANDS.fullmatch(number) for number in commas)
    return bool(commas) and is_clear and not any(re.fullmatch(r"[+-]?\d*\.\d+", number) for number in numbers)


def _with_points(line: SheetLine) -> SheetLine:
    numbers = {name: line.values[name] for name in NUMBERS if DECIMAL_COMMA.fullmatch(line.values.get(name, ""))}
    points = {name: value.replace(",", ".") for name, value in numbers.items()}
    return SheetLine(line.row, {**line.values, **points}, line.faults)


def _checked(line: SheetLine) -> SheetLine:
    """The line with its entry, or with everything that is wrong with it."""
    faults = [*line.faults, *_faults_of_names(line.values), *_missing_values(line.values)]
    known: dict[str, object] = {name: line.values[name] for name in KNOWN if line.values.get(name)}
    known["exclude"] = _exclusion_reason(line.values.get("exclude", ""))
    extra = {name: value for name, value in line.values.items() if name and name not in KNOWN}
    try:
        entry = SheetEntry.model_validate({**known, "extra": extra})
    except ValidationError as error:
        faults += [fault for name, fault in value_faults(error) if name in known or name == "row"]
        entry = None
    if faults:
        return with_faults(line, faults)
    return SheetLine(line.row.model_copy(update={"entry": entry}), line.values)


def with_faults(line: SheetLine, faults: Sequence[str]) -> SheetLine:
    """The line without an entry, with these faults."""
    joined = "; ".join(fault.removesuffix(".") for fault in faults)
    row = line.row.model_copy(update={"entry": None, "fault": joined})
    return SheetLine(row, line.values, tuple(faults))


def _faults_of_names(values: Mapping[str, str]) -> Iterator[str]:
    for name in ("recording", "cell"):
        text = values.get(name, "")
        if not NAME_PATTERN.fullmatch(text):
            yield _refused(
                f"{name} is not a valid name",
                text,
                "letters, digits, '.', '_' and '-'; the first is a letter, a digit or '_'; at most 100 characters",
            )
    cell = values.get("cell", "")
    if NAME_PATTERN.fullmatch(cell) and not CELL_PATTERN.fullmatch(cell):
        expected = "an ending that does not repeat 20 times, and a name that a folder can have on every system"
        yield _refused("cell is not a valid name", cell, expected)


def _refused(what: str, found: str, expected: str) -> str:
    return str(ConfigurationRefused(what, found=found, expected=expected)).removesuffix(".")


def _missing_values(values: Mapping[str, str]) -> Iterator[str]:
    if not values.get("temperature_C"):
        yield "temperature_C is missing. Write the measured temperature of the bath in °C; there is no default"


def _exclusion_reason(word: str) -> str | None:
    if word.lower() in WORDS_FOR_INCLUDED:
        return None
    return "excluded in the sheet" if word.lower() in WORDS_FOR_EXCLUDED else word


def _with_duplicate_faults(lines: Sequence[SheetLine]) -> tuple[SheetLine, ...]:
    """Lines, with a fault where two share a recording name or spell a cell name in different upper and lower case."""
    numbers = defaultdict(list)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        numbers[line.row.recording.lower()].append(line.row.row)
        spellings[line.row.cell.lower()][line.row.cell] += 1
    return tuple(_with_duplicate_fault(line, numbers, spellings) for line in lines)


def _with_duplicate_fault(
    line: SheetLine, numbers: Mapping[str, list[int]], spellings: Mapping[str, Counter[str]]
) -> SheetLine:
    same = numbers[line.row.recording.lower()]
    cells = sorted(spellings[line.row.cell.lower()])
    if len(same) > 1:
        where = ", ".join(str(number) for number in same)
        fault = f"recording {line.row.recording!r} is in rows {where}; each row needs its own name"
        return with_faults(line, (*line.faults, fault))
    if len(cells) > 1:
        fault = f"cell names differ only in upper and lower case: {', '.join(cells)}; use one spelling"
        return with_faults(line, (*line.faults, fault))
    return line
