"""The fields of a recording sheet, as text: tabs, commas or semicolons, in UTF-8 or UTF-16, or an Excel workbook.

The first line with content is the header; it decides the separator. A line `sep=;`, which Excel understands, may come
before it. Fields may be in quotation marks.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.sheet_workbook import OLD_SIGNATURE, ZIP_SIGNATURE, workbook_lines

MAX_SHEET_BYTES = 50 << 20
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons"}
Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class SheetText:
    """A sheet before its columns are understood.

    lines : number of each line with content, from 1, and its fields
    separator, encoding : of a text file; empty for a workbook
    """

    lines: tuple[Line, ...]
    separator: str = ""
    encoding: str = ""

    @property
    def note(self) -> str | None:
        """How the file was read, if not as tabs or commas in UTF-8."""
        if not self.encoding:
            return "read from an Excel workbook"
        parts = ["columns separated by semicolons"] if self.separator == ";" else []
        parts += ["UTF-16"] if self.encoding.startswith("utf-16") else []
        return f"read as {' in '.join(parts)}" if parts else None


def read_sheet_text(path: Path) -> SheetText:
    """Fields of a sheet. Raises ConfigurationRefused for a file that is no sheet, with the remedy."""
    return sheet_text(path, sheet_content(path))


def sheet_text(path: Path, content: bytes) -> SheetText:
    """Fields of the content of a sheet; ``path`` names it in messages."""
    if content.startswith(ZIP_SIGNATURE):
        return SheetText(tuple(_with_content(workbook_lines(path, content))))
    if content.startswith(OLD_SIGNATURE):
        raise ConfigurationRefused(
            "the recording sheet is an old Excel workbook (.xls)",
            file=path,
            remedy="Save it as 'CSV UTF-8', as tab-separated text, or as .xlsx",
        )
    encoding = encoding_of(content)
    text = _decoded(path, content, encoding)
    marked = SEPARATOR_LINE.match(text)
    body = text[marked.end() :] if marked else text
    separator = marked[1] if marked else separator_of(next((line for line in body.splitlines() if line.strip()), ""))
    lines = fields_of(path, body, separator, 1 if marked else 0)
    return SheetText(tuple(_with_content(lines)), separator, encoding)


def sheet_content(path: Path) -> bytes:
    """The bytes of a sheet. Raises ConfigurationRefused if there is none, or it is too large."""
    try:
        if path.is_dir():
            raise ConfigurationRefused("the recording sheet is a folder, not a file", file=path)
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ConfigurationRefused("the recording sheet is not a file", file=path)
        if path.stat().st_size > MAX_SHEET_BYTES:
            limit = f"at most {MAX_SHEET_BYTES >> 20} MB"
            raise ConfigurationRefused("the recording sheet is too large", file=path, expected=limit)
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationRefused(
            "the recording sheet is missing", file=path, remedy="Write it, or let `reversal scan` draft it"
        ) from None
    except OSError as fault:
        raise ConfigurationRefused("the recording sheet cannot be opened", file=path, found=fault.strerror) from None


def encoding_of(content: bytes) -> str:
    """Encoding by the byte order mark; without one, UTF-8, or UTF-16 if every other byte of the start is 0."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    start = content[:64]
    if len(start) > 3 and not any(start[1::2]):
        return "utf-16-le"
    return "utf-16-be" if len(start) > 3 and not any(start[::2]) else "utf-8"


def _decoded(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationRefused(
            f"the recording sheet is not {'UTF-16' if encoding.startswith('utf-16') else 'UTF-8'}",
            file=path,
            place=f"row {line}",
            found=error.object[error.start : error.start + 8],
            remedy="Save it as 'CSV UTF-8' or as tab-separated UTF-8 text",
        ) from None


def separator_of(header: str) -> str:
    """The character that separates the fields of a header."""
    if "\t" in header:
        return "\t"
    return ";" if header.count(";") > header.count(",") else ","


def fields_of(
    path: Path, text: str, separator: str, lines_before: int = 0, what: str = "the recording sheet"
) -> list[Line]:
    """Every record of a text with the line where it starts. Raises ConfigurationRefused for a quote without an end."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, start = [], lines_before + 1
    try:
        for values in reader:
            found.append((start, values))
            start = lines_before + reader.line_num + 1
    except csv.Error as fault:
        raise ConfigurationRefused(
            f"a field of {what} begins with a quotation mark that is not closed, or is too long",
            file=path,
            place=f"row {start}",
            found=str(fault),
            remedy="Remove the quotation mark, or close it at the end of the field",
        ) from None
    return found


def _with_content(lines: list[Line]) -> list[Line]:
    return [(number, values) for number, values in lines if any(value.strip() for value in values)]
