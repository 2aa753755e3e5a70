"""Reversal potential of Na⁺/Ca²⁺ exchange."""

from __future__ import annotations

import pytest

from reversal.atlas.systems.exchanger import exchanger_reversal_mV


def test_doubled_sodium_shifts_the_reversal_by_three_rt_over_f_ln_2():
    """3 (RT/F) ln 2 = 55.58 mV at 37 °C, for any Ca²⁺."""
    for calcium in (5e-5, 1e-4, 1e-3):
        e = exchanger_reversal_mV(145, [10, 20], 2, calcium, 37)
        assert e[1] - e[0] == pytest.approx(-55.58, abs=0.01)
