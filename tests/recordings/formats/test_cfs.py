"""CED Signal files: sections are sweeps, a recorded voltage is the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused
from reversal.recordings.survey import survey
from tests.recordings.cfs_files import CURRENT_OFFSET_nA, CURRENT_SCALE_nA, LEVELS_mV, cfs_bytes, counts, write_cfs


def test_sections_are_sweeps_and_the_recorded_voltage_is_the_command(tmp_path: Path) -> None:
    found = read_recording(write_cfs(tmp_path / "cell.cfs"))
    assert (found.format, found.sample_rate_Hz, found.current_channel.name) == ("CED Signal", 10_000.0, "Im")
    assert found.command.evidence is Evidence.MONITOR
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == pytest.approx(LEVELS_mV)
    stored = counts(LEVELS_mV[3])[::2].astype(float)
    expected = 1e3 * (stored * CURRENT_SCALE_nA + CURRENT_OFFSET_nA)
    np.testing.assert_allclose(found.sweeps[3].i_pA, expected, rtol=1e-6)


def test_the_interval_of_the_samples_has_a_unit(tmp_path: Path) -> None:
    path = tmp_path / "cell.bin"
    path.write_bytes(cfs_bytes(step_unit="ms"))
    assert read_recording(path, ReadingOptions(sweeps=(range(1, 3),))).sample_rate_Hz == 1e7
    (row,) = survey(tmp_path)
    assert (row.format, row.sweeps, row.status) == ("CED Signal", 5, "read")


@pytest.mark.parametrize(
    ("content", "fault", "reason"),
    [
        (cfs_bytes(units=("nA", "nA")), RecordingRefused, "several current channels"),
        (cfs_bytes(units=("nA", "V")), CommandUnknown, "neither a protocol nor a recorded voltage"),
        (cfs_bytes(kind=1), RecordingRefused, "not evenly spaced"),
        (cfs_bytes(is_closed=False), RecordingRefused, "was not closed"),
        (cfs_bytes(step_unit="Hz"), RecordingRefused, "interval of its samples"),
        (cfs_bytes(points=301), RecordingRefused, "samples outside their section"),
        (cfs_bytes()[:-1], RecordingRefused, "shorter than its header states"),
        (cfs_bytes()[:100], RecordingRefused, "ends within its header"),
    ],
)
def test_other_files_of_signal_are_refused(
    tmp_path: Path, content: bytes, fault: type[RecordingRefused], reason: str
) -> None:
    path = tmp_path / "cell.abf"
    path.write_bytes(content)
    with pytest.raises(fault, match=reason):
        read_recording(path)
