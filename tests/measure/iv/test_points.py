"""Points of an I–V: sweeps of one level are averaged, with their errors and correlations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.measure.iv.iv_constants import MAX_LEVELS
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points, points_of, slope_nS
from reversal.tables.iv_table import IVKind

COMMAND = np.array([20.0, -40.0, 0.0, -40.0004, 20.0, -40.0])
V = np.array([18.0, -41.0, -1.0, -43.0, 19.0, -42.0])
CURRENT = np.array([50.0, -90.0, -2.0, -96.0, 54.0, -93.0])
SE = np.array([1.0, 2.0, 1.5, 3.0, 2.0, 6.0])
COUNTS = np.array([3, 1, 2])


def curve(**changes: Any) -> IVCurve:
    kind = changes.pop("kind", IVKind.STEADY)
    return IVCurve(kind, np.arange(6), COMMAND, CURRENT, SE, 50.0, np.zeros((6, 2)), 23, **changes)


def test_sweeps_of_one_level_are_averaged_and_sorted_by_voltage() -> None:
    found = points_of(V, curve())
    assert found.v_mV == pytest.approx([-42.0, -1.0, 18.5])
    assert found.i_pA == pytest.approx([-93.0, -2.0, 52.0])
    assert found.se_pA == pytest.approx([7.0 / 3.0, 1.5, np.sqrt(5.0) / 2.0])
    assert (found.dof, found.correlation, found.hidden) == (23, None, False)
    turned = points_of(-V, curve())
    assert turned.v_mV == pytest.approx([-18.5, 1.0, 42.0])
    assert turned.i_pA == pytest.approx([52.0, -2.0, -93.0])


def test_correlation_of_points_is_that_of_their_means() -> None:
    correlation = 0.5 ** np.abs(np.subtract.outer(np.arange(6), np.arange(6)))
    found = points_of(V, curve(correlation=correlation, kind=IVKind.RAMP))
    covariance = correlation * np.outer(SE, SE)
    groups = [[1, 3, 5], [2], [0, 4]]
    expected = np.array([[covariance[np.ix_(a, b)].mean() for b in groups] for a in groups])
    assert found.correlation is not None
    assert found.se_pA == pytest.approx(np.sqrt(np.diag(expected)))
    assert found.correlation * np.outer(found.se_pA, found.se_pA) == pytest.approx(expected)
    assert found.hidden


def test_errors_are_at_least_a_billionth_of_the_largest_current() -> None:
    silent = IVCurve(IVKind.STEADY, np.arange(6), COMMAND, CURRENT, np.zeros(6), 50.0, np.zeros((6, 2)), 23)
    assert points_of(V, silent).se_pA == pytest.approx(np.full(3, 94e-9))


def test_errors_for_estimators_that_ignore_correlation() -> None:
    """Enlarged by the sum of the correlations of a point, if that is above 1."""
    correlation = np.array([[1.0, 0.6, 0.2], [0.6, 1.0, -0.9], [0.2, -0.9, 1.0]])
    found = Points(np.arange(3.0), np.arange(3.0), np.array([1.0, 2.0, 3.0]), 60, correlation)
    assert found.independent_se_pA == pytest.approx([np.sqrt(1.8), 2.0, 3.0])
    alone = Points(np.arange(3.0), np.arange(3.0), np.array([1.0, 2.0, 3.0]), 60)
    assert alone.independent_se_pA == pytest.approx([1.0, 2.0, 3.0])


def test_hidden_errors_from_few_sweeps_are_widened_by_students_t() -> None:
    """Quantile for 5 degrees of freedom, 2.571, over 1.960."""
    one = Points(np.arange(3.0), np.arange(3.0), np.ones(3), 5)
    assert one.widen == 1.0
    hidden = Points(np.arange(3.0), np.arange(3.0), np.ones(3), 5, np.eye(3), hidden=True)
    assert hidden.widen == pytest.approx(2.5706 / 1.9600, rel=0.01)


def test_slope_is_interpolated_between_those_at_the_points() -> None:
    v = np.array([-40.0, -20.0, 0.0, 20.0])
    points = Points(v, 0.05 * v**2, np.ones(4), 60)
    assert slope_nS(points, -20.0) == pytest.approx(-2.0)
    assert slope_nS(points, -5.0) == pytest.approx(-0.5)


def family_of(levels_mV: np.ndarray) -> IVCurve:
    """A straight I–V, 2 nS through −30 mV, without noise."""
    count, se_pA = levels_mV.size, np.ones(levels_mV.size)
    current_pA = 2.0 * (levels_mV + 30.0)
    return IVCurve(IVKind.STEADY, np.arange(count), levels_mV, current_pA, se_pA, 50.0, np.zeros((count, 2)), 23)


def test_neighbours_among_very_many_levels_are_averaged() -> None:
    levels_mV = np.linspace(-100.0, 50.0, 4 * MAX_LEVELS + 1)
    found = points_of(levels_mV, family_of(levels_mV))
    assert MAX_LEVELS <= found.v_mV.size <= MAX_LEVELS + 1
    assert found.i_pA == pytest.approx(2.0 * (found.v_mV + 30.0))
    assert found.se_pA[:-1] == pytest.approx(0.5, abs=0.08)  # of 3 to 5 levels
    few_mV = levels_mV[:MAX_LEVELS]
    np.testing.assert_array_equal(points_of(few_mV, family_of(few_mV)).v_mV, few_mV)


def test_many_measured_values_of_few_levels_are_not_averaged_across_levels() -> None:
    noise_mV = np.random.default_rng(2).normal(0.0, 0.01, 2 * MAX_LEVELS)
    levels_mV = np.repeat(np.arange(-100.0, 60.0, 10.0), MAX_LEVELS // 8 + 1)[: noise_mV.size] + noise_mV
    found = points_of(levels_mV, family_of(levels_mV))
    assert np.abs(found.v_mV - np.round(found.v_mV, -1)).max() < 0.2
