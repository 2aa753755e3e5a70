"""Reversal potentials from I–V points with a known zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reversal.measure.iv.points import Points
from reversal.measure.reversal.channel_models import boltzmann_estimate, ghk_estimate
from reversal.measure.reversal.local_polynomial import fit_polynomial, line_estimate, zero_of
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.measure.reversal.sign_changes import Bracket
from reversal.measure.reversal.smooth_curve import smooth_estimate
from reversal.measure.voltage.nernst_prediction import Carriers
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Crossing

V = np.arange(-120.0, 61.0, 10.0)
SE = np.full(V.size, 1.0)


def points(i: np.ndarray, v: np.ndarray = V) -> Points:
    return Points(v, i, np.full(v.size, 1.0), 60)


def test_interval_of_a_line_matches_fieller() -> None:
    """Roots of (b1² − t² v11) x² + 2 (b0 b1 − t² v01) x + b0² − t² v00 = 0 (Fieller 1954)."""
    rng = np.random.default_rng(1)
    v = np.array([-20.0, -10.0, 0.0, 10.0, 20.0])
    i = 0.5 * (v - 3.0) + rng.standard_normal(5)
    fit = fit_polynomial(v, i, np.ones(5), 1, 0.0, 1.0)
    (b0, b1), cov, t = fit.coefficients, fit.covariance, 1.96
    roots = np.roots([b1**2 - t**2 * cov[1, 1], 2 * (b0 * b1 - t**2 * cov[0, 1]), b0**2 - t**2 * cov[0, 0]])
    found = zero_of(fit, (0.0, 10.0), t, 1.0, Estimator.STRAIGHT_LINE)
    assert found is not None
    assert found.e_mV == pytest.approx(-b0 / b1)
    assert [found.low_mV, found.high_mV] == pytest.approx(sorted(roots.real))


def test_a_slope_that_may_be_zero_has_no_interval() -> None:
    v = np.array([-20.0, -10.0, 0.0, 10.0, 20.0])
    fit = fit_polynomial(v, np.array([-1.0, 0.5, -0.3, 0.4, 0.9]), np.full(5, 5.0), 1, 0.0, 1.0)
    found = zero_of(fit, (-10.0, 0.0), 1.96, 1.0, Estimator.STRAIGHT_LINE)
    assert found is not None
    assert (found.low_mV, found.high_mV) == (None, None)


@given(e=st.floats(-100, 40), g=st.floats(1.0, 50.0), shift=st.floats(-30, 30))
@settings(max_examples=30, deadline=None)
def test_e_rev_of_a_linear_current_is_the_zero_of_its_line(e: float, g: float, shift: float) -> None:
    there = reversal_of(points(g * (V - e)), compare=False).estimate
    moved = reversal_of(points(g * (V - e), V + shift), compare=False).estimate
    assert there is not None
    assert moved is not None
    assert there.e_mV == pytest.approx(e, abs=there.se_mV)
    assert moved.e_mV - there.e_mV == pytest.approx(shift, abs=0.02)


def test_smooth_curve_finds_the_zero_of_a_rectifier_with_coarse_steps() -> None:
    current = 20.0 * (V + 83.0) * (0.05 + 0.95 / (1.0 + np.exp((V + 78.0) / 12.0)))
    bracket = Bracket(3, 4, True)
    smooth = smooth_estimate(V, current, SE, bracket)
    line = line_estimate(V, current, SE, bracket, 1.96)
    assert smooth is not None
    assert line is not None
    assert abs(smooth.e_mV + 83.0) < 0.25 < abs(line.e_mV + 83.0)
    assert smooth.low_mV is not None
    assert smooth.high_mV is not None
    assert smooth.low_mV < -83.0 < smooth.high_mV


def test_gate_times_driving_force_recovers_its_reversal_potential() -> None:
    current = 5.0 * (V + 20.0) / (1.0 + np.exp(-(V + 40.0) / 9.0))
    found = boltzmann_estimate(V, current, np.full(V.size, 0.5), 1.96)
    assert found is not None
    assert found.e_mV == pytest.approx(-20.0, abs=0.05)
    assert found.misfit == pytest.approx(0.0, abs=1e-3)


def test_ghk_currents_reverse_at_the_ghk_voltage() -> None:
    """V = (RT/F) ln[(K_o + α Na_o)/(K_i + α Na_i)] at 20 °C, RT/F = 25.2617 mV (Hodgkin & Katz 1949)."""
    ratio, thermal = 0.05, 25.2617
    u = V / thermal

    def ion(into: float, out: float) -> np.ndarray:
        return u * (into - out * np.exp(-u)) / (1.0 - np.exp(-u))

    with np.errstate(invalid="ignore"):
        current = ion(140.0, 5.0) + ratio * ion(10.0, 145.0)
    current[V == 0.0] = (140.0 - 5.0) + ratio * (10.0 - 145.0)
    found = ghk_estimate(V, current, SE, Carriers((5.0, 145.0), (140.0, 10.0), (1, 1), 20.0), 1.96)
    expected = thermal * np.log((5.0 + ratio * 145.0) / (140.0 + ratio * 10.0))
    assert found is not None
    assert found.e_mV == pytest.approx(expected, abs=0.05)


def test_current_of_one_sign_gives_a_bound_without_a_value() -> None:
    v = np.arange(-40.0, 41.0, 10.0)
    result = reversal_of(Points(v, 3.0 * (v + 85.0), np.ones(v.size), 60))
    assert result.estimate is None
    assert result.bound is not None
    assert (result.bound.side, result.bound.v_mV) == ("below", -40.0)
    assert result.crossing is Crossing.NONE
    assert result.extrapolated_mV is None  # more than half the tested range away


def test_zero_close_to_the_tested_range_is_extrapolated() -> None:
    v = np.arange(-40.0, 41.0, 10.0)
    result = reversal_of(Points(v, 3.0 * (v + 50.0), np.ones(v.size), 60))
    assert result.estimate is None
    assert result.crossing is Crossing.EXTRAPOLATED
    assert result.extrapolated_mV == pytest.approx(-50.0, abs=1.0)
    outside, extrapolated = result.findings
    assert (outside.code, outside.number) == (Code.REVERSAL_OUT_OF_RANGE, -40.0)
    assert extrapolated.code is Code.REVERSAL_EXTRAPOLATED
    assert extrapolated.number == pytest.approx(10.0, abs=0.05)
    assert (extrapolated.values["where"], extrapolated.values["side"]) == ("outside", "below")


def test_zero_inside_the_tested_range_is_not_called_outside() -> None:
    v = np.arange(-60.0, 61.0, 10.0)
    result = reversal_of(Points(v, 3.0 * (v - 57.0), np.full(v.size, 5.0), 60))
    assert result.extrapolated_mV == pytest.approx(57.0, abs=1.0)
    outside, extrapolated = result.findings
    assert (outside.code, outside.number) == (Code.REVERSAL_OUT_OF_RANGE, 50.0)
    assert extrapolated.code is Code.REVERSAL_EXTRAPOLATED
    assert (extrapolated.values["where"], extrapolated.values["side"]) == ("inside", "above")
    assert extrapolated.values["zero_mV"] == result.extrapolated_mV


def test_noise_has_no_reversal_potential() -> None:
    result = reversal_of(points(0.5 * np.sin(V)))
    assert (result.estimate, result.bound, result.crossing) == (None, None, Crossing.NONE)
    assert [found.code for found in result.findings] == [Code.CURRENT_NOT_DETECTED]


def test_all_zero_crossings_are_reported() -> None:
    current = (V + 85.0) * (V + 35.0) * (V - 25.0) * 0.01
    result = reversal_of(points(current))
    assert result.estimate is None
    assert result.others_mV == pytest.approx((-85.0, -35.0, 25.0), abs=1.0)
    assert [(found.code, found.number) for found in result.findings] == [(Code.SEVERAL_REVERSALS, 3)]


def test_noise_with_closed_gates_gives_no_further_crossing() -> None:
    """Ten points of noise: in about a third of such families, one point exceeds two standard errors by chance."""
    from reversal.measure.reversal.sign_changes import sign_changes

    v = np.arange(-160.0, 41.0, 10.0)
    truth = np.where(v > -60.0, 4.0 * (v + 20.0), np.where(v == -60.0, -40.0, 0.0))
    counts = []
    for seed in range(300):
        noise = np.random.default_rng(seed).standard_normal(v.size)
        counts.append(len(sign_changes(truth + noise, np.ones(v.size))))
    assert np.mean(np.array(counts) == 1) > 0.98


def test_sweeps_at_one_level_are_averaged_and_keep_their_shared_error() -> None:
    """Two levels, each twice: independent errors average out, a shared error of 3 pA remains."""
    from reversal.measure.iv.iv_curve import IVCurve
    from reversal.measure.iv.points import points_of
    from reversal.tables.iv_table import IVKind

    covariance = np.eye(4) + 9.0
    se = np.sqrt(np.diag(covariance))
    level = np.array([10.0, -10.0, 10.0, -10.0])
    curve = IVCurve(
        IVKind.STEADY,
        np.arange(4),
        level,
        np.array([4.0, -4.0, 6.0, -6.0]),
        se,
        1.0,
        np.zeros((4, 2)),
        60,
        covariance / np.outer(se, se),
    )
    points = points_of(level, curve)
    np.testing.assert_allclose(points.v_mV, [-10.0, 10.0])
    np.testing.assert_allclose(points.i_pA, [-5.0, 5.0])
    np.testing.assert_allclose(points.se_pA, np.sqrt(0.5 + 9.0))
    assert points.correlation is not None
    assert points.correlation[0, 1] == pytest.approx(9.0 / 9.5)


def test_an_estimator_is_compared_only_if_it_fits() -> None:
    from reversal.measure.reversal.estimate import Estimate
    from reversal.measure.reversal.reversal_potential import agrees

    primary = Estimate(-70.0, -71.0, -69.0, 0.5, Estimator.SMOOTH_CURVE, None)
    assert agrees(Estimate(-70.8, None, None, 0.2, Estimator.LOCAL_POLYNOMIAL, 1.0), primary) is True
    assert agrees(Estimate(-60.0, None, None, 0.2, Estimator.GHK_CURRENT, 1.2), primary) is False
    assert agrees(Estimate(-60.0, None, None, 0.2, Estimator.BOLTZMANN, 9.0), primary) is None
    assert agrees(Estimate(-60.0, None, None, 0.2, Estimator.STRAIGHT_LINE, None), primary) is None


def test_independent_errors_may_be_given_as_a_correlation() -> None:
    current = 4.0 * (V + 47.0) + 0.01 * (V + 47.0) ** 2
    bracket = Bracket(7, 8, True)
    plain = smooth_estimate(V, current, SE, bracket)
    given = smooth_estimate(V, current, SE, bracket, np.eye(V.size))
    assert plain is not None
    assert given is not None
    assert (given.e_mV, given.low_mV, given.high_mV) == pytest.approx((plain.e_mV, plain.low_mV, plain.high_mV))


def test_an_error_that_all_points_share_is_not_averaged() -> None:
    """4 nS and 1 pA that is almost the same at all points: ± 1.96 · 1/4 mV times a factor on the errors of 0.6 to 1.6
    that the scatter decides; nineteen independent points would average to a quarter of that."""
    shared = np.full((V.size, V.size), 0.999) + 0.001 * np.eye(V.size)
    found = smooth_estimate(V, 4.0 * (V + 47.0), SE, Bracket(7, 8, True), shared)
    assert found is not None
    assert found.low_mV is not None
    assert found.high_mV is not None
    assert 0.6 * 1.96 / 4.0 < (found.high_mV - found.low_mV) / 2 < 1.6 * 1.96 / 4.0


def test_noise_with_a_change_of_sign_has_no_reversal_potential() -> None:
    """Two opposite points beyond the noise are a change of sign, but no voltage is excluded as the zero."""
    i = np.random.default_rng(1).standard_normal(V.size)
    i[6] -= 2.5
    i[9] += 2.5
    found = reversal_of(points(i), compare=False)
    assert found.estimate is None
    assert [(f.code, f.number) for f in found.findings] == [(Code.INTERVAL_UNBOUNDED, pytest.approx(-48.0, abs=15.0))]
