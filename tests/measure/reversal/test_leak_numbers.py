"""Leak subtraction from the points of an I–V: conductances, errors and windows, checked with independent numbers."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.experiment.measure_settings import Leak
from reversal.measure.iv.points import Points
from reversal.measure.reversal.leak import by_sub_pulses, without_leak
from reversal.tables.findings.code import Code

V = np.arange(-120.0, 61.0, 10.0)
WINDOW = Leak(subtract="linear", from_mV=-120.0, to_mV=-60.0)


def points(i_pA: np.ndarray, v_mV: np.ndarray = V, se_pA: float = 1.0) -> Points:
    return Points(v_mV, i_pA, np.full(v_mV.size, se_pA), 60)


def codes(found: object) -> list[Code]:
    return [one.code for one in found.findings]  # type: ignore[attr-defined]


def gated(v_mV: np.ndarray) -> np.ndarray:
    return np.where(v_mV > -60.0, 0.05 * (v_mV + 60.0) ** 2, 0.0)


def test_line_of_the_window_is_subtracted_at_all_points() -> None:
    found = without_leak(points(2.0 * (V + 5.0) + gated(V)), WINDOW)
    assert (found.g_nS, found.e_mV) == pytest.approx((2.0, -5.0))
    np.testing.assert_allclose(found.leak_pA, 2.0 * (V + 5.0), atol=1e-9)
    np.testing.assert_allclose(found.points.i_pA, gated(V), atol=1e-9)


def test_errors_outside_the_window_include_the_error_of_the_line() -> None:
    """Standard error of a predicted observation (statsmodels) with known errors of 1 pA."""
    import statsmodels.api as sm

    inside = V <= -60.0
    line = sm.OLS(2.0 * (V[inside] + 5.0), sm.add_constant(V[inside])).fit(cov_type="fixed scale")
    outside = sm.add_constant(V[~inside])
    expected = np.sqrt(1.0 + np.einsum("ni,ij,nj->n", outside, line.normalized_cov_params, outside))
    found = without_leak(points(2.0 * (V + 5.0)), WINDOW)
    np.testing.assert_allclose(found.points.se_pA[~inside], expected, rtol=1e-5)


@pytest.mark.parametrize(("to_mV", "enough"), [(-110.0, False), (-100.0, True)])
def test_a_window_needs_three_points(to_mV: float, enough: bool) -> None:
    found = without_leak(points(2.0 * (V + 5.0)), Leak(subtract="linear", from_mV=-120.0, to_mV=to_mV))
    assert (found.leak_pA is not None) is enough
    if not enough:
        (why,) = found.findings
        assert (why.code, why.number, why.limit) == (Code.LEAK_WINDOW_POINTS, 2, 3)


@pytest.mark.parametrize("slope", [-2.0, 0.0])
def test_a_window_without_a_rising_line_gives_no_leak(slope: float) -> None:
    assert codes(without_leak(points(slope * V + 50.0), WINDOW)) == [Code.LEAK_WINDOW_FLAT]


@pytest.mark.parametrize(("probability", "line"), [(0.02, True), (0.005, False)])
def test_scatter_with_p_below_1_percent_is_not_a_line(probability: float, line: bool) -> None:
    """χ² of the residuals of a line through 19 points, 17 degrees of freedom (scipy); their signs alternate."""
    from scipy.stats import chi2

    rough = (-1.0) ** np.arange(V.size)
    residual = rough - np.polyval(np.polyfit(V, rough, 1), V)
    size = np.sqrt(chi2.isf(probability, V.size - 2) / (residual @ residual))
    every = Leak(subtract="linear", from_mV=-120.0, to_mV=60.0)
    found = without_leak(points(2.0 * V + size * rough), every)
    assert (Code.LEAK_WINDOW_CURVED not in codes(found)) is line


def test_few_runs_are_not_a_line_even_with_small_residuals() -> None:
    """Sixteen points of a bowl: 3 runs of 9.0 ± 1.9 expected (Wald & Wolfowitz 1940); alternating signs give 16."""
    v = np.arange(16) * 10.0 - 75.0
    every = Leak(subtract="linear", from_mV=-80.0, to_mV=80.0)
    bowl = 0.5 * np.where(np.abs(v) > 40.0, 1.0, -1.0)
    assert codes(without_leak(points(2.0 * v + bowl, v), every)) == [Code.LEAK_WINDOW_CURVED]
    turns = 0.5 * (-1.0) ** np.arange(16)
    assert codes(without_leak(points(2.0 * v + turns, v), every)) == []


BLOCKER = Leak(subtract="blocker", blocker="TTX")


def test_a_blocked_recording_is_interpolated_at_the_voltages_of_the_other() -> None:
    """2 nS reversing at −5 mV, measured at −100 … 0 mV: linear between the points and up to 1 mV beyond them."""
    blocked_v = np.arange(-100.0, 1.0, 20.0)
    at = np.array([-101.5, -100.5, -90.0, -35.0, -2.0, 0.5, 1.5])
    found = without_leak(points(3.0 * at, at), BLOCKER, blocked=points(2.0 * (blocked_v + 5.0), blocked_v, 0.5))
    np.testing.assert_allclose(found.points.v_mV, at[1:-1])
    np.testing.assert_allclose(found.leak_pA, 2.0 * (at[1:-1] + 5.0))
    np.testing.assert_allclose(found.points.i_pA, 3.0 * at[1:-1] - 2.0 * (at[1:-1] + 5.0))
    assert found.points.se_pA[1] == pytest.approx(
        np.sqrt(1.0 + 0.5**2 / 2.0)
    )  # half way between two points with errors of 0.5 pA
    assert (found.g_nS, found.e_mV) == (None, None)


@pytest.mark.parametrize(("shared", "enough"), [(3, False), (4, True)])
def test_a_blocked_recording_needs_four_shared_voltages(shared: int, enough: bool) -> None:
    blocked = points(2.0 * V[:shared], V[:shared])
    found = without_leak(points(3.0 * V), BLOCKER, blocked=blocked)
    assert (found.leak_pA is not None) is enough
    if not enough:
        (why,) = found.findings
        assert (why.code, why.number, why.limit) == (Code.BLOCKED_VOLTAGES_MISSING, 3, 4)
    assert codes(without_leak(points(3.0 * V), BLOCKER)) == [Code.BLOCKED_RECORDING_MISSING]


def test_current_subtracted_by_sub_pulses_gives_a_conductance() -> None:
    total, gated_only = points(2.0 * (V + 5.0) + gated(V)), points(gated(V))
    found = by_sub_pulses(total, gated_only)
    assert (found.g_nS, found.e_mV) == pytest.approx((2.0, -5.0))
    assert by_sub_pulses(points(gated(V)), points(2.0 * V + gated(V))).e_mV is None  # of the wrong sign
    assert codes(by_sub_pulses(total, None)) == [Code.SUB_PULSES_MISSING]


def test_a_bent_blocked_current_is_read_between_its_own_neighbours() -> None:
    """numpy's interpolation inside the range, the outermost line up to 1 mV beyond it."""
    v = np.arange(-100.0, 1.0, 20.0)
    bent = 0.02 * (v + 40.0) ** 2 - 10.0
    at = np.array([-100.8, -95.0, -70.0, -62.0, -33.0, -8.0, 0.8])
    found = without_leak(points(3.0 * at, at), BLOCKER, blocked=points(bent, v, 0.5))
    expected = np.interp(at, v, bent)
    expected[0] = bent[0] - 0.8 * (bent[1] - bent[0]) / 20.0
    expected[-1] = bent[-1] + 0.8 * (bent[-1] - bent[-2]) / 20.0
    np.testing.assert_allclose(found.leak_pA, expected)
