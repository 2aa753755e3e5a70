"""Sweeps that the recording sheet names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.experiment.sweep_numbers import SweepsRefused, listed_sweeps, sweep_ranges


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", [3]),
        ("1-9,12", [*range(1, 10), 12]),
        (" 0 - 2 ; 5", [0, 1, 2, 5]),
        ("7–8", [7, 8]),
        ("12, 1-2", [12, 1, 2]),
    ],
)
def test_ranges_and_single_sweeps_are_read(text: str, numbers: list[int]) -> None:
    assert [number for part in sweep_ranges(text) for number in part] == numbers


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("9-1", r"range of sweeps ends before it starts. Found: '9-1'"),
        ("1-5,4", r"sweep 4 is named twice"),
        ("3,3", r"sweep 3 is named twice"),
        ("01-Sep", r"cannot be read. Found: '01-Sep'.*format the cells of a spreadsheet as text"),
        ("1-", r"cannot be read"),
        ("-3", r"cannot be read"),
        ("1..3", r"cannot be read"),
        ("1,,3", r"cannot be read"),
        ("all", r"cannot be read. Found: 'all'. Expected: numbers and ranges such as 1-9,12"),
    ],
)
def test_other_texts_are_refused(text: str, reason: str) -> None:
    with pytest.raises(SweepsRefused, match=reason):
        sweep_ranges(text)


@given(st.sets(st.integers(0, 60), min_size=1))
def test_listed_sweeps_are_read_as_the_same_sweeps(numbers: set[int]) -> None:
    assert [n for part in sweep_ranges(listed_sweeps(numbers)) for n in part] == sorted(numbers)
