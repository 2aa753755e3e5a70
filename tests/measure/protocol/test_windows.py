"""Measured windows of an epoch, and segments that all sweeps share."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.experiment.measure_settings import Window
from reversal.experiment.step_settings import SheetEntry
from reversal.measure.iv.iv_curve import blank_ms
from reversal.measure.protocol.measured_epoch import NotMeasurable, Plan, plan, window_samples
from reversal.measure.protocol.shared_epochs import Flat, common_flats, steps_of
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
from reversal.tables.iv_table import IVKind

CHANNEL = Channel("IN 0", "pA", "current")


def recording(commands: list[list[tuple[str, Shape, int, float, float]]], rate_Hz: float = 10000.0) -> Recording:
    """Sweeps whose epochs are (name, shape, samples, from, level)."""
    made = []
    for epochs in commands:
        start, found = 0, []
        for name, shape, samples, low, high in epochs:
            found.append(Epoch(name, shape, start, start + samples, low, high))
            start += samples
        made.append(SweepCommand(tuple(found)))
    sweeps = tuple(Sweep(2.0 * n, np.zeros(one.epochs[-1].stop)) for n, one in enumerate(made))
    command = Command(tuple(made), Evidence.RECONSTRUCTED, "")
    return Recording("f.abf", "0" * 64, "ABF", rate_Hz, sweeps, command, CHANNEL, (CHANNEL,))


def steps(
    levels: list[float], before: tuple[str, Shape, int, float, float] | None = None, samples: int = 1000
) -> Recording:
    first = ("before", Shape.HOLD, 200, -80.0, -80.0)
    return recording(
        [
            [
                first,
                *([before] if before else []),
                ("B", Shape.STEP, samples, v, v),
                ("after", Shape.HOLD, 300, -80, -80),
            ]
            for v in levels
        ]
    )


FAMILY = steps([-100.0, -60.0, -20.0])
FOUND = plan(FAMILY, Window())


def samples_of(window: Window, blank: float = 1.0, found: Plan = FOUND) -> tuple[list[int], int]:
    starts, length = window_samples(found, FAMILY, window, blank)
    return starts.tolist(), length


def test_steady_state_is_the_last_fifth_by_default() -> None:
    assert samples_of(Window()) == ([200 + 800] * 3, 200)
    assert samples_of(Window(last_fraction=0.05)) == ([200 + 950] * 3, 50)
    assert samples_of(Window(last_fraction=0.001)) == ([200 + 992] * 3, 8)  # at least eight samples
    assert samples_of(Window(last_fraction=1.0), blank=2.0) == ([200 + 20] * 3, 980)  # after the blank


def test_a_declared_window_counts_from_the_start_of_the_epoch() -> None:
    assert samples_of(Window(start_ms=20, stop_ms=50)) == ([200 + 200] * 3, 300)
    assert samples_of(Window(stop_ms=50)) == ([200 + 300] * 3, 200)
    assert samples_of(Window(start_ms=90)) == ([200 + 900] * 3, 100)


@pytest.mark.parametrize(("start_ms", "stop_ms", "fits"), [(99.2, 100, True), (99.3, 100, False), (0, 100.1, False)])
def test_a_window_needs_eight_samples_inside_the_epoch(start_ms: float, stop_ms: float, fits: bool) -> None:
    window = Window(start_ms=start_ms, stop_ms=stop_ms)
    if fits:
        assert samples_of(window)[1] == 8
    else:
        with pytest.raises(NotMeasurable, match="does not fit the measured epoch"):
            samples_of(window)


def test_windows_of_other_kinds_start_after_the_blank() -> None:
    peaks = Plan(IVKind.PEAK, "step", FOUND.epochs, FOUND.sweeps)
    assert samples_of(Window(), 1.25, peaks) == ([200 + 13] * 3, 987)
    assert samples_of(Window(), 0.0, peaks) == ([200 + 1] * 3, 999)


def test_epochs_of_unequal_length_end_together_with_their_window() -> None:
    one = recording(
        [
            [("before", Shape.HOLD, 200, -80, -80), ("A", Shape.STEP, 1000 + 100 * n, v, v)]
            for n, v in enumerate((-40, 0))
        ]
    )
    found = plan(one, Window())
    starts, length = window_samples(found, one, Window(), 1.0)
    assert (starts.tolist(), length) == ([1000, 1100], 200)
    starts, length = window_samples(found, one, Window(start_ms=10, stop_ms=20), 1.0)
    assert (starts.tolist(), length) == ([300, 300], 100)


@pytest.mark.parametrize(
    ("conditioning_mV", "kind"), [(-61.0, IVKind.STEADY), (-60.0, IVKind.TAIL), (-100.0, IVKind.TAIL)]
)
def test_a_conditioning_step_20_mV_from_holding_makes_a_tail_protocol(conditioning_mV: float, kind: IVKind) -> None:
    one = steps([-100.0, -60.0], ("A", Shape.STEP, 300, conditioning_mV, conditioning_mV))
    assert plan(one, Window()).kind is kind


@pytest.mark.parametrize(("range_mV", "measured"), [(29.0, False), (30.0, True)])
def test_a_ramp_of_30_mV_is_measured(range_mV: float, measured: bool) -> None:
    one = recording([[("before", Shape.HOLD, 200, -80, -80), ("A", Shape.RAMP, 1000, -80.0, -80.0 + range_mV)]] * 2)
    if measured:
        assert plan(one, Window()).kind is IVKind.RAMP
    else:
        with pytest.raises(NotMeasurable, match="no epoch carries an I"):
            plan(one, Window())


@pytest.mark.parametrize(("span_mV", "measured"), [(1.0, False), (1.1, True)])
def test_a_family_spans_more_than_1_mV(span_mV: float, measured: bool) -> None:
    if measured:
        assert plan(steps([-40.0, -40.0 + span_mV]), Window()).epochs[0].name == "B"
    else:
        with pytest.raises(NotMeasurable):
            plan(steps([-40.0, -40.0 + span_mV]), Window())


def test_the_widest_family_is_measured() -> None:
    one = steps([-100.0, -60.0], ("A", Shape.STEP, 300, 0.0, 0.0))
    wider = recording(
        [
            [
                ("before", Shape.HOLD, 99, -80, -80),
                ("A", Shape.STEP, 99, -80 + v, -80 + v),
                ("B", Shape.STEP, 99, v / 2, v / 2),
            ]
            for v in (0.0, 40.0)
        ]
    )
    assert (plan(one, Window()).epochs[0].name, plan(wider, Window()).epochs[0].name) == ("B", "A")
    assert [e.level_mV for e in plan(FAMILY, Window(from_mV=-60, to_mV=-60)).epochs] == [-60.0]
    with pytest.raises(NotMeasurable, match="no sweep has a voltage"):
        plan(FAMILY, Window(from_mV=10, to_mV=20))


def test_segments_shared_by_all_sweeps_end_at_the_family() -> None:
    one = steps([-100.0, -60.0], ("A", Shape.STEP, 100, -85.0, -85.0))
    assert common_flats(one) == [Flat(0, 200, -80.0), Flat(200, 300, -85.0)]
    same = steps([-100.0, -60.0], ("A", Shape.STEP, 100, -80.0, -80.0))
    assert common_flats(same) == [Flat(0, 300, -80.0)]


@pytest.mark.parametrize(("height_mV", "tests"), [(1.9, 0), (2.0, 1), (-2.0, 1), (30.0, 1), (30.1, 0)])
def test_steps_of_2_to_30_mV_are_membrane_tests(height_mV: float, tests: int) -> None:
    one = steps([40.0, 60.0], ("A", Shape.STEP, 100, -80.0 + height_mV, -80.0 + height_mV))
    found = steps_of(one, common_flats(one))
    assert len(found) == tests
    if tests:
        assert (found[0].starts, found[0].length, found[0].before_length) == ((200, 200), 100, 200)
        assert found[0].change_mV.tolist() == pytest.approx([height_mV] * 2)


def test_without_a_shared_step_small_steps_of_the_family_are_membrane_tests() -> None:
    one = steps([-120.0, -100.0, -80.0, -60.0, -20.0])
    (found,) = steps_of(one, common_flats(one))
    assert (found.sweeps, found.change_mV.tolist()) == ((1, 3), [-20.0, 20.0])
    assert (found.length, found.before_length, found.starts) == (1000, 200, (200, 200))


def test_steps_of_a_family_start_from_the_last_level_that_all_sweeps_share() -> None:
    """−30 mV for 200 samples and −80 mV for 60 come before the family, whose steps differ in length."""
    one = recording(
        [
            [
                ("before", Shape.HOLD, 200, -30.0, -30.0),
                ("A", Shape.STEP, 60, -80.0, -80.0),
                ("B", Shape.STEP, samples, v, v),
            ]
            for v, samples in ((-100.0, 500), (-82.0, 400), (-81.9, 300), (-50.0, 700), (-49.9, 200))
        ]
    )
    (found,) = steps_of(one, common_flats(one))
    assert found.sweeps == (0, 1, 3)
    assert found.change_mV.tolist() == pytest.approx([-20.0, -2.0, 30.0])
    assert (found.starts, found.length, found.before_length) == ((260, 260, 260), 400, 60)


def test_shared_steps_anywhere_are_the_last_choice() -> None:
    """After a family without small steps: 15 mV down and up again, each next to a stretch of its own length."""
    one = recording(
        [
            [
                ("before", Shape.HOLD, 200, -80.0, -80.0),
                ("A", Shape.STEP, 100, v, v),
                ("B", Shape.STEP, 70, -80.0, -80.0),
                ("C", Shape.STEP, 50, -95.0, -95.0),
                ("after", Shape.HOLD, 90, -80.0, -80.0),
            ]
            for v in (0.0, 40.0)
        ]
    )
    down, up = steps_of(one, common_flats(one))
    assert (down.sweeps, down.starts, down.change_mV.tolist()) == ((0, 1), (370, 370), [-15.0, -15.0])
    assert (down.length, down.before_length) == (50, 70)
    assert (up.starts, up.change_mV.tolist(), up.length, up.before_length) == ((420, 420), [15.0, 15.0], 90, 50)


@pytest.mark.parametrize(
    ("lowpass_Hz", "clamp_ms", "duration_ms", "expected"),
    [
        (4000.0, 0.1, 100.0, 1.0),  # four periods of the filter are longer than seven time constants and a period
        (4000.0, 0.2, 100.0, 7 * 0.2 + 0.25),
        (None, 0.2, 100.0, 1.4),
        (None, 0.1, 100.0, 1.0),
        (4000.0, None, 100.0, 1.25),
        (None, None, 100.0, 1.0),
        (4000.0, 5.0, 40.0, 20.0),  # at most half of the epoch
    ],
)
def test_the_blank_lasts_until_clamp_and_filter_have_settled(
    lowpass_Hz: float | None, clamp_ms: float | None, duration_ms: float, expected: float
) -> None:
    assert blank_ms(Window(), lowpass_Hz, clamp_ms, duration_ms) == pytest.approx(expected)
    assert blank_ms(Window(blank_ms=3.0), lowpass_Hz, clamp_ms, duration_ms) == 3.0


def test_a_row_of_the_sheet_has_its_own_times_and_the_rest_of_the_window_of_its_experiment() -> None:
    entry = SheetEntry(recording="r1", cell="c1", temperature_C=22.0, window_start_ms=12.0)
    declared = Window(epoch="B", start_ms=5.0, stop_ms=40.0)
    assert entry.window_in(declared) == Window(epoch="B", start_ms=12.0, stop_ms=40.0)
    assert entry.model_copy(update={"window_start_ms": None}).window_in(declared) == declared
