"""Names of ions, ratios and states as figures and pages write them."""

from __future__ import annotations

from reversal.tables.nernst_table import Verdict
from reversal.tables.status import Status

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

STATUS_SIGN = {Status.OK: "✓", Status.FLAGGED: "⚠", Status.EXCLUDED: "○", Status.FAILED: "✕"}

VERDICT_WORDS = {
    Verdict.EQUIVALENT: "follows Nernst",
    Verdict.DIFFERENT: "differs from Nernst",
    Verdict.UNDECIDED: "cannot tell",
}


def ion_name(ion: str, z: int | None) -> str:
    """Write an ion with its charge: K⁺, Ca²⁺, Cl⁻; without one where the charge is not known."""
    if not z:
        return ion
    sign = "⁺" if z > 0 else "⁻"
    size = str(abs(z)).translate(RAISED) if abs(z) > 1 else ""
    return f"{_formula(ion)}{size}{sign}"


def outside(ion: str, z: int | None) -> str:
    """Write the outside concentration of an ion: [K⁺]ₒ."""
    return f"[{ion_name(ion, z)}]ₒ"


def ratio_name(ion: str, reference: str) -> str:
    """Write a permeability ratio in one line: P(Na)/P(K)."""
    return f"P({ion})/P({reference})"


def one_line(text: str, longest: int = 60) -> str:
    """Text of a sheet as one bounded line of printable characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def plain(text: str, longest: int = 60) -> str:
    """Text of a sheet made fit for a figure: one bounded line, no mathematics read into dollar signs."""
    return one_line(text, longest).replace("$", r"\$")


def _formula(ion: str) -> str:
    """Lower the digits of a formula (NH4 -> NH₄), leave other names alone."""
    return ion.translate(LOWERED) if ion.isalnum() and ion[:1].isalpha() and len(ion) <= 6 else ion
