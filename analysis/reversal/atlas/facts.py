"""Claims of the textbooks and published junction potentials, each compared with the value computed here.

Both tables are in reversal/reference.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
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
    "underspecified": "inputs assumed",
    "inconsistent": "contradicted",
    "qualitative": "sign or limit",
}


@dataclass(frozen=True, slots=True)
class TextbookFact:
    """One claim of a textbook: ``textbook`` is the claimed value, ``computed`` the value computed here, both as text.

    status : as in the table;  status_words : the status as the page shows it
    """

    key: str
    text: str
    claim: str
    textbook: str
    computed: str
    unit: str
    status: str
    status_words: str
    note: str


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
        _claim_text(row["textbook"]),
        answer_text(case()) if case else row["physics"],
        row["unit"],
        row["status"],
        STATUS_WORDS[row["status"]],
        row["note"],
    )


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
        text = POWER.sub(lambda found: f"·10{(found[1] + found[2]).translate(SUPERSCRIPT)}", f"{value:.2e}")
    return text.replace("-", "−")


def _claim_text(text: str) -> str:
    """Text of a claim: ranges with an ellipsis, powers of ten with superscripts, a typographic minus sign."""
    if not text[0].isdigit() and text[0] not in "-<>":
        return text
    parts = [part.replace("..", " … ").replace(">", "> ").replace("<", "< ") for part in text.split(";")]
    powers = POWER.sub(lambda found: f"·10{(found[1] + found[2]).translate(SUPERSCRIPT)}", "; ".join(parts))
    return powers.replace("1·10", "10").replace("-", "−")


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
