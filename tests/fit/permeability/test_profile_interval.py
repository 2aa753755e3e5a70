"""The set of ratios that data do not contradict, at and away from the boundary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import series_of_cell
from reversal.fit.permeability.bootstrap import bootstrap_log_ratios
from reversal.fit.permeability.ghk_model import best_fit, minimise
from reversal.fit.permeability.profile_interval import critical_value, limits
from reversal.fit.permeability.ratios import fit_voltage


def test_critical_value_is_chernoffs_at_the_boundary_and_wilks_far_away() -> None:
    """Chernoff 1954: ½χ²₀ + ½χ²₁ has its 95 % point at 2.706; χ²₁ at 3.841."""
    assert critical_value(0.0) == pytest.approx(2.706, abs=1e-3)
    assert critical_value([2.0, 50.0, np.inf]) == pytest.approx([3.841] * 3, abs=1e-3)


@given(distance=st.floats(0.0, 3.0))
def test_critical_value_holds_95_percent_of_a_normal_estimate_kept_above_zero(distance: float) -> None:
    """Truth at ``distance`` from 0, one normal observation, likelihood ratio against the best value ≥ 0: counted."""
    seen = distance + np.random.default_rng(7).standard_normal(40_000)
    ratio = (seen - distance) ** 2 - np.minimum(seen, 0.0) ** 2
    assert np.mean(ratio <= critical_value(distance)) == pytest.approx(0.95, abs=0.005)


def test_ends_of_the_interval_are_where_the_likelihood_ratio_is_critical(rig: Rig) -> None:
    series = next(series_of_cell(rig.reversals({"K": 1.0, "Na": 0.03}), rig.settings(Experiment())))
    fit = fit_voltage(series, ("Na",))
    ends = limits(fit.model, fit.e_mV, fit.best, 0)
    at_ends = fit.model.chi2(np.array([[ends.low], [ends.high]]), fit.e_mV[None])
    assert at_ends - fit.best.chi2 == pytest.approx([3.8415, 3.8415], abs=1e-3)


def test_many_data_sets_side_by_side_give_what_each_gives_alone(rig: Rig) -> None:
    series = next(series_of_cell(rig.reversals({"K": 1.0, "Na": 0.03}), rig.settings(Experiment())))
    fit = fit_voltage(series, ("Na",))
    data = series.e_mV + np.random.default_rng(0).normal(0, 0.3, (6, 5))
    together = minimise(fit.model, data, np.broadcast_to(fit.best.theta, (6, 1))).theta[:, 0]
    alone = [best_fit(fit.model, row).theta[0, 0] for row in data]
    assert together == pytest.approx(alone, abs=1e-5)


def test_bootstrap_scatters_as_wide_as_the_profile_interval(rig: Rig) -> None:
    series = next(series_of_cell(rig.reversals({"K": 1.0, "Na": 0.03}), rig.settings(Experiment())))
    fit = fit_voltage(series, ("Na",))
    ends = limits(fit.model, fit.e_mV, fit.best, 0)
    low, high = np.quantile(bootstrap_log_ratios(fit, 4000, seed=1)[:, 0], [0.025, 0.975])
    assert high - low == pytest.approx((ends.high or 0) - (ends.low or 0), rel=0.05)
