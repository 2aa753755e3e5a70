"""A transient longer than the blanked time differs from a gate by its size at the reversal potential."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.iv.tail_currents import noise_of, transient_remains

MS = np.arange(4, 2000) * 0.1  # 10 kHz, the first 0.4 ms blanked
LEVELS_mV = np.arange(-100.0, 41.0, 15.0)
E_REV_mV, FROM_mV = -22.0, -120.0


def tails(rng: np.random.Generator, transient_pA_per_mV: float) -> np.ndarray:
    """Deactivating tails that reverse at −22 mV, with the charging current of a second compartment."""
    gate = (LEVELS_mV - E_REV_mV)[:, None] * (2.0 + 6.0 * np.exp(-MS / 3.0))
    transient = transient_pA_per_mV * (LEVELS_mV - FROM_mV)[:, None] * np.exp(-MS / 0.8)
    return gate + transient + rng.normal(0.0, 8.0, gate.shape)


def residual_transient(rows: np.ndarray, level_mV: np.ndarray = LEVELS_mV) -> bool:
    return transient_remains(rows, level_mV, 4, noise_of(rows))


@pytest.mark.parametrize("seed", range(5))
def test_a_second_compartment_is_detected(seed: int) -> None:
    assert residual_transient(tails(np.random.default_rng(seed), 1.0))


def test_a_fast_gate_is_not_detected_as_a_transient() -> None:
    detected = [residual_transient(tails(np.random.default_rng(seed), 0.0)) for seed in range(200)]
    assert np.mean(detected) < 0.02


@pytest.mark.parametrize("repeats", [2, 6, 20])
def test_repeats_of_a_level_do_not_hide_a_transient(repeats: int) -> None:
    """With six repeats or more, the sweeps nearest the reversal all have one level."""
    rng, levels = np.random.default_rng(4), np.tile(LEVELS_mV, repeats)
    for size, expected in ((1.0, True), (0.0, False)):
        rows = np.concatenate([tails(rng, size) for _ in range(repeats)])
        assert residual_transient(rows, levels) is expected


def test_without_a_reversal_there_is_no_result() -> None:
    above = LEVELS_mV > 0
    assert not residual_transient(tails(np.random.default_rng(1), 1.0)[above], LEVELS_mV[above])


@pytest.mark.parametrize("seed", range(5))
def test_tails_that_are_over_far_from_the_reversal_are_not_taken_for_a_transient(seed: int) -> None:
    """Tails that close faster at more negative levels: far from the reversal only their early part is left."""
    tau_ms = 10.0 * np.exp((LEVELS_mV - E_REV_mV) / 30.0)[:, None]
    rows = 8.0 * (LEVELS_mV - E_REV_mV)[:, None] * np.exp(-MS / tau_ms)
    rows = rows + np.random.default_rng(seed).normal(0.0, 3.0, rows.shape)
    assert not transient_remains(rows[:, 80:], LEVELS_mV, 84, noise_of(rows[:, 80:]))
