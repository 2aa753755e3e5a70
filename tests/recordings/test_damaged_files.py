"""A damaged file is read or refused, within limits of time and memory. No other exception is possible.

The short tests damage every real file, and a small file of each format of which there is no real one, a few times. The
long tests make 200 cuts and 500 sets of changed bytes of each. In texts, words are changed as well: a single byte
seldom makes a number of 5000 digits, or a quote without an end.
"""

from __future__ import annotations

import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from reversal.experiment.nwb_facts import NwbFacts
from reversal.experiment.protocols import Protocol
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetEntry
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats import array_files
from reversal.recordings.formats.heka_ascii import read_heka_ascii
from reversal.recordings.formats.nwb_writer import ExportedCell, ExportedRecording, write_nwb
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Recording, RecordingRefused
from reversal.recordings.survey import RECORDING_SUFFIXES, channels_in, survey
from tests.damaged_texts import damaged_texts
from tests.recordings.abf1_files import protocol
from tests.recordings.acq4_files import write_sweep
from tests.recordings.cfs_files import write_cfs
from tests.recordings.clp_files import write_clp
from tests.recordings.nwb_files import mies_session, notebook_rows, write_notebook
from tests.recordings.symphony_files import write_symphony
from tests.recordings.syncropatch_files import write_export
from tests.recordings.wavesurfer_files import write_wavesurfer

MAX_SECONDS, MAX_MEGABYTES, LIMIT_MEGABYTES = 5, 500, 1500
LONG_CUTS, LONG_FLIPS = 200, 500
SHORT_CUTS, SHORT_FLIPS = 3, 6
SHORT_WORDS, LONG_WORDS = 25, 2000
HEADER_BYTES = 8192

ARRAY = Protocol.model_validate(
    {
        "holding_mV": -80,
        "sample_rate_Hz": 10000,
        "current_unit": "nA",
        "epochs": [{"step": -80, "ms": 1}, {"step": -60, "ms": 1}],
    }
)


def options_to_read_all(path: Path) -> ReadingOptions:
    """Options with which the whole file is read, so that damage affects every part of the reader."""
    channel = channels_in(path)[-1]
    for options in (ReadingOptions(channel), ReadingOptions(channel, ARRAY)):
        try:
            read_recording(path, options)
        except RecordingRefused:
            continue
        return options
    return ReadingOptions(channel)


def damages(content: bytes, cuts: int, flips: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Copies cut at random places, and copies with 1 to 16 random bytes changed, every second time in the header."""
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), cuts):
        yield f"cut at {place}", content[:place]
    for n in range(flips):
        damaged = bytearray(content)
        reach = min(HEADER_BYTES, len(content)) if n % 2 == 0 else len(content)
        for place in rng.integers(0, reach, rng.integers(1, 17)):
            damaged[place] ^= int(rng.integers(1, 256))
        yield f"changed bytes {n} of seed {seed}", bytes(damaged)


def refused_texts(source: Path, target: Path, number: int) -> int:
    """Read copies with other words; number of copies that were refused."""
    options, refused = options_to_read_all(source), 0
    for what, text in damaged_texts(source.read_text(encoding="ascii"), number, seed=len(source.name)):
        target.write_bytes(text.encode("utf-8"))
        os.utime(target, (1, 1))
        try:
            assert isinstance(read_recording(target, options), Recording)
        except RecordingRefused:
            refused += 1
        except Exception as fault:
            raise AssertionError(f"{source.name}, {what}: {type(fault).__name__}: {fault}") from fault
    return refused


class TookTooLong(BaseException):
    """A reader took too long. Not an Exception, so that no reader takes it for damage of the file."""


def _too_long(*_: object) -> None:
    raise TookTooLong(f"longer than {MAX_SECONDS} s")


def refused_copies(source: Path, target: Path, cuts: int, flips: int) -> int:
    """Read every damaged copy; number of copies that were refused."""
    options, refused = options_to_read_all(source), 0
    for what, content in damages(source.read_bytes(), cuts, flips, seed=len(source.name)):
        target.write_bytes(content)
        os.utime(target, (1, 1))  # an old file is not looked at twice
        before, start = signal.signal(signal.SIGALRM, _too_long), time.monotonic()
        signal.alarm(MAX_SECONDS + 1)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # scaling by damaged gains overflows
                assert isinstance(read_recording(target, options), Recording)
        except RecordingRefused as refusal:
            refused += 1
            if "MemoryError" in str(refusal):
                raise AssertionError(f"{source.name}, {what}: {refusal}") from refusal
        except BaseException as fault:
            raise AssertionError(f"{source.name}, {what}: {type(fault).__name__}: {fault}") from fault
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
        assert time.monotonic() - start < MAX_SECONDS, f"{source.name}, {what}"
    return refused


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
def limited_memory() -> Iterator[None]:
    """Limit the memory, so that a reader that takes a gigabyte fails here instead of being killed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + (LIMIT_MEGABYTES << 20), hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def real_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in RECORDING_SUFFIXES)


@pytest.mark.long
@pytest.mark.real
@pytest.mark.usefixtures("limited_memory")
def test_every_real_file_with_some_damage_is_read_or_refused(shared_data: Path, tmp_path: Path) -> None:
    files = real_files(shared_data)
    before = peak_megabytes()
    refused = sum(
        refused_copies(source, tmp_path / f"damaged{source.suffix}", SHORT_CUTS, SHORT_FLIPS) for source in files
    )
    assert refused >= SHORT_CUTS * len([f for f in files if f.suffix == ".abf"])  # a cut file is always refused
    assert peak_megabytes() - before < MAX_MEGABYTES


@pytest.mark.long
@pytest.mark.real
@pytest.mark.usefixtures("limited_memory")
def test_every_real_file_with_much_damage_is_read_or_refused(shared_data: Path, tmp_path: Path) -> None:
    faults = []
    for source in real_files(shared_data):
        before = peak_megabytes()
        try:
            refused = refused_copies(source, tmp_path / f"damaged{source.suffix}", LONG_CUTS, LONG_FLIPS)
        except AssertionError as fault:
            faults.append(str(fault))
            continue
        print(f"{source.name}: {refused} of {LONG_CUTS + LONG_FLIPS} refused, {peak_megabytes() - before:.0f} MB more")
        if peak_megabytes() - before >= MAX_MEGABYTES:
            faults.append(f"{source.name}: {peak_megabytes() - before:.0f} MB")
    assert not faults, "\n".join(faults)


def _mat_73(folder: Path) -> Path:
    """Nine sweeps in an HDF5 file behind 512 bytes of text."""
    path = folder / "cell.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["I"] = np.random.default_rng(1).normal(0, 10, (9, 300))
    content = path.read_bytes()
    path.write_bytes(array_files.MAT_73_SIGNATURE.ljust(512, b" ") + content[512:])
    return path


def _nwb(folder: Path) -> Path:
    """An electrode of a session; the stimuli need the lab notebook."""
    path = folder / "cell.nwb"
    mies_session(path)
    write_notebook(path, notebook_rows())
    return path


def _igor_text(folder: Path) -> Path:
    path = folder / "cell.itx"
    rows = "\r".join(f"{n % 7}\t{-80 + 20 * (200 <= n < 400)}" for n in range(600))
    scale = 'X SetScale/P x 0,1e-4,"s",a,b; SetScale d 0,0,"pA",a; SetScale d 0,0,"mV",b'
    path.write_text(f"IGOR\rWAVES/D\ta b\rBEGIN\r{rows}\rEND\r{scale}\r", encoding="ascii")
    return path


def _nwb_export(folder: Path) -> Path:
    """The recording of another small file, written as NWB."""
    pytest.importorskip("pynwb", reason="NWB files need the extra 'nwb'")
    found = read_recording(write_cfs(folder / "cell.cfs"))
    row = {"recording": "iv", "cell": "c", "file": found.file, "bath": "K5", "pipette": "Kin", "temperature_C": 22.0}
    one = ExportedRecording(SheetEntry.model_validate(row), found)
    path = folder / "cell.nwb"
    write_nwb(
        path,
        ExportedCell(
            "c",
            "rat1",
            (one,),
            {"K5": Solution(ions_mM={"K": 5.0, "Cl": 5.0})},
            [],
            NwbFacts(species="Rattus norvegicus"),
            "reversal",
        ),
    )
    return path


def _text(name: str, before: str, row: Callable[[int], str], after: str = "") -> Callable[[Path], Path]:
    """A function that writes a text of 600 rows."""

    def write(folder: Path) -> Path:
        path = folder / name
        path.write_text(before + "".join(row(n) + "\n" for n in range(600)) + after, encoding="ascii")
        return path

    return write


ATF_HEAD = 'ATF\t1.0\n1\t3\n"SweepStartTimesMS=0.000"\n"Time (s)"\t"Trace #1 (pA)"\t"Trace #1 (mV)"\n'
HEKA_HEAD = 'Series_1_1\n\nSweep_1_1_1,1,10:00:00\n"Index","Time[s]","Imon[A]","Time[s]","Vmon[V]"\n'
TEXTS: dict[str, Callable[[Path], Path]] = {
    "CSV": _text("a.csv", "Time (ms),Im (pA),Vm (mV)\n", lambda n: f"{n / 20},{n % 7},{-80 + n // 40}"),
    "blanks": _text("a.txt", "Time (ms) Im (pA) Vm (mV)\n", lambda n: f"{n / 20} {n % 7} {-80 + n // 40}"),
    "ATF": _text("a.atf", ATF_HEAD, lambda n: f"{n / 2e4}\t{n % 7}\t{-80 + n // 40}"),
    "HEKA text": _text(
        "a.asc", HEKA_HEAD, lambda n: f"{n},{n / 2e4:.6e},{n % 7}e-12,{n / 2e4:.6e},{-0.08 + 1e-3 * (n // 40):.3f}"
    ),
    "Igor matrix": _text(
        "a.itx",
        "IGOR\nWAVES/D/N=(600,2)\tI\nBEGIN\n",
        lambda n: f"\t{n % 11}\t{n % 5}",
        'END\nX SetScale/P x 0,5e-5,"s", I; SetScale d 0,0,"A", I\nX Note I, "hello"\n',
    ),
    "Igor text": _igor_text,
}


@pytest.mark.parametrize("format_name", TEXTS)
def test_a_text_with_other_words_is_read_or_refused(format_name: str, tmp_path: Path) -> None:
    source = TEXTS[format_name](tmp_path)
    assert refused_texts(source, source.with_stem("damaged"), SHORT_WORDS) > 0


@pytest.mark.parametrize(
    ("format_name", "title", "read"),
    [
        ("CSV", "Im (pA)", array_files.table_in_text),
        ("HEKA text", '"Imon[A]"', lambda path, content: read_heka_ascii(path, content, ReadingOptions())),
    ],
)
def test_a_title_that_is_too_long_is_refused_with_its_line(
    format_name: str, title: str, read: Callable[[Path, bytes], object], tmp_path: Path
) -> None:
    path = TEXTS[format_name](tmp_path)
    content = path.read_text(encoding="ascii").replace(title, "x" * 200_000).encode()
    with pytest.raises(
        RecordingRefused, match=r"the line of 200\d+ letters: a line of titles has a word that is too l"
    ):
        read(path, content)


@pytest.mark.long
@pytest.mark.parametrize("format_name", TEXTS)
def test_a_text_with_many_other_words_is_read_or_refused(format_name: str, tmp_path: Path) -> None:
    source = TEXTS[format_name](tmp_path)
    refused = refused_texts(source, source.with_stem("damaged"), LONG_WORDS)
    print(f"{format_name}: {refused} of {LONG_WORDS} refused")


SMALL_FILES: dict[str, Callable[[Path], Path]] = {
    "WaveSurfer": write_wavesurfer,
    "MAT 7.3": _mat_73,
    "NWB of MIES": _nwb,
    "NWB export": _nwb_export,
    "Igor text": _igor_text,
    "Intan CLAMP": lambda folder: write_clp(folder / "cell.clp"),
    "CED Signal": lambda folder: write_cfs(folder / "cell.cfs"),
    "acq4": lambda folder: write_sweep(folder / "000" / "Clamp1.ma", -40.0),
    "Symphony": lambda folder: write_symphony(folder / "cell.h5"),
    "SyncroPatch": write_export,
}


@pytest.mark.parametrize("format_name", SMALL_FILES)
@pytest.mark.usefixtures("limited_memory")
def test_a_small_file_with_some_damage_is_read_or_refused(format_name: str, tmp_path: Path) -> None:
    """The copies are in the same folder, so that files which belong to it are found."""
    source, before = SMALL_FILES[format_name](tmp_path), peak_megabytes()
    assert refused_copies(source, source.with_stem("damaged"), SHORT_CUTS, 2 * SHORT_FLIPS) >= SHORT_CUTS - 1
    assert peak_megabytes() - before < MAX_MEGABYTES


@pytest.mark.long
@pytest.mark.parametrize("format_name", SMALL_FILES)
@pytest.mark.usefixtures("limited_memory")
def test_a_small_file_with_much_damage_is_read_or_refused(format_name: str, tmp_path: Path) -> None:
    source, before = SMALL_FILES[format_name](tmp_path), peak_megabytes()
    refused = refused_copies(source, source.with_stem("damaged"), LONG_CUTS, LONG_FLIPS)
    print(f"{format_name}: {refused} of {LONG_CUTS + LONG_FLIPS} refused, {peak_megabytes() - before:.0f} MB more")
    assert peak_megabytes() - before < MAX_MEGABYTES


def test_a_heap_in_which_the_hdf5_library_searches_for_ever_is_refused(tmp_path: Path) -> None:
    """The size of the free space at the end of the texts of variable length is 0."""
    path = write_sweep(tmp_path / "000" / "Clamp1.ma", -40.0)
    content = bytearray(path.read_bytes())
    heap = content.index(b"GCOL")
    place = heap + 16
    while int.from_bytes(content[place : place + 2], "little"):
        length = int.from_bytes(content[place + 8 : place + 16], "little")
        place += 16 + -(-length // 8) * 8
    content[place + 8 : place + 16] = bytes(8)
    path.write_bytes(content)
    with pytest.raises(RecordingRefused, match="the HDF5 library does not survive it"):
        read_recording(path)
    assert [row.status for row in survey(tmp_path)] == ["refused"]


@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="only Linux limits the memory of a call")
def test_a_text_with_the_length_of_gigabytes_is_refused(tmp_path: Path) -> None:
    """A reference to a text of variable length: its length, the place of its heap, its number there."""
    path = write_sweep(tmp_path / "000" / "Clamp1.ma", -40.0)
    content = path.read_bytes()
    rest = content.index(b"GCOL").to_bytes(8, "little") + (1).to_bytes(4, "little")
    assert content.count((5).to_bytes(4, "little") + rest) == 1
    damaged = content.replace((5).to_bytes(4, "little") + rest, (0xD4000005).to_bytes(4, "little") + rest)
    path.write_bytes(damaged)
    before = peak_megabytes()
    with pytest.raises(RecordingRefused, match="the HDF5 library does not survive it"):
        read_recording(path)
    assert peak_megabytes() - before < MAX_MEGABYTES


def test_a_file_cut_at_any_length_is_refused(abf1: Callable[..., Path], tmp_path: Path) -> None:
    """Every 64th length of a small file."""
    content = abf1(protocol()).read_bytes()
    path = tmp_path / "cut.abf"
    for length in range(1, len(content) - 512, 64):
        path.write_bytes(content[:length])
        with pytest.raises(RecordingRefused):
            read_recording(path)
