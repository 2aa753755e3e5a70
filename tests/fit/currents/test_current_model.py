"""Fits to the currents of all baths: choice of points, weights, and recovery of parameters without noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.currents.current_model import (
    CurrentFit,
    Currents,
    Gating,
    _best,
    _linear,
    _Model,
    _refine,
    _starting_points,
    currents_of,
    fit_currents,
    jackknife_interval,
)
from reversal.tables.iv_table import IVPoint

V = np.arange(-120.0, 61.0, 10.0)
BATHS = np.repeat([0, 1, 2], V.size)
ALONG = np.tile(V, 3)


def series_of(rig: Rig) -> BathSeries:
    (series,) = series_of_cell(rig.reversals({"K": 1.0, "Na": 0.05}), rig.settings(Experiment()))
    return series


def scaled(point: IVPoint, factor: float) -> IVPoint:
    return point.model_copy(update={"i_pA": point.i_pA * factor})


def of(points: list[IVPoint], bath: str) -> list[IVPoint]:
    return [p for p in points if p.recording == f"control_{bath}"]


@pytest.mark.parametrize(("factor", "expected"), [(0.1, 1.0), (1e-6, None)])
def test_each_bath_is_weighted_by_the_size_of_its_currents(rig: Rig, factor: float, expected: float | None) -> None:
    """Weight times standard deviation is 1 in each bath; the size is at least 1e-3 of the largest."""
    rig.baths = k_series(5, 40)
    points = iv_points(rig, {"K": 1.0, "Na": 0.05}, None)
    data = currents_of(series_of(rig), [*(scaled(p, factor) for p in of(points, "K5")), *of(points, "K40")])
    assert data is not None
    sizes = [np.std(data.i_pA[data.bath == k]) for k in (0, 1)]
    weights = [np.unique(data.weight[data.bath == k]) for k in (0, 1)]
    assert weights[1] == pytest.approx(1 / sizes[1])
    assert weights[0] == pytest.approx(1 / sizes[0] if expected else 1000 / sizes[1])


def test_a_bath_needs_five_points(rig: Rig) -> None:
    rig.baths = k_series(2.5, 5, 40)
    points = iv_points(rig, {"K": 1.0, "Na": 0.05}, None)
    few = [*of(points, "K2.5")[:4], *of(points, "K5")[:5], *of(points, "K40")]
    data = currents_of(series_of(rig), few)
    assert data is not None
    assert np.bincount(data.bath).tolist() == [5, 19]
    assert currents_of(series_of(rig), [*of(points, "K5")[:4], *of(points, "K40")]) is None
    assert currents_of(series_of(rig), []) is None


def test_only_the_most_frequent_kind_of_point_is_used(rig: Rig) -> None:
    rig.baths = k_series(5, 40)
    steady = iv_points(rig, {"K": 1.0}, None)
    tails = iv_points(rig, {"K": 1.0}, None, kind="tail")
    data = currents_of(series_of(rig), [*steady, *tails[:12]])
    assert data is not None
    assert (data.gated, data.v_mV.size) == (True, len(steady))
    data = currents_of(series_of(rig), [*tails, *steady[:12]])
    assert data is not None
    assert (data.gated, data.v_mV.size) == (False, len(tails))


def test_points_of_other_conditions_are_ignored_and_a_shift_is_added_to_the_voltages(rig: Rig) -> None:
    rig.baths = k_series(5, 40)
    points = iv_points(rig, {"K": 1.0}, None)
    others = [p.model_copy(update={"condition": "drug"}) for p in points]
    data = currents_of(series_of(rig), [*points, *others], shift_mV=1.5)
    assert data is not None
    np.testing.assert_allclose(data.v_mV, [(p.v_membrane_mV or 0.0) + 1.5 for p in points])


def test_unit_currents_match_the_ghk_current_equation(rig: Rig) -> None:
    """1 µm³/s of K⁺ at −40 mV and 22 °C, 5 against 140 mM: P F u (in − out e^−u)/(1 − e^−u) (Hille 2001, eq. 14.5)."""
    rig.baths = k_series(5, 40)
    data = currents_of(series_of(rig), iv_points(rig, {"K": 1.0}, None))
    assert data is not None
    u = data.v_mV[0] * 96485.33212 / (8.314462618 * 295.15) * 1e-3
    expected = 96485.33212e-6 * u * (140.0 - 5.0 * np.exp(-u)) / (1 - np.exp(-u))
    assert data.unit_pA[0, 0] == pytest.approx(expected, rel=1e-9)


def currents(gate: np.ndarray | float, leak: np.ndarray | float = 0.0, p: float = 2.0, ratio: float = 0.1) -> Currents:
    """Three baths of two ions with linear unit currents, P 2 for the reference, without noise."""
    unit = np.column_stack([ALONG + 90.0 - 20.0 * BATHS, ALONG - 50.0])
    i_pA = gate * p * (unit[:, 0] + ratio * unit[:, 1]) + leak
    weight = np.full(i_pA.size, 1.0 / np.std(i_pA))
    return Currents(ALONG, i_pA, weight, unit, BATHS, gated=True)


GATE = 1 / (1 + np.exp((-30.0 - ALONG) / 8.0))


def test_a_gate_that_closes_completely_has_no_floor() -> None:
    fit = fit_currents(currents(GATE), 0, [1])
    assert fit.floor is None
    assert fit.gate == pytest.approx((-30.0, 8.0), abs=1e-3)
    assert fit.p_reference_um3_per_s == pytest.approx(2.0, rel=1e-4)
    assert np.exp(fit.log_ratios) == pytest.approx([0.1], rel=1e-4)
    assert fit.leak_nS == pytest.approx(0.0, abs=1e-4)
    assert fit.n_points == 57


def test_a_gate_that_remains_a_quarter_open_has_a_floor_of_a_quarter() -> None:
    fit = fit_currents(currents(0.25 + 0.75 * GATE), 0, [1])
    assert fit.floor == pytest.approx(0.25, abs=1e-3)
    assert fit.p_reference_um3_per_s == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize(("e_leak_mV", "reported"), [(-10.0, -10.0), (150.0, 150.0), (-260.0, None)])
def test_a_leak_has_a_conductance_and_a_reversal_potential_below_200_mV(
    e_leak_mV: float, reported: float | None
) -> None:
    """The reversal potential of a leak is not reported above 200 mV."""
    fit = fit_currents(currents(GATE, 0.4 * (ALONG - e_leak_mV)), 0, [1])
    assert fit.leak_nS == pytest.approx(0.4, rel=1e-3)
    assert fit.e_leak_mV == (None if reported is None else pytest.approx(reported, abs=0.2))


def least_rms_pA(data: Currents) -> float:
    """Least misfit by ``scipy.optimize.least_squares`` over all parameters of a gate that closes, from many starts."""

    def residuals(x: np.ndarray) -> np.ndarray:
        gate = 1 / (1 + np.exp((x[1] - data.v_mV) / x[2]))
        leak = x[4] * (data.v_mV + 1000.0) + x[5] * (data.v_mV - 1000.0)
        return np.asarray(x[3] * gate * (data.unit_pA[:, 0] + np.exp(x[0]) * data.unit_pA[:, 1]) + leak - data.i_pA)

    low, high = [-20.0, -200.0, 1.0, 0.0, 0.0, 0.0], [20.0, 200.0, 200.0, 99.0, 9.0, 9.0]
    starts = [[ratio, half, 8.0, 2.0, 1e-3, 1e-3] for ratio in (-3.0, -1.0) for half in (-45.0, -25.0)]
    costs = [least_squares(residuals, start, bounds=(low, high), x_scale="jac").cost for start in starts]
    return float(np.sqrt(2 * min(costs) / data.v_mV.size))


@pytest.mark.parametrize(
    "leak",
    [np.zeros(ALONG.size), -0.4 * ALONG, np.full(ALONG.size, 7.0), 0.01 * (ALONG + 90.0)],
    ids=["none", "negative", "constant", "small"],
)
def test_the_fit_has_the_least_misfit_also_where_the_leak_is_at_its_limit(leak: np.ndarray) -> None:
    noise = np.random.default_rng(7).normal(0.0, 1.0, ALONG.size)
    data = currents(GATE, leak + noise)
    model = _Model(data, 0, [1], Gating.BOLTZMANN)
    best = _best(model)
    rms = np.sqrt(best.chi2[0] / ALONG.size) / data.weight[0]
    assert rms == pytest.approx(least_rms_pA(data), rel=1e-5)
    assert (_linear(model, best.theta[:, None]).linear >= 0).all()


def test_descents_from_all_starts_end_in_the_same_minimum() -> None:
    noise = np.random.default_rng(8).normal(0.0, 1.0, ALONG.size)
    model = _Model(currents(GATE, noise), 0, [1], Gating.BOLTZMANN)
    starts = [start for start in _starting_points(model) if start[-1] > 0]
    found = _refine(model, np.array(starts))
    assert found.chi2 == pytest.approx(np.full(len(starts), found.chi2.min()), rel=1e-6)


def test_without_a_gate_no_leak_is_fitted() -> None:
    data = currents(1.0)
    fit = fit_currents(data, 0, [1])
    assert (fit.gate, fit.floor, fit.leak_nS, fit.e_leak_mV) == (None, None, None, None)
    assert fit.p_reference_um3_per_s == pytest.approx(2.0, rel=1e-5)
    assert [g.columns for g in Gating] == [1, 3, 4]


def test_misfit_is_the_root_mean_square_residual_in_pA() -> None:
    """An alternating error of 3 pA is orthogonal to every smooth current, but for 4 % of it."""
    data = currents(1.0)
    rough = data.i_pA + 3.0 * (-1.0) ** np.arange(data.i_pA.size)
    fit = fit_currents(Currents(data.v_mV, rough, data.weight, data.unit_pA, data.bath, False), 0, [1])
    assert fit.rms_pA == pytest.approx(3.0, rel=0.04)


def test_each_bath_is_left_out_in_turn() -> None:
    """The baths have ratios of 0.1, 0.1 and 0.4; without the third the fit gives 0.1."""
    data = currents(1.0)
    odd = np.where(BATHS == 2, 0.3, 0.0) * 2.0 * data.unit_pA[:, 1]
    fit = fit_currents(Currents(data.v_mV, data.i_pA + odd, data.weight, data.unit_pA, data.bath, False), 0, [1])
    assert fit.jackknife.shape == (3, 1)
    assert np.exp(fit.jackknife[2, 0]) == pytest.approx(0.1, rel=1e-4)
    assert np.exp(fit.jackknife[:2, 0]).min() > 0.15


def test_a_bath_left_out_has_no_effect() -> None:
    """The fit without a bath is that to the points of the others alone."""
    data = currents(GATE, 0.4 * ALONG)
    rough = data.i_pA * (1.0 + 0.02 * np.sin(7.0 * np.arange(data.i_pA.size)))
    left = BATHS != 2
    others = Currents(ALONG[left], rough[left], data.weight[left], data.unit_pA[left], BATHS[left], gated=True)
    whole = fit_currents(Currents(ALONG, rough, data.weight, data.unit_pA, BATHS, gated=True), 0, [1])
    alone = fit_currents(others, 0, [1])
    assert (whole.floor is None) == (alone.floor is None)
    assert whole.jackknife[2] == pytest.approx(alone.log_ratios, rel=1e-4)


def test_a_fit_without_a_bath_is_the_best_one_not_the_nearest_one() -> None:
    """A negative leak is not in the model. From the fit to all baths, two descents ended at a ratio of e^−20."""
    fit = fit_currents(currents(GATE, -0.4 * ALONG), 0, [1])
    for bath in range(3):
        left = bath != BATHS
        data = currents(GATE, -0.4 * ALONG)
        alone = Currents(ALONG[left], data.i_pA[left], data.weight[left], data.unit_pA[left], BATHS[left], gated=True)
        assert fit.jackknife[bath] == pytest.approx(fit_currents(alone, 0, [1]).log_ratios, abs=0.02)


def test_junction_error_shifts_the_ratio_by_the_refitted_change() -> None:
    data = currents(1.0)
    shifted = Currents(data.v_mV, currents(1.0, ratio=0.12).i_pA, data.weight, data.unit_pA, data.bath, False)
    fit = fit_currents(Currents(data.v_mV, data.i_pA, data.weight, data.unit_pA, data.bath, False), 0, [1], shifted)
    assert fit.by_shift == pytest.approx([np.log(1.2)], rel=1e-3)
    assert fit_currents(data, 0, [1]).by_shift.tolist() == [0.0]


def test_jackknife_interval_uses_student_t_and_the_junction_error() -> None:
    """Quenouille–Tukey: se² = (B − 1)/B Σ (θ_b − θ̄)²; t of B − 1; the normal junction error is added in quadrature."""
    from scipy.stats import norm, t

    left_out = np.array([[-2.9], [-3.1], [-3.05], [-2.8]])
    fit = CurrentFit(np.array([-3.0]), 1.0, None, None, None, None, 0.0, 76, left_out, np.array([0.07]))
    se = np.sqrt(3 / 4 * np.sum((left_out - left_out.mean()) ** 2))
    reach = np.hypot(t.ppf(0.975, 3) * se, norm.ppf(0.975) * 0.07)
    assert jackknife_interval(fit, 0) == pytest.approx((-3.0 - reach, -3.0 + reach), rel=1e-6)
    two = CurrentFit(np.array([-3.0]), 1.0, None, None, None, None, 0.0, 38, left_out[:2], np.array([0.07]))
    three = CurrentFit(np.array([-3.0]), 1.0, None, None, None, None, 0.0, 57, left_out[:3], np.array([0.07]))
    assert jackknife_interval(two, 0) is None
    assert jackknife_interval(three, 0) is not None
