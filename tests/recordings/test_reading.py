"""Files of every kind, chosen by what they hold; what is refused, and with which sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from reversal.experiment.protocols import Protocol
from reversal.recordings.command.waveform import expand
from reversal.recordings.formats.neo import neo_format
from reversal.recordings.read_recording import Reading, read_recording
from reversal.recordings.recording import CommandUnknown, Evidence, RecordingRefused
from tests.recordings.abf1 import Epoch1, File1, Output1, noise

Write = Callable[..., Path]
STEPS = Output1((Epoch1(1, -60.0, 100), Epoch1(1, -120.0, 200, level_step=20.0)), holding=-80.0)
RATE_HZ = 10000.0
DECLARED = Protocol.model_validate(
    {
        "holding_mV": -80,
        "sample_rate_Hz": RATE_HZ,
        "current_unit": "nA",
        "scale": -1,
        "sweep_samples": 500,
        "epochs": [
            {"step": -80, "ms": 10},
            {"step": {"from": -40, "to": 20, "by": 30}, "ms": 20},
            {"ramp": {"from": 20, "to": -80}, "ms": 10},
        ],
    }
)
SWEEPS_nA = np.random.default_rng(2).normal(0, 0.1, (3, 500))


def assert_declared(path: Path, protocol: Protocol = DECLARED) -> None:
    found = read_recording(path, Reading(protocol=protocol))
    assert found.command.evidence is Evidence.DECLARED
    assert [sweep.i_pA == pytest.approx(-1000 * row) for sweep, row in zip(found.sweeps, SWEEPS_nA, strict=True)]
    assert [[e.level_mV for e in sweep.epochs] for sweep in found.command.sweeps] == [
        [-80.0, level, -80.0, -80.0] for level in (-40.0, -10.0, 20.0)
    ]
    assert [e.start for e in found.command.sweeps[0].epochs] == [0, 100, 300, 400]
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 0.05, 0.1])


def test_plain_arrays_are_read_by_their_declared_protocol(tmp_path: Path) -> None:
    savemat(tmp_path / "flat.mat", {"T": SWEEPS_nA.reshape(-1, 1)})
    savemat(tmp_path / "rows.mat", {"T": SWEEPS_nA, "other": np.zeros(3)})
    np.savez(tmp_path / "rows.npz", current=SWEEPS_nA)
    np.save(tmp_path / "columns.npy", SWEEPS_nA.T)
    np.savetxt(tmp_path / "columns.csv", SWEEPS_nA.T, delimiter=",", header="a,b,c")
    np.savetxt(tmp_path / "one.txt", SWEEPS_nA.reshape(-1))
    time_ms = np.arange(500) * 0.1
    np.savetxt(tmp_path / "timed.txt", np.column_stack([time_ms, SWEEPS_nA.T]), delimiter="\t")
    for name in ("flat.mat", "rows.npz", "columns.npy", "columns.csv", "one.txt", "timed.txt"):
        assert_declared(tmp_path / name)
    assert_declared(tmp_path / "rows.mat", DECLARED.model_copy(update={"variable": "T"}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"current_unit": None}, "Expected: a protocol with sample_rate_Hz"),
        ({"sweep_samples": 499}, "not a whole number of sweeps"),
        ({"sweep_samples": 300}, "levels for another number of sweeps"),
        ({"sample_rate_Hz": 20000.0}, "longer than the sweep"),
        ({"variable": "J"}, "the array 'J' is not there.*Known: T"),
    ],
)
def test_a_protocol_that_does_not_fit_the_array_is_refused(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    savemat(tmp_path / "flat.mat", {"T": SWEEPS_nA.reshape(-1, 1)})
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(tmp_path / "flat.mat", Reading(protocol=DECLARED.model_copy(update=change)))


def test_a_time_column_is_held_to_the_declared_rate(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "t.csv", np.column_stack([np.arange(500) * 0.3, SWEEPS_nA.T]), delimiter=",")
    with pytest.raises(RecordingRefused, match="the time column and the declared rate disagree"):
        read_recording(tmp_path / "t.csv", Reading(protocol=DECLARED))


def test_an_array_without_a_protocol_is_refused_with_what_to_do(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "one.txt", SWEEPS_nA.reshape(-1))
    with pytest.raises(RecordingRefused, match=r"numbers only.*Declare one under 'protocols'"):
        read_recording(tmp_path / "one.txt")


def test_the_reader_is_chosen_by_content_and_not_by_name(abf1: Write, tmp_path: Path) -> None:
    path = abf1(File1(noise(2, 640), (STEPS,)), "recording.csv")
    assert read_recording(path).format == "ABF 1.8.4.0"
    named = tmp_path / "text.abf"
    np.savetxt(named, SWEEPS_nA.reshape(-1))
    assert read_recording(named, Reading(protocol=DECLARED)).format == "text"


def atf(signals: list[str], columns: list[str], rows: np.ndarray) -> str:
    titles = "\t".join(f'"{title}"' for title in ["Time (ms)", *columns])
    names = "\t".join(['"Signals="', *(f'"{name}"' for name in signals)])
    table = "\n".join("\t".join(f"{value:.6g}" for value in row) for row in rows)
    facts = '"AcquisitionMode=Episodic"\n"SweepStartTimesMS=0,2000"'
    return f"ATF\t1.0\n3\t{rows.shape[1]}\n{facts}\n{names}\n{titles}\n{table}\n"


def test_an_atf_file_with_its_voltage_is_monitored(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = np.column_stack([np.arange(50) * 0.1, rng.normal(0, 5, (50, 2)), np.full((50, 2), -80.0)])
    rows[20:, 3:] = [-40.0, -20.0]
    path = tmp_path / "export.atf"
    path.write_text(
        atf(["IN 0", "IN 0", "Vm", "Vm"], ["Trace #1 (pA)", "Trace #2 (pA)", "Trace #1 (mV)", "Trace #2 (mV)"], rows)
    )
    found = read_recording(path)
    assert found.command.evidence is Evidence.MONITOR
    assert found.sample_rate_Hz == pytest.approx(RATE_HZ)
    assert [sweep.start_s for sweep in found.sweeps] == [0.0, 2.0]
    assert expand(found.command.sweeps[1], 50)[[0, 49]].tolist() == [-80.0, -20.0]


@pytest.mark.parametrize("kind", ["atf", "abf"])
def test_a_stimulus_file_is_played_sweep_by_sweep(abf1: Write, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "stimuli"
    folder.mkdir()
    waves = np.array([-80.0 + 30 * np.sin(np.arange(640) / 20), -80.0 + 60 * np.sin(np.arange(640) / 20)])
    if kind == "atf":
        text = atf(["s", "s"], ["Trace #1 (mV)", "Trace #2 (mV)"], np.column_stack([np.arange(640) * 0.1, waves.T]))
        (folder / "Sine.ATF").write_text(text)
    else:
        counts = np.rint(waves / 1000 * 32768).astype(np.int16)[:, :, None]  # 10 V at 0.01 V/mV
        (folder / "Sine.ABF").write_bytes(File1(counts, (STEPS,), channels=(("IN 0", "mV"),)).content())
    played = replace(STEPS, source=2, stimulus_path=f"C:\\Axon\\sine.{kind}")
    path = abf1(File1(noise(2, 640), (played,)))
    with pytest.raises(CommandUnknown, match=f"sine.{kind}' was not found"):
        read_recording(path)
    found = read_recording(path, Reading(stimulus_dirs=(folder,)))
    for sweep, wave in zip(found.command.sweeps, waves, strict=True):
        assert expand(sweep, 640) == pytest.approx(wave, abs=0.016)
    longer = abf1(File1(noise(2, 800), (played,)))
    with pytest.raises(CommandUnknown, match=r"640 samples.*800 samples"):
        read_recording(longer, Reading(stimulus_dirs=(folder,)))


def test_a_recorded_voltage_is_the_command_where_the_header_has_none(abf1: Write) -> None:
    counts = noise(2, 640, 2)
    counts[:, :, 1] = np.rint(-70.0 / 1000 * 32768)
    counts[:, 200:, 1] = np.rint(-10.0 / 1000 * 32768)
    path = abf1(File1(counts, (STEPS,), channels=(("IN 0", "pA"), ("Vm", "mV")), mode=3))
    found = read_recording(path)
    assert found.command.evidence is Evidence.MONITOR
    assert expand(found.command.sweeps[0], 640)[[0, 639]] == pytest.approx([-70.0, -10.0], abs=0.02)
    assert any("gap free" in warning for warning in found.warnings)


def test_a_declared_protocol_must_agree_with_a_recorded_voltage(abf1: Write) -> None:
    counts = noise(3, 640, 2)
    counts[:, :, 1] = np.rint(-70.0 / 1000 * 32768)
    path = abf1(File1(counts, (STEPS,), channels=(("IN 0", "pA"), ("Vm", "mV"))))
    wrong = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -70, "ms": 40}]})
    with pytest.raises(CommandUnknown, match=r"sweep 0, after: .*disagree by \+10\.0 mV"):
        read_recording(path, Reading(protocol=wrong))
    right = Protocol.model_validate({"holding_mV": -70, "epochs": [{"step": -70, "ms": 40}]})
    assert read_recording(path, Reading(protocol=right)).command.evidence is Evidence.DECLARED


def test_both_readers_samples_are_compared_when_asked(abf1: Write) -> None:
    found = read_recording(abf1(File1(noise(2, 640), (STEPS,))), Reading(compare_readers=True))
    assert len(found.sweeps) == 2


def test_a_channel_that_is_not_there_gives_the_nearest(abf1: Write) -> None:
    with pytest.raises(RecordingRefused, match=r"'IN 7' is not there.*Nearest: 'IN 0'"):
        read_recording(abf1(File1(noise(2, 640), (STEPS,))), Reading(channel="IN 7"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01garbage" * 9, "the format is not known"),
        (b"ABF2", "bytes that the file does not have"),
        (b"DAT2" + bytes(300), "cannot read this HEKA file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(300), "HDF5 file cannot be read"),
        (b"PK\x03\x04" + bytes(300), "NPZ file cannot be read"),
        (b"MATLAB 5.0 MAT-file" + bytes(300), "MAT file|several arrays, or none"),
        (b"ATF\t1.0\n1\t2\n", "ATF file is damaged"),
        (b"VER=9\r\nNR=4\r\nNC=2\r\nNBH=1024\r\nNBA=2\r\nNBD=2\r\n", "shorter than its header says"),
    ],
)
def test_content_that_is_no_recording_says_so(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file.abf"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(path)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"VER=9\r\nNR=1\r\nNBH=1024\r\n", "WinWCP"),
        (b"VER=6.6\r\nNP=100\r\n", "WinEDR"),
        (b"AxGr\x00\x01", "AxoGraph"),
        (b"axgx\x00\x00\x00\x06", "AxoGraph"),
        (b"\x09\x00(C) CED 87", "Spike2"),
        (b"\x05\x00" + bytes(62), "Igor"),
    ],
)
def test_formats_that_neo_reads_are_known_by_their_first_bytes_and_damage_is_refused(
    tmp_path: Path, head: bytes, name: str
) -> None:
    found = neo_format(Path("rec.bin"), head)
    assert found is not None
    assert found[0] == name
    path = tmp_path / "file.abf"
    path.write_bytes(head)
    with pytest.raises(RecordingRefused, match=f"{name}|no record"):
        read_recording(path)


def test_a_file_that_grows_while_it_is_read_is_still_being_copied(abf1: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = abf1(File1(noise(2, 640), (STEPS,)))
    read_bytes = Path.read_bytes

    def and_grow(self: Path) -> bytes:
        content = read_bytes(self)
        with path.open("ab") as stream:
            stream.write(b"more")
        os.utime(path, (1, 1))
        return content

    monkeypatch.setattr(Path, "read_bytes", and_grow)
    with pytest.raises(RecordingRefused, match="changed while it was read"):
        read_recording(path)


def test_a_fresh_text_is_looked_at_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of numbers does not say how long it is, so a copy that pauses looks whole."""
    path = tmp_path / "one.txt"
    np.savetxt(path, SWEEPS_nA.reshape(-1))

    def copying_goes_on(_: float) -> None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write("0.1\n")

    monkeypatch.setattr("time.sleep", copying_goes_on)
    with pytest.raises(RecordingRefused, match="changed while it was read"):
        read_recording(path, Reading(protocol=DECLARED))


@pytest.mark.parametrize("unit", ["mV", "?", "dB", "", "\0pA"])
def test_a_channel_without_a_unit_of_current_is_no_current(abf1: Write, unit: str) -> None:
    with pytest.raises(RecordingRefused, match="no channel is in a unit of current"):
        read_recording(abf1(File1(noise(2, 640), (STEPS,), channels=(("IN 0", unit),))))


@pytest.mark.parametrize(("unit", "factor"), [("fA", 1e-3), ("nA", 1e3), ("uA", 1e6), ("pA\0x", 1.0)])
def test_currents_of_any_unit_are_brought_to_pA(abf1: Write, unit: str, factor: float) -> None:
    counts = noise(2, 640)
    found = read_recording(abf1(File1(counts, (STEPS,), channels=(("IN 0", unit),))))
    assert found.sweeps[0].i_pA == pytest.approx(counts[0, :, 0] * (1000 / 32768) * factor, rel=1e-6)


def test_an_unfinished_copy_is_shorter_than_its_header_says(abf1: Write) -> None:
    path = abf1(File1(noise(2, 6400), (STEPS,)))
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(RecordingRefused, match=r"shorter than its header says|bytes that the file does not have"):
        read_recording(path)


def test_nwb_voltage_clamp_is_read_with_its_stimulus(tmp_path: Path) -> None:
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
    with h5py.File(path, "a") as file:
        del file["stimulus/presentation/command_1"]
    with pytest.raises(CommandUnknown, match="no stimulus of its own length"):
        read_recording(path)


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
