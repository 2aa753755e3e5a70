"""Symphony files: blocks are runs, epochs are sweeps, pulses and ramps are generated again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused, Shape
from reversal.recordings.survey import channels_in
from tests.recordings.symphony_files import LEVELS_mV, write_symphony

RAMP = "symphonyui.builtin.stimuli.RampGenerator"


@pytest.mark.parametrize("has_data", [False, True])
def test_a_pulse_is_the_command_of_its_epoch(tmp_path: Path, has_data: bool) -> None:
    found = read_recording(write_symphony(tmp_path / "cell.h5", has_data=has_data))
    assert (found.format, found.sample_rate_Hz, found.current_channel.name) == ("Symphony", 10_000.0, "Amp1")
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == list(LEVELS_mV)
    assert found.command.sweeps[0].epochs[0].level_mV == -80.0
    assert found.command.sweeps[0].epochs[1].start == 300
    assert [sweep.start_s for sweep in found.sweeps] == [0.0, 2.0, 4.0]
    np.testing.assert_array_equal(found.sweeps[1].i_pA, 490.0 + np.arange(900) % 7)
    assert found.command.evidence is Evidence.RECONSTRUCTED
    assert found.header["protocol"] == "lab.protocols.IV"


def test_a_ramp_and_a_background_are_commands(tmp_path: Path) -> None:
    ramp = read_recording(write_symphony(tmp_path / "ramp.h5", generator=RAMP)).command.sweeps[2]
    assert ramp.epochs[1].shape is Shape.RAMP
    generated = -80.0 + np.concatenate([np.zeros(300), np.linspace(0.0, 60.0, 300), np.zeros(300)])
    np.testing.assert_allclose(expand(ramp, 900), generated, atol=1e-9)
    constant = read_recording(write_symphony(tmp_path / "held.h5", has_stimulus=False))
    assert constant.command.sweeps[0].epochs[0].level_mV == pytest.approx(-80.0)


def test_blocks_are_runs_and_are_chosen(tmp_path: Path) -> None:
    path = write_symphony(tmp_path / "cell.h5", blocks=2)
    assert channels_in(path) == ["1/Amp1", "2/Amp1"]
    with pytest.raises(RecordingRefused, match=r"several epoch blocks.*2/Amp1: lab\.protocols\.IV, 3 epochs"):
        read_recording(path)
    second = read_recording(path, ReadingOptions(channel="2/amp1"))
    assert [sweep.epochs[1].level_mV for sweep in second.command.sweeps] == [level + 1 for level in LEVELS_mV]
    with pytest.raises(RecordingRefused, match="no epoch block '3/Amp1'"):
        read_recording(path, ReadingOptions(channel="3/Amp1"))


@pytest.mark.parametrize(
    ("changes", "fault", "reason"),
    [
        ({"generator": "lab.Sine"}, CommandUnknown, "generator 'lab.Sine' is not understood"),
        ({"tail": 20.0}, CommandUnknown, "the stimulus has 800 samples, the current 900"),
        ({"tail": float("nan")}, CommandUnknown, "lacks a parameter"),
        ({"unit": "mV"}, RecordingRefused, "no epochs with a current"),
    ],
)
def test_what_is_not_understood_is_refused(
    tmp_path: Path, changes: dict[str, Any], fault: type[RecordingRefused], reason: str
) -> None:
    with pytest.raises(fault, match=reason):
        read_recording(write_symphony(tmp_path / "cell.h5", **changes))
