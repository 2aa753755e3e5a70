"""ABF files as recordings: units, warnings, and damage that the header shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.abf1_files import COUNTS_PER_UNIT, Changes, noise, protocol

Write = Callable[..., Path]


@pytest.mark.parametrize(("unit", "to_pA"), [("fA", 1e-3), ("nA", 1e3), ("uA", 1e6), ("pA\0x", 1.0)])
def test_a_current_in_any_unit_is_read_in_pA(abf1: Write, unit: str, to_pA: float) -> None:
    counts = noise(3, 640)
    found = read_recording(abf1(protocol(), counts, inputs=(("IN 0", unit),)))
    assert found.sweeps[0].i_pA == pytest.approx(counts[0, :, 0] / COUNTS_PER_UNIT * to_pA, rel=1e-6)


def test_the_samples_of_both_readers_are_compared_on_request(abf1: Write) -> None:
    found = read_recording(abf1(protocol()), ReadingOptions(compare_readers=True))
    assert len(found.sweeps) == 3


def test_leak_subtraction_gives_a_warning(abf1: Write) -> None:
    found = read_recording(abf1(protocol(), changes={"nLeakSubtractType": 1, "nPNNumPulses": 4}))
    (warning,) = [warning for warning in found.warnings if "leak subtraction" in warning]
    assert "4 sub-pulses" in warning
    assert "does not show whether the current is leak-subtracted" in warning


def test_what_the_amplifier_telegraphed_is_kept(abf1: Write) -> None:
    telegraph = read_recording(abf1(protocol())).telegraph
    assert (telegraph.cm_pF, telegraph.gain, telegraph.lowpass_Hz) == (14.0, 1.0, 4000.0)
    assert telegraph.rs_MOhm is None  # the header of version 1 has no field for it


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fADCSecondSampleInterval": 500.0, "lClockChange": 200}, "sampling rate changes within a sweep"),
        ({"nFileType": 3}, "contains no protocol"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(abf1: Write, changes: Changes, reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(abf1(protocol(sweeps=2), changes=changes))


def test_an_incomplete_copy_is_refused(abf1: Write) -> None:
    path = abf1(protocol(sweeps=2, samples=6400))
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(RecordingRefused, match=r"shorter than its header states|bytes outside the file"):
        read_recording(path)
