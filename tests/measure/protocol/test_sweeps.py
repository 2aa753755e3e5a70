"""Stages take windows of the sweeps; the sweeps themselves are not copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from reversal.measure.protocol.measured_epoch import NotMeasurable
from reversal.measure.protocol.sweeps import Sweeps, averaged
from reversal.recordings.recording.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
)
from reversal.recordings.recording.stored_samples import SampleSource, StoredSamples


def recording_of(rows: Sequence[np.ndarray]) -> Recording:
    channel = Channel("Im", "pA", "current")
    epochs = [(Epoch("before", Shape.HOLD, 0, row.size, -80.0, -80.0),) for row in rows]
    return Recording(
        file="f.abf",
        sha256="0" * 64,
        format="rig",
        sample_rate_Hz=10000.0,
        sweeps=tuple(Sweep(float(n), row) for n, row in enumerate(rows)),
        command=Command(tuple(SweepCommand(one) for one in epochs), Evidence.RECONSTRUCTED, "rig"),
        current_channel=channel,
        channels=(channel,),
    )


BLOCK = np.arange(60.0, dtype=np.float32).reshape(3, 20)


@pytest.mark.parametrize(
    "rows",
    [list(BLOCK), list(BLOCK[::-1]), list(BLOCK[:, 3:]), list(BLOCK.T), [BLOCK.ravel().copy()], [BLOCK[0], BLOCK[2]]],
    ids=["rows", "rows in reverse", "parts of rows", "columns", "one sweep", "other distances"],
)
def test_sweeps_are_not_copied_and_keep_their_precision(rows: list[np.ndarray]) -> None:
    sweeps = Sweeps.of(recording_of(rows))
    assert (sweeps.count, sweeps.samples) == (len(rows), tuple(row.size for row in rows))
    for one, row in zip(sweeps.i_pA, rows, strict=True):
        assert np.shares_memory(one[:], row)
        np.testing.assert_array_equal(one[:], row)
        assert one.dtype == np.float32


def test_only_the_blocks_of_a_window_are_read() -> None:
    """A long sweep stays in its file."""
    values, read = np.arange(100.0), []

    def block(start: int, stop: int) -> np.ndarray:
        read.append((start, stop))
        return values[start:stop].copy()

    stored = StoredSamples(SampleSource(block, 100, values.dtype, block=10))
    made = recording_of([values])
    sweeps = Sweeps.of(replace(made, sweeps=(Sweep(0.0, stored),)))
    np.testing.assert_array_equal(sweeps.stretch(38, 52), [np.arange(38.0, 52.0)])
    assert read == [(30, 40), (40, 50), (50, 60)]


def test_windows_are_float64_copies() -> None:
    sweeps = Sweeps.of(recording_of(list(BLOCK)))
    found = sweeps.windows((2, 0), np.array([4, 1]), 6, every=4)
    np.testing.assert_array_equal(found, [[44.0, 48.0], [1.0, 5.0]])
    assert found.dtype == np.float64
    found[:] = 0.0
    assert sweeps.i_pA[2][4:5] == 44.0


@pytest.mark.parametrize("at_once", [1, 12, 30, 1000])
def test_windows_in_parts_are_the_windows(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reversal.measure.protocol.sweeps.MAX_PART_SAMPLES", at_once)
    sweeps = Sweeps.of(recording_of(list(BLOCK)))
    starts = np.array([4, 1, 2])
    found = sweeps.windows_in_parts((2, 0, 1), starts, 6)
    assert found.shape == (3, 6)
    for _ in range(2):
        np.testing.assert_array_equal(np.concatenate(list(found.parts())), sweeps.windows((2, 0, 1), starts, 6))
    np.testing.assert_array_equal(sweeps.means(3, 9), BLOCK[:, 3:9].mean(1))


@pytest.mark.parametrize("at_once", [1, 5, 8, 1000])
def test_very_long_windows_are_averaged(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of 11 samples, of which 4 may be in memory: averages of 3, the first two samples are left out."""
    monkeypatch.setattr("reversal.measure.protocol.sweeps.MAX_PART_SAMPLES", at_once)
    monkeypatch.setattr("reversal.measure.protocol.sweeps.MAX_WINDOW_SAMPLES", 4)
    assert [averaged(length) for length in (1, 4, 5, 11, 12, 13)] == [1, 1, 2, 3, 3, 4]
    sweeps = Sweeps.of(recording_of(list(BLOCK)))
    found = sweeps.windows_in_parts((2, 0), np.array([4, 1]), 11, averaged(11))
    assert found.shape == (2, 3)
    np.testing.assert_array_equal(np.concatenate(list(found.parts())), [[47.0, 50.0, 53.0], [4.0, 7.0, 10.0]])
    np.testing.assert_array_equal(sweeps.means(3, 14), [9.0, 29.0, 49.0])


def test_a_window_after_the_end_of_a_short_sweep_is_refused() -> None:
    sweeps = Sweeps.of(recording_of([np.arange(20.0), np.arange(12.0)]))
    np.testing.assert_array_equal(sweeps.stretch(10, 12), [[10.0, 11.0], [10.0, 11.0]])
    with pytest.raises(NotMeasurable, match=r"sweep 1: a sweep ends before the window does"):
        sweeps.stretch(10, 13)


def test_samples_that_are_not_numbers_are_refused_in_measured_windows() -> None:
    rows = [np.arange(20.0), np.where(np.arange(20) == 15, np.nan, 1.0)]
    sweeps = Sweeps.of(recording_of(rows))
    assert sweeps.stretch(0, 15).shape == (2, 15)
    with pytest.raises(NotMeasurable, match="not numbers"):
        sweeps.stretch(0, 16)
