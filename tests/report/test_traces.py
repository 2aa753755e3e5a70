"""Reduction of traces keeps their extremes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.recordings.recording import stored_samples
from reversal.recordings.recording.recording import Epoch, Shape, SweepCommand
from reversal.report.figure import traces
from reversal.report.figure.traces import away_from_edges, command_line, envelope, extremes, thinned


@given(seed=st.integers(0, 10**6), samples=st.integers(1, 5000), bins=st.integers(1, 300))
def test_reduced_trace_keeps_minimum_and_maximum(seed: int, samples: int, bins: int) -> None:
    values = np.random.default_rng(seed).normal(size=samples)
    positions, kept = thinned(values, bins)
    assert kept.min() == values.min()
    assert kept.max() == values.max()
    assert kept.size <= max(2 * bins, 1)
    assert np.all(np.diff(positions) > 0)


def test_single_spike_is_kept_in_a_hundredfold_reduction() -> None:
    trace = np.zeros(100_000)
    trace[51_234] = -7.0
    positions, kept = thinned(trace, 250)
    assert kept.min() == -7.0
    assert positions[np.argmin(kept)] == 51_234


def test_a_steady_trace_has_fewer_points_and_keeps_the_edge_of_a_step() -> None:
    trace = np.random.default_rng(3).normal(size=20_000)
    trace[10_030:] += 500.0
    positions, kept = thinned(trace, 200)  # segments of 100 samples
    assert kept.size < 280
    edge = np.flatnonzero(kept > 250.0)[0]
    assert np.diff(positions)[edge - 1] <= 100
    assert kept.max() == trace.max()
    assert thinned(np.arange(20_000.0), 200)[0].size == 400  # a slope


def test_extremes_are_in_order_of_time_and_inside_a_trace_with_a_short_end() -> None:
    trace = np.array([3.0, 1.0, 2.0, 0.0, 5.0, 4.0, 7.0], dtype=np.float32)
    assert extremes(trace, 3).tolist() == [[0, 1], [3, 4], [6, 6]]


def test_ramp_is_drawn_as_a_slope_and_step_as_an_edge() -> None:
    command = SweepCommand((Epoch("before", Shape.HOLD, 0, 10, -80, -80), Epoch("A", Shape.RAMP, 10, 50, -100, 60)))
    positions, levels = command_line(command)
    assert positions.tolist() == [0, 10, 10, 50]
    assert levels.tolist() == [-80, -80, -100, 60]


def test_currents_near_edges_of_the_command_are_left_out() -> None:
    command = SweepCommand(
        (
            Epoch("before", Shape.HOLD, 0, 100, -80, -80),
            Epoch("A", Shape.STEP, 100, 300, -40, -40),
            Epoch("B", Shape.STEP, 300, 350, -40, -40),  # no edge
            Epoch("C", Shape.RAMP, 350, 400, -40, 20),  # no edge either
        )
    )
    current = np.zeros(400)
    current[100:105] = 5000.0
    current[302] = 70.0
    kept = away_from_edges(current, command, 10)
    assert kept.max() == 70.0
    assert kept.size == 400 - 11


def test_edges_of_a_sampled_command_are_found() -> None:
    levels = np.repeat([-80.0, 20.0, -80.0], 100)
    current = np.zeros(300)
    current[[100, 200]] = 5000.0
    kept = away_from_edges(current, SweepCommand((), levels), 10)
    assert kept.max() == 0.0


def test_all_currents_are_kept_if_edges_are_everywhere() -> None:
    command = SweepCommand((Epoch("A", Shape.PULSES, 0, 100, -80, 0, period=4, width=2),))
    assert away_from_edges(np.arange(100.0), command, 10).size == 100


def test_a_long_trace_is_reduced_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = np.random.default_rng(8).normal(size=1003)
    whole = envelope(trace, 7)
    monkeypatch.setattr(traces, "WHOLE_SAMPLES", 100)
    for one, other in zip(envelope(trace, 7), whole, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(whole[1], trace[whole[0]])


def test_edges_of_a_long_trace_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    levels = np.repeat([-80.0, 20.0, -80.0], [299, 400, 301])
    current = np.zeros(1000)
    current[[299, 300, 699]] = 1000.0
    command = SweepCommand((), levels)
    assert away_from_edges(current, command, 10).max() == 0.0
    for module in (traces, stored_samples):
        monkeypatch.setattr(module, "WHOLE_SAMPLES", 100)
    some = away_from_edges(current, command, 10)
    assert (some.size, some.max()) == (98, 0.0)
