"""Currents of a family, their trends and errors, from their definitions on made-up currents."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import IVCurve, between_sweeps, read_curve, recognised
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import NotMeasurable, plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.statistics.autocorrelation import window_means
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind
from tests.measure.made_recordings import recording, steps

LEVELS = np.arange(-100.0, 1.0, 20.0)
BEFORE, STEP, AFTER = 200, 500, 100
COMMANDS = [steps((-80.0, BEFORE), (v, STEP), (-80.0, AFTER)) for v in LEVELS.tolist()]
CLAMP = Clamp(0.1, 4000.0)


def rows_of(during: FloatArray, sd: float = 1.0, drift_pA: FloatArray | None = None, seed: int = 3) -> FloatArray:
    """Currents: so much during the steps (sweeps, 500), noise, and a drift of each sweep."""
    rows = sd * np.random.default_rng(seed).standard_normal((LEVELS.size, BEFORE + STEP + AFTER))
    rows[:, BEFORE : BEFORE + STEP] += during
    return rows if drift_pA is None else rows + drift_pA[:, None]


def sweeps_of(rows: FloatArray) -> Sweeps:
    return Sweeps.of(recording(rows, COMMANDS))


def curve(rows: FloatArray, window: Window | None = None, blank_ms: float = 1.0) -> IVCurve:
    sweeps, declared = sweeps_of(rows), window or Window()
    return read_curve(sweeps, plan(sweeps.recording, declared), declared, blank_ms, CLAMP)


STEADY = 3.0 * (LEVELS + 40.0)[:, None] * np.ones(STEP)


def test_steady_currents_and_trends_are_those_of_the_last_fifth() -> None:
    """Mean, and slope times length, with the errors of a mean and a slope; before it an equally long stretch."""
    rows = rows_of(STEADY + 0.02 * np.arange(STEP))
    found = curve(rows)
    last = rows[:, BEFORE + 400 : BEFORE + 500]
    earlier = rows[:, BEFORE + 300 : BEFORE + 400]
    assert found.kind is IVKind.STEADY
    assert found.v_command_mV == pytest.approx(LEVELS)
    assert found.i_pA == pytest.approx(last.mean(1))
    assert found.trend_pA == pytest.approx([100 * np.polyfit(np.arange(100), row, 1)[0] for row in last])
    assert found.change_before_pA == pytest.approx([100 * np.polyfit(np.arange(100), row, 1)[0] for row in earlier])
    assert found.window_ms == pytest.approx(np.tile([60.0, 70.0], (LEVELS.size, 1)))
    assert found.trend_se_pA is not None
    assert found.trend_se_pA == pytest.approx(np.full(LEVELS.size, 100 * np.sqrt(12 / 100**3)), rel=0.2)
    assert found.n_effective == pytest.approx(100, rel=0.4)
    assert found.extrapolated_fraction == 0.0
    assert found.decaying_pA is None


@pytest.mark.parametrize(("stop_ms", "blank_ms", "known"), [(20.0, 0.0, True), (20.0, 0.1, False), (30.0, 9.9, True)])
def test_a_stretch_before_the_window_begins_after_the_blank(stop_ms: float, blank_ms: float, known: bool) -> None:
    """The window is the 10 ms before its end, an equally long stretch starts 20 ms before that end."""
    window = Window(start_ms=stop_ms - 10.0, stop_ms=stop_ms)
    assert (curve(rows_of(STEADY), window, blank_ms).change_before_pA is not None) is known


def test_a_window_that_is_too_long_for_an_earlier_stretch_has_none() -> None:
    assert curve(rows_of(STEADY), Window(start_ms=10.0, stop_ms=30.0), 1.0).change_before_pA is None
    assert curve(rows_of(STEADY), Window(start_ms=21.0, stop_ms=41.0), 1.0).change_before_pA is not None


def slow_variance(rows: FloatArray, length: int) -> tuple[float, int]:
    """Variance between sweeps of overlapping means before the family, without its trend and the noise within a mean."""
    n = len(rows)
    order = np.arange(n) - (n - 1) / 2
    left = rows - rows.mean(0) - np.outer(order, order @ rows / (order @ order))
    shared = left.shape[1]
    width = min(max(length, 4), shared)
    apart = max(width // 2, (shared - width) // 24, 1)
    blocks = [left[:, start : start + width] for start in range(0, shared - width + 1, apart)]
    means = np.concatenate([block.mean(1) for block in blocks])
    variance = (means**2).sum() / ((n - 2) * len(blocks))
    within = window_means(np.concatenate(blocks)).se[0] ** 2 * n / (n - 2)
    return max(variance - within, 0.0), (n - 2) * min(max(shared // width, 1), 24)


@pytest.mark.parametrize("length", [2, 20, 60, 100, 500])
def test_drift_slower_than_a_window_is_measured_before_the_family(length: int) -> None:
    wander = np.array([3.0, -2.0, 1.0, 4.0, -5.0, 0.5])
    rows = rows_of(STEADY, 1.0, wander + 10.0 * np.arange(6))
    found, free = between_sweeps(sweeps_of(rows), length)
    variance, worth = slow_variance(rows[:, :BEFORE], length)
    assert found == pytest.approx(variance)
    assert free == worth
    assert found > 4.0


def test_few_sweeps_or_a_short_shared_start_show_no_drift() -> None:
    rows = rows_of(STEADY, 1.0, np.array([3.0, -2.0, 1.0, 4.0, -5.0, 0.5]))
    four = Sweeps.of(recording(rows[:4], COMMANDS[:4]))
    assert between_sweeps(four, 50) == (0.0, 60)
    assert between_sweeps(Sweeps.of(recording(rows[:5], COMMANDS[:5])), 50)[0] > 0.0
    for before, measured in ((15, False), (16, True)):
        commands = [steps((-80.0, before), (v, STEP), (-80.0, AFTER)) for v in LEVELS.tolist()]
        short = Sweeps.of(recording(rows[:, BEFORE - before :], commands))
        assert (between_sweeps(short, 50)[0] > 0.0) is measured


def test_error_of_a_steady_current_has_its_noise_and_the_drift() -> None:
    """Degrees of freedom by Satterthwaite: 60 for the noise, those of the sweeps for the drift."""
    rows = rows_of(STEADY, 4.0, np.array([0.9, -0.6, 0.3, 1.2, -1.5, 0.15]))
    found = curve(rows)
    noise = window_means(rows[:, BEFORE + 400 : BEFORE + 500]).se ** 2
    drift, free = slow_variance(rows[:, :BEFORE], 100)
    assert found.se_pA == pytest.approx(np.sqrt(noise + drift))
    within = float(noise.mean())
    expected = (within + drift) ** 2 / (within**2 / 60 + drift**2 / free)
    assert found.dof == round(expected)
    assert 0.2 * within < drift < 8.0 * within
    assert found.dof < 55


def test_currents_that_rise_and_fall_are_measured_at_their_peak() -> None:
    levels = np.arange(-80.0, 70.0, 10.0)
    commands = [steps((-80.0, BEFORE), (v, STEP), (-80.0, AFTER)) for v in levels.tolist()]
    open_pA = 5.0 * (levels - 40.0) / (1.0 + np.exp(-(levels + 30.0) / 7.0))
    t = np.arange(STEP)
    for shape, kind, codes in (
        ((1 - np.exp(-t / 12.0)) * np.exp(-t / 60.0), IVKind.PEAK, []),
        (np.exp(-t / 60.0), IVKind.STEADY, [Code.INACTIVATION]),
    ):
        rows = np.random.default_rng(3).standard_normal((levels.size, BEFORE + STEP + AFTER))
        rows[:, BEFORE : BEFORE + STEP] += open_pA[:, None] * shape + 2.0 * (levels + 20.0)[:, None]
        sweeps = Sweeps.of(recording(rows, commands))
        first = plan(sweeps.recording, Window())
        found = recognised(sweeps, first, Window(), 1.0)
        assert found.kind is kind
        assert [one.code for one in found.findings] == codes
        for declared in (
            Window(measure="steady"),
            Window(start_ms=5.0),
            Window(stop_ms=40.0),
            Window(last_fraction=0.3),
        ):
            assert recognised(sweeps, plan(sweeps.recording, declared), declared, 1.0).kind is IVKind.STEADY
            assert recognised(sweeps, plan(sweeps.recording, declared), declared, 1.0).findings == ()


def test_tails_are_measured_from_the_step_and_decay_to_the_end_of_the_window() -> None:
    """Tail currents with τ 10 ms (100 samples) after a conditioning step; the last fifth is their end."""
    commands = [steps((-80.0, BEFORE), (40.0, 300), (v, STEP), (-80.0, AFTER)) for v in LEVELS.tolist()]
    rows = np.random.default_rng(3).standard_normal((LEVELS.size, BEFORE + 300 + STEP + AFTER))
    size = 8.0 * (LEVELS + 45.0)
    rows[:, BEFORE + 300 : BEFORE + 300 + STEP] += size[:, None] * (0.2 + 0.8 * np.exp(-np.arange(STEP) / 100.0))
    sweeps = Sweeps.of(recording(rows, commands))
    found = read_curve(sweeps, plan(sweeps.recording, Window()), Window(), 2.0, Clamp(0.0, 1e5))
    assert found.kind is IVKind.TAIL
    assert found.window_ms[0] == pytest.approx([52.0, 100.0])
    assert np.all(np.abs(found.i_pA - size) < 4.0 * found.se_pA)
    end = window_means(rows[:, BEFORE + 300 + 20 :][:, :480][:, -96:])
    assert found.decaying_pA == pytest.approx(found.i_pA - end.mean)
    assert found.decaying_se_pA is not None
    assert np.all(found.decaying_se_pA > end.se)
    assert found.decaying_se_pA**2 - end.se**2 == pytest.approx(found.se_pA**2, rel=0.2)
    later = read_curve(sweeps, plan(sweeps.recording, Window()), Window(), 2.0, Clamp(1.0, 1e5))
    # a membrane that follows 1 ms late starts its tail 1 ms later: the tail is extrapolated by 1 ms less
    assert later.i_pA - 0.2 * size == pytest.approx((found.i_pA - 0.2 * size) * np.exp(-0.1), rel=0.05, abs=4.0)


def test_a_sweep_that_ends_early_or_is_not_a_number_is_refused() -> None:
    rows = rows_of(STEADY)
    rows[2, BEFORE + 450] = np.nan
    with pytest.raises(NotMeasurable, match="not numbers"):
        curve(rows)
    short = recording(rows_of(STEADY)[:, : BEFORE + 450], COMMANDS)
    with pytest.raises(NotMeasurable, match="ends before the window"):
        read_curve(Sweeps.of(short), plan(short, Window()), Window(), 1.0, CLAMP)


def test_errors_of_rounded_currents_contain_the_rounding() -> None:
    """Noise of 0.3 pA in counts of 5 pA: the mean is wrong by up to 2.5 pA, on average 5/√12 pA."""
    rng = np.random.default_rng(11)
    errors, relative = [], []
    for _ in range(30):
        true = STEADY + rng.uniform(-5.0, 5.0, (LEVELS.size, 1))
        rows = rows_of(true, sd=0.3, seed=int(rng.integers(1000)))
        rows[:, :BEFORE] += 2.4  # the holding current is between two counts, which shows them
        found = curve(5.0 * np.rint(rows / 5.0))
        errors.append(found.i_pA - true[:, -1])
        relative.append(errors[-1] / found.se_pA)
    assert np.sqrt(np.mean(np.square(errors))) > 1.0
    assert 0.8 < np.sqrt(np.mean(np.square(relative))) < 1.2
    fine = curve(rows)
    assert fine.se_pA.max() < 0.2


def test_points_share_the_noise_that_lasts_from_sweep_to_sweep() -> None:
    """A drift of each sweep that start and end share: neighbouring sweeps are correlated, distant ones less."""
    levels = np.arange(-100.0, 1.0, 5.0)
    commands = [steps((-80.0, BEFORE), (v, STEP), (-80.0, AFTER)) for v in levels.tolist()]
    rng = np.random.default_rng(4)
    rows = rng.standard_normal((levels.size, BEFORE + STEP + AFTER)) + 3.0 * rng.standard_normal((levels.size, 1))
    shared = read_curve(
        Sweeps.of(recording(rows, commands)), plan(recording(rows, commands), Window()), Window(), 1.0, CLAMP
    )
    assert shared.correlation is not None
    assert 0.3 < shared.correlation[0, 1] < 1.0
    assert shared.correlation[0, 1] > shared.correlation[0, 5] > shared.correlation[0, -1] - 1e-9
    rows[:, -AFTER:] = rng.standard_normal((levels.size, AFTER)) - 0.1 * rows[:, :BEFORE].mean(1, keepdims=True)
    own = read_curve(
        Sweeps.of(recording(rows, commands)), plan(recording(rows, commands), Window()), Window(), 1.0, CLAMP
    )
    assert own.correlation is None
    assert own.se_pA == pytest.approx(shared.se_pA)
