"""Noise that lasts from sweep to sweep, from its definitions on made-up currents."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.lasting_noise import (
    LastingCorrelation,
    LastingNoise,
    lasting_correlation,
    lasting_noise,
    lasting_offset_pA2,
)
from reversal.measure.protocol.sweeps import Sweeps
from tests.measure.made_recordings import recording, steps

LEVELS = np.arange(-100.0, 61.0, 5.0)
COMMANDS = [steps((-80.0, 300), (v, 1000), (-80.0, 500)) for v in LEVELS.tolist()]


def made(start_pA: FloatArray, end_pA: FloatArray, commands: list = COMMANDS) -> Sweeps:
    """Sweeps with so much current before and after the step, with white noise."""
    rows = 1.0 * np.random.default_rng(6).standard_normal((len(commands), 1800))
    rows[:, :300] += start_pA[:, None]
    rows[:, 1300:] += end_pA[:, None]
    return Sweeps.of(recording(rows, commands))


def test_variance_is_the_covariance_of_start_and_end_of_the_sweeps() -> None:
    rng = np.random.default_rng(8)
    shared, start, end = 2.0 * rng.standard_normal((3, LEVELS.size))
    found = lasting_noise(made(shared + start, shared + end))
    positions = np.arange(LEVELS.size, dtype=float)
    left = [row - np.polyval(np.polyfit(positions, row, 2), positions) for row in (shared + start, shared + end)]
    assert found.variance_pA2 == pytest.approx(left[0] @ left[1] / (LEVELS.size - 3), abs=0.2)
    assert found.apart_s == pytest.approx((1750 - 150) / 10_000.0)


def test_independent_noise_and_a_trend_do_not_last() -> None:
    rng = np.random.default_rng(9)
    trend = 0.02 * np.arange(LEVELS.size) ** 2
    assert lasting_noise(made(trend, 3.0 * trend)).variance_pA2 < 0.1
    opposite = rng.standard_normal(LEVELS.size)
    assert lasting_noise(made(opposite, -opposite)).variance_pA2 == 0.0


def test_few_sweeps_and_sweeps_that_end_elsewhere_show_nothing() -> None:
    shared = np.random.default_rng(8).standard_normal(LEVELS.size)
    assert lasting_noise(made(shared[:7], shared[:7], COMMANDS[:7])).variance_pA2 > 0.0
    assert lasting_noise(made(shared[:6], shared[:6], COMMANDS[:6])).variance_pA2 == 0.0
    elsewhere = [*COMMANDS[:-1], steps((-80.0, 300), (0.0, 1000), (-70.0, 500))]
    assert lasting_noise(made(shared, shared, elsewhere)).variance_pA2 == 0.0


def test_correlation_falls_with_the_logarithm_of_the_time_between_two_sweeps() -> None:
    """Errors of √(3 + 1) pA, of which 1 pA² lasts: ¼ ln(8 s/d)/ln(8 s/0.5 s) for sweeps that are d apart."""
    start_s = np.array([0.0, 2.0, 4.0, 8.0])
    found = lasting_correlation(np.full(4, 2.0), np.full(4, 3.0), start_s, LastingNoise(1.0, 0.5))
    assert found is not None
    for n, apart in enumerate((2.0, 4.0, 8.0), start=1):
        assert found[0, n] == pytest.approx(0.25 * np.log(8.0 / apart) / np.log(16.0))
    assert np.diag(found) == pytest.approx(np.ones(4))
    limited = lasting_correlation(np.full(4, 2.0), np.full(4, 0.5), start_s, LastingNoise(1.0, 0.5))
    assert limited is not None
    assert limited[0, 1] == pytest.approx(0.5 * found[0, 1])


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_covariance_of_many_sweeps_is_that_of_the_table_of_all_pairs(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    se, slow, start_s = np.linspace(1.0, 2.0, 30), np.linspace(0.5, 3.0, 30), np.cumsum(np.linspace(1.0, 3.0, 30))
    average = (np.arange(30) % 5 == np.arange(5)[:, None]) / 6.0
    noise = LastingNoise(0.3, 0.5)
    table = lasting_correlation(se, slow, start_s, noise)
    assert isinstance(table, np.ndarray)
    monkeypatch.setattr("reversal.measure.iv.lasting_noise.MAX_CORRELATED_SWEEPS", 29)
    monkeypatch.setattr("reversal.measure.iv.lasting_noise.SWEEPS_AT_ONCE", at_once)
    found = lasting_correlation(se, slow, start_s, noise)
    assert isinstance(found, LastingCorrelation)
    np.testing.assert_allclose(found.covariance(average, se), average @ (table * np.outer(se, se)) @ average.T)


def test_errors_are_independent_without_lasting_noise_or_time() -> None:
    se, slow = np.full(4, 2.0), np.full(4, 3.0)
    assert lasting_correlation(se, slow, np.arange(4.0), LastingNoise(0.0, 0.5)) is None
    assert lasting_correlation(se, np.zeros(4), np.arange(4.0), LastingNoise(1.0, 0.5)) is None
    assert lasting_correlation(se, slow, np.zeros(4), LastingNoise(1.0, 0.5)) is None


def test_offsets_of_ramps_that_noise_within_them_does_not_explain_last() -> None:
    """Three ramps at 0, 2 and 4 s, 0.5 s long: correlations ln 2/ln 8 and 0, by hand."""
    offset = np.array([-3.0, 0.0, 3.0])
    rows = offset[:, None] + 1e-6 * np.random.default_rng(2).standard_normal((3, 20))
    rho = np.log(2.0) / np.log(8.0)
    shared = 4.0 * rho / 3.0  # mean over the sweeps of the correlations with the two others
    expected = 9.0 / 3.0 * ((1.0 + shared) / (1.0 - shared / 2.0) - 1.0)
    start_s = np.array([0.0, 2.0, 4.0])
    assert lasting_offset_pA2(rows, start_s, 0.5) == pytest.approx(expected, rel=1e-4)
    assert lasting_offset_pA2(rows, np.zeros(3), 0.5) == 0.0
    assert lasting_offset_pA2(rows - offset[:, None], start_s, 0.5) < 1e-12
