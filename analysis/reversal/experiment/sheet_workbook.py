"""The first worksheet of an Excel workbook (.xlsx) as lines of text; a workbook that unpacks to too much is refused."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from pathlib import Path

from reversal.experiment.closed_model import ConfigurationRefused

ZIP_SIGNATURE = b"PK\x03\x04"
OLD_SIGNATURE = b"\xd0\xcf\x11\xe0"  # .xls
MAX_UNPACKED_BYTES = 100 << 20
MAX_ROWS = 100_000
MAX_COLUMNS = 200
SAVE_AS_TEXT = "Save it as 'CSV UTF-8' or as tab-separated UTF-8 text"


def workbook_lines(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    """Number and fields of each row of the worksheet `recordings`, or else of the first worksheet."""
    _refuse_bomb(path, content)
    try:
        import openpyxl
    except ImportError:
        raise ConfigurationRefused(
            "the recording sheet is an Excel workbook, and the library that reads it is not installed",
            file=path,
            remedy=f"Install the extra: pip install 'reversal[xlsx]'. {SAVE_AS_TEXT} otherwise",
        ) from None
    try:  # the library can raise any exception on damaged bytes
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook["recordings"] if "recordings" in workbook.sheetnames else workbook.worksheets[0]
        used = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
        rows = list(itertools.islice(used, MAX_ROWS + 1))
    except Exception as fault:
        raise ConfigurationRefused(
            "the recording sheet is not an Excel workbook that can be read",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy=SAVE_AS_TEXT,
        ) from fault
    if len(rows) > MAX_ROWS:
        raise ConfigurationRefused("the worksheet has too many rows", file=path, expected=f"at most {MAX_ROWS}")
    return [(number, [_text(value) for value in row]) for number, row in enumerate(rows, start=1)]


def _refuse_bomb(path: Path, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        raise ConfigurationRefused(
            "the recording sheet is a damaged ZIP file", file=path, found=str(fault), remedy=SAVE_AS_TEXT
        ) from None
    if unpacked > MAX_UNPACKED_BYTES:
        raise ConfigurationRefused(
            "the workbook is too large when unpacked",
            file=path,
            found=f"{unpacked >> 20} MB",
            expected=f"at most {MAX_UNPACKED_BYTES >> 20} MB",
            remedy=SAVE_AS_TEXT,
        )


def _text(value: object) -> str:
    """A cell as a person sees it: 22 instead of 22.0, a date without a time at midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)
