"""Every numbered claim of the textbooks, against values computed outside this project and the words of the chapters."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import reversal
from reversal.atlas.facts import STATUS_WORDS, claim_holds
from reversal.atlas.systems.textbook import CASES, Answer

TABLE = Path(reversal.__file__).parent / "reference" / "textbook_cases.tsv"
with TABLE.open(encoding="utf-8", newline="") as stream:
    ROWS = {row["id"]: row for row in csv.DictReader(stream, delimiter="\t")}
NOT_COMPUTABLE = {"S4-08"}  # a value from the literature, without a formula
CONTRADICTED = {
    "S0-12",
    "X03",
    "X04",
    "X05",
    "X06",
    "X25",
    "S1-07",
    "S2-01",
    "S2-08",
    "S3-14b",
    "S4-07b",
    "S4-14b",
}
CHAPTERS = Path(__file__).parents[4] / "shared" / "background"
CHAPTER_NAMES = (
    "driving forces",
    "ion gradients of the neurone",
    "resting potential and pump",
    "applications of the gradient",
    "upkeep of the gradients",
)
SYMBOLS = {r"\mu": "µ", r"\times": "×", r"\Delta": "Δ", r"\tilde": "", r"\approx": "≈", r"\Omega": "Ω"} | {
    r"\lambda": "λ",
    r"\cdot": "·",
    r"\ll": "≪",
    r"\tau": "τ",
    r"\ddagger": "‡",
    r"\frac": "",
    r"\left": "",
    r"\right": "",
    r"\ln": "ln",
    r"\gamma": "γ",
}


@cache
def answer_of(case: str) -> Answer:
    return CASES[case]()


def printed_text(markup: str) -> str:
    """Text of a chapter without its links and its marks of TeX, as the quotes of the table have it."""
    text = re.sub(r"\[([^\[\]]*)\]\(@?[^)]*\)", r"\1", markup)
    text = re.sub(r"\s*\(?\[@[^\]]*\]\)?", "", text)
    text = re.sub(r"\\(?:mathrm|text)\s*\{([^{}]*)\}", r"\1", text)
    for mark, symbol in SYMBOLS.items():
        text = text.replace(mark, symbol)
    text = re.sub(r"\\[,; ]", " ", text)
    return re.sub(r"\s+", " ", re.sub(r"[*${}^\\]", "", text))


def last_digits(numbers: str) -> np.ndarray:
    """Half a unit of the last printed digit of each number."""
    halves = []
    for number in numbers.split(";"):
        mantissa, _, power = number.partition("e")
        halves.append(0.5 * 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2])))
    return np.array(halves)


def test_there_are_110_cases_and_each_has_a_formula():
    assert len(ROWS) == 110
    assert set(CASES) == set(ROWS) - NOT_COMPUTABLE


def test_every_case_quotes_its_chapter_and_has_a_known_status():
    assert all(row["quote"] and row["text"] in CHAPTER_NAMES for row in ROWS.values())
    assert {row["status"] for row in ROWS.values()} <= set(STATUS_WORDS)


def test_quotes_are_the_words_of_the_chapters():
    files = sorted(CHAPTERS.glob("00*.txt"))
    if len(files) != len(CHAPTER_NAMES):
        pytest.skip(f"the chapters are not in {CHAPTERS}")
    chapters = dict(zip(CHAPTER_NAMES, (printed_text(file.read_text(encoding="utf-8")) for file in files), strict=True))
    assert [k for k, row in ROWS.items() if row["quote"] not in chapters[row["text"]]] == []


def test_every_assumed_input_is_named_and_every_contradiction_has_a_remark():
    assert [k for k, row in ROWS.items() if row["status"] == "underspecified" and not row["assumed"]] == []
    assert [k for k, row in ROWS.items() if row["status"] == "inconsistent" and not row["note"]] == []
    assert {k for k, row in ROWS.items() if row["status"] == "inconsistent"} == CONTRADICTED


@pytest.mark.parametrize("case", sorted(CASES))
def test_case_has_the_value_computed_outside(case):
    answer, row = answer_of(case), ROWS[case]
    if isinstance(answer, str):
        assert answer == row["physics"]
        return
    expected = np.array([float(part) for part in row["physics"].split(";")])
    assert np.all(np.abs(np.atleast_1d(answer) - expected) <= 1.01 * last_digits(row["physics"]))


@pytest.mark.parametrize("case", sorted(CASES))
def test_claim_holds_unless_it_is_marked_contradicted(case):
    row = ROWS[case]
    holds = claim_holds(row["criterion"], answer_of(case), float(row["tolerance"]))
    assert holds is (row["status"] != "inconsistent")


@pytest.mark.parametrize(
    ("criterion", "answer", "holds"),
    [
        ("!5", 5.2, False),
        ("!5", 6.5, True),
        ("..-1", -2.0, True),
        ("..-1", 0.0, False),
        ("falling", (3.0, 1.0), True),
        ("falling", (3.0, 2.5), False),
        ("pairs", (1.0, 1.5, 7.0, 9.0), False),
        (">0;<0", (1.0, -1.0), True),
        ("0..1", 1.2, False),
        ("inward", "outward", False),
    ],
)
def test_criterion_of_a_claim(criterion, answer, holds):
    assert claim_holds(criterion, answer, 1.0) is holds


def test_a_claim_with_another_number_of_values_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        claim_holds("1;2", 1.0, 0.1)
