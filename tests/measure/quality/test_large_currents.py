"""A large current of the channel that does not move E_rev is a note; one that may be a leak, or may move it, is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.iv.points import Points
from reversal.measure.measure_recording import Measured
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.quality.check import Check, above, below, outside
from reversal.measure.quality.large_currents import with_notes
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.ohmic_leak import OhmicLeak, largest_conductance_nS
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import Crossing, LeakSource
from reversal.tables.status import Severity

V = np.arange(-120.0, 61.0, 10.0)
LEAK = OhmicLeak(LeakSource.SEAL, 0.5, 0.1, -10.0, 10.0)
RECTIFIER = np.where(V < -60.0, 50.0, 1.0) * (V + 60.0)  # nS × mV
OPEN = 40.0 * (V + 60.0)
CHECKS = (
    above(Code.SERIES_OVER_INPUT, 0.2, 0.1),
    below(Code.INPUT_RESISTANCE, 9.0, 10.0),
    outside(Code.HOLDING_CURRENT, -2500.0, 2000.0),
    above(Code.SERIES_RESISTANCE, 31.0, 20.0),
)
EVERY = {Code.SERIES_OVER_INPUT, Code.INPUT_RESISTANCE, Code.HOLDING_CURRENT}


@pytest.fixture
def one(measured: Callable[..., MeasuredCase]) -> Measured:
    return measured().measured


def reversal_at(e_mV: float) -> Reversal:
    return Reversal(Estimate(e_mV, e_mV - 1.0, e_mV + 1.0, 0.5, Estimator.SMOOTH_CURVE, None), Crossing.BRACKETED)


def notes(
    one: Measured,
    channel_pA: np.ndarray,
    *,
    used: Subtracted | None = None,
    leak: OhmicLeak | None = LEAK,
    e_mV: float = -60.0,
    residual_MOhm: float = 5.0,
    kind: IVKind = IVKind.STEADY,
    checks: tuple[Check, ...] = CHECKS,
) -> set[Code]:
    """Codes of the notes. The current is that of the channel [pA] and a leak of 0.5 nS; E_rev is known to ± 2 mV."""
    leak_pA = LEAK.current_pA(V)
    total = Points(V, channel_pA + leak_pA, np.full(V.size, 0.5), 60)
    iv = replace(one.iv, total=total, curve=replace(one.iv.curve, kind=kind))
    rest = Points(V, channel_pA, np.full(V.size, 0.5), 60)
    source = None if leak is None else leak.source
    subtracted = used or Subtracted(rest, None if leak is None else leak_pA, source, known=leak)
    result = MeasuredReversal(rest, reversal_at(e_mV), reversal_at(e_mV + 1.0))
    budget = Budget(0.5, 0.0, 0.0, 1.0, 0.0, 0.0, e_mV - 1.0, e_mV + 1.0, e_mV - 2.0, e_mV + 2.0)
    series = SeriesResistance(2 * residual_MOhm, residual_MOhm, 0.1 * residual_MOhm, "telegraph")
    found = with_notes(checks, iv, subtracted, result, budget, series)
    assert [check.finding.code for check in found] == [check.finding.code for check in checks]
    return {check.finding.code for check in found if check.finding.severity is Severity.NOTE}


def test_the_large_current_of_a_rectifier_is_a_note(one: Measured) -> None:
    assert notes(one, RECTIFIER) == EVERY
    assert notes(one, RECTIFIER, kind=IVKind.RAMP) == EVERY


def test_a_large_current_that_may_be_a_leak_is_a_warning(one: Measured) -> None:
    """At most 25 nS of leak beside 10 nS; 96 nS beside 40 nS; 287 nS beside 120 nS; an unknown leak."""
    assert notes(one, OPEN / 4.0) == {Code.INPUT_RESISTANCE}
    assert notes(one, OPEN / 4.0, residual_MOhm=3.9) == {Code.INPUT_RESISTANCE, Code.SERIES_OVER_INPUT}
    assert notes(one, OPEN) == {Code.INPUT_RESISTANCE}
    assert notes(one, 3.0 * OPEN) == set()
    assert notes(one, RECTIFIER, leak=None) == set()


@pytest.mark.parametrize("kind", [IVKind.TAIL, IVKind.PEAK])
def test_tails_and_peaks_are_not_steady(one: Measured, kind: IVKind) -> None:
    assert notes(one, RECTIFIER, kind=kind) == set()


def test_a_leak_that_moves_e_rev_through_r_s_by_more_than_its_interval_is_a_warning(one: Measured) -> None:
    """0.5 nS × 50 mV are 25 pA, and 2 mV through 80 MΩ; 80 MΩ are 10 % of the resistance of 1.25 nS."""
    assert notes(one, RECTIFIER, residual_MOhm=79.0) == EVERY - {Code.SERIES_OVER_INPUT}
    assert notes(one, RECTIFIER, residual_MOhm=81.0) == set()


def test_the_leak_that_a_blocker_shows_is_what_counts(one: Measured) -> None:
    """2 nA over a range of 180 mV are 11 nS; 5 MΩ are 10 % of the resistance of 20 nS; 10 MΩ are that of 100 nS."""
    rest = Points(V, OPEN, np.full(V.size, 0.5), 60)
    without_holding = EVERY - {Code.HOLDING_CURRENT}
    for leak_nS, of_channel in (
        (11.0, EVERY),
        (11.2, without_holding),
        (19.9, without_holding),
        (20.1, {Code.INPUT_RESISTANCE}),
        (99.0, {Code.INPUT_RESISTANCE}),
        (101.0, set()),
    ):
        assert notes(one, OPEN, used=Subtracted(rest, leak_nS * V, LeakSource.BLOCKER)) == of_channel


def test_a_check_that_passes_stays_as_it_is(one: Measured) -> None:
    assert notes(one, RECTIFIER, checks=(outside(Code.HOLDING_CURRENT, -1900.0, 2000.0),)) == set()


@pytest.mark.parametrize("channel_pA", [OPEN, RECTIFIER, 5.0 * np.minimum(V + 15.0, 0.0), 2.0 * (V - 40.0)])
@pytest.mark.parametrize("g_nS", [0.1, 3.0, 30.0])
@pytest.mark.parametrize("e_mV", [-28.0, -10.0, 8.0])
def test_no_leak_is_larger_than_the_largest_that_the_i_v_allows(
    channel_pA: np.ndarray, g_nS: float, e_mV: float
) -> None:
    """Wherever in its interval the leak reverses."""
    current = channel_pA + g_nS * (V - e_mV)
    found = largest_conductance_nS(
        Points(V, current, np.full(V.size, 0.5), 60), LEAK, float(np.interp(0.0, current, V))
    )
    assert found >= g_nS


def test_the_largest_leak_is_what_the_last_voltage_allows() -> None:
    """50 nS below and 1 nS above −60 mV, with 0.5 nS that reverse at −10 ± 19.6 mV; at 60 mV, 155 pA over 50.4 mV."""
    total = Points(V, RECTIFIER + LEAK.current_pA(V), np.full(V.size, 0.5), 60)
    assert largest_conductance_nS(total, LEAK, -59.5) == pytest.approx(155.0 / 50.4, rel=1e-3)
    assert largest_conductance_nS(total, LEAK, -20.0) == pytest.approx(155.0 / 50.4, rel=1e-3)
    assert largest_conductance_nS(total, LEAK, 20.0) == pytest.approx(3055.0 / 90.4, rel=1e-3)  # −3055 pA at −120 mV
    low = Points(V[:10], total.i_pA[:10], total.se_pA[:10], 60)  # no voltage above that at which leak reverses
    assert largest_conductance_nS(low, LEAK, -59.5) == np.inf
