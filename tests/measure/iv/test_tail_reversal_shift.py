"""A reversal potential that moves while the tails decay, with its shift known; leak and gating do not move it."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.iv.tail_currents import noise_of
from reversal.measure.iv.tail_reversal_shift import ReversalShift, reversal_shift, tail_decay

MS = np.arange(20, 4000) * 0.05  # 20 kHz, the first 1 ms blanked
LEVELS_mV = np.arange(-120.0, 1.0, 10.0)
E_REV_mV = -78.0
EXCHANGE = 2000.0  # 100 ms


def shift(
    seed: int = 1,
    moves_mV: float = 0.0,
    within_ms: float = 40.0,
    leak_nS: float = 0.0,
    noise_pA: float = 3.0,
    level_mV: np.ndarray = LEVELS_mV,
    second_e_mV: float = E_REV_mV,
    fold_mV: float = 30.0,
) -> ReversalShift | None:
    """Tails of two channels, of 8 and 2 nS, whose τ grows e-fold every ``fold_mV``; their E_rev moves exponentially."""
    tau_ms = 15.0 * np.exp((level_mV - E_REV_mV) / fold_mV)[:, None]
    moved = moves_mV * (1.0 - np.exp(-MS / within_ms))
    rows = 8.0 * np.exp(-MS / tau_ms) * (level_mV[:, None] - E_REV_mV - moved)
    rows = rows + 2.0 * np.exp(-MS / (3.0 * tau_ms)) * (level_mV[:, None] - second_e_mV - moved)
    rows = rows + leak_nS * level_mV[:, None] + np.random.default_rng(seed).normal(0.0, noise_pA, rows.shape)
    noise = noise_of(rows)
    return reversal_shift(rows, level_mV, 20, noise.variance * noise.inflation, 0.0, EXCHANGE)


@pytest.mark.parametrize("moves_mV", [-6.0, 6.0])
def test_a_moving_reversal_is_found_with_its_direction_and_most_of_its_size(moves_mV: float) -> None:
    """Within the first 20 ms, in which the tails keep 15 % of their current, E_rev moves by 40 % of 6 mV."""
    found = shift(moves_mV=moves_mV)
    assert found is not None
    assert abs(found.mV) > 4.0 * found.se_mV
    assert 0.3 < found.mV / moves_mV < 1.0


@pytest.mark.parametrize("moves_mV", [-6.0, 6.0])
def test_the_part_of_a_shift_that_is_seen_gives_its_size_at_the_step(moves_mV: float) -> None:
    """Exchange within 100 ms: E_rev of the first and the last stretch differ by 0.2 of 6 mV."""
    found = shift(moves_mV=moves_mV, within_ms=100.0, noise_pA=1.0)
    assert found is not None
    assert 0.1 < found.seen < 0.3
    assert found.mV / found.seen == pytest.approx(moves_mV, abs=3.0 * found.se_mV / found.seen)


@pytest.mark.parametrize("leak_nS", [0.0, 3.0])
@pytest.mark.parametrize("step_mV", [5.0, 10.0, 20.0])
def test_gates_and_leak_do_not_move_the_reversal(leak_nS: float, step_mV: float) -> None:
    """A leak of a third of the channel's conductance; decay with two exponentials that depend on voltage."""
    level_mV = np.arange(-120.0, 1.0, step_mV)
    found = [shift(seed, leak_nS=leak_nS, level_mV=level_mV) for seed in range(20)]
    assert sum(one is not None for one in found) >= 18
    assert sum(one is not None and abs(one.mV) > max(0.5, 3.0 * one.se_mV) for one in found) <= 1


def test_two_channels_with_different_reversals_are_found() -> None:
    found = shift(second_e_mV=-30.0)
    assert found is not None
    assert found.mV > 4.0 * found.se_mV


def test_the_error_grows_with_the_noise() -> None:
    quiet, noisy = shift(noise_pA=1.0), shift(noise_pA=30.0)
    assert quiet is not None
    assert noisy is not None
    assert noisy.se_mV > 2.0 * quiet.se_mV


def test_without_a_reversal_or_with_few_levels_there_is_no_result() -> None:
    assert shift(level_mV=np.arange(-60.0, 1.0, 10.0)) is None
    assert shift(level_mV=np.array([-100.0, -80.0, -60.0])) is None


@pytest.mark.parametrize("fold_mV", [20.0, 30.0, -30.0])
@pytest.mark.parametrize("step_mV", [15.0, 20.0])
def test_a_decay_that_depends_steeply_on_voltage_moves_no_reversal(step_mV: float, fold_mV: float) -> None:
    """Steps of 20 mV reach 50 mV from E_rev, where the ratio of two stretches is no parabola."""
    level_mV = [np.arange(-140.0 + start, 21.0, step_mV) for start in np.arange(0.0, step_mV, step_mV / 8.0)]
    found = [shift(seed, noise_pA=1.0, level_mV=one, fold_mV=fold_mV) for one in level_mV for seed in range(4)]
    assert sum(one is not None for one in found) >= 28
    assert sum(one is not None and abs(one.mV) > max(0.5, 3.0 * one.se_mV) for one in found) <= 1


@pytest.mark.parametrize("size_pA", [-1.0, 1.0])
def test_a_charging_current_at_the_start_of_the_tails_moves_no_reversal(size_pA: float) -> None:
    """Charging current of 1 pA/mV with a τ of 1.5 ms after a step from −120 mV, as in recordings of whole cells."""
    tau_ms = 60.0 * np.exp((LEVELS_mV - E_REV_mV) / 60.0)[:, None]
    rows = 8.0 * np.exp(-MS / tau_ms) * (LEVELS_mV[:, None] - E_REV_mV)
    rows = rows + size_pA * (LEVELS_mV[:, None] + 160.0) * np.exp(-MS / 1.5)
    rows = rows + np.random.default_rng(1).normal(0.0, 1.0, rows.shape)
    noise = noise_of(rows)
    with_it = reversal_shift(rows, LEVELS_mV, 20, noise.variance * noise.inflation, 0.0, EXCHANGE)
    without = tail_decay(rows, LEVELS_mV, 20, noise, 0.0, EXCHANGE).shift
    assert with_it is not None
    assert without is not None
    assert abs(with_it.mV) > max(0.5, 3.0 * with_it.se_mV)
    assert abs(without.mV) < max(0.5, 3.0 * without.se_mV)
