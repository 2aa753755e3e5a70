"""Adds rows to a recording sheet. What is there stays byte for byte, except a header to which a column is added."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.cli.scan.draft import ALWAYS, COLUMNS, IF_NEEDED, IMPLIED, DraftRow
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.recording_sheet import NUMBERS
from reversal.experiment.sheet_change import decoded, has_decimal_commas, write_sheet
from reversal.experiment.sheet_columns import columns_of
from reversal.experiment.sheet_text import SheetText, read_sheet_text


@dataclass(frozen=True, slots=True)
class PresentSheet:
    """A sheet as it is: its text, its columns, and the values of its rows by column."""

    path: Path
    text: SheetText
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def cells(self, raw_dir: Path) -> dict[tuple[str, str | None], str]:
        """Name of the cell by file and channel, as :func:`key_of` gives them."""
        return {key_of(row.get("file", ""), row.get("channel"), raw_dir): row.get("cell", "") for row in self.rows}


def key_of(file: str, channel: str | None, raw_dir: Path) -> tuple[str, str | None]:
    """File and channel such that two ways to write them are equal: with \\ or /, absolute, in upper or lower case."""
    path = Path(file.replace("\\", "/"))
    if path.is_absolute() and path.is_relative_to(raw_dir.absolute()):
        path = path.relative_to(raw_dir.absolute())
    return path.as_posix(), channel.casefold() if channel else None


def present_sheet(path: Path) -> PresentSheet | None:
    """The sheet, which may have a header only; None if there is none. Raises ConfigurationRefused."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    text = read_sheet_text(path)
    if not text.lines:
        return None
    columns = columns_of(text.lines[0][1], path, has_points=True).names
    rows = [dict(zip(columns, (value.strip() for value in fields), strict=False)) for _, fields in text.lines[1:]]
    return PresentSheet(path, text, columns, tuple(rows))


def add_rows(path: Path, present: PresentSheet | None, rows: Sequence[DraftRow]) -> None:
    """Write a new sheet, or add rows to the present one."""
    if present is None:
        content = _lines([COLUMNS, *([row.values.get(name, "") for name in COLUMNS] for row in rows)], "\t", "\n")
        write_sheet(path, content.encode())
        return
    if not present.text.encoding:
        raise ConfigurationRefused(
            "rows cannot be added to an Excel workbook without changing it",
            file=path,
            remedy="Save it as tab-separated text and set `recordings`, or name a new sheet there",
        )
    needed = [name for name in IF_NEEDED if any(row.values.get(name) for row in rows)]
    more = [name for name in (*needed, *ALWAYS) if name not in present.columns]
    columns = (*present.columns, *more)
    write_sheet(path, _extended(path.read_bytes(), present, more, [_fields(row, columns, present) for row in rows]))


def _fields(row: DraftRow, columns: Sequence[str], present: PresentSheet) -> list[str]:
    has_commas = _has_decimal_commas(present)
    kept = [name for name in row.values.get("guessed", "").split(", ") if name in (*columns, *IMPLIED)]
    values = {**row.values, "guessed": ", ".join(kept)}
    return [
        value.replace(".", ",") if has_commas and name in NUMBERS else value
        for name, value in ((name, values.get(name, "")) for name in columns)
    ]


def _has_decimal_commas(present: PresentSheet) -> bool:
    return has_decimal_commas(present.rows, present.text.separator)


def _extended(content: bytes, present: PresentSheet, more: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """The content with further titles at the end of its header and further rows at its end."""
    separator = present.text.separator
    text, codec = decoded(content, present.text.encoding)
    newline = "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
    if more:
        text = _with_titles(text, present, separator, more)
    if text and not text.endswith(("\n", "\r")):
        text += newline
    return (text + _lines(rows, separator, newline)).encode(codec)


def _with_titles(text: str, present: PresentSheet, separator: str, more: Sequence[str]) -> str:
    lines = io.StringIO(text, newline="").readlines()
    number = present.text.lines[0][0] - 1
    header = lines[number].rstrip("\r\n")
    end = lines[number][len(header) :]
    lines[number] = separator.join([header, *more]) + end
    return "".join(lines)


def _lines(rows: Sequence[Sequence[str]], separator: str, newline: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=newline).writerows(rows)
    return stream.getvalue()
