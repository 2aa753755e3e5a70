"""Drift, remaining change and hysteresis of a synthetic I–V, checked by hand."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points
from reversal.measure.protocol.shared_epochs import Flat
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.steadiness import hysteresis_mV, jump_mV, reversal_drift_mV, settling_mV
from reversal.physics.ghk_constant_field import constant_field
from reversal.recordings.recording.recording import Recording
from reversal.tables.iv_table import IVKind

V = np.arange(-100.0, 1.0, 10.0)
G, E = 4.0, -47.0  # nS and mV


def curve(i_pA: np.ndarray, v_mV: np.ndarray = V, kind: IVKind = IVKind.STEADY, **changes: Any) -> IVCurve:
    n = v_mV.size
    return IVCurve(kind, np.arange(n), v_mV, i_pA, np.ones(n), 50.0, np.zeros((n, 2)), 60, **changes)


USED = Points(V, G * (V - E), np.ones(V.size), 60)


@pytest.mark.parametrize("slower", [0.2, 0.6])
def test_remaining_change_is_the_rest_of_a_geometric_series(slower: float) -> None:
    """Change c before and c·r within the window: ½ c r after its middle, and c r · r/(1 − r) after its end (Aitken)."""
    change = 8.0
    trend = np.full(V.size, change * slower)
    one = curve(USED.i_pA, trend_pA=trend, trend_se_pA=np.full(V.size, 0.1), change_before_pA=np.full(V.size, change))
    to_come = trend[0] * (0.5 + slower / (1 - slower))
    assert settling_mV(one, V, USED, E) == pytest.approx(-to_come / G, rel=1e-6)


def test_ratio_of_successive_changes_is_at_most_nine_tenths() -> None:
    same = np.full(V.size, 8.0)
    one = curve(USED.i_pA, trend_pA=same, trend_se_pA=np.full(V.size, 0.1), change_before_pA=same)
    assert settling_mV(one, V, USED, E) == pytest.approx(-8.0 * (0.5 + 9.0) / G, rel=1e-6)
    growing = curve(USED.i_pA, trend_pA=same, trend_se_pA=np.full(V.size, 0.1), change_before_pA=-same)
    assert settling_mV(growing, V, USED, E) == pytest.approx(-0.5 * 8.0 / G, rel=1e-6)
    alone = curve(USED.i_pA, trend_pA=same, trend_se_pA=np.full(V.size, 0.1))
    assert settling_mV(alone, V, USED, E) == pytest.approx(-0.5 * 8.0 / G, rel=1e-6)


@pytest.mark.parametrize(("times", "significant"), [(3.9, False), (4.1, True)])
def test_a_change_within_four_standard_errors_is_noise(times: float, significant: bool) -> None:
    """At E_rev, a line through the four nearest points has about the error of one point over √2."""
    trend = np.full(V.size, times * 0.5 / np.sqrt(2.0))
    one = curve(USED.i_pA, trend_pA=trend, trend_se_pA=np.full(V.size, 0.5))
    assert (settling_mV(one, V, USED, E) is not None) is significant


def test_settling_needs_a_rising_steady_family_of_four_points() -> None:
    trend = {"trend_pA": np.full(V.size, 8.0), "trend_se_pA": np.full(V.size, 0.1)}
    assert settling_mV(curve(USED.i_pA), V, USED, E) is None
    falling = Points(V, -USED.i_pA, USED.se_pA, 60)
    assert settling_mV(curve(-USED.i_pA, **trend), V, falling, E) is None
    few = {name: values[:3] for name, values in trend.items()}
    assert settling_mV(curve(USED.i_pA[:3], V[:3], **few), V[:3], USED, E) is None


def test_remaining_change_is_read_at_e_rev_from_the_four_nearest_points() -> None:
    """Changes that depend on the voltage: 0.2 (V + 87) pA within the windows and 0.5 (V + 79) before them.

    At −47 mV these are 8 and 16 pA: a half of 8, and 8 times a half over a half are to come. Distant points differ.
    """
    far = np.where(np.abs(V - E) > 20.0, 500.0, 0.0)
    trend, before = 0.2 * (V + 87.0) + far, 0.5 * (V + 79.0) - far
    bent = G * (V - E) + 0.02 * (V - E) ** 2
    one = curve(bent, trend_pA=trend, trend_se_pA=np.where(far > 0, 90.0, 0.1), change_before_pA=before)
    expected = -(4.0 + 8.0)
    assert settling_mV(one, V, USED, E) == pytest.approx(expected / G)
    steeper = Points(V, np.where(V > E, 6.0, 2.0) * (V - E), np.ones(V.size), 60)  # central slopes 2, 3.4 and 4.6, 6
    slope = np.interp(E, V, np.gradient(steeper.i_pA, V))
    assert settling_mV(one, V, steeper, E) == pytest.approx(expected / slope)


def test_error_of_the_change_is_that_of_the_four_nearest_points() -> None:
    """Root mean square over √2; the error counts four times."""
    near = np.argsort(np.abs(V - E))[:4]
    se = np.full(V.size, 1e-3)
    se[near] = [0.3, 0.5, 0.1, 0.7]
    error = np.sqrt(np.mean(np.square([0.3, 0.5, 0.1, 0.7])) / 2.0)
    for times, significant in ((3.95, False), (4.05, True), (-3.95, False), (-4.05, True)):
        one = curve(USED.i_pA, trend_pA=np.full(V.size, times * error), trend_se_pA=se)
        assert (settling_mV(one, V, USED, E) is not None) is significant


RAMP = np.arange(-100.0, 1.0, 2.0)
BENT = 0.04 * (RAMP + 110.0) ** 2 - 0.04 * (E + 110.0) ** 2  # slope 0.08 (E + 110) at E


def test_hysteresis_is_half_the_difference_between_the_ramps_at_e_rev() -> None:
    """Half of a difference of 3 pA about E; level and a multiple of the slope are subtracted by least squares."""
    gap = 3.0 * np.exp(-(((RAMP - E) / 12.0) ** 2))
    slope = np.gradient(BENT, RAMP)
    design = np.column_stack([np.ones(RAMP.size), slope])
    left = gap - design @ np.linalg.lstsq(design, gap, rcond=None)[0]
    expected = -2.0 * np.interp(E, RAMP, left) / (0.08 * (E + 110.0))
    one = curve(BENT, RAMP, IVKind.RAMP, half_difference_pA=gap)
    assert hysteresis_mV(one, RAMP, E) == pytest.approx(expected, rel=0.01)
    reversed_way = curve(BENT[::-1], RAMP[::-1], IVKind.RAMP, half_difference_pA=gap[::-1])
    assert hysteresis_mV(reversed_way, RAMP[::-1], E) == pytest.approx(expected, rel=0.01)


def test_charging_delay_and_one_way_ramps_have_no_hysteresis() -> None:
    slope = np.gradient(BENT, RAMP)
    explained = curve(BENT, RAMP, IVKind.RAMP, half_difference_pA=5.0 + 2.0 * slope)
    assert hysteresis_mV(explained, RAMP, E) == pytest.approx(0.0, abs=1e-9)
    assert hysteresis_mV(curve(BENT, RAMP, IVKind.RAMP), RAMP, E) is None
    assert hysteresis_mV(curve(-BENT, RAMP, IVKind.RAMP, half_difference_pA=slope), RAMP, E) is None


def repeats(moves_mV: np.ndarray, noise_pA: float = 0.0) -> IVCurve:
    rows = G * (V - E - moves_mV[:, None])
    rows = rows + noise_pA * np.random.default_rng(2).standard_normal(rows.shape)
    return curve(rows.mean(0), kind=IVKind.RAMP, by_sweep_pA=rows)


def test_drift_of_e_rev_between_repeats_has_a_size() -> None:
    assert reversal_drift_mV(repeats(0.5 * np.arange(6)), V, E) == pytest.approx(2.5, rel=1e-6)
    assert reversal_drift_mV(repeats(-0.5 * np.arange(4)), V, E) == pytest.approx(-1.5, rel=1e-6)
    assert reversal_drift_mV(repeats(0.5 * np.arange(3)), V, E) is None
    assert reversal_drift_mV(repeats(np.zeros(6), 2.0), V, E) is None


def test_run_down_does_not_shift_e_rev() -> None:
    """With points symmetric about E_rev, a conductance that falls by half rotates the I–V about E_rev."""
    rows = G * (1.0 - 0.1 * np.arange(6))[:, None] * (V + 45.0)
    one = curve(rows.mean(0), kind=IVKind.RAMP, by_sweep_pA=rows)
    drift = reversal_drift_mV(one, V, -45.0)
    assert drift is None or abs(drift) < 1e-9


def test_a_family_is_repeated_if_each_level_occurs_equally_often() -> None:
    levels = np.tile(V, 5)
    moved = np.repeat(0.4 * np.arange(5), V.size)
    assert reversal_drift_mV(curve(G * (levels - E - moved), levels), levels, E) == pytest.approx(1.6, rel=1e-6)
    uneven = np.append(levels, V[0])
    assert reversal_drift_mV(curve(G * (uneven - E), uneven), uneven, E) is None


def test_repeats_are_compared_near_e_rev_with_weights_that_fall_with_the_distance() -> None:
    """Within 15 mV, or as far as the second nearest point: 1 − distance/(2 · 15 mV); with the slope of these points."""
    bump = 1.0 + 0.05 * np.arange(V.size)
    moves = np.arange(5.0)[:, None]
    rows = G * (V - E) + 0.03 * (V - E) ** 2 - moves * bump
    one = curve(rows.mean(0), kind=IVKind.RAMP, by_sweep_pA=rows)
    near = np.abs(V - E) <= 15.0
    weight = 1.0 - np.abs(V - E)[near] / 30.0
    slope = np.polyfit(V[near], rows.mean(0)[near], 1)[0]
    expected = 4.0 * np.average(bump[near], weights=weight) / slope
    assert reversal_drift_mV(one, V, E) == pytest.approx(expected)
    coarse = np.array([-100.0, -70.0, -27.0, 0.0])
    rows = G * (coarse - E) - moves * np.array([9.0, 1.0, 2.0, 9.0])
    one = curve(rows.mean(0), coarse, kind=IVKind.RAMP, by_sweep_pA=rows)
    weight = 1.0 - np.array([23.0, 20.0]) / (2 * 23.0)
    slope = np.diff(rows.mean(0)[1:3])[0] / 43.0
    assert reversal_drift_mV(one, coarse, E) == pytest.approx(4.0 * np.average([1.0, 2.0], weights=weight) / slope)


def test_drift_needs_points_on_both_sides_and_a_rising_current() -> None:
    moves = 0.5 * np.arange(5)
    assert reversal_drift_mV(repeats(moves), V, -100.0) is None
    assert reversal_drift_mV(repeats(moves), V, -1.0) is not None
    assert reversal_drift_mV(repeats(moves), V, 0.0) is None
    falling = curve(-repeats(moves).i_pA, kind=IVKind.RAMP, by_sweep_pA=-(G * (V - E - moves[:, None])))
    assert reversal_drift_mV(falling, V, E) is None


def test_constant_field_current_matches_goldman() -> None:
    """u (1 − e^((E − V)F/RT))/(1 − e^−u), u = VF/RT, for monovalent cations reversing at E (Goldman 1943)."""
    thermal = 25.0
    v = np.array([-80.0, -30.0, 20.0, 60.0])
    u = v / thermal
    expected = u * (1 - np.exp((E - v) / thermal)) / (1 - np.exp(-u))
    found = constant_field(v, E, thermal)
    assert found / found[0] == pytest.approx(expected / expected[0])
    assert constant_field(np.array([E]), E, thermal) == pytest.approx([0.0], abs=1e-12)


def held(holding_pA: np.ndarray) -> Sweeps:
    """Sweeps of 40 samples at holding, with a current that does not change within a sweep."""
    rows = np.repeat(holding_pA[:, None], 40, axis=1)
    return Sweeps(cast(Recording, None), rows, (40,) * holding_pA.size, (Flat(0, 40, -80.0),))


def jumping(at: int, jump_pA: float, holding_pA: float) -> tuple[Sweeps, IVCurve]:
    """A bent I–V, 4 (V − E) + 0.03 (V − E)², of which the points from number ``at`` on are moved by ``jump_pA``."""
    later = np.arange(V.size) >= at
    i_pA = G * (V - E) + 0.03 * (V - E) ** 2 + np.where(later, jump_pA, 0.0)
    wiggle = 0.05 * np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
    return held(-20.0 + wiggle + np.where(later, holding_pA, 0.0)), curve(i_pA)


@pytest.mark.parametrize("at", [2, 8])
@pytest.mark.parametrize("jump_pA", [6.0, -6.0])
def test_a_jump_shifts_e_rev_by_its_current_over_the_slope_at_e_rev(at: int, jump_pA: float) -> None:
    """A chord of a parabola has the slope of its middle. At E, and only there, that is 4 nS."""
    sweeps, one = jumping(at, jump_pA, jump_pA)
    assert jump_mV(sweeps, one, V, E) == pytest.approx(-jump_pA / G, rel=1e-6)


def test_a_jump_is_in_the_holding_current_and_in_the_family() -> None:
    for jump_pA, holding_pA in ((6.0, 0.0), (0.0, 6.0), (0.0, 0.0)):
        assert jump_mV(*jumping(3, jump_pA, holding_pA), V, E) is None
    sweeps, one = jumping(3, 6.0, 6.0)
    assert jump_mV(sweeps, one, V, E + 200.0) is None
