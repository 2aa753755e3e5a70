"""Profile-likelihood interval of a ratio, at and away from the boundary."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import series_of_cell
from reversal.fit.permeability.bootstrap import bootstrap_log_ratios
from reversal.fit.permeability.ghk_model import best_fit, minimise
from reversal.fit.permeability.profile_interval import limits
from reversal.fit.permeability.ratios import fit_voltage


def test_likelihood_ratio_is_critical_at_the_ends_of_the_interval(rig: Rig) -> None:
    series = next(series_of_cell(rig.reversals({"K": 1.0, "Na": 0.03}), rig.settings(Experiment())))
    fit = fit_voltage(series, ("Na",))
    ends = limits(fit.model, fit.e_mV, fit.best, 0)
    at_ends = fit.model.chi2(np.array([[ends.low], [ends.high]]), fit.e_mV[None])
    assert at_ends - fit.best.chi2 == pytest.approx([3.8415, 3.8415], abs=1e-3)


def test_parallel_fits_equal_single_fits(rig: Rig) -> None:
    series = next(series_of_cell(rig.reversals({"K": 1.0, "Na": 0.03}), rig.settings(Experiment())))
    fit = fit_voltage(series, ("Na",))
    data = series.e_mV + np.random.default_rng(0).normal(0, 0.3, (6, 5))
    together = minimise(fit.model, data, np.broadcast_to(fit.best.theta, (6, 1))).theta[:, 0]
    alone = [best_fit(fit.model, row).theta[0, 0] for row in data]
    assert together == pytest.approx(alone, abs=1e-5)


def test_bootstrap_interval_matches_the_profile_interval(rig: Rig) -> None:
    series = next(series_of_cell(rig.reversals({"K": 1.0, "Na": 0.03}), rig.settings(Experiment())))
    fit = fit_voltage(series, ("Na",))
    ends = limits(fit.model, fit.e_mV, fit.best, 0)
    low, high = np.quantile(bootstrap_log_ratios(fit, 4000, seed=1)[:, 0], [0.025, 0.975])
    assert high - low == pytest.approx((ends.high or 0) - (ends.low or 0), rel=0.05)
