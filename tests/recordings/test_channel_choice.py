"""The current of a file with several channels, or without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.recordings.choices.channel_choice import channel_of, current_index, is_command_copy, voltage_index
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.abf1_files import protocol

FILE = Path("f.abf")


@pytest.mark.parametrize("unit", ["mV", "?", "dB", "", "\0pA"])
def test_a_file_without_a_unit_of_current_is_refused(abf1: Callable[..., Path], unit: str) -> None:
    with pytest.raises(RecordingRefused, match="no channel has a unit of current"):
        read_recording(abf1(protocol(), inputs=(("IN 0", unit),)))


def test_an_unknown_channel_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(RecordingRefused, match=r"no channel 'IN 7'.*Nearest: 'IN 0'"):
        current_index([channel_of("IN 0", "pA")], "IN 7", FILE)


def test_a_channel_that_is_not_a_current_is_refused() -> None:
    with pytest.raises(RecordingRefused, match=r"channel 'Vm' is not a current. Found: \"unit 'mV'\""):
        current_index([channel_of("IN 0", "pA"), channel_of("Vm", "mV")], "Vm", FILE)


def test_of_several_currents_one_must_be_named() -> None:
    channels = [channel_of("IN 0", "pA"), channel_of("IN 1", "nA")]
    with pytest.raises(RecordingRefused, match=r"several current channels.*IN 0 \[pA\], IN 1 \[nA\]"):
        current_index(channels, None, FILE)
    assert current_index(channels, " in 1", FILE) == 1


def test_of_several_voltages_the_one_with_the_number_of_the_output_is_used() -> None:
    channels = [channel_of("Im", "pA"), channel_of("AO #0", "mV"), channel_of("AO #1", "mV")]
    assert voltage_index(channels, "Cmd 1") == 2
    assert voltage_index(channels, None) is None
    assert voltage_index(channels[:2], None) == 1


@pytest.mark.parametrize(("name", "expected"), [("AO #0", True), ("Cmd 1", True), ("V_cmd", True), ("Vm", False)])
def test_a_copy_of_the_command_is_recognised_by_its_name(name: str, expected: bool) -> None:
    assert is_command_copy(channel_of(name, "mV")) is expected
