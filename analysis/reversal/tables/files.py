"""Tables as rows of one model: CSV and JSON files that appear whole or not at all.

The fields of a row model are the columns of its table, in order; ``None`` is written as empty and read back as such.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict


class Row(BaseModel):
    """A row of a table; its fields are the columns in order."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


R = TypeVar("R", bound=Row)


def write_table(path: Path, rows: Iterable[R], model: type[R]) -> None:
    """Write rows as CSV (UTF-8, header always present), whole or not at all.

    A carriage return inside a text becomes a line feed: the csv module would write it unquoted and break the row.
    """
    with whole_file(path) as target, target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(model.model_fields), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _one_line_end(v) for k, v in row.model_dump(mode="json").items()} for row in rows)


def _one_line_end(value: object) -> object:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def read_table(path: Path, model: type[R]) -> list[R]:
    """Read rows written by :func:`write_table`; an empty text column that cannot be unknown is an empty text."""
    texts = {name for name, field in model.model_fields.items() if field.annotation is str}
    with path.open(encoding="utf-8", newline="") as stream:
        lines = [
            {name: text or ("" if name in texts else None) for name, text in line.items()}
            for line in csv.DictReader(stream)
        ]
    return [model.model_validate(line) for line in lines]


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document (no NaN, no infinity), whole or not at all."""
    with whole_file(path) as target:
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        target.write_text(text + "\n", encoding="utf-8")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder that replaces ``path`` only when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    target = Path(name)
    try:
        yield target
        target.chmod(0o644)
        target.replace(path)
    finally:
        target.unlink(missing_ok=True)
