"""Tables as rows of one model, written as CSV, and JSON documents.

The fields of a row model are the columns of its table, in order; ``None`` is written as empty and read back as None.
A text that a spreadsheet would run as a formula is written with an apostrophe before it, which is removed again when
the table is read.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from reversal.tables.whole_file import whole_file

_FORMULA = re.compile(r"'*[=+\-@\t\uff1d\uff0b\uff0d\uff20]")  # the last four are the same marks in full width
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Row(BaseModel):
    """A row of a table; its fields are the columns in order."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


R = TypeVar("R", bound=Row)


def write_table(path: Path, rows: Iterable[R], model: type[R]) -> None:
    """Write rows as CSV (UTF-8, header always present), whole or not at all."""
    with whole_file(path) as target:
        write_rows(target, rows, model)


def write_rows(path: Path, rows: Iterable[R], model: type[R]) -> None:
    """Write rows as CSV into a file that is being written; see :func:`write_table`.

    A carriage return inside a text becomes a line feed: the csv module would write it unquoted and break the row.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(model.model_fields), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _as_cell(v) for k, v in row.model_dump(mode="json").items()} for row in rows)


def _as_cell(value: object) -> object:
    return not_a_formula(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


def not_a_formula(text: str) -> str:
    """Text that no spreadsheet runs as a formula; ``as_written`` gives the text back.

    >>> not_a_formula("=1+1"), not_a_formula("-80.5"), not_a_formula("'=1")
    ("'=1+1", '-80.5', "''=1")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def as_written(cell: str) -> str:
    """Text that ``not_a_formula`` changed, as it was.

    >>> as_written("'=1+1"), as_written("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_table(path: Path, model: type[R]) -> list[R]:
    """Read rows written by :func:`write_table`; an empty text column that cannot be unknown is an empty text."""
    texts = {name for name, field in model.model_fields.items() if field.annotation is str}
    with path.open(encoding="utf-8", newline="") as stream:
        lines = [
            {name: as_written(text) if text else ("" if name in texts else None) for name, text in line.items()}
            for line in csv.DictReader(stream)
        ]
    return [model.model_validate(line) for line in lines]


def write_json(path: Path, document: Mapping[str, Any], *, forced: bool = True) -> None:
    """Write a JSON document (no NaN, no infinity), whole or not at all; ``forced`` as for :func:`whole_file`."""
    with whole_file(path, forced=forced) as target:
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        target.write_text(text + "\n", encoding="utf-8")
