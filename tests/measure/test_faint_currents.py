"""Currents about as large as the noise: what the recording lacks is said, and good recordings have no such finding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reversal.calibration import case_rig
from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.assessment import assessed
from reversal.simulate.bath import SERIES
from reversal.simulate.model_cell import Gate
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding
from reversal.tables.status import Severity

PEAKS = {"kind": "peak", "channel": "transient_sodium", "low_mV": -70.0, "high_mV": 90.0}
TAILS = {"kind": "tail", "high_mV": 20.0, "scale": 0.04, "noise_pA": 8.0, "leak_nS": 0.4, "bath": SERIES[2]}


def findings(one: MeasuredCase, code: Code) -> list[Finding]:
    every = assessed(one.measured, (), ()).findings
    return [found for found in every if found.code is code]


def test_faint_peaks_say_how_many_sweeps_they_need(measured: Callable[..., MeasuredCase]) -> None:
    """Peaks of 50 pA in noise of 8 pA."""
    faint = measured(**PEAKS, scale=0.02, noise_pA=8.0)
    (note,) = findings(faint, Code.PEAK_NOISE)
    budget = faint.measured.budget
    assert budget is not None
    assert budget.contains(faint.true_mV, faint.true_mV)
    assert note.severity is Severity.NOTE
    assert note.number == pytest.approx(1.96 * budget.points_mV)
    assert note.number > 2.0
    assert note.values["sweeps"] == pytest.approx((note.number / 2.0) ** 2)
    less = 8.0 * float(note.values["share"]) / 100.0
    quieter = measured(**PEAKS, scale=0.02, noise_pA=less).measured.budget
    assert quieter is not None
    assert 1.0 < 1.96 * quieter.points_mV < 3.2


def test_large_peaks_need_nothing(measured: Callable[..., MeasuredCase]) -> None:
    assert not findings(measured(**PEAKS, scale=0.12, noise_pA=1.5), Code.PEAK_NOISE)


def test_tails_that_closed_within_the_blank_are_not_seen(
    measured: Callable[..., MeasuredCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate of 0.5 to 2 ms, and 1 ms blanked: what is left is mostly leak, and E_rev is 7 mV too positive."""
    fast = (Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=0.5, tau_max_ms=2.0),)
    monkeypatch.setitem(case_rig.GATES, "fast_closing", fast)
    monkeypatch.setitem(case_rig.PERMEABILITIES_um3_per_s, "fast_closing", 150.0)
    (found,) = findings(measured(**TAILS, channel="fast_closing"), Code.TAIL_NOT_SEEN)
    assert found.number is not None
    assert found.number < 4.0


def test_slow_tails_in_the_same_noise_are_seen(measured: Callable[..., MeasuredCase]) -> None:
    assert not findings(measured(**TAILS, channel="slow_delayed_rectifier"), Code.TAIL_NOT_SEEN)
