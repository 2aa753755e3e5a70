"""Samples that stay in a file are sliced as an array is."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.recordings.recording import stored_samples
from reversal.recordings.recording.stored_samples import (
    SampleSource,
    StoredSamples,
    blocks_of,
    changed,
    clear_blocks,
    every,
    extremes,
    in_rows,
    negated,
    stretches,
)

VALUES = np.random.default_rng(3).normal(size=97).astype(np.float32)


def stored(block: int, first: int = 0, size: int = VALUES.size) -> StoredSamples:
    source = SampleSource(lambda start, stop: VALUES[start:stop].copy(), VALUES.size, VALUES.dtype, block)
    return StoredSamples(source, first, size)


@pytest.mark.parametrize("block", [1, 7, 32, 97, 200])
@pytest.mark.parametrize(
    "where",
    [slice(None), slice(5, 5), slice(3, 90), slice(3, 90, 4), slice(31, 65, 32), slice(-9, None), slice(90, 400)],
)
def test_a_slice_is_that_of_the_array(block: int, where: slice) -> None:
    np.testing.assert_array_equal(stored(block)[where], VALUES[where])
    np.testing.assert_array_equal(stored(block, 10, 60)[where], VALUES[10:70][where])
    assert stored(block)[where].dtype == np.float32


def test_a_slice_cannot_change_the_samples_that_others_get() -> None:
    with pytest.raises(ValueError, match="read-only"):
        stored(200)[2:9][0] = 0.0


@pytest.mark.parametrize("wild", [np.nan, np.inf, -np.inf])
def test_extremes_are_those_of_the_array_and_show_a_sample_that_is_not_a_number(wild: float) -> None:
    assert extremes(stored(7)) == extremes(VALUES) == (VALUES.min(), VALUES.max())
    values = np.where(np.arange(97) == 50, np.float32(wild), VALUES)
    one = StoredSamples(SampleSource(lambda start, stop: values[start:stop].copy(), 97, values.dtype, 7))
    assert not np.all(np.isfinite(extremes(one)))


def test_blocks_contain_every_sample_once() -> None:
    np.testing.assert_array_equal(np.concatenate(list(blocks_of(stored(7)))), VALUES)


def test_samples_of_the_opposite_sign_stay_in_their_file() -> None:
    np.testing.assert_array_equal(negated(stored(7, 10, 60))[3:50], -VALUES[13:60])
    np.testing.assert_array_equal(negated(VALUES)[:], -VALUES)
    assert isinstance(negated(stored(7)), StoredSamples)


def test_a_change_of_samples_is_made_when_they_are_read() -> None:
    doubled = stored(7, 10, 60).changed(lambda samples: samples.astype(float) * 2.0, np.dtype(np.float64))
    assert doubled.dtype == np.float64
    np.testing.assert_array_equal(doubled[3:50], VALUES[13:60].astype(float) * 2.0)
    np.testing.assert_array_equal(doubled.part(5, 20)[:], VALUES[15:35].astype(float) * 2.0)
    np.testing.assert_array_equal(changed(VALUES, np.negative), -VALUES)


def test_few_samples_keep_no_block_in_memory() -> None:
    clear_blocks()
    some = stored(97)[10:20]
    assert some.base is None or some.base.size == some.size
    assert not some.flags.writeable
    spread = stored(97)[::10]
    assert spread.base is None or spread.base.size == spread.size


def test_blocks_in_memory_are_limited_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_samples, "BYTES_IN_MEMORY", 3 * 8 * 4)
    reads: list[int] = []

    def read(start: int, stop: int) -> np.ndarray:
        reads.append(start)
        return VALUES[start:stop].copy()

    samples = StoredSamples(SampleSource(read, VALUES.size, VALUES.dtype, 8))
    clear_blocks()
    for first in (0, 8, 16, 0, 24, 8):  # the fourth block takes the place of the second, which was not used since
        samples[first : first + 8]
    assert reads == [0, 8, 16, 24, 8]
    clear_blocks()


@pytest.mark.parametrize(("samples", "blocks"), [(10, 1), (40, 2), (2000, 30)])
def test_rows_of_a_table_are_its_rows(samples: int, blocks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_samples, "BLOCK_SAMPLES", 1000)
    clear_blocks()
    table, reads = np.arange(30.0 * samples).reshape(30, samples), list[int]()

    def take(rows: slice, columns: slice) -> np.ndarray:
        reads.append(1)
        return table[rows, columns].copy()

    rows = list(in_rows(take, 30, samples, table.dtype))
    np.testing.assert_array_equal([row[:] for row in rows], table)
    assert len(reads) == blocks
    clear_blocks()


def test_of_a_long_trace_some_stretches_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (every(1 << 20), every((1 << 20) + 1)) == (1, 2)
    (whole,) = stretches(VALUES)
    np.testing.assert_array_equal(whole, VALUES)
    monkeypatch.setattr(stored_samples, "WHOLE_SAMPLES", 64)
    monkeypatch.setattr(stored_samples, "STRETCHES", 4)
    found = list(stretches(stored(7)))
    assert [part.size for part in found] == [16] * 4
    np.testing.assert_array_equal(found[0], VALUES[:16])
    np.testing.assert_array_equal(found[-1], VALUES[-16:])
