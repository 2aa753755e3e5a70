"""Claims of the textbooks and published junction potentials, each compared with the value computed here.

Both tables are in reversal/reference.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from reversal.atlas.systems.textbook import CASES, Answer
from reversal.experiment.ion_table import ion_table
from reversal.physics.junctions import henderson_mV
from reversal.physics.planck import steady_junction

REFERENCE = Path(__file__).parents[1] / "reference"
POWER = re.compile(r"e\+?(-?)0*(\d+)")
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
METHOD_WORDS = {"henderson": "Henderson", "nernst-planck": "Nernst–Planck", "both": "both"}
STATUS_WORDS = {
    "reproduced": "reproduced",
    "underspecified": "agrees, inputs assumed",
    "inconsistent": "contradicted",
    "qualitative": "sign or limit agrees",
    "derived": "follows from the text",
    "literature": "not computable",
}


@dataclass(frozen=True, slots=True)
class TextbookFact:
    """One claim of a textbook.

    text : name of the chapter;  claim : what is compared;  quote : the words of the chapter, in its language
    textbook : what the chapter prints, empty if it prints no value;  assumed : inputs that it does not give
    computed : the value computed here;  status : as in the table;  status_words : the status as the page shows it
    holds_if : what a test requires of the computed value for the claim to hold, in words
    outside : the value that was computed outside this program; a test requires that the computed one agrees with it
    """

    key: str
    text: str
    claim: str
    quote: str
    textbook: str
    assumed: str
    computed: str
    unit: str
    status: str
    status_words: str
    note: str
    holds_if: str
    outside: str


@dataclass(frozen=True, slots=True)
class PublishedJunction:
    """One published junction potential and the one computed here by the same method [mV]."""

    key: str
    method: str
    temperature_C: float
    published_mV: float
    computed_mV: float
    source: str
    note: str


def textbook_facts(systems: tuple[str, ...]) -> list[TextbookFact]:
    """Cases of the named systems, in the order of the table."""
    return [_fact(row) for row in _rows("textbook_cases.tsv") if row["system"] in systems]


@cache
def published_junctions() -> tuple[PublishedJunction, ...]:
    """All published junctions, in the order of the table."""
    return tuple(_junction(row) for row in _rows("junctions.tsv"))


def _fact(row: dict[str, str]) -> TextbookFact:
    case = CASES.get(row["id"])
    return TextbookFact(
        row["id"],
        row["text"],
        row["claim"],
        row["quote"],
        row["textbook"],
        row["assumed"],
        answer_text(_answer(case)) if case else "none",
        row["unit"],
        row["status"],
        STATUS_WORDS[row["status"]],
        row["note"],
        criterion_words(row["criterion"], float(row["tolerance"])) if case else "",
        _as_printed(row["physics"]).replace(";", "; ") if case else "",
    )


@cache
def _answer(case: Callable[[], Answer]) -> Answer:
    """Answer of a case, computed once: some are long simulations."""
    return case()


def criterion_words(criterion: str, tolerance: float) -> str:
    """What a criterion of :func:`claim_holds` requires, in words.

    >>> criterion_words("-90", 2), criterion_words(">0;!5", 1)
    ('−90 ± 2', 'above 0; not 5 ± 1')
    """
    margin = _as_printed(f"{tolerance:g}")
    if criterion in ("rising", "falling"):
        return f"{criterion} by more than {margin}"
    if criterion == "pairs":
        return f"both values of each pair agree within {margin}"
    return "; ".join(_part_words(part, margin) for part in criterion.split(";"))


def _part_words(part: str, margin: str) -> str:
    low, dots, high = part.partition("..")
    if dots:
        ends = [_as_printed(end) for end in (low, high) if end]
        return " to ".join(ends) if low and high else f"{'at least' if low else 'at most'} {ends[0]}"
    for sign, word in ((">", "above "), ("<", "below "), ("!", "not ")):
        if part.startswith(sign):
            return word + _as_printed(part[1:]) + (f" ± {margin}" if sign == "!" else "")
    return f"{_as_printed(part)} ± {margin}" if part[-1].isdigit() else part


def _as_printed(number: str) -> str:
    """Number with a typographic minus sign, and a power of ten instead of e."""
    power = POWER.sub(lambda found: f"·10{(found[1] + found[2]).translate(SUPERSCRIPT)}", number)
    return power.replace("-", "−")


def claim_holds(criterion: str, answer: Answer, tolerance: float) -> bool:
    """True if the computed answer fulfils the claim.

    criterion : one for each number of the answer, separated by ``;``: a number (within the tolerance), ``!`` and a
    number (further away than the tolerance), ``>`` or ``<`` and a limit, or a range ``low..high`` with one or two
    ends. For the answer as a whole: ``rising``, ``falling`` (by more than the tolerance), ``pairs`` (first and second
    number agree, and so on), or the words of the answer.

    >>> claim_holds("-90", -89.06, 2), claim_holds("rising", (1.0, 1.0), 0.1)
    (True, False)
    """
    if isinstance(answer, str):
        return answer == criterion
    values = answer if isinstance(answer, tuple) else (answer,)
    if criterion in {"rising", "falling"}:
        sign = 1 if criterion == "rising" else -1
        return all(sign * (then - first) > tolerance for first, then in pairwise(values))
    if criterion == "pairs":
        return all(abs(values[k] - values[k + 1]) <= tolerance for k in range(0, len(values), 2))
    parts = criterion.split(";")
    return all(_fulfils(part, value, tolerance) for part, value in zip(parts, values, strict=True))


def _fulfils(part: str, value: float, tolerance: float) -> bool:
    if part[0] in "<>":
        return value > float(part[1:]) if part[0] == ">" else value < float(part[1:])
    if part[0] == "!":
        return abs(value - float(part[1:])) > tolerance
    if ".." in part:
        low, high = part.split("..")
        return float(low or "-inf") <= value <= float(high or "inf")
    return abs(value - float(part)) <= tolerance


def answer_text(answer: Answer) -> str:
    """Text of an answer, with four significant figures and a typographic minus sign.

    >>> answer_text((1.0, -2.5))
    '1; −2.5'
    """
    if isinstance(answer, str):
        return answer
    numbers = answer if isinstance(answer, tuple) else (answer,)
    return "; ".join(_number(number) for number in numbers)


def _number(value: float) -> str:
    if abs(value) < 1e-9:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        text = f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    else:
        text = f"{value:.2e}"
    return _as_printed(text)


def _junction(row: dict[str, str]) -> PublishedJunction:
    bath, pipette = (
        {name: float(amount) for name, amount in (part.split() for part in row[side].split(", "))}
        for side in ("bath_mM", "pipette_mM")
    )
    names = list(dict.fromkeys([*bath, *pipette]))
    ions = [ion_table()[name] for name in names]
    in_bath, in_pipette = ([side.get(name, 0.0) for name in names] for side in (bath, pipette))
    z, u, celsius = [ion.z for ion in ions], [ion.mobility for ion in ions], float(row["temperature_C"])
    if row["method"] == "nernst-planck":
        computed = steady_junction(in_bath, in_pipette, z, u, celsius).junction_mV
    else:
        computed = float(henderson_mV(in_bath, in_pipette, z, u, celsius))
    return PublishedJunction(
        row["id"], row["method"], celsius, float(row["published_mV"]), computed, row["source"], row["note"]
    )


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream, delimiter="\t"))
