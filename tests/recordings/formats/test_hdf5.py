"""Samples of HDF5 files are read block by block, and a damaged block is found by the reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from reversal.recordings.files.file_content import FileContent
from reversal.recordings.formats import hdf5
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recording.stored_samples import clear_blocks
from tests.recordings.nwb_files import Made, write_nwb

VALUES = np.random.default_rng(4).normal(size=1000)


@pytest.fixture
def read_sizes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Number of elements of each access, with blocks of 100 samples."""
    sizes: list[int] = []
    whole = Hdf5.part

    def part(file: Hdf5, node: Any, *where: Any) -> Any:
        found = whole(file, node, *where)
        sizes.append(found.size)
        return found

    monkeypatch.setattr(Hdf5, "part", part)
    monkeypatch.setattr(hdf5, "BLOCK_SAMPLES", 100)
    clear_blocks()
    yield sizes
    clear_blocks()


def opened(path: Path, **layout: Any) -> tuple[Hdf5, Any]:
    """A file with one data set, and that data set."""
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=VALUES, **layout)
    file = Hdf5(FileContent(path, 1.0), path)
    return file, file.member(file.root, "data")


LAYOUTS: list[dict[str, Any]] = [
    {},
    {"chunks": (30,)},
    {"chunks": (30,), "compression": "gzip"},
    {"chunks": (250,), "compression": "gzip", "shuffle": True},
    {"chunks": (1000,), "compression": "lzf"},
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_more_than_a_block_or_a_chunk_is_read_at_once_and_nothing_twice(
    tmp_path: Path, layout: dict[str, Any], read_sizes: list[int]
) -> None:
    file, node = opened(tmp_path / "one.h5", **layout)
    samples = file.samples(node, lambda stored: stored * 2.0)
    assert read_sizes == []
    np.testing.assert_array_equal(samples[:], VALUES * 2.0)
    np.testing.assert_array_equal(samples[303:777:7], VALUES[303:777:7] * 2.0)
    assert max(read_sizes) <= max(100, layout.get("chunks", (0,))[0])
    assert sum(read_sizes) == VALUES.size


def test_large_chunks_are_unpacked_once(tmp_path: Path, read_sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5, "LARGE_CHUNK_BYTES", 400)
    file, node = opened(tmp_path / "one.h5", chunks=(300,), compression="gzip")
    samples = file.samples(node, lambda stored: stored)
    for _ in range(2):
        clear_blocks()
        np.testing.assert_array_equal(samples[:], VALUES)
    assert read_sizes == [300, 300, 300, 100]


def test_a_chunk_that_would_fill_the_memory_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hdf5, "MAX_CHUNK_BYTES", 2_000)
    file, node = opened(tmp_path / "one.h5", chunks=(300,), compression="gzip")
    with pytest.raises(RecordingRefused, match=r"one\.h5, /data: a compressed chunk .* is too large.*h5repack"):
        file.samples(node, lambda stored: stored)
    file, node = opened(tmp_path / "two.h5", chunks=(300,))  # without compression, a part of a chunk can be read
    np.testing.assert_array_equal(file.samples(node, lambda stored: stored)[:], VALUES)


@pytest.mark.parametrize("data", [np.array([b"1", b"2"]), np.zeros((2, 2)), np.zeros(0)])
def test_a_data_set_that_is_no_trace_of_numbers_is_refused(tmp_path: Path, data: np.ndarray) -> None:
    path = tmp_path / "one.h5"
    with h5py.File(path, "w") as file:
        file["data"] = data
    file = Hdf5(FileContent(path, 1.0), path)
    for node in (file.member(file.root, "data"), None):
        with pytest.raises(RecordingRefused, match="not a single trace"):
            file.samples(node, lambda stored: stored)


def test_a_file_that_was_replaced_is_not_read_on(tmp_path: Path) -> None:
    file, node = opened(tmp_path / "one.h5")
    samples = file.samples(node, lambda stored: stored)
    opened(tmp_path / "other.h5")
    (tmp_path / "other.h5").replace(tmp_path / "one.h5")
    with pytest.raises(RecordingRefused, match=r"one\.h5: the file changed while it was read"):
        samples[:]


@pytest.mark.parametrize("sweep", [0, 2])
@pytest.mark.parametrize("folder", ["acquisition", "stimulus/presentation"])
def test_a_damaged_block_is_refused_by_the_reader(tmp_path: Path, folder: str, sweep: int) -> None:
    """Also in the last chunk of a sweep, and in the stimulus."""
    path = tmp_path / "damaged.nwb"
    rng = np.random.default_rng(1)
    steps = [np.repeat([-80.0, level_mV, -80.0], 200) for level_mV in (-20.0, 0.0, 20.0)]
    write_nwb(path, [Made(f"s{n}", "e", 2.0 * n, rng.normal(size=600), steps[n]) for n in range(3)])
    with h5py.File(path, "r+") as file:
        for place in [f"{kind}/s{n}" for kind in ("acquisition", "stimulus/presentation") for n in range(3)]:
            data = file[place]["data"]
            values, unit = data[()], data.attrs["unit"]
            del file[place]["data"]
            file[place].create_dataset("data", data=values, chunks=(256,), compression="gzip").attrs["unit"] = unit
        chunk = file[f"{folder}/s{sweep}/data"].id.get_chunk_info(2)
    read_recording(path)
    with path.open("r+b") as stream:
        stream.seek(chunk.byte_offset)
        stream.write(bytes(chunk.size))
    with pytest.raises(RecordingRefused, match=r"damaged\.nwb: the HDF5 file cannot be read.*copy it again"):
        read_recording(path)
