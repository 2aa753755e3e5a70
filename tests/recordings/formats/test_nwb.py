"""NWB files: voltage-clamp series with their stimulus series."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, MarkedSweep, Recording, RecordingRefused
from reversal.recordings.survey import channels_in
from tests.recordings.nwb_files import Made, link_by_table, mies_session, notebook_rows, write_notebook
from tests.recordings.nwb_files import write_nwb as write_session
from tests.recordings.wcp_files import family_mV

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
    with pytest.raises(RecordingRefused, match=r"not an NWB file.*Export the recording as NWB"):
        read_recording(path)


LEVELS_mV = [-100.0, -60.0, -20.0, 20.0]
FAMILY_mV = family_mV(LEVELS_mV)


def made(electrode: str, first_s: float, e_rev_mV: float, **changes: object) -> list[Made]:
    """A family of an ohmic cell that reverses at ``e_rev_mV``, with a conductance of 1 nS."""
    noise_pA = np.random.default_rng(7).normal(0, 2, FAMILY_mV.shape)
    return [
        Made(f"{electrode}_{first_s:g}_{n}", electrode, first_s + 2.0 * n, v + noise - e_rev_mV, v, **changes)  # type: ignore[arg-type]
        for n, (v, noise) in enumerate(zip(FAMILY_mV, noise_pA, strict=True))
    ]


def numbers(recording: Recording) -> list[int]:
    return [recording.number_of(n) for n in range(len(recording.sweeps))]


def reversal_mV(recording: Recording) -> float:
    """Voltage at which the line through the currents in the steps is zero."""
    i_pA = [float(np.mean(sweep.i_pA[300:700])) for sweep in recording.sweeps]
    v_mV = [sweep.epochs[1].level_mV for sweep in recording.command.sweeps]
    slope, offset = np.polyfit(v_mV, i_pA, 1)
    return float(-offset / slope)


@pytest.mark.parametrize("numbered", [False, True])
def test_electrodes_are_distinguished_by_the_target_of_their_links(tmp_path: Path, numbered: bool) -> None:
    path = tmp_path / "two.nwb"
    cells = [*made("e0", 0.0, -84.6), *made("e1", 0.0, -26.1)]
    if numbered:  # both electrodes count their sweeps from 0
        cells = [Made(**{**vars(one), "number": n % 4, "stimulus": f"stimulus_{n}"}) for n, one in enumerate(cells)]
    write_session(path, cells)
    with pytest.raises(RecordingRefused, match=r"several electrodes.*e0: 4 sweeps from 0 s; e1: 4 sweeps from 0 s"):
        read_recording(path)
    for electrode, e_rev_mV in (("e0", -84.6), ("e1", -26.1)):
        found = read_recording(path, ReadingOptions(channel=electrode))
        assert found.current_channel.name == electrode
        assert numbers(found) == [0, 1, 2, 3]
        assert reversal_mV(found) == pytest.approx(e_rev_mV, abs=0.5)
    assert channels_in(path) == ["e0", "e1"]


def test_two_runs_of_an_electrode_are_offered_and_chosen(tmp_path: Path) -> None:
    path = tmp_path / "session.nwb"
    write_session(path, [*made("e", 0.0, -80.0), *made("e", 8.0, -20.0)])
    with pytest.raises(RecordingRefused, match=r"2 runs of 'e' \(e/1: sweeps 0-3 from 0 s; e/2: sweeps 4-7 from 8 s\)"):
        read_recording(path)
    assert channels_in(path) == ["e/1", "e/2"]
    for options, expected_mV in (
        (ReadingOptions(channel="e/1"), -80.0),
        (ReadingOptions(channel="e/2"), -20.0),
        (ReadingOptions(sweeps=sweep_ranges("4-7")), -20.0),
        (ReadingOptions(channel="e", sweeps=sweep_ranges("0-3")), -80.0),
        (ReadingOptions(sweeps=sweep_ranges("0-7")), -50.0),
    ):
        assert reversal_mV(read_recording(path, options)) == pytest.approx(expected_mV, abs=0.5)
    second = read_recording(path, ReadingOptions(channel="e/2", sweeps=sweep_ranges("5-7")))
    assert numbers(second) == [5, 6, 7]
    with pytest.raises(RecordingRefused, match=r"no sweep 3. Found: '3'. Expected: sweeps 4-7"):
        read_recording(path, ReadingOptions(channel="e/2", sweeps=sweep_ranges("3")))
    with pytest.raises(RecordingRefused, match=r"electrode 'e' has no run 3.*e/1, e/2"):
        read_recording(path, ReadingOptions(channel="e/3"))


def test_a_family_and_a_ramp_of_an_electrode_are_two_runs(tmp_path: Path) -> None:
    ramp_mV = np.full(FAMILY_mV.shape[1], -80.0)
    ramp_mV[200:800] = np.linspace(-100, 60, 600)
    path = tmp_path / "session.nwb"
    write_session(path, [*made("e", 0.0, -80.0), Made("ramp", "e", 8.0, ramp_mV + 80.0, ramp_mV)])
    assert channels_in(path) == ["e/1", "e/2"]


def test_a_protocol_of_another_name_is_another_run(tmp_path: Path) -> None:
    path = tmp_path / "session.nwb"
    first, second = made("e", 0.0, -80.0, description="steps 1")[:2], made("e", 4.0, -20.0, description="tails 2")[2:]
    write_session(path, [*first, *second])
    assert channels_in(path) == ["e/1", "e/2"]
    write_session(path, made("e", 0.0, -80.0, description="step to -20 mV"))
    assert channels_in(path) == ["e"]


def test_series_without_times_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    waves_mV = family_mV(np.arange(-120.0, 0.0, 10.0))
    write_session(path, [Made(f"sweep_{n}", "e", 0.0, v + 50.0, v) for n, v in enumerate(waves_mV)])
    levels = [sweep.epochs[1].level_mV for sweep in read_recording(path).command.sweeps]
    assert levels == pytest.approx(np.arange(-120.0, 0.0, 10.0))


def test_responses_and_stimuli_are_linked_by_the_table(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    cells = [Made(**{**vars(one), "stimulus": f"command_{n}"}) for n, one in enumerate(made("e", 0.0, -80.0))]
    write_session(path, cells)
    with pytest.raises(CommandUnknown, match="no stimulus of the same length"):
        read_recording(path)
    link_by_table(path, [(one.name, str(one.stimulus)) for one in cells])
    assert reversal_mV(read_recording(path)) == pytest.approx(-80.0, abs=0.5)


def test_parts_of_a_series_are_not_taken_for_a_sweep(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    cells = made("e", 0.0, -80.0)
    write_session(path, cells)
    link_by_table(path, [(one.name, one.name) for one in cells], count=100)
    with pytest.raises(RecordingRefused, match="contains several recordings of the table"):
        read_recording(path)


def test_even_timestamps_are_a_rate_and_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    cells = made("e", 100.0, -80.0)
    write_session(path, cells, timestamps=True)
    found = read_recording(path)
    assert found.sample_rate_Hz == RATE_HZ
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 2.0, 4.0, 6.0])
    with h5py.File(path, "a") as file:
        file[f"acquisition/{cells[2].name}/timestamps"][500:] += 0.01
    with pytest.raises(RecordingRefused, match=f"{cells[2].name}: the timestamps of a series are not evenly spaced"):
        read_recording(path)


def test_sweeps_in_invalid_times_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    write_session(path, made("e", 0.0, -80.0))
    with h5py.File(path, "a") as file:
        file["intervals/invalid_times/start_time"] = [1.0, 4.05]
        file["intervals/invalid_times/stop_time"] = [1.5, 4.06]
    found = read_recording(path)
    assert numbers(found) == [0, 1, 3]
    assert found.marked_sweeps == (MarkedSweep(2, "within the invalid times of the file"),)


def test_a_stimulus_of_another_time_is_not_the_command(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    cells = made("e", 0.0, -80.0)
    write_session(path, cells)
    with h5py.File(path, "a") as file:
        file[f"stimulus/presentation/{cells[1].name}/starting_time"][()] = 2.01
    with pytest.raises(CommandUnknown, match=r"different times. Found: '10000 Hz from 2.01 s'"):
        read_recording(path)


def test_the_unit_of_the_samples_is_used_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cell.nwb"
    cells = made("e", 0.0, -80.0)
    write_session(path, cells)
    with h5py.File(path, "a") as file:
        data = file[f"acquisition/{cells[0].name}/data"]
        data[()] *= 1e12
        data.attrs["unit"] = "pA"
    np.testing.assert_allclose(read_recording(path).sweeps[0].i_pA, cells[0].i_pA)
    with h5py.File(path, "a") as file:
        file[f"acquisition/{cells[0].name}/data"].attrs["unit"] = "volts"
    with pytest.raises(RecordingRefused, match=r"unit of a series is wrong. Found: 'volts'"):
        read_recording(path)


def test_the_columns_of_the_table_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    values = Hdf5.values

    def counted(file: Hdf5, node: Any) -> Any:
        reads.append(node.name)
        return values(file, node)

    monkeypatch.setattr(Hdf5, "values", counted)
    cells = [Made(**{**vars(one), "stimulus": f"command_{n}"}) for n, one in enumerate(made("e", 0.0, -80.0))]
    write_session(tmp_path / "cell.nwb", cells)
    link_by_table(tmp_path / "cell.nwb", [(one.name, str(one.stimulus)) for one in cells])
    read_recording(tmp_path / "cell.nwb")
    assert sorted(name.rpartition("/")[2] for name in reads) == ["response", "stimulus"]


def test_the_holding_potential_of_mies_is_in_its_lab_notebook(tmp_path: Path) -> None:
    path = tmp_path / "mies.nwb"
    mies_session(path)
    write_notebook(path, notebook_rows())
    found = read_recording(path)
    assert [sweep.epochs[1].level_mV for sweep in (found.command.sweeps[0], found.command.sweeps[2])] == [-90.0, -50.0]
    assert found.command.sweeps[0].epochs[0].level_mV == -70.0


def test_a_holding_potential_that_is_switched_off_is_zero(tmp_path: Path) -> None:
    path = tmp_path / "mies.nwb"
    mies_session(path)
    off = {"V-Clamp Holding Enable": (2, 0.0)}
    write_notebook(path, [*notebook_rows(), *({"SweepNum": (8, n), **off} for n in range(3))])
    assert read_recording(path).command.sweeps[0].epochs[0].level_mV == 0.0


@pytest.mark.parametrize(
    ("rows", "unit", "reason"),
    [
        (None, "mV", "lab notebooks of 0 devices"),
        (notebook_rows(np.nan), "mV", "does not give it for this sweep"),
        (notebook_rows(), "V", "does not give it for this sweep"),
        ([{"SweepNum": (8, 0), "ADC": (2, 7)}], "mV", "does not name the headstage"),
    ],
)
def test_a_stimulus_of_mies_without_its_holding_potential_is_not_the_command(
    tmp_path: Path, rows: list[dict[str, tuple[int, float]]] | None, unit: str, reason: str
) -> None:
    path = tmp_path / "mies.nwb"
    mies_session(path)
    if rows is not None:
        write_notebook(path, rows, unit=unit)
    with pytest.raises(CommandUnknown, match=reason):
        read_recording(path)
