"""What a person wants for a recording changes the columns that it is about, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from reversal.errors import Refusal
from reversal.experiment.step_settings import SheetEntry
from reversal.review.wanted_row import WantedRow, changed_values, entry_with

SWEEPS = range(6)


def an_entry(**values: Any) -> SheetEntry:
    return SheetEntry(recording="r1", cell="c1", file="r1.abf", temperature_C=22.0, **values)


def values(entry: SheetEntry, **wanted: Any) -> dict[str, str]:
    return changed_values(entry, WantedRow(**wanted), SWEEPS, "2026-11-20")


def test_nothing_wanted_changes_nothing() -> None:
    assert values(an_entry(note="two\nlines", exclude="lost")) == {}


def test_sweeps_are_written_as_ranges_and_all_of_them_as_nothing() -> None:
    assert values(an_entry(), sweeps=[0, 1, 2, 5]) == {"sweeps": "0-2, 5"}
    assert values(an_entry(sweeps="1-3"), sweeps=[0, 1, 2, 3, 4, 5]) == {"sweeps": ""}
    assert values(an_entry(), sweeps=[0, 1, 2, 3, 4, 5]) == {}


def test_sweeps_that_the_sheet_names_in_other_words_stay_as_written() -> None:
    assert values(an_entry(sweeps="3;1-2"), sweeps=[1, 2, 3]) == {}
    assert values(an_entry(sweeps="0-5"), sweeps=[0, 1, 2, 3, 4, 5]) == {}


def test_a_window_is_set_changed_and_removed() -> None:
    assert values(an_entry(), window_start_ms=12.5, window_stop_ms=40) == {
        "window_start_ms": "12.5",
        "window_stop_ms": "40",
    }
    entry = an_entry(window_start_ms=12.5, window_stop_ms=40)
    assert values(entry, window_start_ms=12.5, window_stop_ms=41) == {"window_stop_ms": "41"}
    assert values(entry, window_start_ms=None, window_stop_ms=None) == {"window_start_ms": "", "window_stop_ms": ""}


def test_accepting_an_excluded_recording_uses_it_again() -> None:
    entry = an_entry(exclude="lost", guessed="bath, cell")
    assert values(entry, exclude="", reviewed=True, guesses_checked=True) == {
        "exclude": "",
        "guessed": "",
        "reviewed": "2026-11-20",
    }


def test_remarks_become_one_line_that_every_sheet_can_hold() -> None:
    assert values(an_entry(), note=" seal\tlost\r\n\x00at 5 min\ud800 ") == {"note": "seal lost at 5 min?"}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"sweeps": []}, "no sweep is chosen"),
        ({"sweeps": [7]}, "no such sweep"),
        ({"exclude": "No"}, "means that the recording is used"),
        ({"window_start_ms": 9, "window_stop_ms": 9}, "ends before it starts"),
    ],
)
def test_what_a_sheet_cannot_say_is_refused(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(Refusal, match=message):
        values(an_entry(), **wanted)


def test_the_entry_is_that_of_the_changed_row() -> None:
    entry = entry_with(an_entry(exclude="lost", sweeps="1"), {"exclude": "", "sweeps": "", "window_start_ms": "12.5"})
    assert entry == an_entry(window_start_ms=12.5)
    with pytest.raises(Refusal, match="window_stop_ms"):
        entry_with(an_entry(), {"window_stop_ms": "-1"})
