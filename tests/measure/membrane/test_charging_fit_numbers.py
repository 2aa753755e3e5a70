"""The fit of a charging current, compared with scipy's least squares, and its errors with fits of changed currents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares

from reversal.arrays import FloatArray
from reversal.measure.membrane.charging_model import Charging, TransientWindow, fitted
from tests.measure.membrane.charging_currents import Parts, response

ONE_STEP = TransientWindow(120, 800, 0, 8.0, 0.2, 0.4, 0.3)
BOTH_STEPS = replace(ONE_STEP, after=500)


def current(window: TransientWindow, g: float, parts: Parts, period: float = 8.0, lag: float = 0.4) -> FloatArray:
    t = np.arange(window.before + window.length + window.after) - window.before - lag
    up = response(t, g, parts, period)
    return up - response(t - window.length, g, parts, period) if window.after else up


def noisy(clean: FloatArray, sd: float, sweeps: int = 6, seed: int = 1) -> FloatArray:
    return clean + sd * np.random.default_rng(seed).standard_normal((sweeps, clean.size))


def fit(rows: FloatArray, window: TransientWindow) -> Charging:
    return fitted(rows, np.full(len(rows), 1.0 / len(rows)), window)


def bins_of(window: TransientWindow) -> list[int]:
    """First samples of bins: eight before the step, single ones for two filter periods, then an eighth of the time."""
    starts = list(range(0, window.before, window.before // 8))
    edges = [window.before, window.before + window.length]
    for first, length in zip(edges, [window.length, window.after], strict=True):
        at = 0
        while at < length:
            starts.append(first + at)
            at += 1 if at < max(16, int(2 * window.filter_samples)) else max(at // 8, 1)
    return starts


def by_scipy(rows: FloatArray, window: TransientWindow, compartments: int) -> tuple[FloatArray, FloatArray]:
    """Level, g, charges, time constants, period and lag with the smallest residual of the bins and of the prior.

    A real filter may deviate by 0.4 % of the transient; this and the residual weigh the bins against the prior. The
    second value has the changes of all of them if period or lag is expected one standard deviation higher, in columns.
    """
    starts = bins_of(window)
    width = np.diff([*starts, rows.shape[1]])
    mean = np.add.reduceat(rows.mean(0), starts) / width
    time = np.array(starts) + (width - 1) / 2 - window.before
    kept = (time < 0) | (time >= window.skipped)
    if window.after:
        kept &= (time < window.length) | (time >= window.length + window.skipped)
    root = np.sqrt(width) * kept

    def model(x: FloatArray, g: float) -> FloatArray:
        parts = list(zip(x[2 : 2 + compartments], x[2 + compartments : -2], strict=True))
        shape = response(time - x[-1], g, parts, x[-2])
        if window.after:
            shape = shape - response(time - window.length - x[-1], g, parts, x[-2])
        return np.asarray(shape * root)

    variance = 1.0

    def residual(x: FloatArray) -> FloatArray:
        bins = (mean * root - x[0] * root - model(x, x[1])) / np.sqrt(variance)
        prior = [(x[-2] - window.filter_samples) / window.filter_sd, (x[-1] - window.lag) / window.lag_sd]
        return np.append(bins, prior)

    found = np.array(
        [0.0, 0.5, *[50.0] * compartments, *[20.0, 150.0][:compartments], window.filter_samples, window.lag]
    )
    for _ in range(4):
        descent = least_squares(residual, found, x_scale=np.abs(found) + 0.1, xtol=1e-12, ftol=1e-12)
        found = descent.x
        bins = residual(found)[:-2] * np.sqrt(variance)
        variance = float(np.mean(bins**2)) + (0.004 * np.abs(model(found, 0.0)).max()) ** 2
    shifts = np.linalg.inv(descent.jac.T @ descent.jac)[:, -2:] / [window.filter_sd, window.lag_sd]
    return np.asarray(found), np.asarray(shifts)


CASES = {
    "one compartment": (ONE_STEP, [(60.0, 30.0)], 0.06),
    "as fast as the filter": (ONE_STEP, [(60.0, 5.0)], 0.1),
    "both edges": (BOTH_STEPS, [(60.0, 30.0)], 0.06),
    "after a dead time": (replace(BOTH_STEPS, skipped=12, lag=0.5, lag_sd=0.4), [(60.0, 40.0)], 0.06),
    "two compartments": (BOTH_STEPS, [(60.0, 20.0), (90.0, 150.0)], 0.02),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fit_is_that_of_scipy(case: str) -> None:
    """The noise changes time constants by some percent, so that bins and weights of both must be the same."""
    window, parts, sd = CASES[case]
    rows = noisy(current(window, 0.5, parts), sd)
    found, (expected, _), count = fit(rows, window), by_scipy(rows, window, len(parts)), len(parts)
    assert found.conductance[0] == pytest.approx(expected[1], rel=1e-3)
    assert found.charges[:, 0] == pytest.approx(expected[2 : 2 + count], rel=2e-3)
    assert found.taus[:, 0] == pytest.approx(expected[2 + count : -2], rel=2e-3)


@pytest.mark.parametrize("case", CASES)
def test_values_of_a_sweep_are_those_of_its_own_fit(case: str) -> None:
    """Sweeps that differ by 1 % in every value, also in the lag and the period of the filter."""
    window, parts, _ = CASES[case]
    rng = np.random.default_rng(3)

    def changed(value: float, by: float = 0.01) -> float:
        return float(value * (1.0 + by * rng.standard_normal()))

    rows = np.array(
        [
            current(
                window, changed(0.5), [(changed(q), changed(tau)) for q, tau in parts], changed(8.0), changed(0.4, 0.1)
            )
            for _ in range(4)
        ]
    )
    found = fit(rows, window)
    for n, row in enumerate(rows, start=1):
        alone = fit(np.stack([row, row]), window)
        assert found.conductance[n] == pytest.approx(alone.conductance[0], rel=5e-4)
        assert found.charges[:, n] == pytest.approx(alone.charges[:, 0], rel=3e-3)
        assert found.taus[:, n] == pytest.approx(alone.taus[:, 0], rel=3e-3)


@pytest.mark.parametrize("case", CASES)
def test_errors_of_the_rig_are_the_shifts_by_another_filter_and_another_lag(case: str) -> None:
    """The last two values: period and lag expected one standard deviation higher."""
    window, parts, sd = CASES[case]
    window = replace(window, filter_sd=0.3, lag_sd=0.1)
    rows = noisy(current(window, 0.5, parts), sd)
    found, (_, shifts), count = fit(rows, window), by_scipy(rows, window, len(parts)), len(parts)
    got = np.concatenate([(part[:, -2:] - part[:, :1]) for part in (found.charges, found.taus)])
    expected = shifts[2 : 2 + 2 * count]
    # the fit weighs the prior with the residual of its last round but one, which may be larger than the final one
    excess = float((got * expected).sum() / (expected**2).sum())
    assert 0.95 < excess < 1.8
    assert got == pytest.approx(excess * expected, rel=0.1, abs=0.06 * float(np.abs(got).max()))


def judged_errors(found: Charging, sweeps: int, bins: int) -> FloatArray:
    return found.charges[0, 1 + sweeps : 1 + sweeps + bins] - found.charges[0, 0]


@pytest.mark.parametrize("period", [8.0, 3.0])
def test_errors_of_the_filter_are_the_shifts_by_a_change_of_one_early_sample(period: float) -> None:
    """0.4 % of the largest current of the transient, more for a filter period below five samples: by (5/period)²."""
    window = replace(ONE_STEP, filter_samples=period)
    rows = np.tile(current(window, 0.5, [(60.0, 30.0)], period), (4, 1))
    found = fit(rows, window)
    height = current(window, 0.0, [(60.0, 30.0)], period).max()
    by = 0.004 * max(1.0, 5.0 / period) ** 2 * height
    singles = max(16, int(2 * period))
    errors = judged_errors(found, 4, singles)
    assert errors.size == singles
    for n in (2, 5, 8, 12):
        other = rows.copy()
        other[:, window.before + n] += by
        assert errors[n] == pytest.approx(fit(other, window).charges[0, 0] - found.charges[0, 0], rel=0.1, abs=2e-3)


def test_a_misfit_is_the_residual_without_noise_over_the_transient() -> None:
    """Samples that are in turn 2 too high and 2 too low, which no charging current follows; then noise alone."""
    clean = current(ONE_STEP, 0.5, [(60.0, 6.0)])
    early = slice(120, 136)
    transient = current(ONE_STEP, 0.0, [(60.0, 6.0)])[early]
    turns = np.zeros(clean.size)
    turns[early] = 0.4 * (-1.0) ** np.arange(16)
    found = fit(noisy(clean + turns, 1e-4), ONE_STEP)
    assert found.misfit == pytest.approx(0.4 * np.sqrt(16 / (transient @ transient)), rel=0.1)
    silent = [fit(noisy(clean, 0.5, 8, seed), ONE_STEP).misfit for seed in range(6)]
    assert np.mean(np.square(silent)) < 0.5 * 16 * 0.5**2 / 8 / (transient @ transient)
    # a misfit is a possible error of every early sample
    height = transient.max()
    errors = judged_errors(found, 6, 16)
    other = clean + turns
    other[120 + 5] += found.misfit * height
    expected = fit(noisy(other, 1e-4), ONE_STEP).charges[0, 0] - found.charges[0, 0]
    assert errors[5] == pytest.approx(expected, rel=0.15)


def test_a_transient_faster_than_any_filter_is_a_pulse() -> None:
    """Its time constant is 0, its charge is known, and the errors of the filter count threefold."""
    window = replace(ONE_STEP, lag_sd=0.01, filter_sd=0.01)
    rows = np.tile(current(window, 0.5, [(60.0, 0.0)], lag=0.4), (4, 1))
    found = fit(rows, window)
    assert found.taus[0, 0] == 0.0
    assert found.charges[0, 0] == pytest.approx(60.0, rel=2e-3)
    assert found.conductance[0] == pytest.approx(0.5, rel=0.02)
    starts = np.array(bins_of(window))
    width = np.diff(np.append(starts, rows.shape[1]))
    time = starts + (width - 1) / 2 - window.before - 0.4
    pulse = response(time, 0.0, [(1.0, 0.0)], 8.0)
    design = np.column_stack([np.ones(time.size), response(time, 1.0, [], 8.0), pulse]) * np.sqrt(width)[:, None]
    weights = np.linalg.pinv(design)[2, starts >= window.before][:16]
    assert judged_errors(found, 4, 16) == pytest.approx(3.0 * 0.004 * 60.0 * pulse.max() * weights, rel=0.05, abs=0.02)


def test_what_is_skipped_has_no_effect() -> None:
    window = replace(BOTH_STEPS, skipped=12)
    rows = noisy(current(window, 0.5, [(60.0, 40.0)]), 0.02)
    found = fit(rows, window)
    spiked = rows.copy()
    spiked[:, window.before : window.before + 12] += 50.0
    spiked[:, window.before + window.length : window.before + window.length + 12] -= 50.0
    again = fit(spiked, window)
    assert again.charges == pytest.approx(found.charges)
    assert again.taus == pytest.approx(found.taus)


@pytest.mark.parametrize(("weights", "sweep"), [((0.7, 0.2, 0.1), 0), ((0.1, 0.2, 0.7), 2)])
def test_the_mean_of_sweeps_is_weighted(weights: tuple[float, ...], sweep: int) -> None:
    rows = np.array([current(ONE_STEP, g, [(60.0, 30.0)]) for g in (0.4, 0.5, 0.6)])
    found = fitted(rows, np.array(weights), ONE_STEP)
    assert found.conductance[0] == pytest.approx(np.dot(weights, [0.4, 0.5, 0.6]), rel=1e-3)
    assert found.conductance[1 + sweep] == pytest.approx((0.4, 0.5, 0.6)[sweep], rel=1e-3)


@pytest.mark.parametrize(
    ("parts", "compartments"),
    [
        ([(60.0, 20.0), (60.0, 60.0)], 2),
        ([(60.0, 20.0), (60.0, 40.0)], 1),  # time constants within a factor of 2.5 are one compartment
        ([(60.0, 20.0), (400.0, 300.0)], 2),
        ([(60.0, 20.0), (600.0, 450.0)], 1),  # slower than half of the step: not a compartment
        ([(60.0, 20.0), (-40.0, 150.0)], 1),  # opens: not a charge
    ],
)
def test_two_compartments_are_apart_slow_enough_and_of_one_sign(parts: Parts, compartments: int) -> None:
    found = fit(noisy(current(ONE_STEP, 0.5, parts), 0.002), ONE_STEP)
    assert found.charges.shape[0] == compartments
