"""Numbers have the digits that their interval supports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.report.text.rounding import (
    decimals_for,
    fixed,
    interval_mV,
    interval_ratio,
    millivolts,
    ratio,
    significant,
)


@pytest.mark.parametrize(
    ("uncertainty", "decimals"),
    # Particle Data Group, Review of Particle Physics, introduction, "Rounding": 0.827 ± 0.119 becomes 0.83 ± 0.12,
    # 0.827 ± 0.367 becomes 0.8 ± 0.4.
    [(0.119, 2), (0.367, 1), (0.0354, 3), (0.0355, 2), (0.0950, 2), (0.00949, 3), (12.0, 0), (960.0, 0)],
)
def test_decimals_follow_the_particle_data_group(uncertainty: float, decimals: int) -> None:
    assert decimals_for(uncertainty) == decimals


def test_potentials_have_at_most_one_decimal() -> None:
    assert millivolts(-72.3421, -72.61, -72.07) == "−72.3"
    assert interval_mV(-72.61, -72.07) == "−72.6 to −72.1"


def test_potential_with_a_wide_interval_has_no_decimal() -> None:
    assert millivolts(-72.3421, -80.2, -64.4) == "−72"


def test_ratio_has_the_digits_of_its_closer_limit() -> None:
    assert ratio(0.021345, 0.0187, 0.0241) == "0.0213"
    assert interval_ratio(0.021345, 0.0187, 0.0241) == "0.0187 to 0.0241"


def test_missing_limit_gives_a_bound() -> None:
    assert interval_ratio(None, None, 0.00421) == "< 0.0042"
    assert interval_ratio(None, 3.17, None) == "> 3.2"


def test_unknown_is_a_dash_and_never_zero() -> None:
    assert {fixed(None, 1), significant(None), interval_mV(None, None), interval_ratio(1.0, None, None)} == {"–"}


def test_an_interval_of_potentials_with_an_open_end_keeps_its_limit() -> None:
    assert interval_mV(None, -41.72) == "< −41.7"
    assert interval_mV(-88.25, None) == "> −88.2"


def test_zero_has_no_sign() -> None:
    assert fixed(-0.04, 1) == "0.0"


def test_very_small_ratio_has_a_power_of_ten() -> None:
    assert significant(3.2e-7, 2) == "3.2×10⁻⁷"


@given(value=st.floats(-150, 150), half=st.floats(0.11, 20))
def test_rounded_value_is_inside_its_interval(value: float, half: float) -> None:
    shown = float(millivolts(value, value - half, value + half).replace("−", "-"))
    assert abs(shown - value) <= half


@given(value=st.floats(1e-4, 50), low=st.floats(0.3, 0.98), high=st.floats(1.02, 3))
def test_rounded_ratio_never_becomes_zero(value: float, low: float, high: float) -> None:
    assert float(ratio(value, value * low, value * high)) > 0
