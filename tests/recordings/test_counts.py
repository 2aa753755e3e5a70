"""Samples of a converter are stored as whole numbers and come back bit by bit; other samples have no numbers."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from reversal.recordings.recording.counts import Counts
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested, copy_of, read_recordings, write_recordings
from tests.recordings.test_store import assert_same, recording

RNG = np.random.default_rng(5)


def converted(counts: np.ndarray, gain: float, offset: float, dtype: type = np.float32) -> np.ndarray:
    """Samples as a reader scales whole numbers of a converter."""
    return np.asarray(counts.astype(dtype) * dtype(gain) + dtype(offset), dtype=dtype)


def noise(size: int = 5000, sd: float = 4.0) -> np.ndarray:
    return RNG.normal(300.0, sd, size).round().astype(np.int16)


def bits(samples: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(samples).view(f"i{samples.dtype.itemsize}")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("gain", "offset"), [(0.6103516, 0.0), (-0.305, 0.0), (1e-3, 7.5), (30.5, -120.0), (1 / 3, 1.0)]
)
def test_samples_of_a_converter_come_back_bit_by_bit(dtype: type, gain: float, offset: float) -> None:
    family = np.concatenate([noise(), noise() - 9000, noise(sd=700.0), np.zeros(100, dtype=np.int16)])
    samples = converted(family, gain, offset, dtype)
    counts = Counts.of(samples)
    assert counts is not None
    numbers = counts.numbers(samples)
    assert numbers is not None
    found = counts.table().of(numbers)
    assert found.dtype == samples.dtype
    assert np.array_equal(bits(found), bits(samples))
    assert np.array_equal(np.diff(numbers.astype(int)), np.sign(gain) * np.diff(family.astype(int)))


def test_currents_that_reach_both_limits_of_the_converter_have_numbers() -> None:
    family = np.concatenate([noise(), np.array([-32768, 32767, -32768], dtype=np.int16), noise()])
    samples = converted(family, 0.6103516, 0.0)
    counts = Counts.of(samples)  # the origin is in the noise, so that a limit is more than 32 767 steps away from it
    assert counts is not None
    numbers = counts.numbers(samples)
    assert numbers is not None
    assert np.array_equal(bits(counts.table().of(numbers)), bits(samples))


@pytest.mark.parametrize(
    "wrong",
    [np.float32(np.nan), np.float32(np.inf), np.float32(-0.0), np.float32(0.30000001), np.float32(1e9)],
)
def test_one_sample_that_no_number_gives_leaves_all_as_they_are(wrong: np.float32) -> None:
    samples = converted(noise() - 300, 0.25, 0.0)
    counts = Counts.of(samples)
    assert counts is not None
    assert counts.numbers(samples) is not None
    later = samples.copy()
    later[17] = wrong
    assert counts.numbers(later) is None


@pytest.mark.parametrize(
    "samples",
    [
        RNG.normal(0.0, 50.0, 4000).astype(np.float32),
        np.array([1.0, np.nan] * 50),
        np.linspace(0.0, 1.0, 70_000) ** 2,
        np.arange(100, dtype=np.int16),
    ],
)
def test_samples_without_a_converter_have_no_numbers(samples: np.ndarray) -> None:
    assert Counts.of(samples) is None


def of_counts(*, ends_between: bool = False) -> Recording:
    """A recording of 3 sweeps of 100 000 samples with the steps of a converter; the last sample may be between two."""
    made = recording(lengths=(100_000,) * 3)
    for sweep in made.sweeps:
        sweep.i_pA[:] = converted(noise(100_000), 0.6103516, 0.0)
    if ends_between:
        made.sweeps[-1].i_pA[-1] = np.nextafter(made.sweeps[0].i_pA[0], np.float32(1e9))
    return made


def test_whole_numbers_take_less_space(tmp_path: Path) -> None:
    for name, ends_between in (("numbers.h5", False), ("samples.h5", True)):
        write_recordings(tmp_path / name, [Ingested("r", of_counts(ends_between=ends_between), None)])
    with h5py.File(tmp_path / "numbers.h5") as numbers, h5py.File(tmp_path / "samples.h5") as samples:
        assert numbers["00000/i_pA"].dtype == np.int16
        assert samples["00000/i_pA"].dtype == np.float32
    assert 1.5 * (tmp_path / "numbers.h5").stat().st_size < (tmp_path / "samples.h5").stat().st_size


@pytest.mark.parametrize("ends_between", [False, True])
def test_a_stored_recording_comes_back_with_and_without_numbers(tmp_path: Path, ends_between: bool) -> None:
    made = of_counts(ends_between=ends_between)
    write_recordings(tmp_path / "recordings.h5", [Ingested("r", made, None)])
    (found,) = read_recordings(tmp_path / "recordings.h5")
    assert found.recording is not None
    assert_same(found.recording, made)


@pytest.mark.parametrize(("layout", "is_found"), [(5, True), (4, True), (3, False)])
def test_a_recording_in_the_layouts_before_is_still_found(tmp_path: Path, layout: int, is_found: bool) -> None:
    path = tmp_path / "recordings.h5"
    write_recordings(path, [Ingested("r", recording(), None, request="as before")])
    with h5py.File(path, "r+") as store:
        store.attrs["layout"] = layout
    copy = copy_of(path, "r", "as before")
    assert (copy is not None) == is_found
    if copy is not None:
        assert copy.recording is not None
        assert_same(copy.recording, recording())


def test_values_of_the_layout_before_begin_at_the_lowest_number(tmp_path: Path) -> None:
    path, made = tmp_path / "recordings.h5", of_counts()
    write_recordings(path, [Ingested("r", made, None)])
    with h5py.File(path, "r+") as store:
        rows = store["00000/i_pA by number"][:]
        del store["00000/i_pA by number"]
        lowest, highest = rows["number"].min(), rows["number"].max()
        values = np.zeros(int(highest) - int(lowest) + 1, dtype=np.float32)
        values[rows["number"].astype(int) - lowest] = rows["value"]
        store.create_dataset("00000/i_pA by number", data=values).attrs["lowest"] = lowest
    (found,) = read_recordings(path)
    assert found.recording is not None
    assert_same(found.recording, made)
