"""Noise, filter and mains hum of the amplifier."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import bessel, freqz, welch

from reversal.errors import DomainError
from reversal.simulate.amplifier import Amplifier, bessel_filtered
from reversal.simulate.rig import digitised_counts
from reversal.simulate.stimulus_protocol import AbfProtocol

NOISE_SAMPLES = 40000


def noise_alone(amplifier: Amplifier, seed: int = 1) -> np.ndarray:
    """Two sweeps of 2 s at 20 kHz from an amplifier without a cell [pA]."""
    protocol = AbfProtocol((), 0.0, sweeps=2, samples=NOISE_SAMPLES, sample_rate_Hz=20000.0)
    return amplifier.in_pA(digitised_counts(np.zeros((2, 4 * NOISE_SAMPLES)), amplifier, protocol, seed))


def autocorrelation(noise: np.ndarray, lag: int) -> float:
    return float(np.mean(noise[:, lag:] * noise[:, :-lag]) / np.mean(noise**2))


def test_broad_band_noise_has_the_declared_rms() -> None:
    noise = noise_alone(Amplifier(noise_pA=5.0, slow_noise_pA=0.0))
    assert noise.std() == pytest.approx(5.0, rel=0.02)  # 80,000 samples, standard error 0.4 %


def test_broad_band_noise_has_the_spectrum_of_the_bessel_filter() -> None:
    noise = noise_alone(Amplifier(noise_pA=20.0, slow_noise_pA=0.0, lowpass_Hz=2000.0))
    frequency, density = welch(noise.ravel(), fs=20000.0, nperseg=512)
    _, response = freqz(*bessel(4, 2000.0, fs=80000.0, norm="mag"), worN=frequency, fs=80000.0)
    relative = density / density[1:20].mean()
    inside = (frequency > 100) & (frequency < 4000)
    assert relative[inside] == pytest.approx(np.abs(response[inside]) ** 2, abs=0.15)


def test_noise_is_correlated_between_neighbouring_samples_only() -> None:
    noise = noise_alone(Amplifier(noise_pA=5.0, slow_noise_pA=0.0, lowpass_Hz=2000.0))
    assert autocorrelation(noise, 1) > 0.7
    assert abs(autocorrelation(noise, 100)) < 0.02


def test_slow_noise_decays_with_its_time_constant() -> None:
    noise = noise_alone(Amplifier(noise_pA=0.0, slow_noise_pA=50.0, slow_noise_ms=5.0))
    assert noise.std() == pytest.approx(50.0, rel=0.15)  # some 200 independent stretches
    assert autocorrelation(noise, 100) == pytest.approx(np.exp(-1), abs=0.1)


def test_hum_has_one_line_in_the_spectrum() -> None:
    noise = noise_alone(Amplifier(noise_pA=1.0, slow_noise_pA=0.0, hum_pA=20.0, hum_Hz=50.0))
    spectrum = np.abs(np.fft.rfft(noise[0])) / NOISE_SAMPLES * 2
    assert np.argmax(spectrum) == 100  # 50 Hz of 0.5 Hz bins
    assert spectrum[100] == pytest.approx(20.0, rel=0.01)


def test_filter_is_3_dB_down_at_its_frequency_and_passes_steady_current() -> None:
    time_s = np.arange(80000) / 80000
    tone = np.sin(2 * np.pi * 4000 * time_s)[None, :]
    assert np.abs(bessel_filtered(tone, 80000.0, 4000.0)[0, 40000:]).max() == pytest.approx(10 ** (-3 / 20), abs=0.01)
    assert bessel_filtered(np.full((1, 100), 7.0), 80000.0, 4000.0)[0] == pytest.approx(np.full(100, 7.0))


def test_filter_above_half_the_rate_is_refused() -> None:
    with pytest.raises(DomainError, match="below half the sampling rate"):
        bessel_filtered(np.zeros((1, 10)), 8000.0, 4000.0)
