"""Which input is the current, and which output drives the cell: by name, unit and telegraph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from reversal.simulate.stimulus_protocol import AbfEpoch, EpochKind
from tests.recordings.abf1_files import Changes, protocol, second_output

Write = Callable[..., Path]


def test_the_driving_output_is_chosen_by_unit_and_waveform_not_by_number(abf1: Write) -> None:
    played = protocol(sweeps=2, channels=2, waveform=False, other_outputs=second_output())
    found = read_recording(
        abf1(played, inputs=(("Im", "nA"), ("Vm", "mmHg")), changes={"sDACChannelUnits": "nA".ljust(8)})
    )
    assert "'Cmd 1'" in found.command.basis
    assert [sweep.epochs[2].level_mV for sweep in found.command.sweeps] == [-120.0, -100.0]


@pytest.mark.parametrize("number", [0, 1])
def test_of_two_currents_the_one_whose_own_output_has_a_waveform_is_used(abf1: Write, number: int) -> None:
    played = protocol(sweeps=2, channels=2, other_outputs=second_output())
    silent = {("nWaveformEnable", 1 - number): 0}
    path = abf1(played, inputs=(("IN 0", "pA"), ("IN 1", "pA")), changes=silent)
    found = read_recording(path)
    assert found.current_channel.name == f"IN {number}"
    assert f"'Cmd {number}'" in found.command.basis
    assert any(f"other current channels are not used: IN {1 - number}" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sDACChannelUnits": "pA".ljust(8)}, "the command is a current"),
        ({"nTelegraphEnable": 1, "nTelegraphMode": 1}, "the amplifier telegraphed current clamp"),
    ],
)
def test_current_clamp_is_refused(abf1: Write, changes: Changes, reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(abf1(protocol(sweeps=2), changes=changes))


def test_a_driven_current_is_current_clamp_whatever_the_input_is_called(abf1: Write) -> None:
    """The input has no number, so that only the unit of the one driven output shows current clamp."""
    path = abf1(protocol(sweeps=2), inputs=(("Im", "pA"),), changes={"sDACChannelUnits": "pA".ljust(8)})
    with pytest.raises(RecordingRefused, match=r"the command is a current.*output 'Cmd 0' in pA, channel 'Im' in pA"):
        read_recording(path)


def test_the_driven_current_of_one_headstage_is_current_clamp_though_another_is_in_voltage_clamp(abf1: Write) -> None:
    played = protocol(sweeps=2, channels=2, other_outputs=second_output())
    inputs = (("IN 0", "pA"), ("IN 1", "pA"))
    path = abf1(played, inputs=inputs, changes={"sDACChannelUnits": "pA".ljust(8)})
    with pytest.raises(RecordingRefused, match="the command is a current"):
        read_recording(path, ReadingOptions(channel="IN 0"))
    assert read_recording(path, ReadingOptions(channel="IN 1")).current_channel.name == "IN 1"


@pytest.mark.parametrize("number", [0, 1])
def test_of_two_recorded_currents_each_takes_the_output_of_its_own_number(abf1: Write, number: int) -> None:
    """Only Cmd 1 has a waveform: the cell on IN 0 was held by Cmd 0 while the other was stepped."""
    played = protocol(sweeps=2, channels=2, other_outputs=second_output())
    path = abf1(played, inputs=(("IN 0", "pA"), ("IN 1", "pA")), changes={("nWaveformEnable", 0): 0})
    found = read_recording(path, ReadingOptions(channel=f"IN {number}"))
    assert f"'Cmd {number}'" in found.command.basis
    assert [len(sweep.epochs) for sweep in found.command.sweeps] == [4 if number else 1] * 2


def test_the_sheet_can_name_the_output_of_a_renamed_channel(abf1: Write) -> None:
    """Two outputs have waveforms and the names of the inputs have no numbers: only the sheet can tell."""
    steps = (AbfEpoch(EpochKind.STEP, -40.0, 100),)
    played = protocol(sweeps=2, channels=2, other_outputs=second_output(epochs=steps))
    path = abf1(played, inputs=(("photo", "pA"), ("cell", "pA")))
    with pytest.raises(RecordingRefused, match=r"which output drives channel 'cell'.*column 'output'"):
        read_recording(path, ReadingOptions(channel="cell"))
    first, second = (
        read_recording(path, ReadingOptions(channel="cell", output=output)) for output in ("Cmd 0", " cmd 1")
    )
    assert first.command.sweeps[0].epochs[2].level_mV == -120.0
    assert second.command.sweeps[0].epochs[1].level_mV == -40.0
    assert "'Cmd 1'" in second.command.basis


@pytest.mark.parametrize(
    ("output", "unit", "reason"),
    [("Cmd 7", "mV", "there is no output 'Cmd 7'"), ("Cmd 0", "pA", "output 'Cmd 0' does not command a voltage")],
)
def test_an_output_that_is_not_there_or_not_a_voltage_is_refused(
    abf1: Write, output: str, unit: str, reason: str
) -> None:
    path = abf1(protocol(sweeps=2), changes={"sDACChannelUnits": unit.ljust(8)})
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(path, ReadingOptions(output=output))


def test_an_output_does_not_hide_current_clamp(abf1: Write) -> None:
    path = abf1(protocol(sweeps=2), changes={"nTelegraphEnable": 1, "nTelegraphMode": 1})
    with pytest.raises(RecordingRefused, match="telegraphed current clamp"):
        read_recording(path, ReadingOptions(output="Cmd 0"))


def test_a_format_without_outputs_refuses_one(tmp_path: Path) -> None:
    rows = "\n".join(f"{n * 1e-4:.4f},{n % 7},{-80 + 20 * (n > 30)}" for n in range(60))
    path = tmp_path / "table.csv"
    path.write_text(f"Time (s),Im (pA),Vm (mV)\n{rows}\n", encoding="utf-8")
    with pytest.raises(RecordingRefused, match="has no outputs to choose from"):
        read_recording(path, ReadingOptions(output="Cmd 0"))


def test_a_continuous_recording_counts_pieces_not_sweeps(abf1: Write) -> None:
    """Some programs count the pieces in which they wrote a gap-free file; there is one sweep nevertheless."""
    inputs = (("IN 0", "pA"), ("Vm", "mV"))
    path = abf1(protocol(sweeps=1, channels=2), inputs=inputs, changes={"nOperationMode": 3, "lActualEpisodes": 40})
    assert len(read_recording(path).sweeps) == 1
    episodic = abf1(protocol(sweeps=1), changes={"lActualEpisodes": 40}, name="episodic.abf")
    with pytest.raises(RecordingRefused, match="number of sweeps in the header does not match"):
        read_recording(episodic)
