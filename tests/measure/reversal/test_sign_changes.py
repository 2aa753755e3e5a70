"""Brackets of the zero of an I–V, and agreement of the other estimators with the primary one."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.iv.points import Points
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_potential import agrees, reversal_of
from reversal.measure.reversal.sign_changes import Bracket, OneSidedLimit, one_sided_limit, sign_changes
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code


def brackets(*i_pA: float) -> list[Bracket]:
    return sign_changes(np.array(i_pA), np.ones(len(i_pA)))


def test_a_point_within_two_standard_errors_of_zero_belongs_to_the_bracket() -> None:
    assert brackets(-9.0, -5.0, -1.9, 1.9, 5.0) == [Bracket(1, 4, True)]
    assert brackets(-9.0, -5.0, -2.1, 2.1, 5.0) == [Bracket(2, 3, True)]
    assert brackets(9.0, 5.0, -5.0) == [Bracket(1, 2, False)]
    assert brackets(1.0, -1.0, 1.5) == []


def test_sign_changes_from_noise_are_ignored() -> None:
    """One of 6 points above 2.5 standard errors may be chance; the large change is narrowed to significant points."""
    assert brackets(2.5, -9.0, -2.5, 0.5, 3.0, 9.0) == [Bracket(2, 4, True)]
    assert [b.rising for b in brackets(9.0, -9.0, -9.0, 9.0)] == [False, True]


@pytest.mark.parametrize(
    ("i_pA", "expected"),
    [
        ((1.9, 2.1, 5.0), OneSidedLimit("below", -20.0)),
        ((-5.0, -2.1, -1.9), OneSidedLimit("above", -20.0)),
        ((-5.0, 0.0, 5.0), None),
        ((0.0, 1.0, -1.5), None),
    ],
)
def test_a_current_of_one_sign_bounds_e_rev(i_pA: tuple[float, ...], expected: OneSidedLimit | None) -> None:
    assert one_sided_limit(np.array([-30.0, -20.0, -10.0]), np.array(i_pA), np.ones(3)) == expected


@pytest.mark.parametrize(("count", "enough"), [(2, False), (3, True)])
def test_a_reversal_needs_three_voltages(count: int, enough: bool) -> None:
    v = np.array([-40.0, 0.0, 40.0])[:count]
    found = reversal_of(Points(v, 3.0 * (v + 20.0), np.ones(count), 60))
    assert (found.estimate is not None) is enough
    if not enough:
        assert [(f.code, f.number, f.limit) for f in found.findings] == [(Code.VOLTAGES_TOO_FEW, 2, 3)]


def judged(apart_mV: float, se_mV: float, misfit: float) -> bool | None:
    primary = Estimate(-70.0, -71.0, -69.0, 0.3, Estimator.SMOOTH_CURVE, None)
    return agrees(Estimate(-70.0 + apart_mV, None, None, se_mV, Estimator.BOLTZMANN, misfit), primary)


def test_estimators_agree_within_four_standard_errors_or_a_millivolt() -> None:
    """Errors of 0.3 and 0.4 mV: 0.5 together."""
    assert [judged(d, 0.4, 1.0) for d in (1.99, 2.01, -1.99, -2.01)] == [True, False, True, False]
    assert [judged(d, 0.0, 1.0) for d in (1.19, 1.21)] == [True, False]
    primary = Estimate(-70.0, -71.0, -69.0, 0.01, Estimator.SMOOTH_CURVE, None)
    near = [Estimate(-70.0 + d, None, None, 0.01, Estimator.BOLTZMANN, 1.0) for d in (0.99, 1.01)]
    assert [agrees(one, primary) for one in near] == [True, False]
    assert [judged(5.0, 0.4, misfit) for misfit in (2.0, 2.1)] == [False, None]


def test_a_falling_current_is_a_finding_and_a_distant_zero_is_not_extrapolated() -> None:
    v = np.arange(-40.0, 41.0, 10.0)
    falls = reversal_of(Points(v, -3.0 * (v - 5.0), np.ones(v.size), 60))
    assert falls.estimate is not None
    assert Code.CURRENT_FALLS in {f.code for f in falls.findings}
    # tested range 80 mV: a zero up to 40 mV outside is extrapolated, on both sides
    zeros = (-79.0, -81.0, 79.0, 81.0)
    found = [reversal_of(Points(v, 3.0 * (v - e), np.ones(v.size), 60)).extrapolated_mV for e in zeros]
    assert found == [pytest.approx(-79.0), None, pytest.approx(79.0), None]
    flat = reversal_of(Points(v, 0.1 * (v + 60.0) + 5.0, np.ones(v.size), 60))
    assert flat.extrapolated_mV is None  # the slope of three points is not significant
