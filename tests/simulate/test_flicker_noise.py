"""1/f noise of the simulated amplifier: the same variance in each decade, and its course from sweep to sweep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.simulate.amplifier import Amplifier, flicker_noise, slow_noise

STARTS_s, SAMPLES, RATE_Hz = 2.0 * np.arange(2000), 200, 1000.0
TAUS_s = 1e-4 * 10.0 ** (np.arange(11) / 2.0)  # two in each decade, to 10 s


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return flicker_noise(STARTS_s, SAMPLES, RATE_Hz, np.random.default_rng(12))


@pytest.mark.parametrize("apart", [0, 1, 10, 100])
def test_covariance_within_a_sweep_is_half_the_sum_of_the_processes(noise: np.ndarray, apart: int) -> None:
    found = float(np.mean(noise[:, : SAMPLES - apart] * noise[:, apart:]))
    assert found == pytest.approx(0.5 * np.exp(-apart / RATE_Hz / TAUS_s).sum(), abs=0.35)


@pytest.mark.parametrize("apart", [1, 3])
def test_noise_continues_from_sweep_to_sweep(noise: np.ndarray, apart: int) -> None:
    found = float(np.mean(noise[:-apart] * noise[apart:]))
    assert found == pytest.approx(0.5 * np.exp(-2.0 * apart / TAUS_s).sum(), abs=0.3)


def test_power_falls_inversely_with_frequency(noise: np.ndarray) -> None:
    """Between 10 and 100 Hz the spectral density is 1/(f ln 10)."""
    power = (np.abs(np.fft.rfft(noise * np.hanning(SAMPLES))) ** 2).mean(0) / (
        RATE_Hz * (np.hanning(SAMPLES) ** 2).sum()
    )
    f = np.fft.rfftfreq(SAMPLES, 1.0 / RATE_Hz)
    band = (f >= 10.0) & (f <= 100.0)
    assert 2.0 * power[band] * f[band] * np.log(10.0) == pytest.approx(np.ones(band.sum()), abs=0.35)


def test_the_amplifier_adds_it_in_pA() -> None:
    quiet = Amplifier(slow_noise_pA=0.0, flicker_pA=0.0)
    none, some = (
        slow_noise(replace(quiet, flicker_pA=size), STARTS_s[:50], SAMPLES, RATE_Hz, np.random.default_rng(3))
        for size in (0.0, 2.0)
    )
    assert not none.any()
    assert float(np.var(some)) == pytest.approx(4.0 * 5.5, rel=0.4)
