"""Write the reference pages from the models they describe: config/README.md, tables.md, findings.md, claims.md."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections import Counter
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from reversal.atlas.atlas_page import SECTIONS
from reversal.atlas.facts import TextbookFact, textbook_facts
from reversal.experiment.configuration import Configuration
from reversal.experiment.recipe import Recipe
from reversal.experiment.sheet_columns import NOT_COLUMNS
from reversal.experiment.step_settings import SheetEntry
from reversal.recordings.formats.reader_facts import NOT_READ, READERS
from reversal.report.findings_guide import guide
from reversal.tables.results import ROW_OF, CellFits, CellMeasures, Cohort
from reversal.tables.survey_table import SurveyRow

ROOT = Path(__file__).resolve().parents[1]

CONFIG_HEAD = """# What you write

Three files describe a project; the ones in this folder are a working example (the demo). This page is made by
`make docs` from the models that check them. A key that is not listed here is refused; the message names the nearest
valid key.

`reversal check` reads all three and lists every fault with file, row, value and remedy: the worst first, each cause
once. With `--read` it also reads every recording, as a run does. It writes nothing.
Relative paths start in the folder where the command runs.
"""

SHEET_TEXT = """
One row per recording: tabs, commas or semicolons, in UTF-8 or UTF-16, or an Excel workbook (`.xlsx`, with the extra
`reversal[xlsx]`). Decimal commas are read if no number of the sheet has a decimal point. Titles such as
`Temperature (C)`, `Rs (MOhm)` or `Bath solution` are read as the columns below. `reversal check` prints how the sheet
was read. A faulty row becomes a failed recording with its reason and does not affect the other rows. Columns that are
not listed are kept and shown in the reports.
"""

SOLUTION_TEXT = """
A mapping of name to recipe. A recipe must be electroneutral within `neutrality_tolerance_mM`, or name the ion that
balances the charge (`closed_by`). The names of ions are those of the built-in table
(`analysis/reversal/reference/ions.tsv`) and of your own table (`ions`). `K+`, `Ca2+` and `potassium` are read as the
ions that they name. Salts dissolve completely. Of a buffer, the charged part at `pH` counts as ion, the rest as
uncharged; its pK is that of 25 °C and 0.15 mol/L (`analysis/reversal/experiment/buffers.py`). The free Mg²⁺ of a
solution with ATP or GTP, and the free Ca²⁺ of one with EGTA, are given in `free_mM`. `reversal solutions` prints what
each recipe contains.
"""

TABLES_HEAD = """# Tables

Made by `make docs` from the row models. Empty means not known; no number replaces it. Units are part of the names.
"""

TABLES_OF = {
    "Of one cell, in results/cells/CELL/": (CellMeasures, CellFits),
    "Of the cohort, in results/cohort/": (Cohort,),
}

READERS_PAGE = ROOT / "docs" / "reference" / "readers.md"
READERS_MARKS = ("<!-- readers: made by `make docs` -->", "<!-- end of readers -->")

WORDS = {str: "text", float: "number", int: "whole number", bool: "true or false", Path: "path"}
PLURAL = {"text": "texts", "number": "numbers", "path": "paths", "keys below": "keys below"}

FINDINGS_HEAD = """# Findings

Made by `make docs` from the definitions in `analysis/reversal/tables/findings/`. A finding has a code, a severity, a
number with its limit, and a sentence. The status of a row is the worst of its findings. `quality.exclude` takes the
codes of checks that leave a recording out of the fits. The reports contain the same page as `findings.html`.
"""


CLAIMS_PAGE = ROOT / "docs" / "reference" / "claims.md"
CLAIMS_HEAD = """# Claims of the chapters

Made by `make docs` from `analysis/reversal/reference/textbook_cases.tsv` and the formulas of the program. Five chapters
of textbooks make these claims; their words are quoted in their language. “Chapter” has what the chapter prints,
“computed” what the program computes, “elsewhere” a value that was computed without it.

Each row is two tests, `pytest tests/atlas/systems/test_textbook.py -k ID`. One fails if the computed value leaves the
digits of the value computed elsewhere. The other compares it with “holds if”; it fails if the claim then holds and is
listed as contradicted, or does not hold and is listed as anything else.
"""
CLAIM_COLUMNS = (
    "id",
    "claim",
    "words of the chapter",
    "chapter",
    "computed",
    "unit",
    "verdict",
    "holds if",
    "elsewhere",
    "remark",
)


def claims_page() -> str:
    """The claims with their verdicts. Its values are simulations of seconds, so another test compares this page."""
    facts = textbook_facts(tuple({system for section in SECTIONS for system in section.systems}))
    counts = Counter(fact.status_words for fact in facts)
    parts = [CLAIMS_HEAD, f"{len(facts)} claims: " + ", ".join(f"{n} {words}" for words, n in counts.items()) + "."]
    for chapter in dict.fromkeys(fact.text for fact in facts):
        lines = [f"| {' | '.join(CLAIM_COLUMNS)} |", "|" + "---|" * len(CLAIM_COLUMNS)]
        lines += [_claim(fact) for fact in facts if fact.text == chapter]
        parts += [f"## {chapter[0].upper()}{chapter[1:]}", "\n".join(lines)]
    return _joined(parts)


def _claim(fact: TextbookFact) -> str:
    assumed = f"{fact.claim} (assumed: {fact.assumed})" if fact.assumed else fact.claim
    numbers = fact.textbook, fact.computed, fact.unit, fact.status_words, fact.holds_if, fact.outside, fact.note
    return "| " + " | ".join(text.replace("|", "\\|") for text in (fact.key, assumed, fact.quote, *numbers)) + " |"


def pages() -> dict[Path, str]:
    """The text of each generated page."""
    config = [CONFIG_HEAD, "## config.yaml", *_sections(Configuration, "")]
    config += ["## recordings.tsv", SHEET_TEXT, _table(SheetEntry, skip=set(NOT_COLUMNS))]
    config += ["## solutions.yaml", SOLUTION_TEXT, _table(Recipe)]
    return {
        ROOT / "config" / "README.md": _joined(config),
        ROOT / "docs" / "reference" / "tables.md": _joined([TABLES_HEAD, *_tables()]),
        ROOT / "docs" / "reference" / "findings.md": _joined([FINDINGS_HEAD, *_findings()]),
        READERS_PAGE: _with_readers(READERS_PAGE.read_text(encoding="utf-8")),
    }


def _with_readers(text: str) -> str:
    """The page about readers with the tables of the readers between its marks."""
    before, _, rest = text.partition(READERS_MARKS[0])
    after = rest.partition(READERS_MARKS[1])[2]
    titles = ("format", "recognised by", "samples from", "command from", "gives also", "tested with")
    rows = [titles, ("---",) * len(titles)]
    rows += [
        (one.format, one.recognised_by, one.samples_from, one.command_from, one.gives, one.tested) for one in READERS
    ]
    others = [("not read, but named", "what helps"), ("---", "---"), *NOT_READ]
    tables = "\n\n".join("\n".join(f"| {' | '.join(row)} |" for row in table) for table in (rows, others))
    return f"{before}{READERS_MARKS[0]}\n{tables}\n{READERS_MARKS[1]}{after}"


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _tables() -> list[str]:
    """A section for each table, the first time it occurs."""
    parts, described = [], set()
    for title, results in TABLES_OF.items():
        parts.append(f"## {title}")
        for name in (field.name for result in results for field in dataclasses.fields(result)):
            model = ROW_OF[name]
            parts.append(f"### {name}.csv")
            if model in described:
                parts.append(f"Columns as in `{next(n for n, m in ROW_OF.items() if m is model)}.csv` above.")
            else:
                described.add(model)
                parts += [_doc(model), _columns(model)]
    return [*parts, "## Of `reversal survey`", SurveyRow.__doc__ or "", _columns(SurveyRow)]


def _doc(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").replace("``", "`")


def _columns(model: type[BaseModel]) -> str:
    lines = ["| column | value | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{name}` | {_kind(field.annotation)} | {meaning} |")
    return "\n".join(lines)


def _findings() -> list[str]:
    parts = []
    for title, entries in guide():
        parts.append(f"## {title}")
        for entry in entries:
            lines = [f"### {entry.code}", "", f"*{entry.sentence}*", ""]
            lines += [f"- Means: {entry.meaning}", f"- Computed: {entry.computed}", f"- Effect: {entry.effect}."]
            if entry.limit:
                lines.append(f"- Default limit: {entry.limit}. {entry.why}".strip())
            if entry.fixed_limit:
                lines.append(f"- Fixed limit: {entry.fixed_limit}. {entry.why}")
            if entry.setting:
                lines.append(f"- Change it in: `experiments.NAME.{entry.setting}`")
            if entry.remedy:
                lines.append(f"- What to do: {entry.remedy}")
            parts.append("\n".join(lines))
    return parts


def _sections(model: type[BaseModel], path: str) -> list[str]:
    """A table of the model's keys, then the models inside it, each under its path."""
    title = [f"### `{path}`", _doc(model)] if path else [_doc(model)]
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
        return "must be given"
    if isinstance(field.default, BaseModel) or (isinstance(field.default, dict) and field.default):
        return "see below"
    if field.default is None or field.default in ("", [], (), {}):
        return "empty"
    return f"`{_as_yaml(field.default)}`"


def _as_yaml(value: object) -> str:
    """A default as a person would write it in YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_yaml, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _kind(annotation: object) -> str:
    """What may be written, in words."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_kind(branch) for branch in arguments if branch is not type(None)))
    if origin is typing.Literal:
        return ", ".join(f"`{word}`" for word in arguments)
    if origin in (list, tuple):
        return "list of " + PLURAL.get(_kind(arguments[0]), _kind(arguments[0]))
    if origin is dict:
        return "mapping by name"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys below"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return "a code" if len(annotation) > 8 else ", ".join(f"`{member}`" for member in annotation)
    return WORDS[annotation]  # type: ignore[index]


if __name__ == "__main__":
    for path, text in {**pages(), CLAIMS_PAGE: claims_page()}.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
