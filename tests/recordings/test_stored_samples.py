"""Samples that stay in a file are sliced as an array is."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.recordings.recording.stored_samples import SampleSource, StoredSamples, blocks_of, extremes, negated

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
