"""Write the reference pages from the models they describe: config/README.md and docs/reference/tables.md."""

from __future__ import annotations

import types
import typing
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from reversal.experiment.configuration import Configuration
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetEntry
from reversal.tables.fitted import NernstRow, PermeabilityRow
from reversal.tables.measured import CheckRow, EstimateRow, IVPoint, RecordingRow, ReversalRow

ROOT = Path(__file__).resolve().parents[1]

CONFIG_HEAD = """# What you write

Three files describe a project; the ones in this folder are a working example (the demo). This page is made by
`make docs` from the models that check them. A key that is not listed here is refused; the message names the nearest
valid key.

`reversal check` reads all three and lists every fault with file, row, value and remedy. It runs nothing else.
Relative paths start in the folder where the command runs.
"""

SHEET_TEXT = """
One row per recording, tab- or comma-separated, UTF-8. A faulty row becomes a failed recording with its reason and does
not affect the other rows. Columns that are not listed are kept and shown in the reports.
"""

SOLUTION_TEXT = """
A mapping of name to recipe. A recipe must be electroneutral within `neutrality_tolerance_mM`, or name the ion that
balances the charge (`closed_by`). The names of ions are those of the built-in table
(`analysis/reversal/reference/ions.tsv`) and of your own table (`ions`).
"""

TABLES_HEAD = """# Tables

Made by `make docs` from the row models. Empty means not known; no number replaces it. Units are part of the names.
"""

TABLES: dict[str, type[BaseModel]] = {
    "iv.csv, one a cell": IVPoint,
    "reversals.csv, one a cell and one for the cohort": ReversalRow,
    "recordings.csv, for the cohort (and in quality.json of a cell)": RecordingRow,
    "checks in quality.json of a cell": CheckRow,
    "estimates in quality.json of a cell": EstimateRow,
    "permeabilities.csv, for the cohort (and in permeability.json of a cell)": PermeabilityRow,
    "nernst.csv, for the cohort (and in nernst.json of a cell)": NernstRow,
}


def pages() -> dict[Path, str]:
    """The text of each generated page."""
    config = [CONFIG_HEAD, "## config.yaml", *_sections(Configuration, "")]
    config += ["## recordings.tsv", SHEET_TEXT, _table(SheetEntry, skip={"extra"})]
    config += ["## solutions.yaml", SOLUTION_TEXT, _table(Solution)]
    tables = [TABLES_HEAD, *(f"## {title}\n\n{_table(model)}" for title, model in TABLES.items())]
    return {
        ROOT / "config" / "README.md": "\n\n".join(part.strip() for part in config) + "\n",
        ROOT / "docs" / "reference" / "tables.md": "\n\n".join(part.strip() for part in tables) + "\n",
    }


def _sections(model: type[BaseModel], path: str) -> list[str]:
    """A table of the model's keys, then the models inside it, each under its path."""
    title = [f"### `{path}`", model.__doc__ or ""] if path else [model.__doc__ or ""]
    inner = [part for name, field in model.model_fields.items() for part in _inside(field.annotation, path, name)]
    return [*title, _table(model), *inner]


def _inside(annotation: object, path: str, name: str) -> list[str]:
    place = f"{path}.{name}" if path else name
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _sections(annotation, place)
    if typing.get_origin(annotation) is dict:
        return _inside(typing.get_args(annotation)[1], place, "NAME")
    if typing.get_origin(annotation) is list:
        return _inside(typing.get_args(annotation)[0], path, f"{name}[]")
    if isinstance(annotation, types.UnionType):
        return [part for branch in typing.get_args(annotation) for part in _inside(branch, path, name)]
    return []


def _table(model: type[BaseModel], skip: frozenset[str] | set[str] = frozenset()) -> str:
    lines = ["| name | value | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in skip:
            meaning = (field.description or "").replace("|", "\\|")
            lines.append(f"| `{field.alias or name}` | {_kind(field.annotation)} | {_default(field)} | {meaning} |")
    return "\n".join(lines)


def _default(field: typing.Any) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if field.default is None:
        return "empty"
    return "see below" if isinstance(field.default, BaseModel | dict) and field.default else f"`{field.default!s}`"


def _kind(annotation: object) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin is typing.Literal:
        return ", ".join(f"`{word}`" for word in arguments)
    if origin in (list, tuple):
        return "list of " + _kind(arguments[0])
    if origin is dict:
        return f"{_kind(arguments[0])}: {_kind(arguments[1])}"
    if isinstance(annotation, types.UnionType) or origin is typing.Union:
        return " or ".join(_kind(branch) for branch in arguments if branch is not type(None))
    plain = {str: "text", float: "number", int: "whole number", bool: "true/false", Path: "path"}
    if isinstance(annotation, type) and issubclass(annotation, str) and annotation is not str:
        return ", ".join(f"`{member}`" for member in annotation)  # type: ignore[attr-defined]
    return plain.get(annotation, getattr(annotation, "__name__", str(annotation)))  # type: ignore[call-overload]


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
