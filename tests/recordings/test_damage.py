"""Damaged files give a recording or a refusal of ours, in time and in memory; nothing else, ever.

The short version takes a few damages of every real file; the long one 200 cuts and 500 sets of flipped bytes of each.
"""

from __future__ import annotations

import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.read_recording import Reading, read_recording
from reversal.recordings.recording import Recording, RecordingRefused
from reversal.recordings.survey import RECORDING_ENDINGS, choices
from tests.recordings.abf1 import Epoch1, File1, Output1, noise

SECONDS, MEGABYTES, LIMIT_MEGABYTES = 5, 500, 1500
LONG_CUTS, LONG_FLIPS = 200, 500
SHORT_CUTS, SHORT_FLIPS = 3, 6
HEADER_BYTES = 8192

ARRAY = Protocol.model_validate(
    {
        "holding_mV": -80,
        "sample_rate_Hz": 10000,
        "current_unit": "nA",
        "epochs": [{"step": -80, "ms": 1}, {"step": -60, "ms": 1}],
    }
)


def ways_to_read(path: Path) -> Reading:
    """How the whole file is read to its end, so that damage meets every part of its reader."""
    channel = choices(path)[-1]
    for how in (Reading(channel), Reading(channel, ARRAY)):
        try:
            read_recording(path, how)
        except RecordingRefused:
            continue
        return how
    return Reading(channel)


def damages(content: bytes, cuts: int, flips: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Cut at random places and flip bits of 1 to 16 random bytes, every second time within the header."""
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), cuts):
        yield f"cut at {place}", content[:place]
    for n in range(flips):
        damaged = bytearray(content)
        reach = min(HEADER_BYTES, len(content)) if n % 2 == 0 else len(content)
        for place in rng.integers(0, reach, rng.integers(1, 17)):
            damaged[place] ^= int(rng.integers(1, 256))
        yield f"flip set {n} of seed {seed}", bytes(damaged)


class TookTooLong(BaseException):
    """A reader hung; no ``except Exception`` of a reader may take it for a damaged file."""


def _too_long(*_: object) -> None:
    raise TookTooLong(f"longer than {SECONDS} s")


def must_survive(source: Path, target: Path, cuts: int, flips: int) -> int:
    """Read every damaged copy; return how many were refused."""
    how, refused = ways_to_read(source), 0
    for what, content in damages(source.read_bytes(), cuts, flips, seed=len(source.name)):
        target.write_bytes(content)
        os.utime(target, (1, 1))  # no fresh copy: not looked at twice
        before, begin = signal.signal(signal.SIGALRM, _too_long), time.monotonic()
        signal.alarm(SECONDS + 1)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # scaling by damaged gains overflows
                assert isinstance(read_recording(target, how), Recording)
        except RecordingRefused as refusal:
            refused += 1
            if "MemoryError" in str(refusal):
                raise AssertionError(f"{source.name}, {what}: {refusal}") from refusal
        except BaseException as fault:
            raise AssertionError(f"{source.name}, {what}: {type(fault).__name__}: {fault}") from fault
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
        assert time.monotonic() - begin < SECONDS, f"{source.name}, {what}"
    return refused


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
def limited_memory() -> Iterator[None]:
    """Let no reader take a gigabyte: it would be killed, or kill its neighbours, instead of failing here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + (LIMIT_MEGABYTES << 20), hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def real_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in RECORDING_ENDINGS)


@pytest.mark.real
@pytest.mark.usefixtures("limited_memory")
def test_every_real_file_survives_some_damage(shared_data: Path, tmp_path: Path) -> None:
    files = real_files(shared_data)
    before = peak_megabytes()
    refused = sum(
        must_survive(source, tmp_path / f"damaged{source.suffix}", SHORT_CUTS, SHORT_FLIPS) for source in files
    )
    assert refused >= SHORT_CUTS * len([f for f in files if f.suffix == ".abf"])  # a cut is never taken for whole
    assert peak_megabytes() - before < MEGABYTES


@pytest.mark.long
@pytest.mark.real
@pytest.mark.usefixtures("limited_memory")
def test_every_real_file_survives_much_damage(shared_data: Path, tmp_path: Path) -> None:
    faults = []
    for source in real_files(shared_data):
        before = peak_megabytes()
        try:
            refused = must_survive(source, tmp_path / f"damaged{source.suffix}", LONG_CUTS, LONG_FLIPS)
        except AssertionError as fault:
            faults.append(str(fault))
            continue
        print(f"{source.name}: {refused} of {LONG_CUTS + LONG_FLIPS} refused, {peak_megabytes() - before:.0f} MB more")
        if peak_megabytes() - before >= MEGABYTES:
            faults.append(f"{source.name}: {peak_megabytes() - before:.0f} MB")
    assert not faults, "\n".join(faults)


def test_a_file_of_every_length_is_read_or_refused(abf1: Callable[..., Path], tmp_path: Path) -> None:
    """Every 64th length of a small whole file: no length in between makes a reader fall over."""
    output = Output1((Epoch1(1, -120.0, 200, level_step=20.0),), holding=-80.0)
    content = abf1(File1(noise(3, 640), (output,))).read_bytes()
    path = tmp_path / "cut.abf"
    for length in range(1, len(content) - 512, 64):
        path.write_bytes(content[:length])
        with pytest.raises(RecordingRefused):
            read_recording(path)
