"""The normal distribution, checked with printed tables and scipy.stats."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.statistics.normal import deviate_of, limit_of_largest, probability_below
from reversal.statistics.statistics_constants import (
    CONFIDENCE_LEVEL,
    EQUIVALENCE_LEVEL,
    LOWER_PROBABILITY,
    TWO_SIDED_90_SIX_DECIMALS,
    TWO_SIDED_95,
    TWO_SIDED_95_ROUNDED,
    TWO_SIDED_95_SIX_DECIMALS,
    UPPER_PROBABILITY,
)


def test_half_widths_match_their_levels() -> None:
    from scipy.stats import norm

    assert pytest.approx(CONFIDENCE_LEVEL) == UPPER_PROBABILITY - LOWER_PROBABILITY
    assert pytest.approx(norm.ppf(UPPER_PROBABILITY), abs=1e-12) == TWO_SIDED_95
    assert pytest.approx(TWO_SIDED_95, abs=5e-3) == TWO_SIDED_95_ROUNDED
    assert pytest.approx(TWO_SIDED_95, abs=5e-7) == TWO_SIDED_95_SIX_DECIMALS
    assert pytest.approx(norm.ppf((1 + EQUIVALENCE_LEVEL) / 2), abs=5e-7) == TWO_SIDED_90_SIX_DECIMALS


def test_probabilities_match_the_printed_table() -> None:
    """Abramowitz & Stegun 1964, table 26.1: P(1) = 0.84134, P(2) = 0.97725."""
    assert probability_below([1.0, 2.0]) == pytest.approx([0.84134, 0.97725], abs=5e-6)
    np.testing.assert_allclose(deviate_of([0.84134, 0.97725]), [1.0, 2.0], atol=1e-4)


def test_the_largest_of_many_deviates_exceeds_its_limit_at_the_given_rate() -> None:
    largest = np.abs(np.random.default_rng(11).standard_normal((40_000, 10))).max(axis=1)
    assert np.mean(largest > limit_of_largest(10, 0.01)) == pytest.approx(0.01, abs=0.002)
