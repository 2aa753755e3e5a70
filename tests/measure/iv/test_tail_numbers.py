"""Extrapolation of tail currents, compared with least squares with the true time constant."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.iv.tail_currents import Noise, edge_currents, noise_of, transient_remains

LEVELS = np.arange(-100.0, 1.0, 20.0)
N = 2000


def rows(start_pA: np.ndarray, tau: float, first: int = 20, sd: float = 1.0, seed: int = 4) -> np.ndarray:
    """Tails of one time constant [samples] that start ``first`` samples before the window, with white noise."""
    noise = sd * np.random.default_rng(seed).standard_normal((start_pA.size, N))
    return start_pA[:, None] * np.exp(-(first + np.arange(N)) / tau) + noise


@pytest.mark.parametrize(("inflation", "independent"), [(1.0, 2000.0), (4.0, 500.0)])
def test_effective_samples_are_samples_over_variance_inflation(inflation: float, independent: float) -> None:
    found = edge_currents(rows(3.0 * LEVELS, 300.0), LEVELS, 20, Noise(1.0, inflation), transient=False)
    assert found.n_effective == pytest.approx(independent)


def by_least_squares(tau: float, first: int = 20, *, free: bool = False) -> np.ndarray:
    """Weights of the samples in the extrapolated current, with τ known or free in a small range."""
    t = (first + np.arange(N)) / tau
    columns = [np.ones(N), np.exp(-t), *([t * np.exp(-t)] if free else [])]
    solve = np.linalg.pinv(np.column_stack(columns))
    return np.asarray(solve[0] + solve[1])


def test_effect_of_drift_follows_from_the_weights_of_early_and_late_samples() -> None:
    """½ (1 + √(Σ₊² + Σ₋²)) of weights that sum to 1: 1 for a mean; for a large tail nearly those for its true τ."""
    flat = edge_currents(rows(np.zeros(6), 300.0), LEVELS, 20, Noise(1.0, 1.0), transient=False)
    assert np.all(flat.drift_gain >= 1.0)
    assert np.median(flat.drift_gain) < 1.6
    weights = by_least_squares(200.0, free=True)
    expected = 0.5 * (1.0 + np.hypot(weights[weights > 0].sum(), weights[weights < 0].sum()))
    large = edge_currents(rows(np.full(6, 900.0), 200.0), LEVELS, 20, Noise(1.0, 1.0), transient=False)
    assert large.drift_gain == pytest.approx(np.full(6, expected), rel=0.1)


def test_errors_are_at_least_those_with_a_known_time_constant() -> None:
    weights = by_least_squares(200.0)
    known = np.sqrt(weights @ weights)
    found = edge_currents(rows(np.full(6, 220.0), 200.0), LEVELS, 20, Noise(1.0, 1.0), transient=False)
    assert np.all(found.se > 0.95 * known)
    assert np.all(found.se < 4.0 * known)
    noisier = edge_currents(rows(np.full(6, 220.0), 200.0, sd=3.0), LEVELS, 20, Noise(9.0, 1.0), transient=False)
    assert noisier.se / found.se == pytest.approx(np.full(6, 3.0), rel=0.35)


def test_errors_of_large_tails_contain_time_constants_between_those_of_the_grid() -> None:
    """Neighbours on the grid differ by 20 %; half of that is an error of 2 pA in 900 pA, far above the noise."""
    found = edge_currents(rows(np.full(6, 900.0), 200.0), LEVELS, 20, Noise(1.0, 1.0), transient=False)
    assert np.all(np.abs(found.at_edge - 900.0) > 1.0)
    assert np.all(np.abs(found.at_edge - 900.0) < 2.0 * found.se)


TWO = [(40.0, 400.0, 0.3), (100.0, 400.0, 0.7), (200.0, 800.0, 0.3), (100.0, 1000.0, 0.3), (400.0, 4000.0, 0.7)]


@pytest.mark.parametrize(("fast", "slow", "part"), TWO)
def test_errors_of_tails_of_two_relaxations_contain_the_truth(fast: float, slow: float, part: float) -> None:
    """Between the pairs of the grid: extrapolated 60 to 3 pA beside 300 pA, 3 to 20 standard errors of the noise."""
    start = 3.0 * (LEVELS + 50.0)
    tails = part * rows(start, fast, sd=0.0) + (1.0 - part) * rows(start, slow, sd=0.0)
    samples = tails + 3.0 * np.random.default_rng(5).standard_normal(tails.shape)
    found = edge_currents(samples, LEVELS, 20, Noise(9.0, 1.0), transient=False)
    deviates = (found.at_edge - start) / found.se
    assert np.sqrt(np.mean(deviates**2)) < 2.0
    assert np.all(np.abs(deviates) < 4.0)
    assert np.all(found.se[np.abs(start) < 40.0] < 6.0)  # the error is a fraction of the current and vanishes with it


def test_fraction_lost_before_the_window_is_one_minus_the_decay() -> None:
    """Of 900 pA with τ 200 samples, 1 − e^(−20/200) = 9.5 % has decayed at the start of the window."""
    found = edge_currents(rows(np.full(6, 900.0), 200.0), LEVELS, 20, Noise(1.0, 1.0), transient=False)
    assert found.extrapolated_fraction == pytest.approx(1 - np.exp(-0.1), abs=0.01)
    assert found.at_edge == pytest.approx(np.full(6, 900.0), rel=0.005)  # bins are as wide as a third of τ
    flat = edge_currents(rows(np.zeros(6), 200.0), LEVELS, 20, Noise(1.0, 1.0), transient=False)
    assert flat.extrapolated_fraction == 0.0


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_noise_matches_an_autoregression(rho: float) -> None:
    """AR(1), innovations of variance 4: variance 4/(1 − ρ²); variance of a mean larger by (1 + ρ)/(1 − ρ)."""
    rng = np.random.default_rng(9)
    noise = np.zeros((8, 6000))
    innovation = 2.0 * rng.standard_normal(noise.shape)
    for n in range(1, noise.shape[1]):
        noise[:, n] = rho * noise[:, n - 1] + innovation[:, n]
    slow = 30.0 * np.linspace(-1, 1, 6000) ** 3  # is subtracted
    found = noise_of(noise[:, 500:] + slow[500:])
    assert found.variance == pytest.approx(4.0 / (1 - rho**2), rel=0.05)
    assert found.inflation == pytest.approx((1 + rho) / (1 - rho), rel=0.15)


def test_a_transient_is_detected_where_the_tail_reverses() -> None:
    start = np.array([-300.0, -150.0, -40.0, 40.0, 150.0, 300.0])
    tails = rows(start, 800.0, sd=1.0)
    decay = np.exp(-np.arange(N) / 15.0)
    assert transient_remains(tails, LEVELS, 20, Noise(1.0, 1.0)) is False
    assert transient_remains(tails + 30.0 * decay, LEVELS, 20, Noise(1.0, 1.0)) is True
    assert transient_remains(tails - 30.0 * decay, LEVELS, 20, Noise(1.0, 1.0)) is True
    assert transient_remains(tails + 30.0 * decay, LEVELS, 20, Noise(1e4, 1.0)) is False  # as large as the noise
    four = tails[1:5] + 30.0 * decay
    assert transient_remains(four, LEVELS[1:5], 20, Noise(1.0, 1.0)) is True
    assert transient_remains(np.abs(tails) + 30.0 * decay, LEVELS, 20, Noise(1.0, 1.0)) is False  # no sign change
    assert transient_remains(tails[:3] + 30.0 * decay, LEVELS[:3], 20, Noise(1.0, 1.0)) is False  # too few sweeps
    assert transient_remains((tails + 30.0 * decay)[:, :159], LEVELS, 20, Noise(1.0, 1.0)) is False  # too short


def stepped(early: float, later_pA: list[float]) -> np.ndarray:
    """Currents that change in two steps: ``early`` more in the first 20 samples, then so much more than at the end."""
    later = np.array(later_pA)
    rows = np.zeros((later.size, N))
    rows[:, :200] = later[:, None]
    rows[:, :20] += 0.7 * later[:, None] + early
    return rows


@pytest.mark.parametrize("later_pA", [[-90.0, -40.0, 50.0, 80.0], [-20.0, 30.0, 60.0, 90.0]])
def test_a_transient_is_detected_from_four_standard_errors_at_the_reversal(later_pA: list[float]) -> None:
    """Error of the intercept of a straight line, √(1/n + x̄²/Σ(x − x̄)²), of differences of means of 20 samples each
    with one of 60: σ² (1 + 1/3)/20."""
    x = np.array(later_pA)
    se = np.sqrt(9.0 * (4.0 / 3.0) / 20.0 * (1.0 / x.size + x.mean() ** 2 / np.sum((x - x.mean()) ** 2)))
    for times, detected in ((3.9, False), (4.1, True), (-4.1, True)):
        assert transient_remains(stepped(times * se, later_pA), LEVELS[:4], 20, Noise(9.0, 1.0)) is detected
    assert transient_remains(stepped(4.1 * se, later_pA), LEVELS[:4], 20, Noise(9.0, 1.2)) is False
    for times, detected in ((3.9, False), (4.1, True)):  # correlated over more than the stretch: no mean is any better
        rows = stepped(times * se * np.sqrt(20.0), later_pA)
        assert transient_remains(rows, LEVELS[:4], 20, Noise(9.0, 1e4)) is detected


def test_a_transient_is_no_part_of_what_is_extrapolated() -> None:
    """1 − e^(−20/400) of the tail has decayed when the window starts, independent of other charging currents."""
    tails = rows(np.array([-900.0, -600.0, -300.0, 300.0, 600.0, 900.0]), 400.0)
    transient = 200.0 * np.exp(-np.arange(N) / 12.0)
    found = edge_currents(tails + transient, LEVELS, 20, Noise(1.0, 1.0), transient=True)
    assert found.extrapolated_fraction == pytest.approx(1 - np.exp(-0.05), abs=0.02)
