"""Rounding of samples to counts: its step, and the error of means that more samples do not reduce."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from reversal.statistics.quantisation import Rounding, converter_step, rounding_of

STEP, ROWS, SAMPLES = 5.0, 2000, 1500


def rounded(sigma: float, change: float = 0.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Rounded windows of noise of ``sigma`` counts about true values that change by so many counts, and their means.

    The true values are evenly distributed between two counts.
    """
    rng = np.random.default_rng(seed)
    course = 7.0 + (np.arange(ROWS)[:, None] + 0.5) / ROWS + change * (np.arange(SAMPLES) / SAMPLES - 0.5)
    samples = np.rint(course + sigma * rng.standard_normal((ROWS, SAMPLES)))
    return STEP * samples, STEP * course.mean(1)


@pytest.mark.parametrize("sigma", [0.05, 0.1, 0.2, 0.3])
def test_mean_square_error_of_rounded_means(sigma: float) -> None:
    """To it, the variance within the windows adds its usual part, divided by n."""
    samples, truth = rounded(sigma)
    found = rounding_of(samples, converter_step(samples))
    square = float(np.mean((samples.mean(1) - truth) ** 2))
    assert found.step == pytest.approx(STEP)
    expected = float(found.variance_of_means(np.zeros(1))[0]) + found.variance / SAMPLES
    assert square == pytest.approx(expected, rel=0.06)


def test_without_noise_it_is_a_twelfth_of_a_squared_count_and_with_half_a_count_of_noise_nothing() -> None:
    quiet, noisy = Rounding(STEP, 0.0), Rounding(STEP, STEP**2 * (0.25 + 1.0 / 12.0))
    assert quiet.variance_of_means(np.zeros(1))[0] == pytest.approx(STEP**2 / 12.0, rel=0.01)
    assert noisy.variance_of_means(np.zeros(1))[0] < 4e-4 * STEP**2


def test_a_change_of_a_whole_count_averages_the_rounding() -> None:
    found = Rounding(STEP, 0.0).variance_of_means(np.array([0.0, STEP, 2.5 * STEP]))
    assert found[1] == pytest.approx(0.0, abs=1e-9)
    samples, truth = rounded(0.05, 2.5)
    assert float(np.mean((samples.mean(1) - truth) ** 2)) == pytest.approx(
        float(rounding_of(rounded(0.05)[0], STEP).variance_of_means(np.array([2.5 * STEP]))[0]), rel=0.1
    )


@pytest.mark.parametrize(("sigma", "change"), [(0.05, 0.0), (0.1, 1.0), (0.2, 1.6), (0.1, 2.5)])
def test_mean_square_error_of_the_centre_of_a_parabola_through_rounded_samples(sigma: float, change: float) -> None:
    samples, truth = rounded(sigma, change)
    t = (np.arange(SAMPLES) - (SAMPLES - 1) / 2) / SAMPLES
    weights = np.linalg.pinv(np.vander(t, 3))[2]
    found = rounding_of(rounded(sigma)[0], STEP)
    square = float(np.mean((samples @ weights - truth) ** 2))
    expected = float(found.variance_of_centres(np.array([change * STEP]))[0]) + found.variance * weights @ weights
    assert square == pytest.approx(expected, rel=0.1)


def test_single_precision_and_an_offset_do_not_hide_the_step() -> None:
    samples = (rounded(0.2)[0] + 1.7).astype(np.float32).astype(np.float64)
    assert converter_step(samples[::100]) == pytest.approx(STEP, rel=1e-3)


@pytest.mark.parametrize("scale", [0.1, 0.5])
def test_averaged_sweeps_have_the_step_of_the_average(scale: float) -> None:
    samples = rounded(0.3)[0]
    averaged = scale * samples[:20] + (1.0 - scale) * samples[20:40]
    assert converter_step(averaged) <= 0.5 * STEP * (1.0 + 1e-9)


def test_currents_without_a_converter_have_no_step() -> None:
    rng = np.random.default_rng(2)
    assert converter_step(rng.standard_normal((10, 200))) == 0.0
    calculated = np.repeat(np.array([[0.0, 10.0, 30.0, 20.0]]), 100, axis=1)  # constant between its steps
    assert converter_step(calculated) == 0.0
    assert converter_step(np.zeros((3, 100))) == 0.0
    assert converter_step(np.array([[5.0, 5.0, 10.0, 5.0, np.nan]])) == 5.0
    assert np.all(rounding_of(calculated, 0.0).variance_of_means(np.zeros(3)) == 0.0)


def test_windows_of_one_value_each_have_the_whole_error_of_rounding() -> None:
    windows = np.repeat(np.array([[0.0], [10.0], [30.0]]), 100, axis=1)
    assert rounding_of(windows, STEP).variance_of_means(np.zeros(3)) == pytest.approx(STEP**2 / 12.0, rel=0.01)


@pytest.mark.parametrize("sigma", [0.1, 0.2, 0.3])
def test_error_of_rounded_normal_noise_is_that_of_the_probabilities_of_its_counts(sigma: float) -> None:
    """Mean of each count times its probability, less the true value: its mean square over true values of one count."""
    truth, counts = (np.arange(400) + 0.5) / 400.0, np.arange(-4, 6)
    ends = ndtr((np.arange(-4, 7)[:, None] - 0.5 - truth) / sigma)
    probability = np.diff(ends, axis=0)
    mean = counts @ probability
    within = float(np.mean(counts**2 @ probability - mean**2))
    found = Rounding(STEP, STEP**2 * within).variance_of_means(np.zeros(1))[0]
    assert found == pytest.approx(STEP**2 * float(np.mean((mean - truth) ** 2)), rel=0.01)


def test_a_converter_of_16_bits_has_a_step_and_samples_of_one_more_value_have_none() -> None:
    counts = np.append(np.arange(65_536), 65_534)  # one step back
    assert converter_step([STEP * counts]) == STEP
    assert converter_step([STEP * np.append(counts, 65_536)]) == 0.0


def test_windows_of_two_noisy_sweeps_have_the_mean_variance_about_their_lines() -> None:
    """Without a sweep that is wild; the lines are those of least squares."""
    rng, t = np.random.default_rng(5), np.arange(60)
    windows = np.array([2.0, 3.0])[:, None] * rng.standard_normal((2, 60)) + np.array([0.3, -0.1])[:, None] * t
    about = [np.mean((row - np.polyval(np.polyfit(t, row, 1), t)) ** 2) for row in windows]
    assert rounding_of(windows, 0.01).variance == pytest.approx(np.mean(about))
    wild = np.vstack([windows, windows, 1e4 * windows[:1]])
    assert rounding_of(wild, 0.01).variance == pytest.approx(np.mean(about))


def test_values_that_are_no_multiples_of_one_difference_have_no_step() -> None:
    assert converter_step(np.array([[0.0, 5.0, 0.0, 15.0]])) == 5.0
    assert converter_step(np.array([[0.0, 5.0, 0.0, 12.5]])) == 0.0


def test_a_step_and_back_is_found_at_every_place_of_a_long_row() -> None:
    """A row is read in pieces of 131,072 samples."""
    for place in range(131_070, 131_075):
        row = np.zeros(131_080, dtype=np.float32)
        row[place] = STEP
        assert converter_step([row]) == STEP
