"""Degrees of freedom of a sum of variances."""

from __future__ import annotations

import pytest

from reversal.statistics.degrees_of_freedom import satterthwaite


def test_effective_degrees_of_freedom_match_gum_g_4_1() -> None:
    """GUM (JCGM 100:2008), G.4.1: 0.25 % from 10 readings, 0.57 % from 5 and 0.82 % from 15 give 19.0."""
    found = satterthwaite((0.25**2, 0.57**2, 0.82**2), (9, 4, 14))
    assert found == pytest.approx(19.0, abs=0.05)


def test_a_single_variance_keeps_its_degrees_of_freedom() -> None:
    assert satterthwaite((4.0, 0.0), (7, 3)) == 7.0
