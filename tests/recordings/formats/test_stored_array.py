"""Arrays in files are read in parts, whatever dimension their sweeps have, and no element twice."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.formats import array_files, stored_array
from reversal.recordings.formats.array_files import array_in_numpy
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording import stored_samples
from reversal.recordings.recording.stored_samples import clear_blocks

ARRAY = np.random.default_rng(6).normal(size=(3, 5, 40)).astype(np.float32)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_array, "BAND_BYTES", 600)
    monkeypatch.setattr(stored_samples, "BLOCK_SAMPLES", 32)
    clear_blocks()


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("is_reversed", [False, True])
def test_every_view_of_an_npy_file_is_that_of_the_array(
    tmp_path: Path, order: tuple[int, ...], is_reversed: bool
) -> None:
    path = tmp_path / "one.npy"
    np.save(path, np.asfortranarray(ARRAY) if is_reversed else ARRAY)
    found = array_in_numpy(path, FileContent(path, 1.0), None).transposed(order)
    expected = np.transpose(ARRAY, order)
    assert found.shape == expected.shape
    for n in range(expected.shape[0]):
        rows = found.at(n).rows()
        assert len(rows) == expected.shape[1]
        for row, values in zip(rows, expected[n], strict=True):
            np.testing.assert_array_equal(row[:], values.astype(float))
            np.testing.assert_array_equal(row[1:3], values[1:3])


def test_a_column_of_an_npy_file_is_read_without_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sizes = tmp_path / "one.npy", list[int]()
    np.save(path, np.arange(6000.0).reshape(1000, 6))
    monkeypatch.setattr(array_files, "PART_BYTES", 480)
    whole = FileContent.__getitem__

    def part(content: FileContent, where: slice) -> bytes:
        found = whole(content, where)
        sizes.append(len(found))
        return found

    array = array_in_numpy(path, FileContent(path, 1.0), None)
    monkeypatch.setattr(FileContent, "__getitem__", part)
    np.testing.assert_array_equal(array.T.at(2).part(slice(None)), np.arange(2.0, 6000.0, 6.0))
    assert max(sizes) == 480


def counted(array: np.ndarray, chunks: tuple[int, ...], sizes: list[int]) -> StoredArray:
    def read(where: tuple[slice, ...]) -> Any:
        sizes.append(array[where].size)
        return array[where]

    return StoredArray(read, array.shape, tuple(range(array.ndim)), chunks, Path("one"))


@pytest.mark.parametrize(("is_turned", "chunks"), [(True, (1, 1)), (False, (20, 3)), (True, (20, 3)), (False, (1, 1))])
def test_sweeps_in_columns_or_in_chunks_of_many_sweeps_are_read_once_in_small_parts(
    is_turned: bool, chunks: tuple[int, int]
) -> None:
    table, sizes = np.arange(2000.0).reshape(20, 100), list[int]()
    array = counted(table.T if is_turned else table, chunks[::-1] if is_turned else chunks, sizes)
    rows = (array.T if is_turned else array).rows()
    assert sizes == []
    np.testing.assert_array_equal([row[:] for row in rows], table)
    assert sum(sizes) == table.size
    assert max(sizes) <= 100


def test_a_matlab_file_with_chunks_across_all_sweeps_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.mat"
    sweeps = np.random.default_rng(3).normal(size=(4, 500))
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_dataset("x", data=sweeps.T, chunks=(50, 4), compression="gzip")
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    levels = {"step": [-60, -40, -20, 0], "ms": 40}
    declared = {"holding_mV": -80, "epochs": [levels], "sample_rate_Hz": 10_000, "current_unit": "nA"}
    found = read_recording(path, ReadingOptions(protocol=Protocol.model_validate(declared)))
    np.testing.assert_array_equal([sweep.i_pA for sweep in found.sweeps], sweeps * 1e3)


def test_dimensions_of_one_element_are_left_out() -> None:
    found = StoredArray.of(ARRAY[:, :1], Path("one")).squeezed()
    assert found.shape == (3, 40)
    np.testing.assert_array_equal(found.T.part(slice(3, 5), slice(None)), ARRAY[:, 0, 3:5].T)
