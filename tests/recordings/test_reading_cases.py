"""Files on which a wrong number was read, with the right one; they are in a folder next to the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Evidence, Recording, RecordingRefused
from reversal.recordings.survey import channels_in

pytestmark = pytest.mark.real


@pytest.fixture
def cases(root: Path) -> Path:
    folder = root.parent / "shared" / "cases" / "reading"
    if not folder.is_dir():
        pytest.skip("the cases are not here: the folder shared/cases next to the project is absent")
    return folder


def reversal_mV(recording: Recording) -> float:
    """Voltage at which the late current of the steps changes its sign."""
    points = sorted(
        (epoch.level_mV, float(np.mean(sweep.i_pA[(epoch.start + epoch.stop) // 2 : epoch.stop])))
        for sweep, command in zip(recording.sweeps, recording.command.sweeps, strict=True)
        for epoch in command.epochs[1:2]
    )
    v_mV, i_pA = np.array(points).T
    n = int(np.flatnonzero(np.diff(np.sign(i_pA)))[0])
    return float(np.interp(0.0, i_pA[n : n + 2], v_mV[n : n + 2]))


def test_two_electrodes_are_two_recordings(cases: Path) -> None:
    path = cases / "h_two_electrodes_ghk_5K_50K.nwb"
    with pytest.raises(RecordingRefused, match="several electrodes"):
        read_recording(path)
    for electrode, e_rev_mV in (("electrode_0", -84.6), ("electrode_1", -26.1)):
        assert reversal_mV(read_recording(path, ReadingOptions(channel=electrode))) == pytest.approx(e_rev_mV, abs=0.6)


def test_two_baths_of_a_session_are_two_runs(cases: Path) -> None:
    path = cases / "a_two_baths_one_session.nwb"
    with pytest.raises(RecordingRefused, match=r"sweeps 0-8 from 0 s; elec0/2: sweeps 9-17 from 18 s"):
        read_recording(path)
    found = [reversal_mV(read_recording(path, ReadingOptions(channel=channel))) for channel in channels_in(path)]
    assert found == pytest.approx([-80.0, -20.0], abs=1.0)


@pytest.mark.parametrize("name", ["b_linked_by_table.nwb", "d_timestamps.nwb"])
def test_tables_and_timestamps_are_read(cases: Path, name: str) -> None:
    found = read_recording(cases / name)
    assert (found.sample_rate_Hz, len(found.sweeps)) == (10000.0, 9)
    assert found.command.sweeps[0].epochs[1].level_mV == -100.0


def test_the_voltage_of_a_table_is_the_command_of_its_ramp(cases: Path) -> None:
    found = read_recording(cases / "ramp_nA_tiv.csv")
    assert found.command.evidence is Evidence.MONITOR
    ramp = found.command.sweeps[0].epochs[1]
    i_pA, v_mV = (np.asarray(values)[ramp.start + 50 : ramp.stop - 50] for values in _traces(found))
    slope, offset = np.polyfit(i_pA[np.abs(i_pA) < 100], v_mV[np.abs(i_pA) < 100], 1)
    assert offset == pytest.approx(-84.5, abs=1.0)
    assert slope > 0


def _traces(found: Recording) -> tuple[np.ndarray, np.ndarray]:
    (sweep,) = found.sweeps
    assert sweep.v_mV is not None
    return np.asarray(sweep.i_pA), np.asarray(sweep.v_mV)


def test_a_unit_that_contradicts_the_title_is_refused(cases: Path) -> None:
    epochs = [{"step": -80, "ms": 20}, {"step": {"from": -100, "to": 60, "by": 20}, "ms": 60}]
    for unit, is_refused in (("pA", True), ("nA", False)):
        protocol = Protocol.model_validate({"holding_mV": -80, "epochs": epochs, "current_unit": unit})
        options = ReadingOptions(protocol=protocol.model_copy(update={"sample_rate_Hz": 10000.0}))
        if is_refused:
            with pytest.raises(RecordingRefused, match="nA in the file, current_unit: pA in the protocol"):
                read_recording(cases / "header_nA.csv", options)
        else:
            assert read_recording(cases / "header_nA.csv", options).sweeps[0].i_pA[0] == pytest.approx(-195.918)


def test_rejected_and_leak_records_are_left_out(cases: Path) -> None:
    found = read_recording(cases / "wcp_rejected_3_4_5_leak_10.wcp")
    assert [found.number_of(n) for n in range(len(found.sweeps))] == [0, 1, 2, 6, 7, 8, 9]
    assert [(sweep.number, sweep.mark) for sweep in found.marked_sweeps] == [
        (3, "rejected"), (4, "rejected"), (5, "rejected"), (10, "leak"),
    ]  # fmt: skip
    assert [round(sweep.start_s, 2) for sweep in found.sweeps[:4]] == [0.0, 4.94, 10.0, 30.06]


def test_a_clock_of_twelve_hours_is_read(cases: Path) -> None:
    found = read_recording(cases / "wcp_US_locale_time.wcp")
    assert (len(found.sweeps), found.sample_rate_Hz, found.started) == (11, 20000.0, "2025-05-14T12:23:04.000")
    levels = [round(sweep.epochs[2].level_mV) for sweep in found.command.sweeps]
    assert levels == list(range(-100, 120, 20))


def test_a_voltage_in_volts_is_the_command_if_the_current_is_in_amperes(cases: Path) -> None:
    found = read_recording(cases / "AxoGraph_current_and_voltage_in_V")
    assert found.command.evidence is Evidence.MONITOR
    assert [channel.unit for channel in found.channels[:2]] == ["A", "V"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lfs.abf", "Git LFS pointer"),
        ("unbundled.dat", "not saved as a bundle"),
        ("polar-graphs-demo.pxp", r"no wave has a unit of current \(radiusData"),
        ("wavesurfer.h5", r"no channel has a unit of current.*AI0 \[V\]"),
        ("heka_export_two_sweeps.asc", "neither a protocol nor a recorded voltage"),
        ("AxoGraph_two_currents_same_name", "neither a protocol nor a recorded voltage"),
    ],
)
def test_a_file_is_refused_for_the_true_reason(cases: Path, name: str, reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(cases / name)


@pytest.mark.parametrize(
    ("name", "sweeps", "step_ms"),
    [("igor_matrix.ibw", 9, 200), ("AxoGraph_two_currents_same_name", 2, 200), ("heka_export_two_sweeps.asc", 2, 20)],
)
def test_columns_and_blocks_are_the_sweeps(cases: Path, name: str, sweeps: int, step_ms: float) -> None:
    levels = [-100.0 + 20 * n for n in range(sweeps)]
    epochs = [{"step": -80, "ms": 50}, {"step": levels, "ms": step_ms}]
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": epochs})
    found = read_recording(cases / name, ReadingOptions(protocol=protocol))
    assert len(found.sweeps) == sweeps
    assert all(np.ptp(sweep.i_pA) > 0.5 for sweep in found.sweeps)


IV_STEPS: dict[str, Any] = {"holding_mV": -80, "sample_rate_Hz": 10000, "current_unit": "pA"}
IV_STEPS["epochs"] = [{"step": -80, "ms": 50}, {"step": {"from": -100, "to": 60, "by": 20}, "ms": 200}]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("german.csv", "pA"),
        ("iv_clampfit.csv", "pA"),
        ("matrix_samples_by_sweeps.mat", "pA"),
        ("v73.mat", "pA"),
        ("patchmaster_export.mat", "A"),
    ],
)
def test_arrays_are_divided_as_the_protocol_shows(cases: Path, name: str, unit: str) -> None:
    """Decimal commas, currents and voltages without titles, samples by sweeps, HDF5, a variable for each trace."""
    protocol = Protocol.model_validate({**IV_STEPS, "current_unit": unit})
    found = read_recording(cases / name, ReadingOptions(protocol=protocol))
    assert {sweep.current.size for sweep in found.sweeps} == {3000}
    assert len(found.sweeps) == 9
    assert reversal_mV(found) == pytest.approx(-60.0, abs=2.0)
    assert (found.sweeps[0].voltage is not None) == (name == "iv_clampfit.csv")
