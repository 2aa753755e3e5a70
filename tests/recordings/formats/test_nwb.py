"""NWB files: voltage-clamp series with their stimulus series."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pytest

from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import CommandUnknown, RecordingRefused

RATE_HZ = 10000.0


def write_nwb(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Two sweeps as pynwb writes them: current [pA] and command [mV], each of shape (2, 300)."""
    pynwb = pytest.importorskip("pynwb")
    icephys = pynwb.icephys
    current_pA = np.random.default_rng(4).normal(0, 20, (2, 300))
    command_mV = np.full((2, 300), -80.0)
    command_mV[:, 100:] = [[-40.0], [-20.0]]
    file = pynwb.NWBFile("a night", "id-1", datetime(2026, 11, 19, 21, tzinfo=UTC))
    electrode = file.create_icephys_electrode(
        name="electrode", description="patch", device=file.create_device(name="amplifier")
    )
    for n in range(2):
        common = {"electrode": electrode, "rate": RATE_HZ, "starting_time": 5.0 + 2.0 * n, "sweep_number": np.uint64(n)}
        file.add_acquisition(
            icephys.VoltageClampSeries(
                name=f"sweep_{n}", data=current_pA[n], conversion=1e-12, gain=1.0, capacitance_slow=12e-12, **common
            )
        )
        file.add_stimulus(
            icephys.VoltageClampStimulusSeries(
                name=f"command_{n}", data=command_mV[n], conversion=1e-3, gain=1.0, **common
            ),
            use_sweep_table=False,
        )
    with pynwb.NWBHDF5IO(str(path), "w") as stream:
        stream.write(file)
    return current_pA, command_mV


def test_a_series_is_read_with_its_stimulus(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    current_pA, command_mV = write_nwb(path)
    found = read_recording(path)
    assert found.format == "NWB"
    assert found.sample_rate_Hz == RATE_HZ
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 2.0])
    for sweep, command, i_pA, v_mV in zip(found.sweeps, found.command.sweeps, current_pA, command_mV, strict=True):
        assert sweep.i_pA == pytest.approx(i_pA, rel=1e-6)
        assert expand(command, 300) == pytest.approx(v_mV)
    assert found.telegraph.cm_pF == pytest.approx(12.0)


def test_a_series_without_a_stimulus_has_no_command(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    write_nwb(path)
    with h5py.File(path, "a") as file:
        del file["stimulus/presentation/command_1"]
    with pytest.raises(CommandUnknown, match="no stimulus of the same length"):
        read_recording(path)


def test_an_unknown_electrode_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    write_nwb(path)
    with pytest.raises(RecordingRefused, match=r"no voltage-clamp series of electrode 'E7'. Found: 'electrode'"):
        read_recording(path, ReadingOptions(channel="E7"))


def test_another_hdf5_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "array.mat"
    with h5py.File(path, "w") as file:
        file["T"] = np.zeros(3)
    with pytest.raises(RecordingRefused, match=r"not an NWB file.*version 7 \(-v7\)"):
        read_recording(path)
