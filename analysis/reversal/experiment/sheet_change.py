"""Changes of single values in a recording sheet; everything else stays as it was written.

In a text file, every byte outside of the changed fields stays: encoding, separator, quotation marks, ends of lines,
order and further columns. A column that the sheet does not have is added after the last one. The result is read again
and compared before it is returned.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.recording_sheet import DECIMAL_COMMA, NUMBERS
from reversal.experiment.sheet_columns import columns_of
from reversal.experiment.sheet_text import SheetText, sheet_text
from reversal.experiment.workbook_change import changed_workbook
from reversal.tables.whole_file import whole_file

WITHOUT_MARK = {"utf-8-sig": "utf-8"}
Place = tuple[int, int]  # number of a line, from 1, and of a field in it, from 0


def changed_sheet(
    path: Path, content: bytes, recording: str, values: Mapping[str, str], *, has_points: bool = False
) -> bytes:
    """Content of a sheet in which a recording has other values.

    path : names the sheet in messages
    values : text by column; numbers with a decimal point

    Raises ConfigurationRefused if the recording is not in exactly one row, or a field cannot be changed alone.
    """
    text = sheet_text(path, content)
    columns = columns_of(text.lines[0][1], path, has_points=has_points).names
    line = _line_of(recording, text, columns, path)
    titles = _new_titles([name for name in values if name not in columns], text, path)
    places = {**{name: n for n, name in enumerate(columns) if name}, **titles}
    rows = [dict(zip(columns, fields, strict=False)) for _, fields in text.lines[1:]]
    has_commas = bool(text.encoding) and has_decimal_commas(rows, text.separator)
    changes: dict[Place, str] = {(text.lines[0][0], place): name for name, place in titles.items()}
    for name, value in values.items():
        changes[line, places[name]] = value.replace(".", ",") if has_commas and name in NUMBERS else value
    if text.encoding:
        changed = _changed_text(content, text, changes)
    else:
        numbers = {place for name, place in places.items() if name in NUMBERS}
        changed = changed_workbook(path, content, changes, numbers)
    _refuse_other_changes(path, text, sheet_text(path, changed), changes)
    return changed


def write_sheet(path: Path, content: bytes) -> None:
    """Write a sheet, whole or not at all; a link to a sheet stays a link, and permissions stay."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as target:
        target.write_bytes(content)
        if path.exists():
            shutil.copymode(path, target)


def has_decimal_commas(rows: Iterable[Mapping[str, str]], separator: str) -> bool:
    """Whether new numbers are written with a decimal comma: as the others, or as Excel does it with semicolons."""
    numbers = [row.get(name, "").strip() for row in rows for name in NUMBERS]
    if any("." in number for number in numbers):
        return False
    return separator == ";" or any(DECIMAL_COMMA.fullmatch(number) for number in numbers)


def decoded(content: bytes, encoding: str) -> tuple[str, str]:
    """Text of a sheet with its byte order mark, and the codec that gives the same bytes again."""
    codec = WITHOUT_MARK.get(encoding, encoding)
    if encoding == "utf-16":
        codec = "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
    return content.decode(codec), codec


def _line_of(recording: str, text: SheetText, columns: Sequence[str], path: Path) -> int:
    place = columns.index("recording")
    found = [number for number, fields in text.lines[1:] if len(fields) > place and fields[place].strip() == recording]
    if len(found) != 1:
        raise ConfigurationRefused(
            "the recording is not in exactly one row of the sheet",
            file=path,
            found=f"{recording} in {len(found)} rows",
            remedy="Load the page again",
        )
    return found[0]


def _new_titles(names: Sequence[str], text: SheetText, path: Path) -> dict[str, int]:
    """Place of each new column: after everything that is written in any row."""
    if not names:
        return {}
    of_header = len(text.lines[0][1])
    width = 0
    for number, fields in text.lines:
        used = max((n + 1 for n, field in enumerate(fields) if field.strip()), default=0)
        if used > of_header:
            raise ConfigurationRefused(
                "a column cannot be added: a row has more fields than the header",
                file=path,
                place=f"row {number}",
                remedy="Correct this row in a spreadsheet",
            )
        width = max(width, used)
    return {name: width + n for n, name in enumerate(names)}


def _changed_text(content: bytes, text: SheetText, changes: Mapping[Place, str]) -> bytes:
    written, codec = decoded(content, text.encoding)
    lines = io.StringIO(written, newline="").readlines()
    for number in sorted({line for line, _ in changes}, reverse=True):
        reader = csv.reader(iter(lines[number - 1 :]), delimiter=text.separator, strict=True)
        next(reader)
        stop = number - 1 + reader.line_num
        fields = {place: value for (line, place), value in changes.items() if line == number}
        lines[number - 1 : stop] = [_with_fields("".join(lines[number - 1 : stop]), text.separator, fields)]
    return "".join(lines).encode(codec)


def _with_fields(record: str, separator: str, values: Mapping[int, str]) -> str:
    """A row as written, with other values at some places; missing fields before them are added."""
    body = record.rstrip("\r\n")
    one = re.compile(rf'("(?:[^"]|"")*"|[^{separator}]*)({separator}|\Z)')
    fields, start = [], 0
    while match := one.match(body, start):
        fields.append(match[1])
        start = match.end()
        if not match[2]:
            break
    fields += [""] * (max(values) + 1 - len(fields))
    for place, value in values.items():
        fields[place] = _quoted(value, separator)
    return separator.join(fields) + record[len(body) :]


def _quoted(value: str, separator: str) -> str:
    """A field as a spreadsheet writes it."""
    if any(mark in value for mark in (separator, '"', "\r", "\n")):
        return '"' + value.replace('"', '""') + '"'
    return value


def _refuse_other_changes(path: Path, before: SheetText, after: SheetText, changes: Mapping[Place, str]) -> None:
    """Refuse a result in which anything differs but the changed fields."""

    def known(text: SheetText) -> dict[Place, str]:  # by order: a field with line breaks moves the lines after it
        lines = enumerate(fields for _, fields in text.lines)
        return {(order, n): field for order, fields in lines for n, field in enumerate(fields) if field}

    order_of = {number: order for order, (number, _) in enumerate(before.lines)}
    changed = {(order_of[line], place): value for (line, place), value in changes.items()}
    expected = {place: value for place, value in {**known(before), **changed}.items() if value}
    if known(after) != expected or (before.separator, before.encoding) != (after.separator, after.encoding):
        raise ConfigurationRefused(
            "the sheet cannot be changed without changing other parts of it",
            file=path,
            remedy="Change the row in a spreadsheet",
        )
