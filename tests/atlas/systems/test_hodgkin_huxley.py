"""Action potential of the squid axon, against the published equations integrated by another program."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from reversal.atlas.systems.hodgkin_huxley import Axon, fire, sodium_availability
from reversal.errors import DomainError


def published(v: float) -> list[tuple[float, float]]:
    """Rates of m, h, n of Hodgkin & Huxley (1952), eqs. 12, 13, 20, 21, 23, 24, with their V = −(v + 65)."""
    w = -(v + 65)
    m = 0.1 * (w + 25) / (math.exp((w + 25) / 10) - 1), 4 * math.exp(w / 18)
    h = 0.07 * math.exp(w / 20), 1 / (math.exp((w + 30) / 10) + 1)
    n = 0.01 * (w + 10) / (math.exp((w + 10) / 10) - 1), 0.125 * math.exp(w / 80)
    return [m, h, n]


def own_course(current: float, until_ms: float, temperature_C: float = 6.3) -> np.ndarray:
    """Voltages of an own integration with a current of 1 ms."""
    speed = 3 ** ((temperature_C - 6.3) / 10)

    def slope(current: float, y: np.ndarray) -> list[float]:
        v, m, h, n = y
        ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
        gates = [speed * (a * (1 - x) - b * x) for x, (a, b) in zip((m, h, n), published(v), strict=True)]
        return [current - ionic, *gates]

    start = [-65.0, *(a / (a + b) for a, b in published(-65.0))]
    settings = {"method": "RK45", "rtol": 1e-8, "atol": 1e-8, "max_step": 0.02}
    during = solve_ivp(lambda _t, y: slope(current, y), (0, 1), start, **settings).y
    after = solve_ivp(lambda _t, y: slope(0.0, y), (0, until_ms - 1), during[:, -1], **settings).y
    return np.concatenate([during[0], after[0]])


@pytest.mark.parametrize("temperature_C", [6.3, 16.3])
def test_action_potential_has_the_peak_and_the_trough_of_the_published_equations(temperature_C: float) -> None:
    course, own = fire(Axon(temperature_C=temperature_C), 15, 10.0, stimulus_ms=1.0), own_course(10, 15, temperature_C)
    assert course.v_mV.max() == pytest.approx(own.max(), abs=0.02)
    assert course.v_mV.min() == pytest.approx(own.min(), abs=0.02)
    assert course.spikes == 1


def test_upstroke_needs_sodium_channels() -> None:
    assert fire(Axon(), 15, 10.0, stimulus_ms=1.0).v_mV.max() == pytest.approx(39.07, abs=0.02)
    assert fire(Axon(g_na_mS_cm2=0.0), 15, 10.0, stimulus_ms=1.0).v_mV.max() < -55
    assert fire(Axon(), 15, 10.0, stimulus_ms=1.0).fastest_rise_V_per_s == pytest.approx(296.6, abs=0.5)


def test_peak_stays_below_the_sodium_potential_and_follows_it() -> None:
    low = fire(Axon(e_na_mV=30.0), 15, 10.0, stimulus_ms=1.0).v_mV.max()
    assert 0 < low < 30


def test_threshold_is_all_or_none() -> None:
    """A stimulus of 6.5 µA/cm² for 1 ms gives no spike, one of 8 gives one; own integration agrees."""
    for size, spikes in ((6.5, 0), (8.0, 1)):
        course = fire(Axon(), 15, size, stimulus_ms=1.0)
        assert course.spikes == spikes
        assert bool(own_course(size, 15).max() > 0) is (spikes == 1)


def test_lasting_depolarisation_blocks_firing() -> None:
    """14 spikes in 0.2 s at 10 µA/cm², one at the onset of 150: the channels stay inactivated."""
    firing, blocked = fire(Axon(), 200, 10.0), fire(Axon(), 200, 150.0)
    assert (firing.spikes, blocked.spikes) == (14, 1)
    assert blocked.available[-1] < 0.1
    assert blocked.v_mV[-1] == pytest.approx(-42.84, abs=0.05)


def test_reported_conductances_carry_the_current_of_the_membrane() -> None:
    """C dV/dt is the stimulus minus the currents of the conductances and of the leak; central differences, 0.3 %."""
    axon = Axon()
    course = fire(axon, 20.0, 10.0)
    v, inside = course.v_mV, slice(1, -1)
    ionic = course.g_na_mS_cm2 * (v - 50.0) + course.g_k_mS_cm2 * (v + 77.0) + 0.3 * (v + 54.387)
    rise = (v[2:] - v[:-2]) / 0.02
    assert rise.max() > 100
    assert np.abs(rise - (10.0 - ionic[inside])).max() < 1.0


def test_availability_of_sodium_channels_is_that_of_the_published_rates() -> None:
    for v in (-100.0, -65.0, -45.0, 0.0):
        a, b = published(v)[1]
        assert sodium_availability(v) == pytest.approx(a / (a + b), rel=1e-9)


def test_rest_without_a_stimulus_is_steady() -> None:
    course = fire(Axon(), 50)
    assert np.ptp(course.v_mV) < 0.01
    assert course.spikes == 0


def test_axon_outside_its_range_is_refused() -> None:
    with pytest.raises(DomainError, match=r"Axon\.g_na_mS_cm2 is outside its range"):
        Axon(g_na_mS_cm2=-1.0)
    with pytest.raises(DomainError, match="duration_ms or stimulus_ms is outside its range"):
        fire(Axon(), 1e5)
    with pytest.raises(DomainError, match="current_uA_cm2"):
        fire(Axon(), 1.0, float("nan"))
    with pytest.raises(DomainError, match="stimulus_ms"):
        fire(Axon(), 1.0, 10.0, stimulus_ms=2.0)
