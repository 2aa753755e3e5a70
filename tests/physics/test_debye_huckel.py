"""Slope of the Debye–Hückel limiting law."""

from __future__ import annotations

import pytest

from reversal.physics.debye_huckel import debye_huckel_slope


def test_slope_at_25_degrees() -> None:
    """0.509–0.511 in the usual tables (Robinson & Stokes 1959)."""
    assert debye_huckel_slope(25) == pytest.approx(0.510, abs=0.002)
