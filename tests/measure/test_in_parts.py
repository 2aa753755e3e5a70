"""A recording that is measured in small parts gives the numbers of one that is measured at once, in less memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase, measured_case
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import IVCurve, read_curve, recognised
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sub_pulses import find_sub_pulses
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.clipping import clipped_samples
from reversal.recordings.recording.recording import Recording
from reversal.tables.iv_table import IVKind
from tests.measure.made_recordings import recording, steps

IN_PARTS = ("reversal.measure.protocol.sweeps", "reversal.measure.quality.clipping")


def in_parts_of(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in IN_PARTS:
        monkeypatch.setattr(f"{module}.MAX_PART_SAMPLES", samples)


@pytest.mark.parametrize("kind", ["steady", "ramp", "one-way ramp"])
def test_numbers_do_not_depend_on_the_size_of_the_parts(kind: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(case, kind=kind)
    at_once: MeasuredCase = next(measured_case(changed, 1, repeats=1))
    in_parts_of(5_000, monkeypatch)
    found: MeasuredCase = next(measured_case(changed, 1, repeats=1))
    here, expected = (one.measured.reversal.estimate for one in (found, at_once))
    assert here is not None
    assert expected is not None
    # the autocorrelation of the holding current is pooled from other stretches of it
    assert here.e_mV == pytest.approx(expected.e_mV, abs=0.001)
    assert here.se_mV == pytest.approx(expected.se_mV, rel=0.03)


SWEEPS, STEP, COUNT_pA = 150, 8_000, np.float32(0.05)


def many_sweeps() -> Recording:
    """Steps of nine levels, again and again, of which a fifth is measured."""
    levels = np.linspace(-100.0, 60.0, 9)[np.arange(SWEEPS) % 9]
    commands = [steps((-80.0, 2000), (-85.0, 500), (-80.0, 500), (v, STEP), (-80.0, 1000)) for v in levels.tolist()]
    rows = np.random.default_rng(5).normal(size=(SWEEPS, STEP + 4000)).astype(np.float32)
    rows[:, 3000 : 3000 + STEP] += levels[:, None].astype(np.float32)
    return recording(np.round(rows / COUNT_pA) * COUNT_pA, commands)


def peak_bytes(found: Recording) -> int:
    """Memory that the I–V and the search for clipped samples need in addition to the recording."""
    window = Window()
    tracemalloc.start()
    sweeps = Sweeps.of(found)
    protocol = recognised(sweeps, plan(found, window), window, 1.0)
    curve = read_curve(sweeps, protocol, window, 1.0, Clamp())
    clipped_samples(sweeps, curve)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_measured_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    found = many_sweeps()
    at_once = peak_bytes(found)
    in_parts_of(20_000, monkeypatch)
    monkeypatch.setattr("reversal.measure.iv.iv_curve.MAX_PART_SAMPLES", 20_000)
    assert peak_bytes(found) < at_once / 5


REPEATED = 54
LEVELS_mV = np.linspace(-100.0, 60.0, 9)[np.arange(REPEATED) % 9]
ms = np.arange(STEP) / 10.0


def tails() -> Recording:
    """Tails with two relaxations, which reverse at −60 mV."""
    decay = np.exp(-ms / 20.0) + 0.4 * np.exp(-ms / 150.0)
    return family([(40.0, 3000)], LEVELS_mV, 5.0 * (LEVELS_mV[:, None] + 60.0) * decay)


def peaks() -> Recording:
    """Currents that rise and fall, and reverse at 50 mV."""
    opened = 1.0 / (1.0 + np.exp(-(LEVELS_mV + 30.0) / 6.0))
    return family([], LEVELS_mV, (opened * (LEVELS_mV - 50.0))[:, None] * (np.exp(-ms / 60.0) - np.exp(-ms / 6.0)))


def with_sub_pulses() -> Recording:
    """Steps after two copies of a quarter of their size, in a leak of 2 nS."""
    current = 0.5 * (LEVELS_mV[:, None] + 60.0) * (LEVELS_mV[:, None] > -50.0) * np.ones(STEP)
    copies = [(-80.0 + (LEVELS_mV + 80.0) / 4.0, STEP), (-80.0, 2000)] * 2
    return family(copies, LEVELS_mV, current, leak_nS=2.0)


def family(
    before: list[tuple[float | np.ndarray, int]], levels_mV: np.ndarray, current: np.ndarray, leak_nS: float = 0.0
) -> Recording:
    """Many sweeps of which the last step, after the steps ``before``, has a current."""
    commands = [
        steps(
            (-80.0, 2000),
            *((float(np.broadcast_to(v, REPEATED)[n]), size) for v, size in before),
            (v, STEP),
            (-80.0, 500),
        )
        for n, v in enumerate(levels_mV.tolist())
    ]
    samples = commands[0][-1].stop
    rows = np.random.default_rng(6).normal(size=(REPEATED, samples))
    for row, command in zip(rows, commands, strict=True):
        for epoch in command:
            row[epoch.start : epoch.stop] += leak_nS * (epoch.level_mV + 80.0)
    start = commands[0][-2].start
    rows[:, start : start + STEP] += current
    return recording((np.round(rows / COUNT_pA) * COUNT_pA).astype(np.float32), commands)


def curve_of(found: Recording, kind: str) -> tuple[IVCurve, int]:
    """I–V of a recording, and the memory [bytes] that it needs in addition to the recording."""
    window = Window(measure=kind, last_fraction=1.0)
    sweeps, protocol = Sweeps.of(found), plan(found, window)
    tracemalloc.start()
    curve = read_curve(sweeps, protocol, window, 1.0, Clamp(), find_sub_pulses(found, protocol))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return curve, peak


@pytest.mark.parametrize(("make", "kind"), [(tails, "tail"), (peaks, "peak"), (with_sub_pulses, "steady")])
def test_tails_peaks_and_sub_pulses_are_measured_in_parts(
    make: Callable[[], Recording], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = make()
    curve_of(found, kind)  # so that no import and no table of models counts
    at_once, most = curve_of(found, kind)
    in_parts_of(5 * STEP, monkeypatch)
    monkeypatch.setattr("reversal.measure.iv.iv_curve.MAX_PART_SAMPLES", 5 * STEP)
    monkeypatch.setattr("reversal.measure.iv.shared_course.MAX_COURSES_SAMPLES", 4 * STEP)
    curve, least = curve_of(found, kind)
    assert at_once.kind is IVKind(kind)
    assert least < most / 2
    # slow drift is known from the holding current, whose autocorrelation is pooled from other stretches
    np.testing.assert_allclose(curve.se_pA, at_once.se_pA, rtol=0.1)
    for name in ("i_pA", "window_se_pA", "decaying_pA", "decaying_se_pA", "trend_pA"):
        here, expected = getattr(curve, name), getattr(at_once, name)
        assert (here is None) == (expected is None), name
        if expected is not None:
            np.testing.assert_allclose(here, expected, rtol=1e-9, atol=1e-9, err_msg=name)
    assert curve.findings == at_once.findings
    if at_once.tail_decay is not None:
        assert curve.tail_decay is not None
        assert at_once.tail_decay.shift is not None
        assert curve.tail_decay.shift is not None
        assert curve.tail_decay.shift.mV == pytest.approx(at_once.tail_decay.shift.mV, abs=1e-6)


@pytest.mark.parametrize(("make", "kind"), [(tails, "tail"), (peaks, "peak")])
def test_a_tail_or_a_peak_longer_than_the_memory_is_measured_by_its_start(
    make: Callable[[], Recording], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = make()
    expected, _ = curve_of(found, kind)
    monkeypatch.setattr("reversal.measure.iv.iv_curve.MAX_WINDOW_SAMPLES", STEP // 2)
    curve, _ = curve_of(found, kind)
    assert np.ptp(curve.window_ms, axis=1) == pytest.approx(STEP // 2 / 10.0)
    assert curve.window_ms[:, 0] == pytest.approx(expected.window_ms[:, 0])
    assert np.all(np.abs(curve.i_pA - expected.i_pA) < 5.0 * np.hypot(curve.se_pA, expected.se_pA))
