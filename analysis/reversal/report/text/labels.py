"""Names of ions, ratios, verdicts and states in figures and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reversal.tables.nernst_table import Verdict
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.status import Status

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

STATUS_SIGN = {
    Status.OK: "✓",
    Status.FLAGGED: "⚠",
    Status.NO_REVERSAL: "∅",
    Status.EXCLUDED: "○",
    Status.FAILED: "✕",
}

VERDICT_WORDS = {
    Verdict.EQUIVALENT: "follows Nernst",
    Verdict.DIFFERENT: "differs from Nernst",
    Verdict.UNDECIDED: "undecided",
}


def status_class(status: Status) -> str:
    """CSS class of a status in the pages."""
    return status.name.lower()


def ion_name(ion: str, z: int | None) -> str:
    """Ion with its charge: K⁺, Ca²⁺, Cl⁻; without charge if it is not known."""
    if not z:
        return ion
    sign = "⁺" if z > 0 else "⁻"
    size = str(abs(z)).translate(RAISED) if abs(z) > 1 else ""
    return f"{_formula(ion)}{size}{sign}"


def ratio_name(ion: str, reference: str) -> str:
    """Symbol of a permeability ratio: P_Na/P_K."""
    return f"P_{ion}/P_{reference}"


def recording_status(status: Status) -> str:
    """Status of a recording in words: one that is ok was measured."""
    return "measured" if status is Status.OK else status.value


def status_counts(rows: Iterable[RecordingRow]) -> dict[Status, int]:
    """Number of recordings of each status that occurs, from best to worst."""
    counts = Counter(row.status for row in rows)
    return {status: counts[status] for status in Status if counts[status]}


def status_counts_text(rows: Iterable[RecordingRow]) -> str:
    """Number of recordings by status: "3 measured, 1 flagged"."""
    return ", ".join(f"{number} {recording_status(status)}" for status, number in status_counts(rows).items())


def one_line(text: str, longest: int = 60) -> str:
    """Text as one line of printable characters with a maximum length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def plain(text: str, longest: int = 60) -> str:
    """Text for a figure: one line with a maximum length, in which dollar signs do not start mathematics."""
    return one_line(text, longest).replace("$", r"\$")


def counted(number: int, noun: str) -> str:
    """Number with its noun: 1 cell, 2 cells."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def in_condition(condition: str, sentence: str, several: bool) -> str:
    """Sentence about a condition, which is named if there are several conditions."""
    return f"{condition}: {sentence}" if several else sentence


def _formula(ion: str) -> str:
    """Formula with subscript digits (NH4 -> NH₄); other names are unchanged."""
    return ion.translate(LOWERED) if ion.isalnum() and ion[:1].isalpha() and len(ion) <= 6 else ion
