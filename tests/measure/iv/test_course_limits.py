"""The course of a family changes its name exactly at its limits."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.peak_currents import Course, course_of, start_reversal_mV

LEVELS = np.arange(-80.0, 40.0, 10.0)
N = 1000
OPEN = np.where(LEVELS > -45.0, 2.0 * (LEVELS - 45.0), 0.0)  # inward from −40 mV on


def rows(*parts: tuple[float, int], open_pA: FloatArray = OPEN) -> FloatArray:
    """The open current times a factor for so many samples each, with a leak and noise of 0.01 pA."""
    factor = np.concatenate([np.full(samples, size) for size, samples in parts])
    leak = 1.5 * (LEVELS[: open_pA.size, None] + 30.0)
    noise = 0.01 * np.random.default_rng(3).standard_normal((open_pA.size, factor.size))
    return np.asarray(open_pA[:, None] * factor + leak + noise)


@pytest.mark.parametrize(("remains", "course"), [(0.51, Course.LASTS), (0.49, Course.FALLS), (-0.49, Course.FALLS)])
def test_a_current_lasts_if_half_of_it_remains(remains: float, course: Course) -> None:
    """−0.49 of it: the current reverses; 0.49 is smaller than half."""
    assert course_of(rows((1.0, 300), (remains, N - 300)), LEVELS) is course


@pytest.mark.parametrize(("start", "course"), [(0.88, Course.RISES_AND_FALLS), (0.92, Course.FALLS)])
def test_a_current_rises_if_it_starts_below_nine_tenths(start: float, course: Course) -> None:
    assert course_of(rows((start, 30), (1.0, 300), (0.0, N - 330)), LEVELS) is course


def test_only_the_first_three_samples_are_the_start() -> None:
    assert course_of(rows((0.85, 3), (1.0, 300), (0.0, N - 303)), LEVELS) is Course.RISES_AND_FALLS
    assert course_of(rows((0.6, 1), (1.0, 300), (0.0, N - 301)), LEVELS) is Course.RISES_AND_FALLS
    assert course_of(rows((0.75, 1), (1.0, 300), (0.0, N - 301)), LEVELS) is Course.FALLS


@pytest.mark.parametrize(("swing", "course"), [(-0.19, Course.FALLS), (-0.21, Course.LASTS)])
def test_a_current_that_swings_back_by_a_fifth_rings(swing: float, course: Course) -> None:
    """It ends at 0; the swing lasts from sample 300 to 600."""
    assert course_of(rows((1.0, 300), (swing, 300), (0.0, N - 600)), LEVELS) is course


def of_sizes(*sizes: float, levels: int = LEVELS.size) -> Course:
    """Sweeps whose current falls by so many pA; all others are steady. Sizes lie at every other level."""
    falls = np.zeros(levels)
    falls[1 : 1 + 2 * len(sizes) : 2] = sizes
    return course_of(rows((1.0, 300), (0.0, N - 300), open_pA=-falls), LEVELS[:levels])


def test_an_event_in_less_than_three_sweeps_is_no_gated_current() -> None:
    """The third largest is 30 % of the largest; with fewer than ten levels, the second largest."""
    assert of_sizes(100.0, 60.0, 31.0) is Course.FALLS
    assert of_sizes(100.0, 60.0, 29.0) is Course.LASTS
    assert of_sizes(31.0, 100.0, 31.0, levels=10) is Course.FALLS
    assert of_sizes(29.0, 100.0, 31.0, levels=10) is Course.LASTS
    assert of_sizes(31.0, 100.0, levels=9) is Course.FALLS
    assert of_sizes(29.0, 100.0, levels=9) is Course.LASTS


def test_levels_that_differ_by_less_than_a_microvolt_are_one() -> None:
    five = np.array([-60.0, -30.0, 0.0, 20.0, 40.0])
    four = np.array([-60.0, -30.0, 0.0, 20.0, 20.0004])
    bent = -0.05 * five**2
    assert course_of(rows((1.0, 300), (0.0, N - 300), open_pA=bent), five) is Course.FALLS
    assert course_of(rows((1.0, 300), (0.0, N - 300), open_pA=bent), four) is Course.LASTS


def test_start_is_a_fiftieth_and_end_a_fifth_of_the_window() -> None:
    """Zero of a line at −20 mV; currents of the first 20 and of the last 200 samples are shifted."""
    line = 2.0 * (LEVELS + 20.0)[:, None] * np.ones(N)

    def shifted(start_pA: float, samples: int, end_pA: float = 0.0) -> float | None:
        current = line.copy()
        current[:, :samples] += start_pA
        current[:, -200:] += end_pA
        return start_reversal_mV(current, LEVELS)

    assert shifted(-20.0, 20) == pytest.approx(-10.0)
    assert shifted(-20.0, 10) is None  # on average −10 pA, 5 mV
    assert shifted(-22.0, 10) == pytest.approx(-14.5)
    assert shifted(-20.0, 20, -12.0) is None  # 10 and 6 mV
    assert shifted(-20.0, 20, -9.0) == pytest.approx(-10.0)
    assert shifted(-200.0, 20) is None  # inward at all levels
    assert shifted(-20.0, 20, -200.0) == pytest.approx(-10.0)  # no reversal at the end
