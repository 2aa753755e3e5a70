"""Points of a ramp, their errors and their charging current, from their definitions on made-up currents."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import read_curve
from reversal.measure.iv.lasting_noise import lasting_offset_pA2
from reversal.measure.iv.ramp_capacitance import Onset, charging_capacitance
from reversal.measure.iv.ramp_currents import RampCurve, read_ramp
from reversal.measure.membrane.clamp import Capacitance, Clamp
from reversal.measure.protocol.measured_epoch import NotMeasurable, plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Epoch, Shape
from reversal.statistics.autocorrelation import correlation_inflation
from reversal.statistics.correlated_noise import covariance_of_noise
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind
from tests.measure.made_recordings import recording

RATE = 10.0  # samples per ms
LENGTH, BLANK, WIDTH, POINTS = 1260, 20, 61, 20  # −100 to 20 mV, 20 points of 6 mV, 2 ms blanked at each end
FORWARD = Epoch("B", Shape.RAMP, 400, 400 + LENGTH, -100.0, 20.0)
BACK = Epoch("C", Shape.RAMP, FORWARD.stop, FORWARD.stop + LENGTH, 20.0, -100.0)
FLAT = Epoch("A", Shape.STEP, 0, 400, -100.0, -100.0)
ELSEWHERE = Epoch("A", Shape.STEP, 0, 400, -70.0, -70.0)  # the ramp starts with a step
MV_PER_MS = 120.0 * RATE / LENGTH


def ramp(rows: FloatArray, *epochs: Epoch, clamp: Clamp | None = None, blank_ms: float = 2.0) -> RampCurve:
    one = recording(rows, [epochs] * len(rows))
    return read_ramp(Sweeps.of(one), plan(one, Window()), blank_ms, clamp or Clamp(0.1, 4000.0))


def currents(sweeps: int, samples: int, seed: int = 2, sd: float = 3.0) -> FloatArray:
    """A bent current of the time in the sweep, with noise correlated over some hundred samples and white noise."""
    rng, t = np.random.default_rng(seed), np.arange(samples) / LENGTH
    slow = np.cumsum(0.1 * sd * rng.standard_normal((sweeps, samples)), axis=1)
    slow -= slow.mean(1, keepdims=True)
    return np.asarray(300.0 * (t - 0.7) + 150.0 * t**2 + slow + sd * rng.standard_normal((sweeps, samples)))


def centres(row: FloatArray, start: int, count: int = POINTS, width: int = WIDTH) -> list[float]:
    """Value at the centre of each point of a parabola through its samples."""
    t = np.arange(width) - (width - 1) / 2
    return [float(np.polyfit(t, row[start + k * width : start + (k + 1) * width], 2)[2]) for k in range(count)]


def covariance_of(found: RampCurve) -> FloatArray:
    return np.asarray(found.correlation * np.outer(found.se_pA, found.se_pA))


def errors_between_sweeps(points: FloatArray) -> tuple[FloatArray, FloatArray, int]:
    """Standard errors, correlation and degrees of freedom from repeats (sweeps, points).

    Variance: pooled over four neighbours on each side. Correlation: mean over all pairs of points at one distance,
    tapered to half at the first distance without a positive one; no eigenvalue below 0.001.
    """
    sweeps, count = points.shape
    away = points - points.mean(0)
    variance = np.array([(away[:, max(k - 4, 0) : k + 5] ** 2).sum(0).mean() / (sweeps - 1) for k in range(count)])
    z = away / np.sqrt(variance)
    by_lag = np.array([np.mean([z[:, a] * z[:, a + lag] for a in range(count - lag)]) for lag in range(count)])
    by_lag /= by_lag[0]
    reach = next((lag for lag, rho in enumerate(by_lag) if rho <= 0), count)
    tapered = [rho * (1 - lag / (2 * reach)) if lag < reach else 0.0 for lag, rho in enumerate(by_lag)]
    matrix = np.array([[tapered[abs(a - b)] for b in range(count)] for a in range(count)])
    values, vectors = np.linalg.eigh(matrix)
    matrix = vectors @ np.diag(np.maximum(values, 1e-3)) @ vectors.T
    matrix /= np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))
    free = (sweeps - 1) * min(count, 9) / matrix.sum(1).mean()
    return np.sqrt(variance / sweeps), matrix, max(round(free), sweeps - 1, 5)


def lasting(points: FloatArray) -> float:
    """Variance of noise slower than the ramps, which all points share; sweeps start every 2 s."""
    return lasting_offset_pA2(points, 2.0 * np.arange(len(points)), LENGTH / RATE / 1000.0)


@pytest.mark.parametrize("sweeps", [3, 8])
def test_forward_and_return_ramp_are_averaged_at_the_same_voltages(sweeps: int) -> None:
    rows = currents(sweeps, BACK.stop)
    found = ramp(rows, FLAT, FORWARD, BACK)
    mirrored = rows[:, FORWARD.start : FORWARD.stop] + rows[:, BACK.start : BACK.stop][:, ::-1]
    points = np.array([centres(0.5 * row, BLANK) for row in mirrored])
    middle = BLANK + WIDTH * np.arange(POINTS) + 30.0
    assert found.by_sweep_pA == pytest.approx(points)
    assert found.i_pA == pytest.approx(points.mean(0))
    assert found.v_mV == pytest.approx(-100.0 + 120.0 * middle / LENGTH)
    assert found.window == pytest.approx(400 + np.stack([middle - 30.5, middle + 30.5], axis=1))
    apart = rows[:, FORWARD.start : FORWARD.stop] - rows[:, BACK.start : BACK.stop][:, ::-1]
    halves = 0.5 * apart[:, BLANK : BLANK + WIDTH * POINTS].mean(0).reshape(POINTS, WIDTH).mean(1)
    assert found.half_difference_pA == pytest.approx(halves)
    se, correlation, dof = errors_between_sweeps(points)
    assert covariance_of(found) == pytest.approx(correlation * np.outer(se, se) + lasting(points), abs=1e-9)
    assert found.dof == dof
    assert found.findings == ()


@pytest.mark.parametrize("sweeps", [1, 2])
def test_few_forward_and_return_ramps_have_the_noise_of_their_difference(sweeps: int) -> None:
    """Half the difference of both directions, without a constant and a multiple of the slope of the I–V."""
    rows = currents(sweeps, BACK.stop)
    found = ramp(rows, FLAT, FORWARD, BACK)
    apart = 0.5 * (rows[:, FORWARD.start : FORWARD.stop] - rows[:, BACK.start : BACK.stop][:, ::-1])
    points = np.array([centres(row, BLANK) for row in apart])
    design = np.stack([np.ones(POINTS), np.gradient(found.i_pA)], axis=1)
    assert covariance_of(found) == pytest.approx(covariance_of_noise(points, design) / sweeps, abs=1e-6)
    assert found.dof == sweeps * (POINTS - 2)
    lagging = rows.copy()  # charging current of 40 pA
    lagging[:, FORWARD.start : FORWARD.stop] += 40.0
    assert covariance_of(ramp(lagging, FLAT, FORWARD, BACK)) == pytest.approx(covariance_of(found), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("sweeps", [1, 2])
def test_few_sweeps_have_the_error_of_the_noise_that_one_contains(sweeps: int) -> None:
    """Noise about a polynomial of half as many orders as points, through each sweep."""
    rows = currents(sweeps, FORWARD.stop)
    found = ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(0.0, 1e9))
    width = (LENGTH - BLANK) // POINTS
    points = rows[:, 400 + BLANK : 400 + BLANK + POINTS * width].reshape(sweeps, POINTS, width)
    parts = np.stack([part.mean(-1) for part in np.array_split(points, 5, axis=-1)], axis=-1)
    design = np.vander(np.linspace(-1.0, 1.0, 5 * POINTS), POINTS // 2 + 1)
    of_parts = covariance_of_noise(parts.reshape(sweeps, -1), design) / sweeps
    at_centre = np.linalg.pinv(np.vander([-0.4, -0.2, 0.0, 0.2, 0.4], 3))[2]
    to_points = np.kron(np.eye(POINTS), at_centre)
    assert covariance_of(found) == pytest.approx(to_points @ of_parts @ to_points.T, abs=1e-6)
    free = sweeps * (POINTS - POINTS // 2 - 1) / found.correlation.sum(1).mean()
    assert found.dof == max(round(free), 5)


def test_where_a_count_hides_the_noise_of_few_sweeps_the_points_are_not_divided() -> None:
    """Rounded to counts of 20 pA; the error of rounding of each point is added."""
    rows = 20.0 * np.round(currents(1, FORWARD.stop, sd=1.0) / 20.0)
    found = ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(0.0, 1e9))
    design = np.vander(np.linspace(-1.0, 1.0, POINTS), POINTS // 2 + 1)
    more = covariance_of(found) - covariance_of_noise(found.by_sweep_pA, design)
    assert more - np.diag(np.diag(more)) == pytest.approx(np.zeros((POINTS, POINTS)), abs=1e-6)
    assert np.diag(more).min() >= 0.0
    assert np.diag(more).max() > 1.0


def test_white_noise_of_one_sweep_is_hardly_taken_for_slow_noise() -> None:
    """White noise of 3 pA: 0.57 pA of each point, a √20th of it of all 20; whole points would give 0.34 pA of all."""
    rng, found = np.random.default_rng(4), []
    for _ in range(30):
        rows = 0.1 * np.arange(FORWARD.stop) + 3.0 * rng.standard_normal((1, FORWARD.stop))
        found.append(np.sqrt(covariance_of(ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(0.0, 1e9))).mean()))
    assert 0.57 / np.sqrt(POINTS) < np.mean(found) < 0.31


@pytest.mark.parametrize("sweeps", [1, 2])
def test_slow_noise_of_few_sweeps_is_in_their_error(sweeps: int) -> None:
    """Noise of 3 pA with a correlation time of two points, and white noise that leaves 0.1 pA of each point."""
    rng, found = np.random.default_rng(8), []
    lags = np.arange(FORWARD.stop) / (2.0 * WIDTH)
    for _ in range(30):
        white = rng.standard_normal((sweeps, FORWARD.stop))
        decay = np.exp(-lags[1])
        slow = np.zeros_like(white)
        for n in range(1, FORWARD.stop):
            slow[:, n] = decay * slow[:, n - 1] + 3.0 * np.sqrt(1.0 - decay**2) * white[:, n]
        rows = 100.0 * lags + slow + rng.standard_normal((sweeps, FORWARD.stop))
        found.append(ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(0.0, 1e9)).se_pA.mean() ** 2)
    assert np.mean(found) == pytest.approx(8.0 / sweeps, rel=0.35)


def test_a_one_way_ramp_is_later_by_the_delay_and_carries_the_charging_current() -> None:
    """Capacitance by the membrane test, 30 ± 0.2 pF, with 0.3 pF of stray capacitance; R_s 8 MΩ after compensation."""
    rows = currents(6, FORWARD.stop)
    width = (LENGTH - BLANK) // POINTS
    clamp = Clamp(0.3, 2000.0, 8.0, 25.0, Capacitance(30.0, 0.2))
    found = ramp(rows, ELSEWHERE, FORWARD, clamp=clamp)
    middle = BLANK + width * np.arange(POINTS) + (width - 1) / 2
    v = -100.0 + 120.0 * (middle - 10.0 * (0.3 + 0.336 / 2.0)) / LENGTH
    assert found.v_mV == pytest.approx(v)
    assert found.window == pytest.approx(400 + np.stack([middle - width / 2, middle + width / 2], axis=1))
    points = np.array([centres(row, 400 + BLANK, width=width) for row in rows])
    slope = np.gradient(points.mean(0), v)
    membrane = 1.0 - 8e-3 * slope
    assert found.by_sweep_pA == pytest.approx(points - 30.0 * MV_PER_MS * membrane)
    assert found.half_difference_pA is None
    se, correlation, dof = errors_between_sweeps(found.by_sweep_pA)
    by_c, by_delay = np.hypot(0.2, 0.3) * MV_PER_MS * membrane, MV_PER_MS * 0.03 * slope
    expected = correlation * np.outer(se, se) + np.outer(by_c, by_c) + np.outer(by_delay, by_delay) + lasting(points)
    assert covariance_of(found) == pytest.approx(expected, abs=1e-9)
    assert found.dof == dof
    assert found.findings == ()


def test_without_a_capacitance_nothing_is_subtracted_and_the_delay_is_an_error() -> None:
    rows = currents(6, FORWARD.stop)
    found = ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(None, 2000.0))
    se, correlation, _ = errors_between_sweeps(found.by_sweep_pA)
    by_delay = MV_PER_MS * 0.2 * np.gradient(found.i_pA, found.v_mV)
    expected = correlation * np.outer(se, se) + np.outer(by_delay, by_delay) + lasting(found.by_sweep_pA)
    assert covariance_of(found) == pytest.approx(expected, abs=1e-9)
    assert [one.code for one in found.findings] == [Code.RAMP_CAPACITANCE_UNKNOWN]


def test_a_reported_capacitance_is_known_to_a_tenth() -> None:
    rows = currents(6, FORWARD.stop)
    without = ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(0.0, 2000.0))
    found = ramp(rows, ELSEWHERE, FORWARD, clamp=Clamp(0.0, 2000.0, None, 20.0))
    assert found.i_pA == pytest.approx(without.i_pA - 20.0 * MV_PER_MS)
    more = covariance_of(found) - covariance_of(without)
    assert more == pytest.approx(np.full((POINTS, POINTS), (2.0 * MV_PER_MS) ** 2), abs=1e-9)
    (note,) = found.findings
    assert (note.code, note.number) == (Code.RAMP_CAPACITANCE_ASSUMED, pytest.approx(20.0 * MV_PER_MS))


@pytest.mark.parametrize(("samples", "points"), [(20 + 6 * 16 - 1, 0), (20 + 6 * 16, 6), (20 + 9 * 16, 9)])
def test_a_ramp_needs_six_points_of_sixteen_samples(samples: int, points: int) -> None:
    short = Epoch("B", Shape.RAMP, 400, 400 + samples, -100.0, 20.0)
    if points:
        assert ramp(currents(4, short.stop), ELSEWHERE, short).v_mV.size == points
    else:
        with pytest.raises(NotMeasurable, match="too short"):
            ramp(currents(4, short.stop), ELSEWHERE, short)


def test_a_narrow_ramp_still_has_six_points() -> None:
    narrow = Epoch("B", Shape.RAMP, 400, 400 + LENGTH, -100.0, -69.0)
    assert ramp(currents(4, narrow.stop), ELSEWHERE, narrow).v_mV.size == 6
    wide = Epoch("B", Shape.RAMP, 400, 400 + LENGTH, -100.0, -58.0)
    assert ramp(currents(4, wide.stop), ELSEWHERE, wide).v_mV.size == 7


@pytest.mark.parametrize(
    "other",
    [
        Epoch("C", Shape.RAMP, FORWARD.stop, FORWARD.stop + LENGTH, 20.0, -99.0),
        Epoch("C", Shape.RAMP, FORWARD.stop, FORWARD.stop + LENGTH - 10, 20.0, -100.0),
        Epoch("C", Shape.RAMP, FORWARD.stop + 10, FORWARD.stop + 10 + LENGTH, 20.0, -100.0),
        Epoch("C", Shape.STEP, FORWARD.stop, FORWARD.stop + LENGTH, 20.0, -100.0),
    ],
)
def test_only_a_mirror_image_directly_next_to_it_is_a_return_ramp(other: Epoch) -> None:
    assert ramp(currents(4, other.stop), ELSEWHERE, FORWARD, other).half_difference_pA is None


def test_a_return_ramp_may_come_first() -> None:
    down = Epoch("B", Shape.RAMP, 400, 400 + LENGTH, 20.0, -100.0)
    up = Epoch("C", Shape.RAMP, down.stop, down.stop + LENGTH, -100.0, 20.0)
    rows = currents(4, up.stop)
    one = recording(rows, [[Epoch("A", Shape.STEP, 0, 400, 20.0, 20.0), down, up]] * 4)
    found = read_ramp(Sweeps.of(one), plan(one, Window(epoch="C")), 2.0, Clamp())
    first = read_ramp(Sweeps.of(one), plan(one, Window(epoch="B")), 2.0, Clamp())
    assert found.half_difference_pA is not None
    assert found.i_pA[0] == pytest.approx(first.i_pA[-1], abs=15.0)
    assert found.v_mV[0] < found.v_mV[-1]


ONSET = Onset(MV_PER_MS, 0.4, 0.9)


def corner(rows: FloatArray, tested: Capacitance | None = None) -> tuple[Capacitance, Code | None]:
    one = recording(rows, [[FLAT, FORWARD]] * len(rows))
    found, warning = charging_capacitance(Sweeps.of(one), plan(one, Window()), BLANK, ONSET, tested, None)
    assert found is not None
    return found, warning.code if warning else None


def jumps_of(rows: FloatArray) -> tuple[FloatArray, float]:
    """Parabola after the blank, extrapolated to the start of the ramp and its delay, minus a line before it.

    The line: 20 ms, half of the flat stretch. The parabola: an eighth of the ramp. With the variance of one jump by the
    residuals of both, enlarged where these are correlated.
    """
    start, before, after = FORWARD.start, FLAT.stop // 2, LENGTH // 8
    t_before = np.arange(-before, 0.0)
    t_after = np.arange(BLANK, BLANK + after) - 4.0
    values, variance = np.zeros(len(rows)), 0.0
    for t, order, first, sign in ((t_before, 1, start - before, -1.0), (t_after, 2, start + BLANK, 1.0)):
        design = np.vander(t, order + 1, increasing=True)
        solve, here = np.linalg.pinv(design), rows[:, first : first + t.size]
        values += sign * here @ solve[0]
        residual = here - here @ solve.T @ design.T
        inflation = max(correlation_inflation(residual, fitted=order + 1), 1.0)
        variance += (residual**2).sum(1).mean() / (t.size - order - 1) * inflation * float(solve[0] @ solve[0])
    return values, variance


def test_capacitance_at_the_corner_is_the_jump_over_the_rate_of_the_membrane_potential() -> None:
    rows = currents(5, FORWARD.stop, sd=0.5)
    jumps, _ = jumps_of(rows)
    found, _ = corner(rows)
    rate = 0.9 * MV_PER_MS
    assert found.pF == pytest.approx(jumps.mean() / rate)
    assert found.sd_pF >= jumps.std(ddof=1) / np.sqrt(5) / rate - 1e-12


def test_error_of_the_corner_is_that_of_the_noise_or_between_the_sweeps() -> None:
    rng = np.random.default_rng(4)
    white = 2.0 * rng.standard_normal((2, FORWARD.stop))
    _, variance = jumps_of(white)
    rate = 0.9 * MV_PER_MS
    found, _ = corner(white)
    assert found.sd_pF == pytest.approx(np.sqrt(variance / 2) / rate)
    spread = np.array([-9.0, 1.0, 8.0])[:, None] * (np.arange(FORWARD.stop) >= FORWARD.start)
    uneven = spread + 0.01 * rng.standard_normal((3, FORWARD.stop))
    found, _ = corner(uneven)
    assert found.sd_pF == pytest.approx(jumps_of(uneven)[0].std(ddof=1) / np.sqrt(3) / rate)


def test_corner_and_membrane_test_are_averaged_by_their_variances() -> None:
    rows = 0.05 * np.random.default_rng(4).standard_normal((4, FORWARD.stop))
    rows[:, FORWARD.start :] += 30.0 * 0.9 * MV_PER_MS
    alone, _ = corner(rows)
    sd = float(np.hypot(0.4, 0.3))
    both, warning = corner(rows, Capacitance(30.5, 0.4))
    weights = np.array([alone.sd_pF, sd]) ** -2.0
    assert warning is None
    assert both.pF == pytest.approx(np.average([alone.pF, 30.5], weights=weights))
    assert both.sd_pF == pytest.approx(1.0 / np.sqrt(weights.sum()))
    for times, code in ((3.9, None), (4.1, Code.RAMP_CAPACITANCE_MISMATCH)):
        apart = alone.pF + times * float(np.hypot(alone.sd_pF, sd))
        assert corner(rows, Capacitance(apart, 0.4))[1] is code


def test_the_curve_of_a_ramp_has_its_points_and_their_times() -> None:
    """The first sample is 2 ms after the start of the ramp, at 42 ms, and stands for 0.05 ms on each side of it."""
    one = recording(currents(3, BACK.stop), [(FLAT, FORWARD, BACK)] * 3)
    sweeps, of_ramp = Sweeps.of(one), plan(one, Window())
    found = read_curve(sweeps, of_ramp, Window(), 2.0, Clamp(0.1, 4000.0))
    ramps = read_ramp(sweeps, of_ramp, 2.0, Clamp(0.1, 4000.0))
    assert found.window_ms == pytest.approx(41.95 + 6.1 * (np.arange(POINTS)[:, None] + np.array([0.0, 1.0])))
    assert found.sweep.tolist() == [0] * POINTS
    assert (found.dof, found.n_effective, found.kind) == (ramps.dof, None, IVKind.RAMP)
    for name in ("i_pA", "se_pA", "correlation", "by_sweep_pA", "half_difference_pA"):
        assert getattr(found, name) == pytest.approx(getattr(ramps, name))
    assert found.v_command_mV == pytest.approx(ramps.v_mV)
