"""Peak currents from their definition, sample by sample."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.measure.iv.peak_currents import peaks_at_times

LEVELS = np.array([40.0, -60.0, -40.0, -20.0, 0.0, 20.0])


def rows_of(n: int, sd: float, seed: int) -> FloatArray:
    """Currents that rise and fall faster at higher voltages, with two small ones."""
    t = np.arange(n)
    size = np.array([80.0, -90.0, -60.0, 0.3, 1.0, 50.0])[:, None]
    late = (90.0 - 0.8 * (LEVELS + 60.0))[:, None]
    shape = np.exp(-(((t - late) / 30.0) ** 2))
    return np.asarray(size * shape + 12.0 + sd * np.random.default_rng(seed).standard_normal((LEVELS.size, n)))


def expected(rows: FloatArray, half: int) -> tuple[list[float], list[float], float, float]:
    """Current, time and error of each peak, and the independent samples in it.

    The end of the window is its last fifth; its noise is what a parabola through each row leaves.
    """
    n, width = rows.shape[1], 2 * half + 1
    means = np.array([[row[k : k + width].mean() for k in range(n - width + 1)] for row in rows])
    end = rows[:, -(n // 5) :]
    t = np.arange(end.shape[1])
    noise = np.array([row - np.polyval(np.polyfit(t, row, 2), t) for row in end])
    smooth = np.array([[row[k : k + width].mean() for k in range(t.size - width + 1)] for row in noise])
    se = float(np.std(smooth))
    away = np.abs(means - end.mean(1)[:, None])
    own = away.argmax(1)
    clear = away.max(1) > 1.5 * se * np.sqrt(2 * np.log(means.shape[1] / width))
    values, times = [], []
    for k, (level, mean) in enumerate(zip(LEVELS, means, strict=True)):
        others = sorted((LEVELS[j], own[j]) for j in range(LEVELS.size) if clear[j] and LEVELS[j] != level)
        at = round(float(np.interp(level, *zip(*others, strict=True)))) if others else own[k]
        values.append(float(mean[at]))
        times.append(float(at + half))
    return values, times, se, float(np.mean(noise**2)) / se**2


@pytest.mark.parametrize(("lowpass_Hz", "half"), [(4000.0, 2), (2500.0, 4), (None, 2), (50000.0, 1), (500.0, 12)])
def test_a_peak_is_measured_at_the_time_of_its_neighbours(lowpass_Hz: float | None, half: int) -> None:
    """20 kHz: half a period of the filter, at least one sample and at most a 32nd of 400 samples."""
    for seed in (1, 2):
        rows = rows_of(400, 1.0, seed)
        found = peaks_at_times(rows, LEVELS, lowpass_Hz, 20000.0)
        values, times, se, effective = expected(rows, half)
        assert found.width == 2 * half + 1
        assert found.mean == pytest.approx(values)
        assert found.at == pytest.approx(times)
        assert found.se == pytest.approx(np.full(LEVELS.size, se))
        assert found.n_effective == pytest.approx(effective)


def test_a_single_clear_peak_keeps_its_own_time() -> None:
    rows = rows_of(400, 1.0, 3)
    rows[1:] = 1.0 * np.random.default_rng(5).standard_normal((5, 400))
    found = peaks_at_times(rows, LEVELS, 4000.0, 20000.0)
    values, times, _, _ = expected(rows, 2)
    assert found.mean == pytest.approx(values)
    assert found.at == pytest.approx(times)
    assert len(set(times)) == 1
