"""Error budget of a reversal potential, checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.measure.iv.points import Points
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.reversal.error_budget import budget_of
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.ohmic_leak import Displacement
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.voltage.junction_correction import Offset
from reversal.measure.voltage.nernst_prediction import Prediction
from reversal.tables.estimates_table import Estimator
from reversal.tables.reversals_table import Crossing

V = np.arange(-100.0, 1.0, 20.0)
TOTAL = Points(V, 5.0 * (V + 60.0), np.ones(V.size), 60)  # 50 pA at −50 mV, the reversal potential of the channel
OFFSET = Offset(4.0, 0.5, 1.2)
NOTHING = Reversal(None, Crossing.NONE)


def prediction(e_nernst_mV: float | None = -88.0) -> Prediction:
    return Prediction(ion="K", out_mM=5.0, in_mM=140.0, z=1, e_nernst_mV=e_nernst_mV)


def reversal(
    low_mV: float | None = -52.0, high_mV: float | None = -47.0, leak: Displacement | None = None
) -> MeasuredReversal:
    found = Reversal(Estimate(-50.0, low_mV, high_mV, 1.1, Estimator.SMOOTH_CURVE, None), Crossing.BRACKETED)
    return MeasuredReversal(TOTAL, found, found, leak)


def series(sd_MOhm: float) -> SeriesResistance:
    return SeriesResistance(10.0, 2.0, sd_MOhm, "membrane test")


def test_each_term_is_the_error_from_one_source() -> None:
    """50 pA · 4 MΩ = 0.2 mV; a drift of 3 mV is uniform, 3/√3; 0.5 °C shift −88 mV by 88 · 0.5/298.15."""
    budget = budget_of(reversal(), TOTAL, series(4.0), OFFSET, prediction(), 25.0, drift_mV=-3.0)
    assert budget is not None
    assert budget.points_mV == 1.1
    assert budget.series_mV == pytest.approx(0.2)
    assert budget.drift_mV == pytest.approx(math.sqrt(3.0))
    assert budget.junction_mV == 1.2
    assert budget.temperature_mV == pytest.approx(88.0 * 0.5 / 298.15)
    assert budget.own_mV == pytest.approx(math.sqrt(1.1**2 + 0.2**2 + 3.0))
    assert budget.shared_mV == pytest.approx(math.hypot(1.2, 88.0 * 0.5 / 298.15))


def test_errors_are_added_in_quadrature_to_each_limit() -> None:
    budget = budget_of(reversal(), TOTAL, series(4.0), OFFSET, prediction(), 25.0, drift_mV=3.0)
    assert budget is not None
    more = 1.96 * math.sqrt(0.2**2 + 3.0)
    assert budget.own_low_mV == pytest.approx(-50.0 - math.hypot(2.0, more), rel=1e-4)
    assert budget.own_high_mV == pytest.approx(-50.0 + math.hypot(3.0, more), rel=1e-4)


def test_the_whole_interval_has_the_shared_errors_too() -> None:
    """Junction 1.2 mV and temperature 0.15 mV, and 4 mV down and 1 mV up by the error of the leak."""
    leak = Displacement(down_mV=4.0, up_mV=1.0, g_mV=1.2, e_mV=0.5)
    budget = budget_of(reversal(leak=leak), TOTAL, None, OFFSET, prediction(), 25.0)
    assert budget is not None
    shared = 1.96 * math.hypot(1.2, 88.0 * 0.5 / 298.15)
    assert (budget.own_low_mV, budget.own_high_mV) == (-52.0, -47.0)
    assert budget.low_mV == pytest.approx(-50.0 - math.sqrt(2.0**2 + shared**2 + 4.0**2), rel=1e-4)
    assert budget.high_mV == pytest.approx(-50.0 + math.sqrt(3.0**2 + shared**2 + 1.0**2), rel=1e-4)
    assert budget.leak_mV == pytest.approx(1.3)


def test_a_leak_that_may_be_the_whole_current_leaves_the_interval_open() -> None:
    leak = Displacement(down_mV=None, up_mV=1.0, g_mV=1.2, e_mV=0.5)
    budget = budget_of(reversal(leak=leak), TOTAL, None, OFFSET, prediction(), 25.0)
    assert budget is not None
    assert budget.low_mV is None
    assert budget.high_mV is not None


def test_unknown_errors_add_nothing_and_an_open_limit_stays_open() -> None:
    budget = budget_of(reversal(None, None), TOTAL, None, OFFSET, prediction(None), 25.0)
    assert budget is not None
    assert (budget.series_mV, budget.drift_mV, budget.temperature_mV) == (0.0, 0.0, 0.0)
    assert (budget.low_mV, budget.high_mV) == (None, None)
    assert budget.own_mV == pytest.approx(1.1)
    assert budget_of(MeasuredReversal(TOTAL, NOTHING, NOTHING), TOTAL, None, OFFSET, prediction(), 25.0) is None
