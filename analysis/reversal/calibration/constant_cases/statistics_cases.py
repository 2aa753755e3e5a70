"""Cases of the statistics, against tables of distributions and calculations by hand."""

from __future__ import annotations

import numpy as np

from reversal.calibration.constant_cases.case import Answers, Known, exactly, first
from reversal.statistics.autocorrelation import correlation_inflation, window_means
from reversal.statistics.likelihood_ratio import critical_value
from reversal.statistics.polynomials import five_point_parabola_residual
from reversal.statistics.quantisation import Rounding
from reversal.statistics.robust_weights import bisquare, standard_deviation_of
from reversal.statistics.student_t import interval, two_sided_95_by_series, two_sided_quantile


def student_t_of_ten() -> Answers:
    """Two-sided 95 % point of Student's t with 10 degrees of freedom, and by the series with 1e6."""
    return {
        "quantile": exactly(two_sided_quantile(10), 2.2281389),
        "half_width": exactly(interval(0.0, 1.0, 10)[1], 2.2281389),
        "by_series": exactly(two_sided_95_by_series(10**6), 1.959966),
    }


def likelihood_ratio_far_from_an_edge() -> Answers:
    """95 % point of χ² with one degree of freedom, and of its mixture on the edge."""
    return {
        "far": exactly(float(critical_value(np.inf)), 3.8414588),
        "edge": exactly(float(critical_value(0.0)), 2.7055435),
    }


def median_of_absolute_deviations() -> Answers:
    """Deviations of ± 0.6745 standard deviations."""
    return {"sd": exactly(standard_deviation_of(0.6745 * np.array([1.0, -1.0, 1.0, -1.0])), 1.0)}


def tukey_weights() -> Answers:
    """A value at half of 4.685 standard deviations has a weight of (1 − ¼)²."""
    return {"weight": exactly(float(bisquare(np.array([4.685]), 2.0, 1e-3)[0]), 0.5625)}


def parabola_through_five_points() -> Answers:
    """Weights of Savitzky and Golay: (3, −12, 18, −12, 3)/35."""
    weights = five_point_parabola_residual().tolist()
    expected = (3 / 35, -12 / 35, 18 / 35, -12 / 35, 3 / 35)
    return {f"weight_{n}": exactly(w, e) for n, (w, e) in enumerate(zip(weights, expected, strict=True))}


def slow_noise_in_a_short_window() -> Answers:
    """The correction for a fitted level and slope raises a variance at most 5-fold."""
    slow = np.sin(np.linspace(0.0, 2 * np.pi, 20))[None] * np.ones((3, 1))
    bent, plain = correlation_inflation(slow, fitted=4), correlation_inflation(slow, fitted=0)
    return {"ratio": exactly(bent / plain, 5.0)}


def a_wild_sweep() -> Answers:
    """Variance of one sweep of five, relative to the others, from which it does not enter the common noise."""
    ratios = (1.5, 1.9, 2.1, 3.0, 3.9, 4.1, 6.0, 7.9, 8.1, 20.0)

    def left_out(ratio: float) -> bool:
        rows = np.tile(np.array([1.0, -1.0, -1.0, 1.0]), (5, 25)) * np.array([1.0, 1.0, 1.0, 1.0, ratio**0.5])[:, None]
        return bool(window_means(rows).se[0] < 1.001 * window_means(rows[:4]).se[0])

    return {"left_out_from": exactly(first(ratios, left_out), 4.1)}


def means_of_rounded_samples() -> Answers:
    """Mean square error in counts without noise: 1/12, and 5/168 at the centre of a parabola over one count."""
    one, rounding = np.ones(1), Rounding(1.0, 0.0)
    return {
        "mean": Known(float(rounding.variance_of_means(0.0 * one)[0]), 1.0 / 12.0, 4e-4),
        "centre": Known(float(rounding.variance_of_centres(0.0 * one)[0]), 1.0 / 12.0, 4e-4),
        "swept": Known(float(rounding.variance_of_centres(one)[0]), 5.0 / 168.0, 1e-5),
    }


CASES = (
    student_t_of_ten,
    likelihood_ratio_far_from_an_edge,
    median_of_absolute_deviations,
    tukey_weights,
    parabola_through_five_points,
    slow_noise_in_a_short_window,
    a_wild_sweep,
    means_of_rounded_samples,
)
