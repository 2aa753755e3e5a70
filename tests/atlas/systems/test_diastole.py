"""Fall of Ca²⁺ in diastole with normal and raised Na⁺; against own equations and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.atlas.systems.diastole import Diastole, exchanger_limit_mM, relax
from reversal.errors import DomainError


def test_the_exchanger_stops_eight_times_higher_at_doubled_sodium() -> None:
    """Ca_o (Na_i/Na_o)³ exp(FV/RT): 2 · (10/145)³ · exp(−85/26.7267) = 27.27 nM, and 2³ as much."""
    assert exchanger_limit_mM(Diastole()) == pytest.approx(27.272e-6, rel=1e-4)
    assert exchanger_limit_mM(Diastole(na_in_mM=20.0)) == pytest.approx(218.18e-6, rel=1e-4)


@pytest.mark.parametrize(("na_mM", "expected_nM"), [(10.0, 83.113), (20.0, 203.512)])
def test_calcium_after_300_ms_is_that_of_own_equations(na_mM: float, expected_nM: float) -> None:
    assert 1e6 * relax(Diastole(na_in_mM=na_mM), 0.3).ca_mM[-1] == pytest.approx(expected_nM, rel=1e-4)


def test_exchanger_alone_falls_exponentially_to_its_limit() -> None:
    """Rate 0.05 mM/s · exp(0.65 · 85/26.7267)/(1 µM · 51), by hand."""
    heart = Diastole(store_mM_per_s=0.0, leak_mM_per_s=0.0)
    course = relax(heart, 0.2)
    rate = 0.05 * math.exp(0.65 * 85 / 26.7267) / 1e-3 / 51
    limit = exchanger_limit_mM(heart)
    assert course.ca_mM == pytest.approx(limit + (1e-3 - limit) * np.exp(-rate * course.time_s), rel=1e-4)


def test_store_alone_takes_up_half_its_maximum_at_its_half_concentration() -> None:
    heart = Diastole(exchanger_mM_per_s=0.0, leak_mM_per_s=0.0)
    course = relax(heart, 1e-3, start_mM=5e-4, points=2)
    assert (course.ca_mM[0] - course.ca_mM[1]) / 1e-3 == pytest.approx(0.1 / 51, rel=0.01)


def test_diastole_outside_its_range_is_refused() -> None:
    with pytest.raises(DomainError, match=r"Diastole\.na_in_mM"):
        Diastole(na_in_mM=-1.0)
    with pytest.raises(DomainError, match="start_mM"):
        relax(Diastole(), 1.0, start_mM=0.0)
