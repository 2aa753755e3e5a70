"""Leak subtraction, and the largest possible leak fraction of a current."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase, measured_case
from reversal.experiment.measure_settings import Leak
from reversal.measure.assessment import leak_findings
from reversal.measure.iv.points import Points
from reversal.measure.reversal.leak import without_leak
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.tables.findings.code import Code

V = np.arange(-120.0, 61.0, 10.0)


def leaky(noise: np.ndarray | float = 0.0) -> Points:
    """A channel that opens above −60 mV and reverses at −20 mV, and a leak of 2 nS reversing at −5 mV."""
    channel = 8.0 * (V + 20.0) / (1.0 + np.exp(-(V + 25.0) / 4.0))
    return Points(V, channel + 2.0 * (V + 5.0) + noise, np.full(V.size, 1.0), 60)


def test_subtracting_a_linear_leak_gives_the_reversal_of_the_channel() -> None:
    leak = Leak(subtract="linear", from_mV=-120, to_mV=-70)
    found = without_leak(leaky(np.random.default_rng(2).standard_normal(V.size)), leak)
    assert found.g_nS == pytest.approx(2.0, abs=0.1)
    assert found.e_mV == pytest.approx(-5.0, abs=3.0)
    before, after = reversal_of(leaky(), compare=False).estimate, reversal_of(found.points, compare=False).estimate
    assert before is not None
    assert after is not None
    assert after.low_mV is not None
    assert after.high_mV is not None
    assert after.low_mV < -20.0 < after.high_mV
    assert before.e_mV != pytest.approx(-20.0, abs=1.0)


def test_error_of_the_leak_increases_with_distance_from_the_window() -> None:
    found = without_leak(leaky(), Leak(subtract="linear", from_mV=-120, to_mV=-70))
    assert found.points.correlation is not None
    assert np.all(np.diff(found.points.se_pA[-8:]) > 0)
    assert found.points.correlation[-1, -2] > 0.8


def test_a_current_that_is_not_linear_in_the_window_is_not_subtracted() -> None:
    found = without_leak(leaky(), Leak(subtract="linear", from_mV=-120, to_mV=0))
    assert found.leak_pA is None
    assert [one.code for one in found.findings] == [Code.LEAK_WINDOW_CURVED]


def test_a_leak_of_interest_is_never_subtracted() -> None:
    with pytest.raises(ValidationError, match="current of interest"):
        Leak(subtract="linear", from_mV=-120, to_mV=-70, of_interest=True)


def test_a_current_that_may_be_leak_gives_the_range_of_the_channel(measured: Callable[..., MeasuredCase]) -> None:
    one = measured(leak_nS=1.0, scale=0.3)
    found = {each.code for each in leak_findings(one.measured)}
    assert found & {Code.CHANNEL_REVERSAL_RANGE, Code.CHANNEL_REVERSAL_OPEN}


def test_subtracting_a_declared_leak_gives_the_reversal_of_the_channel(case: Case) -> None:
    leaking = replace(case, leak_nS=1.0, noise_pA=1.5, channel="inward_rectifier")
    declared_leak = Leak(subtract="declared", g_nS=1.0, e_mV=0.0, g_sd_nS=0.02)
    (one,) = measured_case(leaking, 3, repeats=1, leak=declared_leak)
    (clean,) = measured_case(replace(leaking, leak_nS=1e-6), 3, repeats=1)
    budget = one.measured.budget
    assert budget is not None
    assert budget.low_mV is not None
    assert budget.high_mV is not None
    assert budget.low_mV < clean.true_mV < budget.high_mV
    assert budget.series_mV > 0  # after subtraction, current flows at E_rev, so the error of R_s matters


def test_noise_in_the_leak_window_causes_no_exception() -> None:
    """In the window, the errors of level and slope are removed; a reversal next to it is still found."""
    leak = Leak(subtract="linear", from_mV=-120, to_mV=-70)
    for seed in range(60):
        found = without_leak(leaky(3.0 * np.random.default_rng(seed).standard_normal(V.size)), leak)
        reversal_of(found.points)
