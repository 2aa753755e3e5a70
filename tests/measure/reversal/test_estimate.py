"""Zero of a fitted curve, and its interval: voltages at which the current does not differ significantly from zero."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.reversal.estimate import Estimate, zero_of_curve
from reversal.tables.estimates_table import Estimator


def zero_of(slope: float, e_mV: float, se_pA: float, low: float = -50.0, high: float = 50.0) -> Estimate | None:
    def curve(v: FloatArray) -> tuple[FloatArray, FloatArray]:
        return slope * (v - e_mV), np.full(v.shape, se_pA)

    return zero_of_curve(curve, (low, high), 2.0, Estimator.BOLTZMANN, 1.5)


def test_current_at_the_limits_is_the_quantile_of_its_error() -> None:
    """4 nS and errors of 3 pA: ± 2 · 3/4 mV about the zero, standard error 3/4 mV."""
    found = zero_of(4.0, -12.3, 3.0)
    assert found is not None
    assert (found.e_mV, found.low_mV, found.high_mV) == pytest.approx((-12.3, -13.8, -10.8))
    assert found.se_mV == pytest.approx(0.75)
    assert (found.misfit, found.estimator) == (1.5, Estimator.BOLTZMANN)


def test_a_limit_outside_the_range_is_open() -> None:
    at_the_top = zero_of(4.0, 49.0, 3.0)
    at_the_bottom = zero_of(4.0, -49.0, 3.0)
    assert at_the_top is not None
    assert at_the_bottom is not None
    assert (at_the_top.low_mV, at_the_top.high_mV) == (pytest.approx(47.5), None)
    assert (at_the_bottom.low_mV, at_the_bottom.high_mV) == (None, pytest.approx(-47.5))


def test_a_zero_in_the_first_interval_has_its_upper_limit() -> None:
    step = 100.0 / 239
    found = zero_of(4.0, -50.0 + 0.5 * step, 0.01)
    assert found is not None
    assert found.e_mV == pytest.approx(-50.0 + 0.5 * step)
    assert found.high_mV == pytest.approx(found.e_mV + 0.005)


def test_a_falling_current_and_one_of_one_sign_have_no_zero() -> None:
    assert zero_of(-4.0, 0.0, 1.0) is None
    assert zero_of(4.0, 60.0, 1.0) is None
    assert zero_of(4.0, -60.0, 1.0) is None


def test_two_rising_zeros_give_no_estimate() -> None:
    def curve(v: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.sin((v + 10.0) / 8.0), np.full(v.shape, 0.1)

    assert zero_of_curve(curve, (-50.0, 60.0), 2.0, Estimator.BOLTZMANN, None) is None


def test_limits_of_a_bent_curve_are_where_it_meets_its_error() -> None:
    """A cube through 0 with errors of 1 pA: ± 2 pA at ± ∛2000 mV."""

    def curve(v: FloatArray) -> tuple[FloatArray, FloatArray]:
        return 1e-3 * v**3 + 1e-4 * v, np.ones(v.shape)

    found = zero_of_curve(curve, (-60.0, 60.0), 2.0, Estimator.BOLTZMANN, None)
    assert found is not None
    assert (found.low_mV, found.high_mV) == pytest.approx((-(2000.0 ** (1 / 3)), 2000.0 ** (1 / 3)), rel=2e-3)
