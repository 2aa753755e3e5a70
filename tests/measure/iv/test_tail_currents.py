"""Tail currents, extrapolated to the step."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.iv.tail_currents import edge_currents, noise_of

MS = 20  # samples a millisecond


def noisy(rows: np.ndarray, sd: float = 2.0) -> np.ndarray:
    return rows + sd * np.random.default_rng(8).standard_normal(rows.shape)


@pytest.mark.parametrize("tau_ms", [5.0, 30.0, 150.0])
def test_tails_are_extrapolated_to_the_step(tau_ms: float) -> None:
    first = 2 * MS
    t = (first + np.arange(200 * MS)) / MS
    start = np.array([-300.0, -100.0, 0.0, 100.0, 300.0])
    rows = 0.1 * start[:, None] + 0.9 * start[:, None] * np.exp(-t / tau_ms)
    found = edge_currents(noisy(rows), start / 5.0, first, noise_of(noisy(rows)), transient=False)
    assert np.all(np.abs(found.at_edge - start) < 4 * found.se)
    assert found.se.max() < 6.0


def test_a_residual_transient_is_not_extrapolated_with_the_tail() -> None:
    first = MS
    t = (first + np.arange(200 * MS)) / MS
    start = np.array([-300.0, -100.0, 0.0, 100.0, 300.0])
    rows = start[:, None] * np.exp(-t / 60.0) + 150.0 * np.exp(-t / 1.2)
    found = edge_currents(noisy(rows), start / 5.0, first, noise_of(noisy(rows)), transient=True)
    assert np.all(np.abs(found.at_edge - start) < np.maximum(4 * found.se, 6.0))
