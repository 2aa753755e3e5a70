"""Axon text files: sweeps from the columns in pA, the recorded voltage from those in mV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.formats.atf import parse_atf
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused
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


@pytest.mark.parametrize(
    ("header", "damaged"), [("3\t3", False), ("3\t1", True), ("-1\t3", True), ("1001\t3", True), ("3\t10001", True)]
)
def test_a_table_has_a_time_and_at_least_one_signal(tmp_path: Path, header: str, damaged: bool) -> None:
    path = tmp_path / "export.atf"
    text = atf_text(["IN 0", "IN 0"], TITLES, rows(*CURRENTS_pA))
    path.write_text(text.replace("ATF\t1.0\n3\t3", f"ATF\t1.0\n{header}"))
    with pytest.raises(RecordingRefused if damaged else CommandUnknown) as found:
        read_recording(path)
    assert ("header lines and" in str(found.value)) is damaged


def test_facts_signals_units_and_times_are_those_of_the_text() -> None:
    table = parse_atf(atf_text(["IN 0", "IN 0"], TITLES, rows(*CURRENTS_pA)).encode(), Path("e.atf"))
    assert table.facts["AcquisitionMode"] == "Episodic"
    assert (table.units, table.signals) == (("pA", "pA"), ("IN 0", "IN 0"))
    assert table.time_s[:][[0, -1]] == pytest.approx([0.0, 0.0049])
    np.testing.assert_allclose([column[:] for column in table.columns], CURRENTS_pA, rtol=1e-5)
    for unit, factor in (("s", 1.0), ("us", 1e-6)):
        other = atf_text(["IN 0", "IN 0"], TITLES, rows(*CURRENTS_pA)).replace("Time (ms)", f"Time ({unit})")
        assert parse_atf(other.encode(), Path("e.atf")).time_s[-1:] == pytest.approx(4.9 * factor)


@pytest.mark.parametrize("time", [np.zeros(50), np.arange(50)[::-1] * 0.1, np.append(np.arange(49) * 0.1, np.nan)])
def test_a_time_that_does_not_increase_is_damage(tmp_path: Path, time: np.ndarray) -> None:
    path = tmp_path / "export.atf"
    path.write_text(atf_text(["IN 0", "IN 0"], TITLES, np.column_stack([time, *CURRENTS_pA])))
    with pytest.raises(RecordingRefused, match="does not increase"):
        read_recording(path)


def test_without_start_times_sweeps_follow_each_other(tmp_path: Path) -> None:
    voltages_mV = np.full((2, 50), -80.0)
    voltages_mV[:, 20:] = -20.0
    titles = [*TITLES, "Trace #1 (mV)", "Trace #2 (mV)"]
    text = atf_text(["IN 0", "IN 0", "Vm", "Vm"], titles, rows(*CURRENTS_pA, *voltages_mV))
    path = tmp_path / "export.atf"
    path.write_text(text.replace("SweepStartTimesMS=0,2000", "SweepStartTimesMS=0"))
    assert [sweep.start_s for sweep in read_recording(path).sweeps] == pytest.approx([0.0, 0.0049])
