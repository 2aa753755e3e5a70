"""Estimate of a ratio as if it could be negative."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.edge_scale import EdgeScale
from reversal.fit.fit_cell import fit_cell
from reversal.tables.permeabilities_table import Bound, PermeabilityRow

THERMAL_mV = 8.31446261815324 * 295.15 / 96.48533212331  # at 22 °C


def ratio_of(error_mV: float, ratio: float = 0.0) -> PermeabilityRow:
    """P_Na/P_K from 1 mM K⁺ and 149 mM Na⁺ outside, pure K⁺ inside; the stated error is 0.5 mV."""
    rig = Rig()
    rig.baths, rig.pipette = k_series(1.0), {"K": 150.0, "Cl": 150.0}
    rig.se_mV, rig.shared_sd_mV = 0.5, 0.0
    settings = rig.settings(Experiment(fitting=Fitting(bath_sd_mV=0.0)))
    return fit_cell(rig.reversals({"K": 1.0, "Na": ratio}, error_mV), settings).permeabilities[0]


@pytest.mark.parametrize("error_mV", [-1.5, -0.5, 0.0, 0.5, 1.5])
def test_an_impermeant_ion_has_the_ratio_that_the_error_makes_also_below_0(error_mV: float) -> None:
    """E = (RT/F) ln((1 + 149 p)/150): an error of e mV is a ratio of (exp(eF/RT) − 1)/149, and 0.5 mV its error."""
    row = ratio_of(error_mV)
    factor = math.exp(error_mV / THERMAL_mV)
    assert row.free_p_ratio == pytest.approx((factor - 1) / 149, rel=1e-3, abs=1e-7)
    assert row.free_se == pytest.approx(0.5 / THERMAL_mV * factor / 149, rel=1e-3)
    assert row.bound is (Bound.TWO_SIDED if error_mV > 1 else Bound.UPPER)


def test_a_clear_ratio_is_its_own_free_estimate() -> None:
    row = ratio_of(0.0, 0.1)
    assert row.free_p_ratio == pytest.approx(0.1, rel=1e-3)
    assert row.free_se == pytest.approx(0.5 / THERMAL_mV * (0.1 + 1 / 149), rel=1e-3)


@pytest.mark.parametrize("balance", [0.02, None])
def test_scale_has_its_inverse_and_its_slope(balance: float | None) -> None:
    scale = EdgeScale(balance)
    ratios = np.array([-0.01, 0.0, 0.001, 0.3])
    np.testing.assert_allclose(scale.ratio(scale.of(ratios)), ratios, atol=1e-15)
    by_difference = (scale.of(ratios + 1e-7) - scale.of(ratios - 1e-7)) / 2e-7
    np.testing.assert_allclose(scale.slope(ratios), by_difference, rtol=1e-6)
    assert scale.of(0.0) == 0


def test_ratios_that_compensate_one_another_have_no_value_for_means_over_cells(rig: Rig) -> None:
    """K + Na and Cl are constant: 0.032 ± 0.065 for a P_Na/P_K of 0.3 would enter the means."""
    truth = {"K": 1.0, "Na": 0.3, "Cl": 0.2}
    for row in fit_cell(rig.reversals(truth), rig.settings(Experiment(permeant=list(truth)))).permeabilities:
        assert (row.bound, row.p_ratio, row.free_p_ratio, row.free_se) == (Bound.UPPER, None, None, None)


def test_independent_ratios_near_0_keep_their_value_for_means_over_cells(rig: Rig) -> None:
    rig.pipette = {"K": 140.0, "Na": 10.0, "Cl": 10.0, "gluconate": 140.0}
    truth = {"K": 1.0, "Na": 0.0, "Cl": 0.0}
    for row in fit_cell(rig.reversals(truth), rig.settings(Experiment(permeant=list(truth)))).permeabilities:
        assert row.free_p_ratio == pytest.approx(0.0, abs=1e-4)
