"""WinWCP files: marks, start times and scale of each record. Layout: J. Dempster, "WinWCP data file format"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats.winwcp import is_winwcp
from reversal.recordings.inspection import inspect, inspection_text
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, MarkedSweep, Recording, RecordingRefused
from reversal.recordings.survey import survey
from tests.recordings.wcp_files import RANGE_V, RATE_HZ, family_mV, wcp_content

LEVELS_mV = np.arange(-100.0, 40.0, 20.0)
VOLTAGES_mV = family_mV(LEVELS_mV)
CURRENTS_pA = np.random.default_rng(3).normal(0, 20, VOLTAGES_mV.shape) + (VOLTAGES_mV + 50.0)


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "rec.wcp"
    path.write_bytes(wcp_content(CURRENTS_pA, VOLTAGES_mV, **changes))
    return path


def numbers(recording: Recording) -> list[int]:
    return [recording.number_of(n) for n in range(len(recording.sweeps))]


def test_samples_starts_and_date_are_those_that_were_written(tmp_path: Path) -> None:
    found = read_recording(written(tmp_path))
    assert (found.format, found.sample_rate_Hz, found.started) == ("WinWCP", RATE_HZ, "2025-05-14T12:23:04.000")
    assert [sweep.start_s for sweep in found.sweeps] == [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]
    for sweep, i_pA, v_mV in zip(found.sweeps, CURRENTS_pA, VOLTAGES_mV, strict=True):
        np.testing.assert_allclose(sweep.i_pA, i_pA, atol=0.2)  # one step of the converter is 0.3 pA
        np.testing.assert_allclose(sweep.v_mV, v_mV, atol=0.01)
    assert found.command.evidence is Evidence.MONITOR
    assert found.marked_sweeps == ()


def test_rejected_and_leak_records_are_left_out_and_listed(tmp_path: Path) -> None:
    path = written(tmp_path, status={3: b"REJECTED", 4: b"REJECTED"}, kinds={6: b"LEAK"})
    found = read_recording(path)
    assert numbers(found) == [0, 1, 2, 5]
    assert found.marked_sweeps == (MarkedSweep(3, "rejected"), MarkedSweep(4, "rejected"), MarkedSweep(6, "leak"))
    assert [round(sweep.epochs[1].level_mV) for sweep in found.command.sweeps] == [-100, -80, -60, 0]
    assert not found.warnings  # a record that is left out makes no gap
    assert "left out   3-4 (rejected), 6 (leak)" in inspection_text(inspect(path))
    (row,) = survey(tmp_path)
    assert "sweeps left out: 3-4 (rejected), 6 (leak)" in row.reason


def test_types_of_ordinary_records_are_used(tmp_path: Path) -> None:
    assert numbers(read_recording(written(tmp_path, kinds={1: b"EVOK", 2: b"MINI"}))) == list(range(7))


def test_a_file_of_rejected_records_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = written(tmp_path, status=dict.fromkeys(range(7), b"REJECTED"))
    with pytest.raises(RecordingRefused, match=r"every chosen sweep is marked.*rejected.*Remove the mark"):
        read_recording(path)


def test_declared_levels_count_the_records_that_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, status={3: b"REJECTED"})
    epochs = [{"step": -80, "ms": 20}, {"step": {"from": -100, "to": 20, "by": 20}, "ms": 60}]
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": epochs})
    found = read_recording(path, ReadingOptions(protocol=protocol))
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == [-100, -80, -60, -20, 0, 20]
    epochs[1] = {"step": [-100, -80, -60, -20, 0, 20], "ms": 60}
    with pytest.raises(CommandUnknown, match=r"7 sweeps, 1 of them left out by a mark"):
        read_recording(path, ReadingOptions(protocol=Protocol.model_validate({"holding_mV": -80, "epochs": epochs})))


def test_each_record_has_its_own_range(tmp_path: Path) -> None:
    found = read_recording(written(tmp_path, ranges_V={2: RANGE_V / 10}))
    np.testing.assert_allclose(found.sweeps[2].i_pA, CURRENTS_pA[2], atol=0.02)
    np.testing.assert_allclose(found.sweeps[3].i_pA, CURRENTS_pA[3], atol=0.2)


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("14/05/2025 12:23:04 PM", "2025-05-14T12:23:04.000"),
        ("14/05/2025 01:23:04 PM", "2025-05-14T13:23:04.000"),
        ("14.05.2025 13:23:04", "2025-05-14T13:23:04.000"),
        ("05/14/2025 13:23:04", None),
        ("5/14/2025 1:23:04 PM", "2025-05-14T13:23:04.000"),
        ("5/4/2025 1:23:04 PM", None),  # the month or the day first: not clear
        ("4/4/2025 1:23:04 PM", "2025-04-04T13:23:04.000"),
        ("05/04/2025 13:23:04", "2025-04-05T13:23:04.000"),
        ("14/05/2025 1:23:04 p. m.", "2025-05-14T13:23:04.000"),
        ("14/05/2025 1:23:04 a.m.", "2025-05-14T01:23:04.000"),
        ("2025-05-14 13:23:04", "2025-05-14T13:23:04.000"),
        ("", None),
    ],
)
def test_the_clock_of_any_country_is_read(tmp_path: Path, text: str, started: str | None) -> None:
    assert read_recording(written(tmp_path, facts={"RTIME": text})).started == started


def test_channels_stand_where_the_header_says(tmp_path: Path) -> None:
    swapped = {"YU0": "pA", "YN0": "Im", "YG0": 0.001, "YO0": 1, "YU1": "mV", "YN1": "Vm", "YG1": 0.05, "YO1": 0}
    found = read_recording(written(tmp_path, facts=swapped))
    np.testing.assert_allclose(found.sweeps[1].i_pA, CURRENTS_pA[1], atol=0.2)


def test_records_of_two_runs_are_not_one_family(tmp_path: Path) -> None:
    path = tmp_path / "rec.wcp"
    twice_mV = np.concatenate([VOLTAGES_mV, VOLTAGES_mV])
    path.write_bytes(wcp_content(np.concatenate([CURRENTS_pA, CURRENTS_pA]), twice_mV))
    with pytest.raises(RecordingRefused, match=r"2 runs of 'Vm' \(sweeps 0-6 from 0 s; sweeps 7-13 from 35 s\)"):
        read_recording(path)
    assert numbers(read_recording(path, ReadingOptions(sweeps=sweep_ranges("7-13")))) == list(range(7, 14))
    assert len(read_recording(path, ReadingOptions(sweeps=sweep_ranges("0-13"))).sweeps) == 14


def test_ramps_before_and_after_a_pause_are_two_runs_though_the_command_is_declared(tmp_path: Path) -> None:
    path = written(tmp_path, starts_s=[0, 5, 10, 15, 90, 95, 100], facts={"YU0": "degC"})
    ramp = [{"ramp": {"from": -100, "to": 20}, "ms": 100}]
    options = ReadingOptions(protocol=Protocol.model_validate({"holding_mV": -80, "epochs": ramp}))
    with pytest.raises(RecordingRefused, match=r"2 runs .*sweeps 0-3 from 0 s; sweeps 4-6 from 90 s"):
        read_recording(path, options)
    assert numbers(read_recording(path, replace(options, sweeps=sweep_ranges("4-6")))) == [4, 5, 6]


@pytest.mark.parametrize("fact", ["ADCMAX", "YG0", "YG1"])
@pytest.mark.parametrize("value", ["", "0", "nan", "many"])
def test_a_scale_that_is_no_number_is_refused(tmp_path: Path, fact: str, value: str) -> None:
    with pytest.raises(RecordingRefused, match=f"no valid {fact}"):
        read_recording(written(tmp_path, facts={fact: value}))


def test_an_impossible_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match="impossible start or sampling interval"):
        read_recording(written(tmp_path, starts_s=[0, 5, float("nan"), 15, 20, 25, 30]))


def test_records_with_different_sampling_rates_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, rates_Hz={5: 20000.0})
    with pytest.raises(RecordingRefused, match=r"different sampling rates.*10000 to 20000 Hz.*column 'sweeps'"):
        read_recording(path)
    assert numbers(read_recording(path, ReadingOptions(sweeps=sweep_ranges("0-4")))) == [0, 1, 2, 3, 4]


def test_sampling_rates_that_differ_by_rounding_are_one_rate(tmp_path: Path) -> None:
    assert read_recording(written(tmp_path, rates_Hz={5: RATE_HZ * (1 + 2e-7)})).sample_rate_Hz == RATE_HZ


def header(records: int = 3, length: int | None = None, **changes: int) -> bytes:
    """A header of two channels, one block of analysis and two of data a record, and so many bytes in all."""
    facts = {"VER": 9, "NC": 2, "NR": records, "NBH": 1024, "NBA": 1, "NBD": 2, **changes}
    text = "".join(f"{name}={value}\r\n" for name, value in facts.items()).encode()
    whole = 1024 + records * 3 * 512
    return text.ljust(whole if length is None else length, b"\0")


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (header(), False),
        (header(length=1024 + 3 * 3 * 512 - 1), True),
        (header(NBD=3), True),
        (header(NBA=2), True),
        (header(NBA=0), True),
        (header(NBD=0), True),
        (header(NBH=1023), True),
        (header(NBH=1025), True),
        (header(NC=0), True),
        (header(NC=129), True),
        (header(NC=128), False),
        (header(records=-1, length=9999), True),
    ],
)
def test_a_file_holds_the_records_that_its_header_states(tmp_path: Path, content: bytes, refused: bool) -> None:
    path = tmp_path / "rec.wcp"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused) as found:
        read_recording(path)
    assert ("shorter than its header states" in str(found.value)) is refused


def test_a_file_without_records_is_refused(tmp_path: Path) -> None:
    start = b"VER=9\r\nNR=0\r\nNC=2\r\nNBH=1024\r\nNBA=2\r\nNBD=2\r\n"
    assert is_winwcp(start)
    path = tmp_path / "file.abf"
    path.write_bytes(start)
    with pytest.raises(RecordingRefused, match="WinWCP file has no records"):
        read_recording(path)


@pytest.mark.real
def test_samples_are_those_that_neo_reads(shared_data: Path) -> None:
    neo_io = pytest.importorskip("neo.io")
    path = shared_data / "myokit+myokit/myokit/tests/data/formats/wcp-file.wcp"
    found = read_recording(path)
    for sweep, segment in zip(found.sweeps, neo_io.WinWcpIO(str(path)).read_block().segments, strict=True):
        (i_pA,) = (s.rescale("pA").magnitude[:, 0] for s in segment.analogsignals if "A" in str(s.units.dimensionality))
        np.testing.assert_allclose(sweep.i_pA, i_pA, rtol=1e-5, atol=1e-4)


def test_neo_reads_the_same_samples(tmp_path: Path) -> None:
    path = written(tmp_path, facts={"RTIME": "14/05/2025 13:23:04"})
    (row,) = survey(tmp_path)
    assert (row.file, row.readers, row.status) == (path.name, "agree", "read")
    assert row.largest_difference is not None
    assert row.largest_difference < 1e-6
