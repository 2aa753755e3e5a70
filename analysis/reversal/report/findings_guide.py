"""Explanation of every finding, for the findings page and the docs: meaning, computation, default limit, remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reversal.experiment.configuration import Experiment
from reversal.report.text.pages import rendered, write_page
from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.findings.finding import DEFINITIONS
from reversal.tables.findings.of_cohorts import OF_COHORTS
from reversal.tables.findings.of_declarations import OF_DECLARATIONS
from reversal.tables.findings.of_fits import OF_FITS
from reversal.tables.findings.of_recordings import OF_RECORDINGS
from reversal.tables.findings.of_reversals import OF_REVERSALS

GROUPS = (
    ("What is declared", OF_DECLARATIONS),
    ("A recording", OF_RECORDINGS),
    ("The reversal potential of a recording", OF_REVERSALS),
    ("The fits of a cell", OF_FITS),
    ("All cells", OF_COHORTS),
)
EFFECT = {
    "note": "status unchanged",
    "warning": "flagged: shown and used",
    "no reversal": "no reversal in range: shown, not used",
    "exclusion": "excluded: shown, not used",
    "failure": "failed: no value",
}


@dataclass(frozen=True, slots=True)
class GuideEntry:
    """Explanation of one finding; all fields are text, empty if they do not apply."""

    code: str
    sentence: str
    meaning: str
    computed: str
    effect: str
    limit: str
    fixed_limit: str
    why: str
    setting: str
    remedy: str


def guide() -> Iterator[tuple[str, list[GuideEntry]]]:
    """Title and entries of each group of findings."""
    for title, definitions in GROUPS:
        yield title, [_entry(code) for code in definitions]


def write_findings_page(path: Path) -> None:
    """Write the page that explains every finding; cell pages link to it by code."""
    write_page(path, rendered("findings.html.j2", groups=list(guide())))


def default_limit(definition: Definition) -> str:
    """Default of the configuration key of the limit, with its description; empty without a key."""
    value: object = Experiment.model_construct()
    meaning = ""
    for name in definition.setting.split(".") if definition.setting else ():
        field = type(value).model_fields[name]  # type: ignore[attr-defined]
        value, meaning = field.get_default(call_default_factory=True), field.description
    return f"{value} ({meaning})" if definition.setting else ""


def _entry(code: Code) -> GuideEntry:
    definition = DEFINITIONS[code]
    return GuideEntry(
        code=code.value,
        sentence=_with_blanks(definition.says),
        meaning=definition.meaning,
        computed=definition.computed,
        effect=EFFECT[definition.severity.value],
        limit=default_limit(definition),
        fixed_limit=definition.fixed_limit,
        why=definition.why,
        setting=definition.setting,
        remedy=_with_blanks(definition.remedy),
    )


def _with_blanks(text: str) -> str:
    """Sentence with an ellipsis in place of each value."""
    if text == "{message}":
        return "The message gives the problem, its place and the remedy."
    return re.sub(r"\{[^}]*\}", "…", text)
