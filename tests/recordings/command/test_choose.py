"""The command is declared, reconstructed from the header, or a recorded voltage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence
from tests.recordings.abf1_files import COUNTS_PER_UNIT, noise, protocol

Write = Callable[..., Path]
INPUTS = (("IN 0", "pA"), ("Vm", "mV"))


def counts_with_voltage(levels_mV: np.ndarray) -> np.ndarray:
    """Noise and a recorded voltage, shape (sweeps, samples, 2)."""
    counts = noise(3, 640, 2)
    counts[:, :, 1] = np.rint(levels_mV * COUNTS_PER_UNIT)
    return counts


def test_a_recorded_voltage_is_the_command_if_the_header_has_none(abf1: Write) -> None:
    voltage_mV = np.where(np.arange(640) < 200, -70.0, -10.0)
    gap_free = {"nOperationMode": 3}
    path = abf1(protocol(channels=2), counts_with_voltage(voltage_mV), inputs=INPUTS, changes=gap_free)
    found = read_recording(path)
    assert found.command.evidence is Evidence.MONITOR
    assert expand(found.command.sweeps[0], 640)[[0, 639]] == pytest.approx([-70.0, -10.0], abs=0.02)
    assert any("gap free" in warning for warning in found.warnings)


def test_a_command_that_equals_the_recorded_voltage_is_verified(abf1: Write) -> None:
    played = protocol(channels=2)
    found = read_recording(abf1(played, counts_with_voltage(played.command_mV()), inputs=INPUTS))
    assert found.command.evidence is Evidence.VERIFIED
    assert "equals the recorded 'Vm' within 0.0" in found.command.basis


def test_a_declared_protocol_must_agree_with_a_recorded_voltage(abf1: Write) -> None:
    path = abf1(protocol(channels=2), counts_with_voltage(np.full(640, -70.0)), inputs=INPUTS)
    wrong = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -70, "ms": 40}]})
    with pytest.raises(CommandUnknown, match=r"sweep 0, after: .*differs from the command by \+10\.0 mV"):
        read_recording(path, ReadingOptions(protocol=wrong))
    right = Protocol.model_validate({"holding_mV": -70, "epochs": [{"step": -70, "ms": 40}]})
    assert read_recording(path, ReadingOptions(protocol=right)).command.evidence is Evidence.DECLARED
