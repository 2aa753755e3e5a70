"""Peak currents: width of the mean, its error, and the smallest size of a gated time course."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.measure.iv.peak_currents import Course, course_of, peak_currents, peaks_at_times, start_reversal_mV
from reversal.tables.findings.code import Code

LEVELS = np.arange(-80.0, 70.0, 10.0)
N = 1200


def noise(sd: float, seed: int = 3, n: int = N) -> np.ndarray:
    return sd * np.random.default_rng(seed).standard_normal((LEVELS.size, n))


@pytest.mark.parametrize(
    ("lowpass_Hz", "width"),
    [(4000.0, 5), (2000.0, 11), (None, 5), (20000.0, 3), (100.0, 75)],
)
def test_a_peak_is_a_mean_over_one_period_of_the_filter(lowpass_Hz: float | None, width: int) -> None:
    """20 kHz: 1/4000 s is 5 samples, without a filter 0.2 ms; at least 3 samples, at most a sixteenth of the window."""
    shape = np.sin(np.pi * np.arange(N) / N)
    peaks = peaks_at_times(5.0 * LEVELS[:, None] * shape + noise(2.0), LEVELS, lowpass_Hz, 20000.0)
    assert peaks.width == width
    if width < 20:  # a larger width leaves too few means at the end of the window to estimate their error
        assert peaks.se == pytest.approx(np.full(LEVELS.size, 2.0 / np.sqrt(width)), rel=0.2)
        assert peaks.n_effective == pytest.approx(width, rel=0.4)


def test_a_peak_has_a_current_and_a_time() -> None:
    t = np.arange(N)
    shape = np.exp(-((t - 300.0) ** 2) / (2 * 80.0**2))
    peaks = peak_currents(5.0 * LEVELS[:, None] * shape + noise(1.0), LEVELS, 4000.0, 20000.0)
    np.testing.assert_allclose(peaks.mean, 5.0 * LEVELS, atol=5 * peaks.se[0])
    assert peaks.at == pytest.approx(np.full(LEVELS.size, 300), abs=30)
    assert peaks.findings == ()


def test_peaks_from_noise_and_peaks_before_the_window_are_marked() -> None:
    none = peak_currents(noise(2.0), LEVELS, 4000.0, 20000.0)
    assert [f.code for f in none.findings] == [Code.PEAK_NOT_DETECTED]
    falling = 5.0 * LEVELS[:, None] * np.exp(-np.arange(N) / 200.0)
    blank = peak_currents(falling + noise(2.0), LEVELS, 4000.0, 20000.0)
    assert [f.code for f in blank.findings] == [Code.PEAK_IN_BLANK]


def gated(squares_pA2: float, samples: int = 40) -> np.ndarray:
    """A parabola over voltage, orthogonal to every straight line, in the first quarter of a short window."""
    bowl = LEVELS**2 - np.polyval(np.polyfit(LEVELS, LEVELS**2, 1), LEVELS)
    early = np.arange(samples) < samples // 4
    return np.sqrt(squares_pA2 / np.sum(bowl**2)) * bowl[:, None] * early


@pytest.mark.parametrize(("squares_pA2", "detected"), [(10.0, False), (600.0, True)])
def test_a_departure_from_a_line_is_detected_from_six_standard_deviations(squares_pA2: float, detected: bool) -> None:
    """One sample per bin: the squares of 15 sweeps about a line have the mean 13 · 2² pA² and the standard
    deviation 13 · 2² √(2/13) pA²; six standard deviations are 122 pA²."""
    found = [course_of(gated(squares_pA2) + noise(2.0, seed, 40), LEVELS) for seed in range(12)]
    assert (sum(course is not Course.LASTS for course in found) > 5) is detected


def test_a_current_that_remains_above_half_is_sustained() -> None:
    open_pA = 5.0 * (LEVELS - 40.0) / (1.0 + np.exp(-(LEVELS + 30.0) / 7.0))
    decay = np.exp(-np.arange(N) / 100.0)
    courses = [course_of(open_pA[:, None] * (part + (1 - part) * decay) + noise(1.0), LEVELS) for part in (0.6, 0.4)]
    assert courses == [Course.LASTS, Course.FALLS]


@pytest.mark.parametrize(("levels", "course"), [(4, Course.LASTS), (5, Course.FALLS)])
def test_a_time_course_needs_five_levels(levels: int, course: Course) -> None:
    v = np.linspace(-60.0, 60.0, levels)
    rows = 0.3 * (v**2)[:, None] * np.exp(-np.arange(N) / 100.0)
    assert course_of(rows + noise(0.5)[:levels], v) is course


def test_reversal_of_a_family_at_its_start_and_at_its_end() -> None:
    """A leak reversing at −20 mV and a gated current reversing at 40 mV: at the start, their sum is zero."""
    leak = 2.0 * (LEVELS + 20.0)[:, None] * np.ones(N)
    gate = 5.0 * (LEVELS - 40.0)[:, None] * np.exp(-np.arange(N) / 150.0)
    early = float(np.exp(-np.arange(N // 50) / 150.0).mean())
    expected = (5.0 * early * 40.0 - 2.0 * 20.0) / (5.0 * early + 2.0)
    assert start_reversal_mV(leak + gate, LEVELS) == pytest.approx(expected, abs=0.1)
    near = 0.15 * (LEVELS - 40.0)[:, None] * np.exp(-np.arange(N) / 150.0)  # moves the zero by less than 5 mV
    assert start_reversal_mV(leak + near, LEVELS) is None
    assert start_reversal_mV(leak[::-1] + gate[::-1], LEVELS[::-1]) == pytest.approx(expected, abs=0.1)


def small(rises: bool) -> np.ndarray:
    """Inward currents of at most 50 pA that fall within 60 samples, with a rise of 15 samples or without one."""
    t = np.arange(N)
    shape = np.exp(-t / 60.0) * (1.0 - rises * np.exp(-t / 15.0))
    drive = np.where(LEVELS > -45.0, LEVELS - 50.0, 0.0)
    return np.asarray(50.0 * np.outer(drive / -drive.min(), shape / shape.max()))


@pytest.mark.parametrize(("rises", "course"), [(True, Course.RISES_AND_FALLS), (False, Course.FALLS)])
def test_small_peaks_are_detected_in_noise_of_a_fifth_of_them(rises: bool, course: Course) -> None:
    """Of 20 families, one may be taken for the other course."""
    found = [course_of(small(rises) + noise(10.0, seed), LEVELS) for seed in range(20)]
    assert sum(one is course for one in found) >= 19
