"""Peak currents by the time course that neighbouring voltages share."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.peak_currents import peak_currents, peaks_at_times

RATE_Hz, LOWPASS_Hz = 50000.0, 10000.0
LEVELS = np.arange(-80.0, 90.0, 10.0)
T_ms = np.arange(1500) / 50.0
E_REV_mV = 42.0
NEAR = np.abs(LEVELS - E_REV_mV) < 15.0


def peaks_pA(largest_pA: float, e_mV: float = E_REV_mV) -> FloatArray:
    """Peak currents of a channel that opens at -30 mV and reverses at ``e_mV``, (levels,)."""
    current = (LEVELS - e_mV) / (1.0 + np.exp(-(LEVELS + 30.0) / 7.0))
    return np.asarray(largest_pA * current / -current.min())


def courses() -> FloatArray:
    """Rise and fall to a peak of one, faster at higher voltages, (levels, samples)."""
    rise, fall = (slow * np.exp(-LEVELS / 80.0)[:, None] for slow in (0.5, 3.0))
    rows = (1.0 - np.exp(-T_ms / rise)) * np.exp(-T_ms / fall)
    return np.asarray(rows / rows.max(1, keepdims=True))


def noise(sd: float, seed: int) -> FloatArray:
    return sd * np.random.default_rng(seed).standard_normal((LEVELS.size, T_ms.size))


def test_small_peaks_near_the_reversal_scatter_less_and_as_much_as_stated() -> None:
    """Currents of 50 pA in noise of 8 pA; a mean of one period of the filter has five samples."""
    rows = peaks_pA(50.0)[:, None] * courses() + 0.3 * LEVELS[:, None]
    truth = peaks_pA(50.0) + 0.3 * LEVELS
    found = [peak_currents(rows + noise(8.0, seed), LEVELS, LOWPASS_Hz, RATE_Hz) for seed in range(40)]
    single = [peaks_at_times(rows + noise(8.0, seed), LEVELS, LOWPASS_Hz, RATE_Hz) for seed in range(40)]
    errors, before = (np.array([(one.mean - truth)[NEAR] for one in ones]) for ones in (found, single))
    assert np.sqrt((errors**2).mean()) < 0.6 * np.sqrt((before**2).mean())
    stated = np.array([one.se[NEAR] for one in found])
    assert np.sqrt(((errors / stated) ** 2).mean()) == pytest.approx(1.0, abs=0.25)
    assert abs(errors.mean()) < 0.3


def test_large_peaks_keep_their_current_where_the_course_changes_with_voltage() -> None:
    peaks = peak_currents(peaks_pA(2000.0)[:, None] * courses() + noise(2.0, 1), LEVELS, LOWPASS_Hz, RATE_Hz)
    assert np.abs(peaks.mean - peaks_pA(2000.0))[NEAR] == pytest.approx(0.0, abs=0.02 * np.abs(peaks_pA(2000.0)).max())


def test_a_second_current_with_another_course_is_not_measured_by_the_first_one() -> None:
    """A current that rises later keeps the value at the peak, with the error of a mean at one time."""
    later = 3.0 * (LEVELS + 80.0)[:, None] * (1.0 - np.exp(-T_ms / 1.0)) * np.exp(-T_ms / 6.0)
    rows = peaks_pA(100.0)[:, None] * courses() + later + noise(2.0, 2)
    found, single = (one(rows, LEVELS, LOWPASS_Hz, RATE_Hz) for one in (peak_currents, peaks_at_times))
    assert found.mean[LEVELS == 40.0] == pytest.approx(single.mean[LEVELS == 40.0])
    assert found.se[LEVELS == 40.0] == pytest.approx(single.se[LEVELS == 40.0])


@pytest.mark.parametrize("clear", [0, 1, 2])
def test_without_two_other_clear_peaks_each_peak_is_measured_at_its_time(clear: int) -> None:
    rows = noise(2.0, 3)
    rows[:clear] += 100.0 * courses()[:clear]
    found, single = (one(rows, LEVELS, LOWPASS_Hz, RATE_Hz) for one in (peak_currents, peaks_at_times))
    assert found.mean[:clear] == pytest.approx(single.mean[:clear])
    assert (found.se <= single.se).all()
