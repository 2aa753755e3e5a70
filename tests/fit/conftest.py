"""Fixtures of the tests of fits."""

from __future__ import annotations

import pytest

from reversal.calibration.simulated_series import Rig


@pytest.fixture
def rig() -> Rig:
    """A rig of five potassium baths."""
    return Rig()
