"""A large file needs little memory: it is identified by its start, and its samples are read block by block."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.files.companions import companions
from reversal.recordings.files.file_content import FileTooLarge
from reversal.recordings.ingest_cell import ingest_cell
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recording.store import read_recordings, write_recordings
from reversal.recordings.recording.stored_samples import clear_blocks
from reversal.simulate.abf_content import FileNotes
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind
from reversal.simulate.write_abf2 import write_abf2
from tests.recordings.nwb_files import RATE_HZ, Made, write_nwb

MEASURED = """
import resource, sys
from pathlib import Path
from reversal.recordings.read_recording import read_recording
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recording.stored_samples import clear_blocks
from reversal.recordings.recording.store import Ingested, read_recordings, write_recordings
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
"""
STATUS = Path("/proc/self/status")
PEAK = f"""
print(next(int(line.split()[1]) // 1000 for line in open("{STATUS}") if line.startswith("VmHWM")))  # [MB]
"""
needs_proc = pytest.mark.skipif(not STATUS.exists(), reason="the peak of the memory is read from /proc")
ZEROS_BYTES = 3_000_000_000


def lines_of(code: str, *arguments: Path) -> list[str]:
    """What a process of its own prints that may use 2 GB of addresses."""
    command = [sys.executable, "-c", MEASURED + code + PEAK, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def abf(path: Path, sweeps: int, samples: int) -> None:
    """Write a family of steps."""
    step = AbfEpoch(EpochKind.STEP, -100.0, samples // 2, level_step_mV=20.0)
    protocol = AbfProtocol((step,), -80.0, sweeps, samples, 20000.0)
    counts = np.zeros((sweeps, samples), dtype=np.int16)
    counts[:, :5000] = np.random.default_rng(1).normal(0.0, 30.0, 5000)  # the rest is packed fast
    for sweep, row in enumerate(counts):
        row[samples // 64 : samples // 64 + samples // 2] += 100 * sweep - 300
    write_abf2(path, protocol, counts, Amplifier(), FileNotes(dt.datetime(2026, 11, 19), cm_pF=14.0))


def reading(folder: Path) -> ReadingSettings:
    """Settings for one recording in one file."""
    return ReadingSettings.model_validate({"cell": "a", "raw_dir": str(folder), "files": {"r": {"file": "one.abf"}}})


def zeros(path: Path, size: int = ZEROS_BYTES) -> Path:
    """A file of zeros that takes no room on the disk."""
    path.touch()
    os.truncate(path, size)
    return path


@needs_proc
def test_a_recording_of_100_MB_is_read_checked_and_stored_in_little_memory(tmp_path: Path) -> None:
    abf(tmp_path / "large.abf", 8, 6_250_000)
    assert (tmp_path / "large.abf").stat().st_size > 100e6
    code = """
found = read_recording(Path(sys.argv[1]))
write_recordings(Path(sys.argv[2]), [Ingested("r", found, None)])
(stored,) = read_recordings(Path(sys.argv[2]))
last, again = found.sweeps[-1].i_pA, stored.recording.sweeps[-1].i_pA
print(len(found.sweeps), (last == again).all())
"""
    same, peak_MB = lines_of(code, tmp_path / "large.abf", tmp_path / "recordings.h5")
    assert same == "8 True"
    assert int(peak_MB) < 350  # all samples are 200 MB as float32; the libraries alone take 100 MB


@needs_proc
@pytest.mark.long
def test_a_recording_of_300_MB_is_stored_and_measured_in_less_than_500_MB(tmp_path: Path) -> None:
    abf(tmp_path / "large.abf", 9, 16_700_000)
    assert (tmp_path / "large.abf").stat().st_size > 300e6
    code = """
from reversal.experiment.measure_settings import Window
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.membrane.membrane_test import membrane_test
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.clipping import clipped_samples
from reversal.measure.quality.mains_hum import mains_hum
from reversal.measure.iv.measured_iv import measure_iv
from reversal.measure.voltage.junction_correction import Offset
write_recordings(Path(sys.argv[2]), [Ingested("r", read_recording(Path(sys.argv[1])), None)])
(stored,) = read_recordings(Path(sys.argv[2]))
sweeps, window = Sweeps.of(stored.recording), Window()
membrane_test(sweeps)
iv = measure_iv(sweeps, plan(stored.recording, window), window, Clamp(), Offset(0.0, 0.0, 1.0))
curve = iv.curve
clipped_samples(sweeps, curve), mains_hum(sweeps, iv, iv.total, float(iv.total.v_mV.mean()))
print(curve.i_pA.size)
"""
    points, peak_MB = lines_of(code, tmp_path / "large.abf", tmp_path / "recordings.h5")
    assert points == "9"
    assert int(peak_MB) < 500


@needs_proc
def test_a_file_of_zeros_is_unknown_without_being_read(tmp_path: Path) -> None:
    files = [zeros(tmp_path / f"zeros{ending}") for ending in (".abf", ".dat", ".txt", ".h5", ".csv", ".edf", "")]
    code = """
for name in sys.argv[1:]:
    for options in (ReadingOptions(), ReadingOptions(max_file_MB=4000.0)):
        try:
            read_recording(Path(name), options)
        except RecordingRefused as refusal:
            print(refusal)
"""
    *refusals, peak_MB = lines_of(code, *files)
    assert len(refusals) == 2 * len(files)
    for too_large, unknown in zip(refusals[::2], refusals[1::2], strict=True):
        assert "larger than the limit. Found: '3000 MB'. Expected: at most 2000 MB (max_file_MB)." in too_large
        assert "the file format is not known" in unknown
    assert int(peak_MB) < 200


@pytest.mark.parametrize(
    "ending", [".abf", ".atf", ".dat", ".nwb", ".wcp", ".edr", ".axgd", ".smr", ".ibw", ".mat", ".npz", ".npy", ".csv"]
)
def test_a_file_above_the_limit_is_refused_before_it_is_opened(tmp_path: Path, ending: str) -> None:
    path = zeros(tmp_path / f"one{ending}", 2_100_000)
    path.chmod(0)
    with pytest.raises(FileTooLarge, match=r"one.*Found: '2 MB'.*at most 2 MB \(max_file_MB\).*raise max_file_MB"):
        read_recording(path, ReadingOptions(max_file_MB=2.0))


@pytest.mark.parametrize(("start", "limit"), [(b"MATLAB 5.0 MAT-file", 100), (b"IGOR\r", 40), (b"Series_1_1\n", 40)])
def test_a_file_that_is_read_as_a_whole_has_a_lower_limit(tmp_path: Path, start: bytes, limit: int) -> None:
    path = zeros(tmp_path / "one.npz", limit * 1_000_000 + 1)
    with path.open("r+b") as stream:
        stream.write(start + b"0" * 70_000)
    match = rf"one\.npz: a file of this format is read as a whole.*'{limit} MB'.*at most {limit} MB"
    declared = {"holding_mV": -80, "epochs": [{"step": 0, "ms": 1}], "sample_rate_Hz": 1e4, "current_unit": "pA"}
    with pytest.raises(FileTooLarge, match=match):
        read_recording(path, ReadingOptions(protocol=Protocol.model_validate(declared)))


def test_a_text_of_gigabytes_without_a_line_is_refused_at_its_start(tmp_path: Path) -> None:
    for start in (b"0.1,0.2\n", b"ATF\t1.0\n"):
        path = zeros(tmp_path / "one", 1_900_000_000)
        with path.open("r+b") as stream:
            stream.write(start + b"0" * 70_000)
        os.utime(path, (1, 1))
        with pytest.raises(RecordingRefused, match="a line without an end"):
            read_recording(path)


@needs_proc
@pytest.mark.long
@pytest.mark.parametrize("layout", [{"chunks": (65_536,), "compression": "gzip"}, {}])
@pytest.mark.parametrize("sweeps", [1, 4, 400])
def test_an_nwb_file_with_a_gigabyte_of_samples_is_stored_and_drawn_in_less_than_500_MB(
    tmp_path: Path, sweeps: int, layout: dict[str, object]
) -> None:
    path, samples = tmp_path / "large.nwb", 125_000_000 // sweeps  # a current and a stimulus of 4 bytes a sample
    write_large_nwb(path, sweeps, samples, layout)
    code = """
from reversal.report.figure.traces import thinned
from reversal.recordings.choices.reading_options import ReadingOptions
found = read_recording(Path(sys.argv[1]), ReadingOptions(sweeps=(range(int(sys.argv[3])),)))
write_recordings(Path(sys.argv[2]), [Ingested("r", found, None)])
(stored,) = read_recordings(Path(sys.argv[2]))
for sweep in stored.recording.sweeps:
    thinned(sweep.current, 400)
print(len(stored.recording.sweeps), [epoch.level_mV for epoch in stored.recording.command.sweeps[-1].epochs])
"""
    epochs, peak_MB = lines_of(code, path, tmp_path / "recordings.h5", Path(str(sweeps)))
    assert epochs == f"{sweeps} [-80.0, {-80.0 + 10 * (sweeps % 16):.1f}, -80.0]"
    assert int(peak_MB) < 500


def write_large_nwb(path: Path, sweeps: int, samples: int, layout: dict[str, object]) -> None:
    """Steps of the command, and a current of noise, in single precision."""
    noise = np.random.default_rng(1).normal(0.0, 20e-12, samples + sweeps).astype(np.float32)
    edges = np.repeat([0.0, 1.0, 0.0], [samples // 8, samples // 2, samples - samples // 8 - samples // 2])
    write_nwb(path, [Made(f"s{n:04d}", "e", n * samples / RATE_HZ, edges[:2], edges[:2]) for n in range(sweeps)])
    with h5py.File(path, "r+") as file:
        for n in range(sweeps):
            wave = (-80e-3 + 10e-3 * ((n + 1) % 16) * edges).astype(np.float32)
            for place, values in (("acquisition", noise[n : n + samples]), ("stimulus/presentation", wave)):
                group = file[f"{place}/s{n:04d}"]
                unit = group["data"].attrs["unit"]
                del group["data"]
                group.create_dataset("data", data=values, **layout).attrs["unit"] = unit


def test_a_companion_above_the_limit_is_refused(tmp_path: Path) -> None:
    header = tmp_path / "one.vhdr"
    header.write_text("Brain Vision Data Exchange Header File\nDataFile=one.eeg\n", encoding="utf-8")
    assert companions(header) == () != companions(zeros(tmp_path / "one.eeg").with_suffix(".vhdr"))
    with pytest.raises(FileTooLarge, match=r"one\.eeg.*3000 MB"):
        read_recording(header)


def test_a_linked_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "one.nwb", "w") as file:
        file["acquisition"] = h5py.ExternalLink("other.h5", "/data")
    zeros(tmp_path / "other.h5")
    with pytest.raises(FileTooLarge, match=r"other\.h5.*3000 MB"):
        read_recording(tmp_path / "one.nwb", ReadingOptions(follow_links=True))


def test_a_file_above_the_limit_is_a_row_with_the_reason_and_is_not_hashed(tmp_path: Path) -> None:
    zeros(tmp_path / "one.abf")
    settings = reading(tmp_path)
    (outcome,) = ingest_cell(settings)
    assert outcome.sha256 is None
    assert "one.abf: the file is larger than the limit. Found: '3000 MB'" in (outcome.failure or "")


def test_a_recording_that_changes_before_it_is_stored_is_stored_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "one.abf"
    abf(path, 3, 40_000)
    settings = reading(tmp_path)
    outcomes = list(ingest_cell(settings))
    clear_blocks()
    assert outcomes[0].recording is not None
    os.utime(path, (1, 1))
    write_recordings(tmp_path / "recordings.h5", outcomes)
    (stored,) = read_recordings(tmp_path / "recordings.h5")
    assert (stored.recording, stored.sha256) == (None, outcomes[0].sha256)
    assert "the file changed while it was read" in (stored.failure or "")
