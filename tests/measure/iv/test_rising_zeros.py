"""Voltages at which a current changes from inward to outward."""

from __future__ import annotations

import numpy as np

from reversal.measure.iv.rising_zeros import rising_zeros

V = np.arange(-20.0, 30.0, 10.0)


def test_zeros_are_interpolated_and_falling_ones_are_left_out() -> None:
    at, zeros = rising_zeros(V, np.array([-1.0, 3.0, -2.0, -2.0, 0.0]))
    assert at.tolist() == [0, 3]
    assert zeros.tolist() == [-17.5, 20.0]


def test_a_current_of_one_sign_has_no_zero() -> None:
    for current in (np.ones(5), -np.ones(5), np.array([3.0, 1.0, 0.0, -1.0, -2.0])):
        at, zeros = rising_zeros(V, current)
        assert at.size == zeros.size == 0
