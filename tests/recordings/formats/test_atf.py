"""Axon text files: sweeps from the columns in pA, the recorded voltage from those in mV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import CommandUnknown, Evidence, RecordingRefused
from tests.recordings.atf_files import atf_text


def rows(*columns: np.ndarray) -> np.ndarray:
    return np.column_stack([np.arange(50) * 0.1, *columns])


CURRENTS_pA = np.random.default_rng(1).normal(0, 5, (2, 50))
TITLES = ["Trace #1 (pA)", "Trace #2 (pA)"]


def test_a_recorded_voltage_is_the_command(tmp_path: Path) -> None:
    voltages_mV = np.full((2, 50), -80.0)
    voltages_mV[:, 20:] = [[-40.0], [-20.0]]
    path = tmp_path / "export.atf"
    titles = [*TITLES, "Trace #1 (mV)", "Trace #2 (mV)"]
    path.write_text(atf_text(["IN 0", "IN 0", "Vm", "Vm"], titles, rows(*CURRENTS_pA, *voltages_mV)))
    found = read_recording(path)
    assert found.command.evidence is Evidence.MONITOR
    assert found.sample_rate_Hz == pytest.approx(10000.0)
    assert [sweep.start_s for sweep in found.sweeps] == [0.0, 2.0]
    assert [channel.name for channel in found.channels] == ["IN 0", "Vm"]
    assert expand(found.command.sweeps[1], 50)[[0, 49]].tolist() == [-80.0, -20.0]


def test_of_several_current_signals_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "export.atf"
    path.write_text(atf_text(["IN 0", "IN 1"], TITLES, rows(*CURRENTS_pA)))
    with pytest.raises(RecordingRefused, match=r"several current signals\. Found: 'IN 0, IN 1'"):
        read_recording(path)
    with pytest.raises(CommandUnknown, match="neither a protocol nor a recorded voltage"):
        read_recording(path, ReadingOptions(channel="IN 1"))
    with pytest.raises(RecordingRefused, match="no current signal 'IN 7'"):
        read_recording(path, ReadingOptions(channel="IN 7"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("ATF\t1.0\n3\t3", "ATF\t1.0\n3\tmany"), "second line does not give the numbers"),
        (("Time (ms)", "Time (h)"), "not a time in s, ms or us"),
        (("=0,2000", "=0,later"), "start times of its sweeps are not numbers"),
        (("\n0.5\t", "\n0.4\t"), "not evenly spaced"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    path = tmp_path / "export.atf"
    path.write_text(atf_text(["IN 0", "IN 0"], TITLES, rows(*CURRENTS_pA)).replace(*change))
    with pytest.raises(RecordingRefused, match=f"ATF file is damaged: .*{reason}"):
        read_recording(path)
