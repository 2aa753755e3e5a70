"""A simulated recording and its measurement, for all tests of measurement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase, measured_case
from reversal.simulate.bath import SERIES


@pytest.fixture(scope="session")
def case() -> Case:
    """A cell with an open potassium channel of a few nS in 5 mM K⁺, with a good clamp."""
    return Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[1])


@pytest.fixture(scope="session")
def measured(case: Case) -> Callable[..., MeasuredCase]:
    """Simulate and measure one recording of the case with changes; the same recording is measured once a session."""
    known: dict[str, MeasuredCase] = {}

    def measure(seed: int = 1, **changes: object) -> MeasuredCase:
        changed = replace(case, **changes)  # type: ignore[arg-type]
        key = f"{seed} {changed}"
        if key not in known:
            known[key] = next(measured_case(changed, seed, repeats=1))
        return known[key]

    return measure
