"""Jumps, drift, clipped samples and delays of made-up recordings, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.clipping import clipped_samples
from reversal.measure.quality.steadiness import (
    holding_drift_mV,
    holding_drift_pA,
    jump_mV,
)
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.tables.estimates_table import Estimator
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import Crossing
from tests.measure.made_recordings import recording, steps

PER_S = 10000.0


def sweeps_of(rows: FloatArray, levels: FloatArray | None = None, before: int = 2000, **changes: Any) -> Sweeps:
    """A family from −80 mV; its steps are as long as the rest of the rows."""
    level = np.linspace(-60.0, 20.0, len(rows)) if levels is None else levels
    commands = [steps((-80.0, before), (v, rows.shape[1] - before)) for v in level.tolist()]
    return Sweeps.of(recording(rows, commands, **changes))


def test_clipped_samples_of_the_windows_are_counted() -> None:
    """99.9 % of 100 pA in either direction; one sample before and one after the window do not count."""
    rows = np.zeros((4, 2400))
    rows[1, [2099, 2100, 2150, 2199, 2200]] = 99.9
    rows[2, [2100, 2101]] = -100.0
    rows[3, 2150] = 99.8
    curve = IVCurve(
        IVKind.STEADY,
        np.array([1, 2, 3]),
        np.zeros(3),
        np.zeros(3),
        np.ones(3),
        1.0,
        np.tile([210.0, 220.0], (3, 1)),
        60,
    )
    assert clipped_samples(sweeps_of(rows, limit_pA=100.0), curve) == 5
    assert clipped_samples(sweeps_of(rows), curve) == 0


def holding(values: FloatArray, before: int = 400, noise: float = 0.0) -> Sweeps:
    rows = values[:, None] + noise * np.random.default_rng(1).standard_normal((values.size, before + 400))
    return sweeps_of(rows, before=before)


TREND = 2.0 * np.arange(8) + 0.05 * (-1.0) ** np.arange(8)


def test_drift_of_the_holding_current_is_its_trend() -> None:
    assert holding_drift_pA(holding(TREND)) == pytest.approx(14.0, abs=0.1)
    assert holding_drift_pA(holding(0.05 * (-1.0) ** np.arange(8))) is None
    assert holding_drift_pA(holding(TREND[:3])) is None
    assert holding_drift_pA(holding(TREND[:4])) is not None
    assert holding_drift_pA(holding(TREND, before=7)) is None
    assert holding_drift_pA(holding(TREND, before=8)) is not None


V = np.arange(-100.0, 11.0, 10.0)


def reversal(e_mV: float | None) -> Reversal:
    estimate = None if e_mV is None else Estimate(e_mV, None, None, 0.5, Estimator.SMOOTH_CURVE, None)
    return Reversal(estimate, Crossing.BRACKETED)


def test_drift_as_a_shift_of_e_rev_is_divided_by_the_slope_there() -> None:
    """0.05 (V + 110)² has the slope 0.1 (V + 110), 4 nS at −70 mV."""
    used = Subtracted(Points(V, 0.05 * (V + 110.0) ** 2 - 80.0, np.ones(V.size), 60))
    assert holding_drift_mV(holding(TREND), used, reversal(-70.0)) == pytest.approx(-14.0 / 4.0, rel=0.02)
    assert holding_drift_mV(holding(TREND), used, reversal(None)) is None
    falling = Subtracted(Points(V, -0.05 * (V + 110.0) ** 2 + 80.0, np.ones(V.size), 60))
    assert holding_drift_mV(holding(TREND), falling, reversal(-70.0)) is None


def jumping(
    by_pA: float = 30.0,
    at: int = 5,
    e_mV: float = -75.0,
    holding_pA: float = 30.0,
    rough_pA: float = 0.0,
    **changes: Any,
) -> float | None:
    """A conductance of 3 nS; current and holding current jump after the sweep ``at``, all else is steady."""
    n = V.size
    after = np.arange(n) > at
    wiggle = 0.4 * (-1.0) ** np.arange(n)
    v = changes.pop("v_mV", V)
    bent = rough_pA * (-1.0) ** (np.arange(n) // 2)
    curve = IVCurve(
        IVKind.STEADY, changes.pop("sweep", np.arange(n)), v, 3.0 * (v + 75.0) + by_pA * after + bent, np.ones(n), 50.0,
        np.zeros((n, 2)), 60,
    )  # fmt: skip
    return jump_mV(holding(holding_pA * after + wiggle), curve, v, e_mV)


def test_a_jump_is_divided_by_the_slope_at_e_rev() -> None:
    assert jumping() == pytest.approx(-10.0)
    assert jumping(-30.0) == pytest.approx(10.0)
    # slope between −50 and −40 mV, where it jumps, is 6 nS: that of E_rev is interpolated between the middles
    assert jumping(e_mV=-45.0) == pytest.approx(-5.0)
    assert jumping(e_mV=-50.0) == pytest.approx(-30.0 / 4.5)
    assert jumping(by_pA=-30.0, v_mV=V[::-1], e_mV=-75.0) == pytest.approx(10.0)


def test_holding_current_and_family_have_to_jump_together() -> None:
    """Steps of the holding current of 0.8 pA have the standard deviation 0.8/0.6745 pA; four of them are 4.7 pA."""
    assert jumping(holding_pA=3.0) is None
    assert jumping(holding_pA=6.0) is not None
    assert jumping(by_pA=0.0) is None
    assert jumping(rough_pA=5.0) is None
    assert jumping(rough_pA=1.0) is not None


def test_a_jump_is_near_e_rev_and_inside_the_family() -> None:
    """The jump is between −50 and −40 mV."""
    assert jumping(e_mV=19.0) is not None
    assert jumping(e_mV=21.0) is None
    assert jumping(at=0) is None
    assert jumping(at=1, e_mV=-65.0) is not None
    assert jumping(at=9, e_mV=-65.0) is not None
    assert jumping(at=10, e_mV=-40.0) is None


def test_a_jump_needs_sweeps_one_after_the_other_at_rising_or_falling_voltages() -> None:
    skipping = np.arange(V.size)
    assert jumping(sweep=np.where(skipping > 5, skipping[::-1], skipping)) is None
    mixed = V.copy()
    mixed[[2, 3]] = mixed[[3, 2]]
    assert jumping(v_mV=mixed) is None
