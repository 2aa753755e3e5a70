"""Igor waves and packed experiments. A wave contains no command: it is a recorded voltage or declared.

Layout of version 2 from WaveMetrics' technical note 003: BinHeader2 (16 bytes), WaveHeader2 (110 bytes and 16 of
padding), samples.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, Recording, RecordingRefused

SAMPLES_A = (np.arange(1000) % 50) * 1e-12
RATE_HZ = 10_000.0


def wave_2(name: str, samples: np.ndarray, unit: str = "A", step: float = 1.0 / RATE_HZ, step_unit: str = "s") -> bytes:
    """A wave of version 2 with samples in single precision."""
    points = (b"", name.encode(), 0, 0, b"", unit.encode(), step_unit.encode(), samples.size, 0, step, 0.0)
    flags = (0, 0, 0, 0.0, 0.0, b"\0", b"\0", 0, 0, 0, b"", 0, b"")
    header = struct.pack("<h4s20shh4s4s4sihddhhhddccii i2si4s".replace(" ", ""), 2, *points, *flags)
    content = samples.astype("<f4").tobytes()
    start = struct.pack("<hiii", 2, len(header) + 16 + len(content), 0, 0)
    words = struct.unpack(f"<{(len(start) + len(header)) // 2}h", start + header)
    return start + struct.pack("<H", -sum(words) & 0xFFFF) + header + content + b"\0" * 16


def packed(*records: tuple[int, bytes]) -> bytes:
    """A packed experiment: records of type, version, size and content."""
    return b"".join(struct.pack("<Hhi", kind, 0, len(content)) + content for kind, content in records)


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    """One wave of current in A at 10 kHz."""
    path = tmp_path / "wave.ibw"
    path.write_bytes(wave_2("current", SAMPLES_A))
    return path


def test_an_igor_wave_is_read_with_a_declared_protocol(wave: Path) -> None:
    pytest.importorskip("igor2", reason="Igor files need the extra 'igor'")
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -100, "ms": 60}]})
    found = read_recording(wave, ReadingOptions(protocol=protocol))
    assert (found.format, found.sample_rate_Hz) == ("Igor", pytest.approx(RATE_HZ))
    assert found.sweeps[0].i_pA == pytest.approx(SAMPLES_A * 1e12, abs=1e-4)
    assert found.command.evidence is Evidence.DECLARED
    assert found.command.sweeps[0].epochs[0].level_mV == -100.0


def test_an_igor_wave_without_a_protocol_is_refused(wave: Path) -> None:
    pytest.importorskip("igor2", reason="Igor files need the extra 'igor'")
    with pytest.raises(CommandUnknown, match="neither a protocol nor a recorded voltage"):
        read_recording(wave)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("units", [-1, 1, 11_665_408])
def test_a_part_longer_than_the_file_is_refused_before_memory_is_allocated(
    order: str, units: int, tmp_path: Path
) -> None:
    path = tmp_path / "wave.ibw"  # BinHeader5: version, checksum, sizes of wave, formula, note, 5 of units, 4 of labels
    path.write_bytes(struct.pack(f"{order}hh13i2i", 5, 0, 340, 0, 0, 0, units, *[0] * 10) + bytes(340))
    with pytest.raises(RecordingRefused, match="shorter than its header states"):
        read_recording(path)


IGOR = pytest.mark.skipif(not importlib.util.find_spec("igor2"), reason="Igor files need the extra 'igor'")
STEPS_mV = np.repeat([-80.0, -40.0, -80.0], 300)


def experiment(*, sweeps: int = 11, unit: str = "pA", voltage: str = "mV") -> bytes:
    """A folder of currents and voltages, sweep by sweep, stored in another order, next to waves of something else."""
    numbers = [n for n in (*range(1, sweeps), 0) if n < sweeps]
    records = [(9, b"root2".ljust(32, b"\0")), (3, wave_2("times", np.arange(5.0), unit=""))]
    for n in numbers:
        records.append((3, wave_2(f"RecordA{n}", 100.0 * n + np.arange(900) % 7, unit=unit)))
        records.append((3, wave_2(f"RecordB{n}", STEPS_mV + 10.0 * n * (STEPS_mV > -80), unit=voltage)))
    return packed((0, b"text"), (1, bytes(92)), *records, (10, b""), (7, b""))


@IGOR
def test_waves_with_numbers_are_the_sweeps_of_a_packed_experiment(tmp_path: Path) -> None:
    path = tmp_path / "cell.pxp"
    path.write_bytes(experiment())
    found = read_recording(path)
    assert found.current_channel.name == "root2:RecordA"
    assert [sweep.i_pA[0] for sweep in found.sweeps] == [100.0 * n for n in range(11)]
    assert found.command.evidence is Evidence.MONITOR
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == [-40.0 + 10 * n for n in range(11)]


@IGOR
def test_units_of_igor_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "cell.pxp"
    path.write_bytes(experiment(voltage="V"))
    with pytest.raises(CommandUnknown, match="neither a protocol nor a recorded voltage"):
        read_recording(path)
    path.write_bytes(experiment(unit="A", voltage="A"))
    with pytest.raises(RecordingRefused, match=r"several currents.*RecordA \[A\], 11 sweeps of 900 samples.*RecordB"):
        read_recording(path)
    path.write_bytes(experiment(unit=""))
    with pytest.raises(RecordingRefused, match="no wave has a unit of current"):
        read_recording(path)
    with pytest.raises(RecordingRefused, match="there is no wave 'RecordC'"):
        read_recording(path, ReadingOptions(channel="RecordC"))


@IGOR
def test_a_step_without_a_unit_needs_a_declared_rate(tmp_path: Path) -> None:
    """NeuroMatic writes steps in ms without a unit."""
    path = tmp_path / "wave.ibw"
    path.write_bytes(wave_2("current", SAMPLES_A, step=0.1, step_unit=""))
    protocol = {"holding_mV": -80, "epochs": [{"step": -100, "ms": 60}]}
    with pytest.raises(RecordingRefused, match="no sampling rate"):
        read_recording(path, ReadingOptions(protocol=Protocol.model_validate(protocol)))
    declared = ReadingOptions(protocol=Protocol.model_validate({**protocol, "sample_rate_Hz": RATE_HZ}))
    assert read_recording(path, declared).sample_rate_Hz == RATE_HZ


def matrix_5(samples: np.ndarray) -> bytes:
    """A wave of version 5, shape (samples, sweeps), in double precision; layout of technical note 003."""
    header = bytearray(320)
    struct.pack_into("<i", header, 12, samples.size)
    struct.pack_into("<h", header, 16, 4)
    header[28:35] = b"current"
    struct.pack_into("<4i", header, 68, *samples.shape, 0, 0)
    struct.pack_into("<4d", header, 84, 1.0 / RATE_HZ, 1.0, 1.0, 1.0)
    header[148:149], header[152:153] = b"A", b"s"
    content = samples.T.astype("<f8").tobytes()
    start = bytearray(struct.pack("<hh13i2i", 5, 0, 320 + len(content), *[0] * 12, 0, 0))
    words = struct.unpack(f"<{(len(start) + len(header)) // 2}h", bytes(start + header))
    struct.pack_into("<H", start, 2, -sum(words) & 0xFFFF)
    return bytes(start + header) + content


@IGOR
def test_the_columns_of_a_matrix_are_the_sweeps(tmp_path: Path) -> None:
    path = tmp_path / "matrix.ibw"
    path.write_bytes(matrix_5(np.stack([SAMPLES_A, 2 * SAMPLES_A, 3 * SAMPLES_A], axis=1)))
    epochs = [{"step": -80, "ms": 20}, {"step": [-100, -80, -60], "ms": 60}]
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": epochs})
    found = read_recording(path, ReadingOptions(protocol=protocol))
    assert [float(sweep.i_pA.max()) for sweep in found.sweeps] == pytest.approx([49.0, 98.0, 147.0])
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 0.1, 0.2])
    assert found.sample_rate_Hz == pytest.approx(RATE_HZ)


@IGOR
@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=4), st.floats(0, 1))
def test_a_damaged_experiment_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, new: bytes, place: float
) -> None:
    content = bytearray(experiment(sweeps=2))
    start = int(place * (len(content) - len(new)))
    content[start : start + len(new)] = new
    path = tmp_path_factory.mktemp("damaged") / "cell.pxp"
    path.write_bytes(content)
    os.utime(path, (1, 1))
    with warnings.catch_warnings(), contextlib.suppress(RecordingRefused):
        warnings.simplefilter("ignore", RuntimeWarning)
        assert isinstance(read_recording(path), Recording)


ONE_STEP = Protocol.model_validate(
    {"holding_mV": -80, "epochs": [{"step": -80, "ms": 30}, {"step": [-60, -40, -20], "ms": 30}]}
)


def write_sweep_files(folder: Path, numbers: tuple[int, ...], *, digits: int = 0) -> Path:
    """A wave for each sweep, all with the same name inside; the current of sweep n is n pA. Path of the first."""
    paths = [folder / f"ad0_{n:0{digits}d}.ibw" for n in numbers]
    for n, path in zip(numbers, paths, strict=True):
        path.write_bytes(wave_2("ad0", (n + np.arange(900) % 3) * 1e-12))
    (folder / "ad1_9.ibw").write_bytes(wave_2("ad1", np.zeros(900), unit="V"))
    return paths[0]


@IGOR
@pytest.mark.parametrize("digits", [0, 4])
def test_the_column_sweeps_joins_the_files_of_single_sweeps(tmp_path: Path, digits: int) -> None:
    path = write_sweep_files(tmp_path, (9, 10, 11, 12), digits=digits)
    found = read_recording(path, ReadingOptions(protocol=ONE_STEP, sweeps=(range(9, 11), range(12, 13))))
    assert [sweep.i_pA[0] for sweep in found.sweeps] == pytest.approx([9, 10, 12])
    assert [found.number_of(n) for n in range(3)] == [9, 10, 12]
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == [-60, -40, -20]
    digest = found.sha256
    path.with_name(f"ad0_{12:0{digits}d}.ibw").write_bytes(wave_2("ad0", (5 + np.arange(900) % 3) * 1e-12))
    again = read_recording(path, ReadingOptions(protocol=ONE_STEP, sweeps=(range(9, 11), range(12, 13))))
    assert again.sha256 != digest


@IGOR
def test_files_of_sweeps_are_joined_only_if_the_sheet_names_their_numbers(tmp_path: Path) -> None:
    path = write_sweep_files(tmp_path, (9, 10, 11))
    (tmp_path / "ad0_10.ibw").write_bytes(wave_2("ad0", SAMPLES_A[:900]))
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -100, "ms": 60}]})
    for sweeps in (None, (range(1),)):
        assert len(read_recording(path, ReadingOptions(protocol=protocol, sweeps=sweeps)).sweeps) == 1
    with pytest.raises(RecordingRefused, match="there is no file of sweep 12"):
        read_recording(path, ReadingOptions(protocol=protocol, sweeps=(range(9, 13),)))
    (tmp_path / "ad0_010.ibw").write_bytes(path.read_bytes())
    with pytest.raises(RecordingRefused, match=r"several files of sweep 10.*ad0_010\.ibw"):
        read_recording(path, ReadingOptions(protocol=protocol, sweeps=(range(9, 12),)))


@IGOR
def test_one_file_can_be_chosen_by_its_number_and_a_matrix_is_not_joined(root: Path, tmp_path: Path) -> None:
    path = write_sweep_files(tmp_path, (9, 10))
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -100, "ms": 60}]})
    found = read_recording(path, ReadingOptions(protocol=protocol, sweeps=(range(9, 10),)))
    assert [found.number_of(0), len(found.sweeps)] == [9, 1]
    matrix = root.parent / "shared" / "cases" / "reading" / "igor_matrix.ibw"
    if not matrix.is_file():
        pytest.skip("the cases are not here: the folder shared/cases next to the project is absent")
    for number in (2, 3):
        (tmp_path / f"m_{number}.ibw").write_bytes(matrix.read_bytes())
    levels = {"holding_mV": -80, "epochs": [{"step": -80, "ms": 50}, {"step": -60, "ms": 100}]}
    options = ReadingOptions(protocol=Protocol.model_validate(levels), sweeps=(range(2, 4),))
    found = read_recording(tmp_path / "m_2.ibw", options)
    assert [found.number_of(n) for n in range(2)] == [2, 3]
    assert found.sha256 == hashlib.sha256(matrix.read_bytes()).hexdigest()


def igor_text(rows: str, *commands: str, names: str = "a b", flags: str = "/D") -> bytes:
    lines = ["IGOR", f"WAVES{flags}\t{names}", "BEGIN", rows, "END", *(f"X {command}" for command in commands)]
    return "\r".join(lines).encode()


def test_igor_text_has_its_units_in_its_commands(tmp_path: Path) -> None:
    rows = "\r".join(f"{1e-12 * (n % 50)}\t{0.001 * v_mV}" for n, v_mV in enumerate(STEPS_mV))
    scale = 'SetScale/P x 0,0.0001,"s", a,b; SetScale d 0,0,"A", a; SetScale y,0,0,"V",b'.replace("y,0", "y 0")
    path = tmp_path / "cell.itx"
    path.write_bytes(igor_text(rows, scale))
    found = read_recording(path)
    assert (found.sample_rate_Hz, found.current_channel.unit) == (pytest.approx(RATE_HZ), "A")
    assert found.command.evidence is Evidence.MONITOR
    assert found.command.sweeps[0].epochs[1].level_mV == pytest.approx(-40.0)
    assert found.sweeps[0].i_pA[49] == pytest.approx(49.0)


def test_a_matrix_of_igor_text_has_its_sweeps_in_columns(tmp_path: Path) -> None:
    rows = "\r".join(f"{n}\t{2 * n}\t{3 * n}" for n in range(600))
    commands = ('SetScale/I x 0,0.0599,"s", m', 'SetScale d 0,0,"pA", m')
    path = tmp_path / "cell.itx"
    path.write_bytes(igor_text(rows, *commands, names="m", flags="/D/N=(600,3)"))
    found = read_recording(path, ReadingOptions(protocol=ONE_STEP))
    assert [sweep.i_pA[-1] for sweep in found.sweeps] == [599, 1198, 1797]
    assert found.sample_rate_Hz == pytest.approx(RATE_HZ)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (igor_text("1 2\r3", names="a b"), "rows of different lengths"),
        (igor_text("1 2\r3 x"), "not of numbers"),
        (igor_text("1 2\r3 4", flags="/C"), "complex"),
        (igor_text("1 2\r3 4", names="a"), "another number of waves"),
        (igor_text("1 2\r3 4", names="a", flags="/N=(3,2)"), "another number of rows"),
        (igor_text("1 2\r3 4", names="a", flags="/N=(2,1,2)"), "three dimensions"),
        (igor_text("1 2\r3 4")[:-4], "ends within a wave"),
        (igor_text(",\r,"), "a wave has no numbers"),
        (igor_text("1 2\r3 4", names=",", flags="/N=(3,3)"), "no wave has a unit of current"),
        (igor_text("1 2\r3 4", names="a", flags=f"/N=({'9' * 5000},2)"), "three dimensions"),
        (b"IGOR\rX Display a\r", "no wave has a unit of current"),
        (igor_text('"x"\r"y"', names="a", flags="/T"), "no wave has a unit of current"),
    ],
)
def test_igor_text_that_is_not_a_table_of_numbers_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "cell.abf"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(path)
