"""Exports of a SyncroPatch: a well of a plate, its command and its quality control."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Evidence, RecordingRefused
from reversal.recordings.survey import channels_in, survey
from tests.recordings.syncropatch_files import SCALES_A, LEVELS_mV, counts, write_export


def test_a_well_is_read_with_its_own_scale_and_the_commands_of_the_sweeps(tmp_path: Path) -> None:
    path = write_export(tmp_path)
    assert channels_in(path) == ["A01", "B01", "A03", "B03"]
    found = read_recording(path, ReadingOptions(channel="b3"))
    assert (found.format, found.sample_rate_Hz, found.current_channel.name) == ("SyncroPatch", 10_000.0, "B03")
    for n, sweep in enumerate(found.sweeps):
        np.testing.assert_allclose(sweep.i_pA, counts(n, 2, 1) * SCALES_A[5] * 1e12)
    assert [round(sweep.epochs[1].level_mV, 6) for sweep in found.command.sweeps[1:]] == list(LEVELS_mV[1:])
    assert found.command.evidence is Evidence.RECONSTRUCTED
    assert [sweep.start_s for sweep in found.sweeps] == [0, 5, 10, 15, 20]
    assert (found.telegraph.rs_MOhm, found.telegraph.cm_pF) == (pytest.approx(22.0), pytest.approx(9.0))
    assert read_recording(path, ReadingOptions(channel="A03")).telegraph.cm_pF is None


def test_sweeps_with_one_command_and_chosen_sweeps(tmp_path: Path) -> None:
    path = write_export(tmp_path, is_iv=False)
    found = read_recording(path, ReadingOptions(channel="A01", sweeps=(range(1, 4),)))
    assert {sweep.epochs[1].level_mV for sweep in found.command.sweeps} == {-40.0}
    assert [sweep.i_pA[0] for sweep in found.sweeps] == pytest.approx([1000 * n * 0.1 for n in (1, 2, 3)])


def test_another_file_of_samples_changes_the_hash(tmp_path: Path) -> None:
    path = write_export(tmp_path)
    before = read_recording(path, ReadingOptions(channel="A01")).sha256
    samples = tmp_path / "Tracedata_2.dat"
    samples.write_bytes(samples.read_bytes()[::-1])
    assert read_recording(path, ReadingOptions(channel="A01")).sha256 != before


@pytest.mark.parametrize(
    ("changes", "channel", "reason"),
    [
        ({}, None, "several wells.*4 wells, A01 to B03"),
        ({}, "A02", "no measured well 'A02'"),
        ({"TraceHeader__FileInformation__SweepsPerFile": 3}, "A01", "another length than the JSON file states"),
        ({"TraceHeader__MeasurementLayout__NofSweeps": 9}, "A01", "another length"),
        ({"TraceHeader__FileInformation__FileList": ["../a.dat"]}, "A01", "does not list its .dat files"),
        ({"TraceHeader__FileInformation__FileList": ["a.dat"]}, "A01", "a file with samples is missing"),
        ({"TraceHeader__TimeScalingIV__I2DScale": [1.0]}, "A01", "the scale of each well"),
        ({"TraceHeader__TimeScalingIV__TR_Time": [0, 1]}, "A01", "evenly spaced times"),
        ({"TraceHeader__TimeScalingIV__Stimulus": [0.0]}, "A01", "the stimulus of every sweep"),
        ({"TraceHeader__MeasurementLayout__nCols": 3}, "A01", "another number of measured columns"),
        ({"TraceHeader": None}, "A01", "impossible 'WP_nRows'"),
    ],
)
def test_an_export_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], channel: str | None, reason: str
) -> None:
    path = write_export(tmp_path, **changes)
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(path, ReadingOptions(channel=channel))


def test_a_survey_lists_every_well_once(tmp_path: Path) -> None:
    path = write_export(tmp_path)
    path.rename(tmp_path / "export.txt")
    rows = survey(tmp_path)
    assert [(row.file, row.channel, row.status) for row in rows] == [
        ("export.txt", well, "read") for well in ("A01", "B01", "A03", "B03")
    ]
