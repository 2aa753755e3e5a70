"""Zeros of channel models with their intervals, compared with scipy's fit and root finder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq, curve_fit

from reversal.arrays import FloatArray
from reversal.measure.reversal.channel_models import boltzmann_estimate, ghk_estimate
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.voltage.nernst_prediction import Carriers
from reversal.tables.estimates_table import Estimator

V = np.arange(-90.0, 41.0, 10.0)
SE = np.linspace(1.0, 4.0, V.size)
QUANTILE = 2.1
CARRIERS = Carriers((5.0, 140.0), (140.0, 10.0), (1, 1), 22.0)
THERMAL_mV = 8.31446261815324 * 295.15 / 96.48533212331


def limits_of(value: Callable[[float], float], error: Callable[[float], float], around: float) -> tuple[float, ...]:
    """Zero, and where the current is plus or minus so many errors; all within 20 mV of it."""
    zero = brentq(value, around - 20.0, around + 20.0)
    low = brentq(lambda v: value(v) + error(v), around - 20.0, zero)
    high = brentq(lambda v: value(v) - error(v), zero, around + 20.0)
    return float(zero), float(low), float(high)


def assert_equal(found: Estimate | None, expected: tuple[float, ...], misfit: float, estimator: Estimator) -> None:
    assert found is not None
    assert found.low_mV is not None
    assert found.high_mV is not None
    width = expected[2] - expected[1]
    assert (found.e_mV, found.low_mV, found.high_mV) == pytest.approx(expected, abs=0.01 * width)
    assert found.misfit == pytest.approx(misfit, rel=1e-3)
    assert found.estimator is estimator


def gated(v: FloatArray, g: float, e: float, half: float, slope: float) -> FloatArray:
    return np.asarray(g * (v - e) / (1.0 + np.exp(-(v - half) / slope)))


@pytest.mark.parametrize("size", [0.5, 1.4])
@pytest.mark.parametrize("slope", [9.0, -14.0])
def test_a_gate_times_driving_force_is_that_of_scipy(slope: float, size: float) -> None:
    """Scatter below the errors does not narrow the interval, scatter above them widens it by √(χ²/ν)."""
    noise = size * SE * np.random.default_rng(3).standard_normal(V.size)
    i = gated(V, 5.0, -30.0, -25.0, slope) + noise
    best, covariance = curve_fit(gated, V, i, (4.0, -25.0, -20.0, slope), SE, absolute_sigma=True)
    misfit = float((((i - gated(V, *best)) / SE) ** 2).sum() / (V.size - 4))
    inflate = QUANTILE * max(1.0, np.sqrt(misfit))

    def error(v: float) -> float:
        steps = 1e-4 * np.eye(4)
        row = [float(gated(v, *(best + step)) - gated(v, *(best - step))) / 2e-4 for step in steps]  # type: ignore[arg-type]
        return float(np.sqrt(np.array(row) @ covariance @ np.array(row)))

    expected = limits_of(lambda v: float(gated(v, *best)), lambda v: inflate * error(v), -30.0)  # type: ignore[arg-type]
    assert_equal(boltzmann_estimate(V, i, SE, QUANTILE), expected, misfit, Estimator.BOLTZMANN)


def test_standard_error_of_a_gated_current_is_that_of_its_reversal_potential() -> None:
    noise = 0.5 * SE * np.random.default_rng(3).standard_normal(V.size)
    i = gated(V, 5.0, -30.0, -25.0, 9.0) + noise
    _, covariance = curve_fit(gated, V, i, (4.0, -25.0, -20.0, 9.0), SE, absolute_sigma=True)
    found = boltzmann_estimate(V, i, SE, QUANTILE)
    assert found is not None
    assert found.se_mV == pytest.approx(np.sqrt(covariance[1, 1]), rel=0.03)


@pytest.mark.parametrize(("points", "known"), [(5, False), (6, True)])
def test_a_gated_current_needs_six_points(points: int, known: bool) -> None:
    v = np.linspace(-60.0, 20.0, points)
    assert (boltzmann_estimate(v, gated(v, 5.0, -30.0, -25.0, 9.0), np.ones(points), 2.0) is not None) is known


def field(v: FloatArray) -> FloatArray:
    """Goldman's current of each carrier of permeability 1, (v, ions), up to a factor that both share."""
    u = np.where(v == 0.0, 1e-9, v)[:, None] / THERMAL_mV
    out, inside = np.array(CARRIERS.out_mM), np.array(CARRIERS.in_mM)
    return np.asarray(u * (inside - out * np.exp(-u)) / (1.0 - np.exp(-u)))


@pytest.mark.parametrize("size", [0.5, 2.5])
def test_constant_field_currents_are_those_of_least_squares(size: float) -> None:
    noise = size * SE * np.random.default_rng(5).standard_normal(V.size)
    i = field(V) @ [0.5, 0.1] + noise
    design = field(V) / SE[:, None]
    best, covariance = np.linalg.lstsq(design, i / SE, rcond=None)[0], np.linalg.inv(design.T @ design)
    misfit = float(((i / SE - design @ best) ** 2).sum() / (V.size - 2))
    inflate = QUANTILE * max(1.0, np.sqrt(misfit))

    def value(v: float) -> float:
        return float(field(np.array([v]))[0] @ best)

    def error(v: float) -> float:
        row = field(np.array([v]))[0]
        return float(inflate * np.sqrt(row @ covariance @ row))

    expected = limits_of(value, error, -30.0)
    found = ghk_estimate(V, i, SE, CARRIERS, QUANTILE)
    assert_equal(found, expected, misfit, Estimator.GHK_CURRENT)
    slope = (value(expected[0] + 0.1) - value(expected[0] - 0.1)) / 0.2
    assert found is not None
    assert found.se_mV == pytest.approx(error(expected[0]) / inflate / slope, rel=0.01)


@pytest.mark.parametrize(("times", "known"), [(-1.9, True), (-2.1, False)])
def test_a_permeability_below_minus_two_standard_errors_refutes_the_model(times: float, known: bool) -> None:
    covariance = np.linalg.inv((field(V) / SE[:, None]).T @ (field(V) / SE[:, None]))
    i = field(V) @ [0.5, times * np.sqrt(covariance[1, 1])]
    assert (ghk_estimate(V, i, SE, CARRIERS, QUANTILE) is not None) is known


def test_constant_field_currents_need_more_points_than_ions() -> None:
    v = np.array([-60.0, 20.0])
    assert ghk_estimate(v, field(v) @ [0.5, 0.1], np.ones(2), CARRIERS, QUANTILE) is None
    v = np.array([-60.0, -20.0, 20.0])
    assert ghk_estimate(v, field(v) @ [0.5, 0.1], np.ones(3), CARRIERS, QUANTILE) is not None


def test_ions_with_one_ratio_of_concentrations_are_not_separable() -> None:
    same = Carriers((5.0, 10.0), (140.0, 280.0), (1, 1), 22.0)
    assert ghk_estimate(V, field(V)[:, 0], SE, same, QUANTILE) is None
