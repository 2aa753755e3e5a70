"""Recordings of acq4: sweeps in numbered folders, a command and a holding potential of the amplifier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused
from tests.recordings.acq4_files import RATE_HZ, LEVELS_mV, write_protocol, write_sweep

ALL = ReadingOptions(sweeps=(range(3),))


def test_folders_are_joined_and_the_holding_potential_is_added(tmp_path: Path) -> None:
    found = read_recording(write_protocol(tmp_path), ALL)
    assert (found.format, found.sample_rate_Hz, found.current_channel.name) == ("acq4", RATE_HZ, "primary")
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == [level - 20.0 for level in LEVELS_mV]
    assert found.command.sweeps[0].epochs[0].level_mV == -80.0
    assert [sweep.start_s for sweep in found.sweeps] == [0.0, 2.5, 5.0]
    np.testing.assert_allclose(found.sweeps[2].i_pA, np.arange(900) % 7 + 20.0)
    assert found.command.evidence is Evidence.RECONSTRUCTED
    assert found.started == "2020-09-13T12:26:40.000+00:00"


def test_the_state_of_the_amplifier_is_telegraphed(tmp_path: Path) -> None:
    telegraph = read_recording(write_protocol(tmp_path)).telegraph
    assert (telegraph.rs_MOhm, telegraph.rs_compensation, telegraph.cm_pF) == (9.5, 0.7, 12.0)
    off = read_recording(write_protocol(tmp_path, RsCompEnable=False, WholeCellCompEnable=False)).telegraph
    assert (off.rs_MOhm, off.rs_compensation, off.cm_pF) == (None, None, None)


def test_one_file_is_one_sweep_without_the_column_sweeps(tmp_path: Path) -> None:
    path = write_protocol(tmp_path, HoldingEnable=False)
    found = read_recording(path.parents[1] / "002" / "Clamp1.ma")
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == [-20.0]
    with pytest.raises(RecordingRefused, match="there is no file of sweep 3"):
        read_recording(path, ReadingOptions(sweeps=(range(4),)))


@pytest.mark.parametrize(
    ("changes", "fault", "reason"),
    [
        ({"mode": "IC"}, RecordingRefused, "not in voltage clamp.*IC"),
        ({"Holding": None}, CommandUnknown, "no holding potential of the amplifier"),
        ({"Holding": "__import__('os').getcwd()"}, CommandUnknown, "no holding potential of the amplifier"),
    ],
)
def test_what_is_not_known_is_refused(
    tmp_path: Path, changes: dict[str, Any], fault: type[RecordingRefused], reason: str
) -> None:
    with pytest.raises(fault, match=reason):
        read_recording(write_sweep(tmp_path / "000" / "Clamp1.ma", -60.0, **changes))
