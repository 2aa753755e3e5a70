"""Every numbered claim of the textbooks, against values computed outside this project."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import reversal
from reversal.atlas.systems.textbook import CASES

TABLE = Path(reversal.__file__).parent / "reference" / "textbook_cases.tsv"
with TABLE.open(encoding="utf-8", newline="") as stream:
    ROWS = {row["id"]: row for row in csv.DictReader(stream, delimiter="\t")}
NOT_COMPUTABLE = {"S4-08"}  # a value from the literature, without a formula
CLAIM_NOT_REACHED = {"S4-09"}  # the inputs of the text give less than it claims; the note names what would be needed


def test_there_are_84_cases_and_each_has_a_formula():
    assert len(ROWS) == 84
    assert set(CASES) == set(ROWS) - NOT_COMPUTABLE


def test_every_assumed_input_and_contradiction_has_a_note():
    without_note = [
        k for k, row in ROWS.items() if row["status"] in {"underspecified", "inconsistent"} and not row["note"]
    ]
    assert without_note == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_case_has_the_value_computed_outside(case):
    answer, row = CASES[case](), ROWS[case]
    if isinstance(answer, str):
        assert answer == row["physics"]
        return
    expected = np.array([float(part) for part in row["physics"].split(";")])
    printed = 0.5 * 10.0 ** -np.array([len(part.partition(".")[2].split("e")[0]) for part in row["physics"].split(";")])
    room = np.maximum(float(row["tolerance"]), np.where(np.abs(expected) < 1e-3, 0, printed))
    assert np.all(np.abs(np.atleast_1d(answer) - expected) <= room)


@pytest.mark.parametrize("case", [k for k, row in ROWS.items() if row["status"] == "inconsistent"])
def test_claim_marked_inconsistent_differs_from_the_computed_value(case):
    row = ROWS[case]
    claimed = np.array([float(part) for part in row["textbook"].split(";")])
    assert np.any(np.abs(np.atleast_1d(CASES[case]()) - claimed) > float(row["tolerance"]))


@pytest.mark.parametrize("case", [k for k, row in ROWS.items() if row["status"] != "inconsistent" and k in CASES])
def test_claim_not_marked_inconsistent_holds(case):
    answer, row = CASES[case](), ROWS[case]
    if isinstance(answer, str):
        assert answer == row["textbook"]
        return
    values = np.atleast_1d(answer)
    if row["textbook"] == "monotone":
        assert np.all(np.diff(values) > 0)
        return
    claims = row["textbook"].split(";")
    assert len(claims) == values.size
    holds = all(_holds(claim, value, float(row["tolerance"])) for claim, value in zip(claims, values, strict=True))
    assert holds is (case not in CLAIM_NOT_REACHED)


def _holds(claim: str, value: float, tolerance: float) -> bool:
    if claim.startswith(">"):
        return value > float(claim[1:])
    if claim.startswith("<"):
        return value < float(claim[1:])
    if ".." in claim:
        low, high = (float(part) for part in claim.split(".."))
        return low <= value <= high
    return bool(abs(value - float(claim)) <= tolerance)
