"""The clamp of a passive cell against circuit theory, and of gated cells against their exact relaxation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from reversal.errors import DomainError
from reversal.simulate.bath import PIPETTE, SERIES
from reversal.simulate.model_cell import Cell, Compartment, Gate, OhmicChannel
from reversal.simulate.tabulated_membrane import Membrane
from reversal.simulate.voltage_clamp import ClampResult, clamp

EVERYTHING = np.ones(1)
SAMPLE_ms = 0.05


def clamped(cell: Cell, command_mV: np.ndarray, residual_MOhm: float, offset_mV: float = 0.0) -> ClampResult:
    membrane = Membrane(cell, PIPETTE, [SERIES[1]], 23.0, EVERYTHING)
    return clamp(membrane, np.atleast_2d(command_mV), SAMPLE_ms, np.array([residual_MOhm]), np.array([offset_mV]))


def step(before_mV: float, after_mV: float, samples: int = 400) -> np.ndarray:
    return np.where(np.arange(samples) < 100, before_mV, after_mV)


def test_step_charges_a_passive_cell_as_a_resistor_and_a_capacitor(passive_cell: Cell) -> None:
    """V(t) = V∞ + (V0 − V∞)·exp(−t/τ), τ = C·R·R_m/(R + R_m), with R_m = 500 MΩ, C = 20 pF, R = 10 MΩ."""
    solved = clamped(passive_cell, step(-80.0, -60.0), residual_MOhm=10.0)
    tau_ms = 20e-3 * 10.0 * 500.0 / 510.0
    after = solved.time_ms >= 5.0
    expected = (500 / 510) * (-60.0 - 20.0 * np.exp(-(solved.time_ms[after] - 5.0) / tau_ms))
    assert solved.v_mV[after, 0] == pytest.approx(expected, abs=1e-9)


def test_charge_of_the_transient_is_that_on_the_capacitance(passive_cell: Cell) -> None:
    """Total charge less the steady current is C·ΔV·(R_m/(R + R_m))², integrated analytically."""
    solved = clamped(passive_cell, step(-80.0, -60.0), residual_MOhm=10.0)
    charge = solved.charge_at(np.array([5.0, 20.0]))[0]
    steady_pA = -60.0e3 / 510.0
    assert charge[1] - charge[0] - 15.0 * steady_pA == pytest.approx(20.0 * 20.0 * (500 / 510) ** 2, rel=1e-6)


def test_current_of_the_transient_is_exponential_from_the_edge(passive_cell: Cell) -> None:
    solved = clamped(passive_cell, step(-80.0, -60.0), residual_MOhm=10.0)
    bounds = 5.0 + np.arange(201) * 0.0125
    current = np.diff(solved.charge_at(bounds)[0]) / 0.0125
    tau_ms = 20e-3 * 10.0 * 500.0 / 510.0
    steady, jump = -60.0e3 / 510.0, 20.0e3 * (1 / 10.0 - 1 / 510.0)
    mean_decay = np.exp(-(bounds[:-1] - 5.0) / tau_ms) * (1 - np.exp(-0.0125 / tau_ms)) * tau_ms / 0.0125
    assert current == pytest.approx(steady + jump * mean_decay, abs=0.5)  # 1 in 4000 of the peak


def test_ramp_lags_by_the_time_constant_and_carries_capacitive_current(passive_cell: Cell) -> None:
    """On a ramp of slope s, V lags s·τ behind its static value and the capacitance takes C·s."""
    ramp = np.concatenate([np.full(100, -100.0), np.linspace(-100.0, 100.0, 4001)])
    solved = clamped(passive_cell, ramp, residual_MOhm=10.0)
    slope, tau_ms, share = 200.0 / 200.0, 20e-3 * 10.0 * 500 / 510, 500 / 510
    at_ms = 5.0 + 100.0
    v_mV = np.interp(at_ms, solved.time_ms, solved.v_mV[:, 0])
    assert v_mV == pytest.approx(share * (0.0 - slope * tau_ms), abs=1e-3)
    current = np.diff(solved.charge_at(np.array([at_ms - 0.5, at_ms + 0.5]))[0])[0]
    assert current == pytest.approx(v_mV * 2.0 + 20.0 * slope * share, abs=0.01)


def test_membrane_potential_is_command_minus_offset_and_series_resistance_error() -> None:
    """Ohmic 10 nS at −80 mV behind 5 MΩ: V = (V_cmd − offset + E·g·R)/(1 + g·R)."""
    cell = Cell("c", OhmicChannel(10.0, -80.0), cm_pF=10.0, leak_nS=0.0)
    solved = clamped(cell, step(0.0, 20.0), residual_MOhm=5.0, offset_mV=13.0)
    assert solved.v_mV[0, 0] == pytest.approx((-13.0 - 80.0 * 0.05) / 1.05, abs=1e-6)
    assert solved.v_mV[-1, 0] == pytest.approx((7.0 - 80.0 * 0.05) / 1.05, abs=1e-6)


def test_gate_relaxes_exponentially_at_constant_voltage() -> None:
    gate = Gate(v_half_mV=-40.0, slope_mV=10.0, tau_min_ms=2.0, tau_max_ms=10.0)
    cell = Cell("c", OhmicChannel(10.0, -80.0, (gate,)), cm_pF=10.0, leak_nS=0.0)
    solved = clamped(cell, step(-80.0, 0.0, samples=1100), residual_MOhm=1e-3)
    at_ms = np.array([6.0, 8.0, 12.0, 20.0, 40.0])
    current = np.diff(solved.charge_at(np.concatenate([at_ms - 0.005, at_ms + 0.005])).reshape(2, -1), axis=0)[0] / 0.01
    closed, opened = gate.steady(np.array([-80.0, 0.0]))
    tau_ms = gate.tau_ms(np.array([0.0]))[0]
    expected = 10.0 * 80.0 * (opened + (closed - opened) * np.exp(-(at_ms - 5.0) / tau_ms))
    assert current == pytest.approx(expected, rel=2e-3)


def test_halving_every_step_changes_the_current_by_less_than_a_tenth_of_a_percent(
    potassium_cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = np.arange(0.0, 20.0, 0.0125)
    command = step(-80.0, 20.0)
    coarse = np.diff(clamped(potassium_cell, command, 2.5, 13.0).charge_at(bounds)[0]) / 0.0125
    monkeypatch.setattr("reversal.simulate.voltage_clamp.FIRST_STEP_MS", 0.0015)
    monkeypatch.setattr("reversal.simulate.voltage_clamp.LONGEST_STEP_MS", 0.2)
    monkeypatch.setattr("reversal.simulate.voltage_clamp.STEP_GROWTH", 1.04)
    fine = np.diff(clamped(potassium_cell, command, 2.5, 13.0).charge_at(bounds)[0]) / 0.0125
    assert np.abs(coarse - fine).max() < 1e-3 * np.abs(fine).max()
    settled = bounds[:-1] > 6.0
    assert np.abs(coarse - fine)[settled].max() < 0.6  # a count of the converter


def test_current_at_the_turn_of_a_ramp_has_no_ringing(passive_cell: Cell) -> None:
    """At the turn of a ramp the capacitive current changes sign within the time constant and does not overshoot."""
    up = np.linspace(-100.0, 100.0, 2001)
    solved = clamped(passive_cell, np.concatenate([up, up[::-1]]), residual_MOhm=10.0)
    bounds = 95.0 + np.arange(801) * 0.0125
    current = np.diff(solved.charge_at(bounds)[0]) / 0.0125
    before, after = current[:300], current[-300:]
    share = 500 / 510
    assert before.mean() - after.mean() == pytest.approx(2 * 20.0 * 2.0 * share**2, abs=0.6)  # 2·C·slope
    assert np.all(np.abs(np.diff(current, n=2)) < 2 * 20.0 * 2.0 * 0.0125 / 0.196)


def test_second_compartment_charges_with_the_two_time_constants_of_its_circuit() -> None:
    """V' = A·V + b of the circuit (R 10 MΩ; 20 pF, 2 nS; 40 MΩ; 30 pF, 1 nS), solved by the matrix exponential."""
    compartment = Compartment(cm_pF=30.0, coupling_MOhm=40.0, leak_nS=1.0)
    cell = Cell("c", OhmicChannel(2.0, 0.0), cm_pF=20.0, leak_nS=0.0, compartment=compartment)
    solved = clamped(cell, step(-80.0, -60.0), residual_MOhm=10.0)
    rates = np.array([[-(100 + 2 + 25) / 20, 25 / 20], [25 / 30, -(25 + 1) / 30]])
    drive = np.array([100 / 20, 0.0])
    start, end = (np.linalg.solve(rates, -drive * level_mV) for level_mV in (-80.0, -60.0))
    at_ms = np.array([0.1, 0.3, 1.0, 3.0, 10.0])
    expected = [(end + expm(rates * ms) @ (start - end))[0] for ms in at_ms]
    found = np.interp(5.0 + at_ms, solved.time_ms, solved.v_mV[:, 0])
    assert found == pytest.approx(expected, abs=0.01)


def test_clamp_without_resistance_is_refused(passive_cell: Cell) -> None:
    with pytest.raises(DomainError, match="residual series resistance above 0"):
        clamped(passive_cell, step(-80.0, -60.0), residual_MOhm=0.0)
