"""Likelihood ratios at and away from a boundary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.statistics.likelihood_ratio import critical_value, edge_p


def test_critical_value_matches_chernoff_at_the_boundary_and_wilks_far_from_it() -> None:
    """Chernoff 1954: ½χ²₀ + ½χ²₁ has its 95 % point at 2.706; χ²₁ at 3.841."""
    assert critical_value(0.0) == pytest.approx(2.706, abs=1e-3)
    assert critical_value([2.0, 50.0, np.inf]) == pytest.approx([3.841] * 3, abs=1e-3)


@given(distance=st.floats(0.0, 3.0))
def test_critical_value_covers_95_percent_for_a_normal_estimate_above_zero(distance: float) -> None:
    """True value at ``distance`` from 0, one normal observation, best value ≥ 0: coverage in a simulation."""
    observed = distance + np.random.default_rng(7).standard_normal(40_000)
    ratio = (observed - distance) ** 2 - np.minimum(observed, 0.0) ** 2
    assert np.mean(ratio <= critical_value(distance)) == pytest.approx(0.95, abs=0.005)


def test_critical_value_at_few_degrees_of_freedom_is_that_of_student() -> None:
    """One-sided 5 % point of t with 2 degrees of freedom: 2.920, two-sided: 4.303 (Fisher & Yates 1938, table III)."""
    assert critical_value([0.0, 50.0], dof=2) == pytest.approx([2.920**2, 4.303**2], rel=1e-3)


@given(distance=st.floats(0.0, 6.0), dof=st.sampled_from([1, 2, 5, 11]))
def test_critical_value_covers_95_percent_for_an_error_that_is_estimated(distance: float, dof: int) -> None:
    """True value at ``distance`` standard errors from 0; the estimate over its error has Student's t."""
    observed = distance + np.random.default_rng(7).standard_t(dof, 40_000)
    ratio = (observed - distance) ** 2 - np.minimum(observed, 0.0) ** 2
    assert np.mean(ratio <= critical_value(distance, dof=dof)) == pytest.approx(0.95, abs=0.006)


def test_p_at_one_boundary_is_half_of_the_chi_square_tail() -> None:
    """Self & Liang 1987, case 5: ½χ²₀ + ½χ²₁; 3.841 is the 5 % point of χ²₁."""
    assert edge_p(3.8415, 1) == pytest.approx(0.025, abs=1e-5)
    assert edge_p(0.0, 1) == 1.0


def test_p_at_two_boundaries_matches_the_mixture() -> None:
    """Self & Liang 1987, case 7 without correlation: ¼χ²₀ + ½χ²₁ + ¼χ²₂."""
    from scipy.stats import chi2

    assert edge_p(4.0, 2) == pytest.approx(0.5 * chi2.sf(4.0, 1) + 0.25 * chi2.sf(4.0, 2))
