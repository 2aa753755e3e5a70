"""Values decoded from the bytes of a header, and the limits of what is possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.recordings.axon.header import AxonSweep
from reversal.recordings.axon.header_fields import (
    HeaderFields,
    checked_count,
    clean_text,
    input_limit,
    start_time,
    sweeps_of_table,
)
from reversal.recordings.recording.recording import RecordingRefused

FILE = Path("f.abf")


def test_bytes_up_to_the_last_are_read_and_none_beyond() -> None:
    fields = HeaderFields(bytes(range(8)), FILE)
    assert fields.one("h", 6) == 6 + 7 * 256
    assert fields.many("2B", 6) == (6, 7)
    for offset in (7, -1):
        with pytest.raises(RecordingRefused, match=f"bytes outside the file.*byte {offset}|byte {offset}.*outside"):
            fields.one("h", offset)


def test_texts_lose_padding_and_control_characters() -> None:
    assert HeaderFields(b"xx\xb5A\x07 \0rest", FILE).text(2, 8) == "uA"
    assert clean_text(b"  IN 0\r\n") == "IN 0"


@pytest.mark.parametrize(("value", "possible"), [(-1, False), (0, True), (16, True), (17, False)])
def test_counts_from_none_to_the_maximum_are_possible(value: int, possible: bool) -> None:
    if possible:
        assert checked_count(value, 16, "channels", FILE) == value
    else:
        with pytest.raises(RecordingRefused, match="impossible number of channels"):
            checked_count(value, 16, "channels", FILE)


def test_the_limit_of_an_input_is_its_range_over_its_gain() -> None:
    assert input_limit(10.0, 0.05) == 200.0
    assert input_limit(10.0, -0.05) == 200.0
    for range_V, gain in ((10.0, 0.0), (10.0, float("nan")), (float("inf"), 1.0)):
        assert input_limit(range_V, gain) is None


def test_starts_and_lengths_of_sweeps_have_their_unit() -> None:
    """Starts in units of 10 µs; the lengths of events too, at a sample each 5 µs; without a unit both count samples."""
    entries = (100, 40, 300, 60)
    episodic = sweeps_of_table(entries, 5.0, 10.0, 5)
    assert episodic == (AxonSweep(0, 40, 0.001), AxonSweep(40, 60, 0.003))
    events = sweeps_of_table(entries, 5.0, 10.0, 1)
    assert events == (AxonSweep(0, 80, 0.001), AxonSweep(80, 120, 0.003))
    plain = sweeps_of_table(entries, 5.0, 0.0, 1)
    assert plain == (AxonSweep(0, 40, 0.0005), AxonSweep(40, 60, 0.0015))
    assert sweeps_of_table((0, -5), 5.0, 10.0, 5) == (AxonSweep(0, 0, 0.0),)


@pytest.mark.parametrize(
    ("date", "milliseconds", "expected"),
    [
        (20261119, 75_903_250.0, "2026-11-19T21:05:03.250"),
        (20261119, 86_400_000.0, "2026-11-20T00:00:00.000"),  # after midnight the clock goes on
        (20261119, 172_800_000.0, None),
        (20261119, -1.0, None),
        (20261319, 0.0, None),
        (19800101, 0.0, "1980-01-01T00:00:00.000"),
        (19791231, 0.0, None),
        (20991231, 0.0, "2099-12-31T00:00:00.000"),
        (21000101, 0.0, None),
        (0, 0.0, None),
    ],
)
def test_impossible_dates_are_not_known(date: int, milliseconds: float, expected: str | None) -> None:
    assert start_time(date, milliseconds) == expected
