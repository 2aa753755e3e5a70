"""Intan CLAMP files: each step of the waveform is a sweep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused
from reversal.recordings.survey import survey
from tests.recordings.clp_files import PART, LEVELS_mV, clp_bytes, current_A, write_clp


def test_steps_of_the_waveform_are_sweeps_with_their_command(tmp_path: Path) -> None:
    found = read_recording(write_clp(tmp_path / "cell.clp"))
    assert (found.format, found.sample_rate_Hz, found.started) == ("Intan CLAMP", 20_000.0, "2024-05-17T13:04:09")
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == pytest.approx(LEVELS_mV)
    assert [sweep.epochs[0].level_mV for sweep in found.command.sweeps] == pytest.approx([-80.0] * 3)
    assert [sweep.current.size for sweep in found.sweeps] == [3 * PART] * 3
    np.testing.assert_allclose(found.sweeps[1].i_pA, 1e12 * current_A(900)[300:600], rtol=1e-6)
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 0.015, 0.03])
    assert found.command.evidence is Evidence.RECONSTRUCTED
    telegraph = found.telegraph
    assert (telegraph.lowpass_Hz, telegraph.rs_MOhm, telegraph.cm_pF) == (5000.0, 5.0, 10.0)


def test_repeats_of_the_waveform_are_more_sweeps_and_a_cut_one_is_left_out(tmp_path: Path) -> None:
    path = write_clp(tmp_path / "cell.clp", cycles=2.5)
    found = read_recording(path)
    assert len(found.sweeps) == 7
    assert any("not complete" in warning for warning in found.warnings)
    started_later = read_recording(write_clp(tmp_path / "later.clp", cycles=2.5, skipped=50))
    np.testing.assert_array_equal(started_later.sweeps[0].i_pA, found.sweeps[1].i_pA)
    assert len(started_later.sweeps) == 6
    chosen = read_recording(path, ReadingOptions(sweeps=(range(3, 6),)))
    assert [sweep.epochs[1].level_mV for sweep in chosen.command.sweeps] == pytest.approx(LEVELS_mV)


def test_the_command_of_the_mode_with_steps_of_5_mV_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(CommandUnknown, match="half of the voltages"):
        read_recording(write_clp(tmp_path / "cell.clp", is_double=True))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (clp_bytes(is_voltage_clamp=False), "in current clamp"),
        (clp_bytes(kind=1), "auxiliary inputs"),
        (clp_bytes(gap=True), "lacks samples"),
        (clp_bytes()[:-3], "whole samples"),
        (clp_bytes()[:900], "ends within its header"),
        (clp_bytes()[:11] + b"\x55" + clp_bytes()[12:], "header of another layout"),
        (clp_bytes(cycles=0.1), "no complete step"),
    ],
)
def test_other_files_of_intan_clamp_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "cell.dat"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(path)


def test_a_survey_finds_it_by_its_content(tmp_path: Path) -> None:
    write_clp(tmp_path / "cell.bin")
    (row,) = survey(tmp_path)
    assert (row.format, row.sweeps, row.status) == ("Intan CLAMP", 3, "read")
