"""What the tests of measurement share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import Outcome, measured_case
from reversal.simulate.bath import SERIES


@pytest.fixture
def case() -> Case:
    """A cell with an open potassium channel of some nS in 5 mM K⁺, on a good rig."""
    return Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[1])


@pytest.fixture
def measured(case: Case) -> Callable[..., Outcome]:
    """Simulate and measure one recording of the case with what a test changes of it."""

    def measure(seed: int = 1, **changes: object) -> Outcome:
        return next(measured_case(replace(case, **changes), seed, repeats=1))  # type: ignore[arg-type]

    return measure
