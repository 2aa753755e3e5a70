"""Peak currents, and the choice between peak and steady state."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import measured_case
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.peak_currents import Course, course_of, peak_currents, start_reversal_mV
from reversal.simulate.bath import SERIES
from reversal.tables.iv_table import IVKind

MS = 20  # samples a millisecond


def noisy(rows: np.ndarray, sd: float = 2.0) -> np.ndarray:
    return rows + sd * np.random.default_rng(8).standard_normal(rows.shape)


def test_peak_currents_are_signed_and_unbiased() -> None:
    t = np.arange(30 * MS) / MS
    shape = (1 - np.exp(-t / 0.5)) * np.exp(-t / 3.0)
    size = np.array([-400.0, -200.0, -50.0, 0.0, 0.0, 0.0, 50.0, 200.0, 400.0])
    peaks = peak_currents(noisy(size[:, None] * shape), np.arange(-40.0, 50.0, 10.0), 4000.0, 20000.0)
    expected = size * shape.max()
    np.testing.assert_allclose(peaks.mean, expected, atol=5 * peaks.se[0] + 0.02 * np.abs(expected).max())
    assert abs(peaks.mean[3:6].mean()) < 2 * peaks.se[0]


def test_noise_gives_no_peak() -> None:
    """Hundreds of sweeps of noise with two true peaks: the others have a mean of zero, not that of an extremum."""
    rows = np.zeros((402, 600))
    shape = (1 - np.exp(-np.arange(600) / 10)) * np.exp(-np.arange(600) / 60.0)
    rows[0], rows[-1] = -300.0 * shape, 300.0 * shape
    peaks = peak_currents(noisy(rows), np.linspace(-100.0, 100.0, 402), 4000.0, 20000.0)
    assert abs(np.abs(peaks.mean[1:-1]).mean() / peaks.se[0] - np.sqrt(2 / np.pi)) < 0.12
    assert abs(peaks.mean[1:-1].mean()) < 4 * peaks.se[0] / np.sqrt(400)


LEVELS = np.arange(-80.0, 70.0, 10.0)


OPEN = 1.0 / (1.0 + np.exp(-(LEVELS + 30.0) / 7.0)) * (LEVELS - 40.0) * 5.0


SINCE = np.arange(60 * MS) / MS


COURSES = {
    "comes and goes": (Course.RISES_AND_FALLS, OPEN[:, None] * (1 - np.exp(-SINCE / 0.5)) * np.exp(-SINCE / 3.0)),
    "declines from the start": (Course.FALLS, OPEN[:, None] * np.exp(-SINCE / 3.0)),
    "comes": (Course.LASTS, OPEN[:, None] * (1 - np.exp(-SINCE / 5.0))),
    "is there": (Course.LASTS, OPEN[:, None] * np.ones_like(SINCE)),
    "goes by a third": (Course.LASTS, OPEN[:, None] * (0.67 + 0.33 * np.exp(-SINCE / 3.0))),
    "charges": (Course.LASTS, (LEVELS[:, None] + 80.0) * (0.5 + 20.0 * np.exp(-SINCE / 1.0))),
    "rings": (Course.LASTS, LEVELS[:, None] ** 2 * 0.1 * np.cos(SINCE / 0.3) * np.exp(-SINCE / 2.0)),
    "is an event in one sweep": (Course.LASTS, (LEVELS[:, None] == 0.0) * 80.0 * SINCE * np.exp(-SINCE / 2.0)),
    "is noise": (Course.LASTS, np.zeros((LEVELS.size, SINCE.size))),
}


@pytest.mark.parametrize("course", COURSES)
def test_time_course_of_a_family_is_that_of_its_gated_current(course: str) -> None:
    expected, rows = COURSES[course]
    assert course_of(noisy(rows + 2.0 * LEVELS[:, None]), LEVELS) is expected


def test_a_different_reversal_potential_at_the_start_of_the_steps_is_found() -> None:
    leak = 2.0 * (LEVELS + 20.0)[:, None]
    rows = COURSES["declines from the start"][1] + leak
    expected = _zero(OPEN * np.exp(-0.6 / 3.0) + leak[:, 0])
    assert start_reversal_mV(noisy(rows), LEVELS) == pytest.approx(expected, abs=1.0)
    assert start_reversal_mV(noisy(leak * (1.0 + np.exp(-SINCE / 3.0))), LEVELS) is None


def _zero(i_pA: np.ndarray) -> float:
    return float(np.interp(0.0, i_pA[LEVELS > 0], LEVELS[LEVELS > 0]))


@pytest.mark.parametrize("kind", ["auto", "steady"])
def test_a_declared_kind_of_measurement_is_used(kind: str) -> None:
    case = Case("peak", "transient_sodium", 0.1, 2.0, 5.0, 0.8, 0.1, SERIES[1], -70.0, 90.0)
    (one,) = measured_case(case, 1, repeats=1, window=Window.model_validate({"measure": kind}))
    assert one.measured.iv.curve.kind is (IVKind.PEAK if kind == "auto" else IVKind.STEADY)


@pytest.mark.parametrize("by_mV", [20.0, 25.0])
def test_peaks_are_found_in_a_family_with_large_steps(by_mV: float) -> None:
    """With steps of 25 mV only two sweeps have large peaks; an event in a single sweep is not a peak."""
    levels = np.arange(-80.0, 71.0, by_mV)
    open_pA = 1.0 / (1.0 + np.exp(-(levels + 30.0) / 7.0)) * (levels - 40.0) * 5.0
    rows = open_pA[:, None] * (1 - np.exp(-SINCE / 0.5)) * np.exp(-SINCE / 3.0)
    assert course_of(noisy(rows + 2.0 * levels[:, None]), levels) is Course.RISES_AND_FALLS
    event = (np.arange(levels.size) == 3)[:, None] * 80.0 * SINCE * np.exp(-SINCE / 2.0)
    assert course_of(noisy(event + 2.0 * levels[:, None]), levels) is Course.LASTS
