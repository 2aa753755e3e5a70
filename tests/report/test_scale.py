"""Scales and their ticks."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.report.figure.scale import Scale, apart, bar_label, bar_size, round_ticks, tick_label


@pytest.mark.parametrize(("span", "size"), [(320.0, 100.0), (8100.0, 2000.0), (37.0, 10.0), (0.9, 0.2)])
def test_scale_bars_are_round_and_close_to_a_quarter_of_the_span(span: float, size: float) -> None:
    assert bar_size(span) == pytest.approx(size)


@pytest.mark.parametrize(
    ("size", "unit", "label"),
    [(2000, "pA", "2 nA"), (500, "pA", "500 pA"), (1000, "ms", "1 s"), (5e6, "pA", "5 µA"), (5e9, "pA", "5000 µA")],
)
def test_scale_bars_have_a_convenient_unit(size: float, unit: str, label: str) -> None:
    assert bar_label(size, unit) == label


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), most=st.integers(1, 12))
def test_ticks_are_round_inside_and_evenly_spaced(low: float, span: float, most: int) -> None:
    high = low + span
    ticks = round_ticks(low, high, most).labelled
    assert len(ticks) <= most + 1
    steps = [b - a for a, b in pairwise(ticks)]
    for step in steps:
        mantissa = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert min(abs(mantissa - round_one) for round_one in (1, 2, 5, 10)) < 1e-3
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in ticks)


def test_ticks_of_voltages() -> None:
    ticks = round_ticks(-140.0, 30.0, 7)
    assert ticks.labelled == (-100.0, -50.0, 0.0)
    assert ticks.fine[:3] == (-140.0, -130.0, -120.0)


@pytest.mark.parametrize("high", [1.0, math.nan, math.inf])
def test_range_without_extent_has_no_ticks(high: float) -> None:
    assert round_ticks(1.0, high, 5).labelled == ()


def test_equal_ratios_have_equal_distances_on_a_log_scale() -> None:
    scale = Scale(2.5, 40.0, 0.0, 100.0, log=True)
    assert scale([2.5, 5, 10, 20, 40]).tolist() == pytest.approx([0, 25, 50, 75, 100])


def test_scale_without_range_is_at_its_middle() -> None:
    assert Scale(3.0, 3.0, 10.0, 20.0).at(3.0) == 15.0


def test_labels_that_would_touch_are_left_out() -> None:
    assert apart([5.2, 5.0, 2.5, 40.0], Scale(2.5, 40.0, 0.0, 100.0, log=True), 10.0) == [2.5, 5.0, 40.0]


@pytest.mark.parametrize(("value", "label"), [(-20.0, "−20"), (0.5, "0.5"), (1000.0, "1000")])
def test_labels_of_ticks_have_a_true_minus_sign(value: float, label: str) -> None:
    assert tick_label(value) == label
