"""Anoxia and ischaemia: ATP, pump, potassium outside, block, Ca²⁺, exchanger, swelling; against own equations."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from reversal.atlas.systems.energy_failure import (
    CalciumTransport,
    EnergyFailure,
    cell_in_tissue,
    channel_current_pA,
    exchanger_current_pA,
    lose_energy,
)
from reversal.atlas.systems.exchanger import exchanger_reversal_mV
from reversal.atlas.systems.pump_leak import PumpLeakCell
from reversal.errors import DomainError

RT_F, F = 26.7266591, 96.48533212  # mV at 37 °C; pA per fmol/s


@pytest.fixture(scope="module")
def sudden() -> EnergyFailure:
    """A neurone in 20 % extracellular space whose ATP is gone at once."""
    return lose_energy(cell_in_tissue(), 600.0, atp_time_s=1e-3)


@pytest.fixture(scope="module")
def gradual() -> EnergyFailure:
    return lose_energy(cell_in_tissue(), 1800.0)


def at(failure: EnergyFailure, seconds: float, rows: np.ndarray) -> float:
    return float(np.interp(seconds, failure.course.time_s, rows))


def test_ischaemia_has_the_course_of_own_equations(sudden: EnergyFailure) -> None:
    """V −38.35 mV, K⁺ 28.45 mM and Na⁺ 23.49 mM at 60 s, from an own program with another solver."""
    assert at(sudden, 60, sudden.course.v_mV) == pytest.approx(-38.35, abs=0.01)
    assert at(sudden, 60, sudden.course.out_mM[1]) == pytest.approx(28.45, abs=0.01)
    assert at(sudden, 60, sudden.course.in_mM[0]) == pytest.approx(23.49, abs=0.01)
    assert sudden.relative_volume[-1] == pytest.approx(1.212, abs=0.001)
    assert sudden.relative_volume[0] == 1


def test_events_of_ischaemia_are_in_order(gradual: EnergyFailure) -> None:
    """Depolarisation, reversal of the exchanger, block of Na⁺ channels, then Ca²⁺ overload and swelling."""
    assert gradual.reversed_at_s is not None
    assert gradual.blocked_at_s is not None
    assert 60 < gradual.reversed_at_s < gradual.blocked_at_s < 600
    assert at(gradual, 60, gradual.ca_in_mM) < 2 * gradual.ca_in_mM[0]
    assert gradual.ca_in_mM[-1] > 10 * gradual.ca_in_mM[0]
    assert gradual.ca_out_mM[-1] < 0.1
    assert gradual.relative_volume[-1] > 1.1
    assert gradual.atp[-1] == pytest.approx(math.exp(-15), rel=1e-6)


def test_block_starts_where_a_tenth_of_the_channels_is_available(sudden: EnergyFailure) -> None:
    """h∞ = 0.1 at −46.2 mV with the rates of Hodgkin & Huxley, by hand."""
    v = np.linspace(-60, -40, 20001)
    h = 0.07 * np.exp(-(v + 65) / 20) / (0.07 * np.exp(-(v + 65) / 20) + 1 / (1 + np.exp(-(v + 35) / 10)))
    limit = float(np.interp(-0.1, -h, v))
    assert limit == pytest.approx(-46.2, abs=0.01)
    before = sudden.course.v_mV[np.searchsorted(sudden.course.time_s, sudden.blocked_at_s) - 1]
    assert before < limit < at(sudden, sudden.blocked_at_s or 0, sudden.course.v_mV) + 1e-9


def test_calcium_on_both_sides_together_is_constant(sudden: EnergyFailure) -> None:
    """Free and bound inside, 101 times the free, and free outside."""
    course = sudden.course
    total = 101 * sudden.ca_in_mM * course.volume_pL + sudden.ca_out_mM * course.outside_volume_pL
    assert total == pytest.approx(total[0], rel=1e-6)


def test_calcium_has_the_course_of_own_equations(sudden: EnergyFailure) -> None:
    """The same four pathways, written again, with the voltage and the ions of the course."""
    c, transport = sudden.course, CalciumTransport()
    rows = [c.v_mV, c.volume_pL, c.outside_volume_pL, c.out_mM[0], c.in_mM[0], sudden.atp]
    total = 1.5 * rows[2][0] + 101e-4 * rows[1][0]

    def inward(now: list[float], ca: float, out: float) -> float:
        v, na_out, na_in, atp = now[0], now[3], now[4], now[5]
        exchange = 0.1 * ((na_in / 145) ** 3 * out / 1e-3 * math.exp(0.35 * v / RT_F))
        exchange -= 0.1 * (na_out / 145) ** 3 * ca / 1e-3 * math.exp(-0.65 * v / RT_F)
        channel = 2.0 * 0.01 / (1 + math.exp(-(v + 20) / 6)) * (v - RT_F / 2 * math.log(out / ca))
        return 2 * exchange - atp * ca / (ca + 5e-4) - channel

    leak = -inward([float(row[0]) for row in rows], 1e-4, 1.5)

    def slope(t: float, y: np.ndarray) -> list[float]:
        now = [float(np.interp(t, c.time_s, row)) for row in rows]
        ca = y[0] / (101 * now[1])
        out = (total - y[0]) / now[2]
        return [(inward(now, ca, out) + leak * out / 1.5) / (2 * F)]

    own = solve_ivp(slope, (0, 120), [101e-4 * rows[1][0]], method="RK45", rtol=1e-6, atol=1e-9, t_eval=[30, 60, 120])
    expected = own.y[0] / (101 * np.interp([30, 60, 120], c.time_s, c.volume_pL))
    assert [at(sudden, t, sudden.ca_in_mM) for t in (30, 60, 120)] == pytest.approx(expected, rel=0.01)
    assert transport.out_mM == 1.5


def test_resting_calcium_does_not_change_while_atp_is_there() -> None:
    rest = lose_energy(cell_in_tissue(), 60.0, atp_time_s=1e9)
    assert rest.ca_in_mM == pytest.approx(1e-4, rel=1e-3)
    assert rest.reversed_at_s is None
    assert rest.blocked_at_s is None


def test_exchanger_stops_at_its_reversal_potential_and_moves_calcium_in_above_it() -> None:
    transport = CalciumTransport()
    e = float(exchanger_reversal_mV(145, 10, 1.5, 1e-4, 37))
    below, there, above = (float(exchanger_current_pA(e + d, 145, 10, 1.5, 1e-4, transport, 37)) for d in (-20, 0, 20))
    assert there == pytest.approx(0, abs=1e-12)
    assert below < 0 < above


def test_exchanger_current_has_its_scale_at_one_micromolar() -> None:
    """0.1 pA forward at 0 mV, 145 mM Na⁺ outside, 1 µM Ca²⁺ inside, and almost no Na⁺ inside."""
    assert exchanger_current_pA(0, 145, 1e-6, 1.5, 1e-3, CalciumTransport(), 37) == pytest.approx(-0.1, rel=1e-6)
    assert exchanger_current_pA(0, 290, 1e-6, 1.5, 2e-3, CalciumTransport(), 37) == pytest.approx(-1.6, rel=1e-6)


def test_calcium_channels_are_half_open_at_their_half_voltage() -> None:
    """2 nS · 0.01 · ½ · (−20 − 128.50 mV) = −1.485 pA, E_Ca = (RT/2F) ln(1.5/0.0001)."""
    assert channel_current_pA(-20, 1.5, 1e-4, CalciumTransport(), 37) == pytest.approx(-1.485, abs=0.001)


def test_tissue_has_a_fifth_of_its_volume_outside_the_cell() -> None:
    cell = cell_in_tissue()
    assert cell.outside_volume_pL / (cell.outside_volume_pL + cell.volume_pL) == pytest.approx(0.2)
    assert cell.volume_pL == pytest.approx(1.7397, abs=1e-3)


def test_a_larger_space_keeps_potassium_lower() -> None:
    narrow, wide = (lose_energy(cell_in_tissue(space=share), 60.0, atp_time_s=1e-3) for share in (0.1, 0.4))
    assert narrow.course.out_mM[1, -1] > 1.5 * wide.course.out_mM[1, -1]
    assert narrow.course.v_mV[-1] > wide.course.v_mV[-1]


def test_anoxia_in_a_large_bath_runs_down_in_minutes() -> None:
    """−81.80, −75.97, −31.15, −13.64 mV at 1, 5, 20, 60 min, from an own program."""
    failed = lose_energy(PumpLeakCell(), 3600.0, points=2000)
    v = [at(failed, 60 * minutes, failed.course.v_mV) for minutes in (1, 5, 20, 60)]
    assert v == pytest.approx([-81.80, -75.97, -31.15, -13.64], abs=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"duration_s": float("nan")}, "duration_s and atp_time_s"),
        ({"duration_s": 10.0, "atp_time_s": 0.0}, "duration_s and atp_time_s"),
    ],
)
def test_energy_failure_outside_its_range_is_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        lose_energy(cell_in_tissue(), **arguments)


def test_calcium_and_space_outside_their_range_are_refused() -> None:
    with pytest.raises(DomainError, match=r"CalciumTransport\.rest_mM"):
        CalciumTransport(rest_mM=0.0)
    with pytest.raises(DomainError, match="space is outside its range"):
        cell_in_tissue(space=1.0)
    with pytest.raises(DomainError, match="Na⁺ is outside"):
        exchanger_current_pA(0, 0, 10, 1.5, 1e-4, replace(CalciumTransport()), 37)
