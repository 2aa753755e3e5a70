"""Formats that Neo reads are recognised by the start of the file; damaged ones are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.formats.neo import NeoSignal, _columns_as_sweeps, neo_format
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"VER=6.6\r\nNP=100\r\n", "WinEDR"),
        (b"AxGr\x00\x01", "AxoGraph"),
        (b"axgx\x00\x00\x00\x06", "AxoGraph"),
        (b"\x09\x00(C) CED 87", "Spike2"),
        (b"\x05\x00(C) CED 87", "Spike2"),
    ],
)
def test_a_damaged_file_is_refused_with_the_name_of_its_format(tmp_path: Path, start: bytes, name: str) -> None:
    found = neo_format(Path("rec.bin"), start)
    assert found is not None
    assert found[0] == name
    path = tmp_path / "file.abf"
    path.write_bytes(start)
    with pytest.raises(RecordingRefused, match=f"{name}|no records"):
        read_recording(path)


def signals(*names_and_units: tuple[str, str]) -> list[NeoSignal]:
    """One segment of signals, each with its number as samples."""
    return [
        NeoSignal(name, unit, 1000.0, 0.5, np.full(100, float(n))) for n, (name, unit) in enumerate(names_and_units)
    ]


def test_columns_of_one_name_are_sweeps_with_the_voltage_of_all_or_of_each() -> None:
    current, voltage, other = ("Current", "A"), ("Voltage", "V"), ("", "")
    segments, are_columns = _columns_as_sweeps([signals(current, voltage, current, other, current)])
    assert are_columns
    assert [[signal.samples[0] for signal in one] for one in segments] == [[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]
    assert [one[0].start_s for one in segments] == pytest.approx([0.5, 0.6, 0.7])
    segments, _ = _columns_as_sweeps([signals(current, voltage, current, voltage)])
    assert [[signal.samples[0] for signal in one] for one in segments] == [[0.0, 1.0], [2.0, 3.0]]


@pytest.mark.parametrize(
    "names", [(("I", "A"), ("V", "V")), (("I1", "A"), ("I2", "A")), (("I", "A"), ("I", "A"), ("J", "A"), ("J", "A"))]
)
def test_columns_of_other_names_are_channels(names: tuple[tuple[str, str], ...]) -> None:
    assert _columns_as_sweeps([signals(*names)])[1] is False


def test_several_segments_are_the_sweeps_whatever_their_columns_are_called() -> None:
    assert _columns_as_sweeps([signals(("I", "A"), ("I", "A"))] * 2)[1] is False
