"""Extrapolated zeros, further crossings and the choice of the estimator, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.points import Points
from reversal.measure.reversal.local_polynomial import local_estimate
from reversal.measure.reversal.reversal_potential import Reversal, reversal_of
from reversal.measure.reversal.sign_changes import Bracket, OneSidedLimit
from reversal.measure.reversal.smooth_curve import smooth_estimate
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Crossing

V = np.arange(-60.0, 1.0, 10.0)


def of(i_pA: FloatArray, v_mV: FloatArray = V, se_pA: float = 0.5, dof: int = 60) -> Reversal:
    return reversal_of(Points(v_mV, i_pA, np.full(v_mV.size, se_pA), dof))


def codes(found: Reversal) -> list[Code]:
    return [one.code for one in found.findings]


@pytest.mark.parametrize(("zero_mV", "known"), [(-70.0, True), (-89.0, True), (-91.0, False)])
def test_a_zero_is_extrapolated_by_up_to_half_of_the_tested_range(zero_mV: float, known: bool) -> None:
    """From the three points nearest to it; the others are off their line."""
    outward = 2.0 * (V - zero_mV) + np.where(V > -35.0, 30.0, 0.0)
    for i, v, side, sign in ((outward, V, "below", 1.0), (-outward[::-1], -V[::-1], "above", -1.0)):
        found = of(i, v)
        assert found.estimate is None
        assert found.bound == OneSidedLimit(side, sign * -60.0)  # type: ignore[arg-type]
        if not known:
            assert (found.crossing, found.extrapolated_mV) == (Crossing.NONE, None)
            assert codes(found) == [Code.REVERSAL_OUT_OF_RANGE]
            continue
        assert found.crossing is Crossing.EXTRAPOLATED
        assert found.extrapolated_mV == pytest.approx(sign * zero_mV)
        outside, beyond = found.findings
        assert (outside.code, outside.number, outside.values["side"]) == (
            Code.REVERSAL_OUT_OF_RANGE,
            sign * -60.0,
            side,
        )
        assert outside.values["direction"] == ("outward" if sign > 0 else "inward")
        assert (beyond.code, beyond.number) == (Code.REVERSAL_EXTRAPOLATED, pytest.approx(-60.0 - zero_mV))
        assert beyond.values["zero_mV"] == pytest.approx(sign * zero_mV)
        assert (beyond.values["side"], beyond.values["where"]) == (side, "outside")


@pytest.mark.parametrize(("times", "known"), [(4.1, True), (3.9, False)])
def test_a_line_is_extrapolated_if_its_slope_is_significant(times: float, known: bool) -> None:
    """Three points 10 mV apart give a slope the error se/√200."""
    se = 2.0 * np.sqrt(200.0) / times
    assert (of(2.0 * (V + 70.0), V, se).extrapolated_mV is not None) is known
    assert of(-2.0 * (V - 10.0), V).extrapolated_mV is None  # outward and falling


def test_a_current_of_two_signs_without_a_clear_change_has_no_bound() -> None:
    assert codes(of(np.full(V.size, 0.4))) == [Code.CURRENT_NOT_DETECTED]


@pytest.mark.parametrize(("points", "estimator"), [(3, Estimator.LOCAL_POLYNOMIAL), (4, Estimator.SMOOTH_CURVE)])
def test_a_smooth_curve_needs_four_points(points: int, estimator: Estimator) -> None:
    v = np.linspace(-60.0, 0.0, points)
    found = of(2.0 * (v + 22.0), v)
    assert found.estimate is not None
    assert found.estimate.estimator is estimator
    assert found.estimates[0] is found.estimate
    assert [one.estimator for one in found.estimates].count(estimator) == 1


def test_few_degrees_of_freedom_widen_the_interval_of_the_local_polynomial() -> None:
    """t is 2.571 with 5 degrees of freedom and 2.000 with 60. Steps of 5 mV leave no bend unseen."""
    v = np.array([-24.0, -19.0, -14.0])
    few, many = (of(2.0 * (v + 22.0), v, 0.1, dof).estimate for dof in (5, 60))
    assert few is not None
    assert many is not None
    assert few.low_mV is not None
    assert many.low_mV is not None
    assert (few.e_mV - few.low_mV) / (many.e_mV - many.low_mV) == pytest.approx(2.571 / 2.000, rel=0.01)


def test_a_rising_crossing_is_reported_and_a_falling_one_is_listed() -> None:
    v = np.arange(-80.0, 61.0, 10.0)
    i = 0.05 * (v + 45.0) * (22.0 - v)
    found = of(i, v)
    rises, falls = (
        smooth_estimate(v, i, np.full(v.size, 0.5), bracket)
        for bracket in (Bracket(3, 4, rising=True), Bracket(10, 11, rising=False))
    )
    assert rises is not None
    assert falls is not None
    assert found.estimate is not None
    assert found.estimate.e_mV == pytest.approx(rises.e_mV)
    assert found.others_mV == pytest.approx((falls.e_mV,))
    (further,) = [one for one in found.findings if one.code is Code.FURTHER_SIGN_CHANGE]
    assert further.values["voltages"] == f"{falls.e_mV:.1f}"


def test_several_rising_crossings_or_only_falling_ones_give_no_value() -> None:
    v = np.arange(-90.0, 91.0, 10.0)
    twice = of(-1e-3 * (v + 65.0) * (v - 5.0) * (65.0 - v), v, 0.05)
    assert (twice.estimate, twice.crossing) == (None, Crossing.BRACKETED)
    (several,) = twice.findings
    assert (several.code, several.number) == (Code.SEVERAL_REVERSALS, 3)
    assert twice.others_mV == pytest.approx((-65.0, 5.0, 65.0), abs=1.0)
    assert several.values["voltages"] == ", ".join(f"{e:.1f}" for e in twice.others_mV)
    only = of(-2.0 * (V + 22.0))
    assert only.estimate is not None
    assert codes(only) == [Code.CURRENT_FALLS]
    assert only.estimates == (only.estimate,)
    both = of(1e-3 * (v + 65.0) * (v - 5.0) * (65.0 - v), v, 0.05)  # falls, rises, falls
    assert both.estimate is not None
    assert both.estimate.e_mV == pytest.approx(5.0, abs=1.0)
    assert both.others_mV == pytest.approx((-65.0, 65.0), abs=1.0)


def test_other_estimators_are_left_out_if_not_asked_for() -> None:
    points = Points(V, 2.0 * (V + 22.0), np.full(V.size, 0.5), 60)
    assert len(reversal_of(points, compare=False).estimates) == 1
    found = reversal_of(points)
    local = local_estimate(V, points.i_pA, points.se_pA, Bracket(3, 4, rising=True), 2.0)
    assert local is not None
    by = {one.estimator: one for one in found.estimates}
    assert set(by) >= {Estimator.SMOOTH_CURVE, Estimator.LOCAL_POLYNOMIAL, Estimator.STRAIGHT_LINE}
    assert by[Estimator.LOCAL_POLYNOMIAL].e_mV == pytest.approx(local.e_mV)
