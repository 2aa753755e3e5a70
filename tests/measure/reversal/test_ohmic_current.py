"""A straight line that is left without the leak of the seal: leak, or a channel that cannot be told from it."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.points import Points
from reversal.measure.reversal.ohmic_current import ohmic_current
from reversal.measure.reversal.ohmic_leak import OhmicLeak
from reversal.physics.ghk_constant_field import constant_field
from reversal.physics.nernst import thermal_voltage_mV
from reversal.tables.reversals_table import LeakSource

V_mV = np.arange(-120.0, 21.0, 10.0)
THERMAL_mV = float(thermal_voltage_mV(25.0))
SEAL = OhmicLeak(LeakSource.SEAL, 0.5, 0.1, -10.0, 10.0)
"""Leak that was subtracted; it reverses between −30 and +10 mV."""


def points(i_pA: FloatArray, noise_pA: float = 1.0) -> Points:
    noisy = i_pA + noise_pA * np.random.default_rng(4).standard_normal(i_pA.size)
    return Points(V_mV[: i_pA.size], noisy, np.full(i_pA.size, noise_pA), 60)


def line(e_mV: float, g_nS: float = 2.0) -> FloatArray:
    return g_nS * (V_mV - e_mV)


@pytest.mark.parametrize(
    ("e_mV", "at_leak"),
    [(-100.0, False), (-60.0, False), (-20.0, True), (5.0, True)],
)
def test_a_line_may_be_leak_and_contradicts_ions_where_it_is_far_from_zero(e_mV: float, at_leak: bool) -> None:
    found = ohmic_current(points(line(e_mV)), SEAL, e_mV, 25.0)
    assert found is not None
    assert found.g_nS == pytest.approx(2.0, abs=0.05)
    assert found.at_leak is at_leak


@pytest.mark.parametrize("e_mV", [-90.0, -50.0])
def test_a_current_that_bends_is_of_a_channel(e_mV: float) -> None:
    field = constant_field(V_mV, e_mV, THERMAL_mV)
    assert ohmic_current(points(2.0 * field / field.max() * 100.0), SEAL, e_mV, 25.0) is None


def test_a_channel_that_rectifies_inward_is_not_leak() -> None:
    current = line(-85.0) / (1.0 + np.exp((V_mV + 85.0) / 12.0))
    assert ohmic_current(points(current), SEAL, -85.0, 25.0) is None


def test_nothing_is_said_where_noise_hides_the_bend_and_leak_does_not_reverse_there() -> None:
    assert ohmic_current(points(line(-60.0, 0.05), noise_pA=3.0), SEAL, -60.0, 25.0) is None


def test_two_points_are_always_a_line_and_say_nothing() -> None:
    assert ohmic_current(points(line(-100.0)[:2]), SEAL, -100.0, 25.0) is None
