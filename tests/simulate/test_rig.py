"""Simulated recordings compared with circuit theory and with their true values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium, nonselective
from reversal.simulate.model_cell import Cell, steady_current_pA
from reversal.simulate.rig import ChannelLoss, RecordingConditions, pipette_current_pA, record
from reversal.simulate.stimuli import repeated_step, step_family
from reversal.simulate.stimulus_protocol import AbfProtocol


def steady_pA(i_pA: np.ndarray, protocol: AbfProtocol) -> np.ndarray:
    """Mean of the last tenth of the second-last epoch, shape (sweeps,) [pA]."""
    start, stop = protocol.edges(0)[-2]
    return i_pA[:, stop - (stop - start) // 10 : stop].mean(axis=1)


def test_same_seed_gives_the_same_counts_and_another_seed_does_not(
    potassium_cell: Cell, k5: RecordingConditions
) -> None:
    protocol = step_family(-100.0, 0.0, 50.0, step_ms=20.0)
    first, again, other = (record(potassium_cell, Amplifier(), k5, protocol, seed).counts for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_current_above_the_range_is_clipped(potassium_cell: Cell, k5: RecordingConditions) -> None:
    coarse = Amplifier(mV_per_pA=20.0)
    made = record(potassium_cell, coarse, k5, step_family(-100.0, 0.0, 50.0, step_ms=20.0), seed=1)
    assert coarse.limit_pA == 500.0
    assert made.counts.max() == 32767
    assert made.counts.min() == -32768
    assert np.abs(made.i_pA).max() <= 500.0


def test_step_family_measures_the_steady_state_current_at_the_membrane_potential(
    potassium_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    """At steady state V_m = V_cmd − offset − I·R_s·(1 − compensation), and the current is that of the cell at V_m."""
    protocol = step_family(-120.0, 40.0, 20.0, step_ms=300.0)
    made = record(potassium_cell, silent, k5, protocol, seed=1)
    measured = steady_pA(made.i_pA, protocol)
    command = np.arange(-120.0, 41.0, 20.0)
    v_mV = command - made.truth.junctions.offset_mV - measured * silent.residual_MOhm * 1e-3
    expected = steady_current_pA(potassium_cell, v_mV, k5.pipette, k5.bath, k5.temperature_C)
    assert measured == pytest.approx(expected, abs=0.5)  # a count is 0.6 pA


def test_current_is_zero_at_the_true_reversal_potential(
    potassium_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    truth = record(potassium_cell, silent, k5, repeated_step(0.0, repeats=1), seed=1).truth
    assert truth.e_rev_total_mV is not None
    at_reversal = repeated_step(truth.e_rev_total_mV + truth.junctions.offset_mV, repeats=1)
    made = record(potassium_cell, silent, k5, at_reversal, seed=1)
    assert steady_pA(made.i_pA, at_reversal)[0] == pytest.approx(0.0, abs=0.35)


def test_capacitance_compensation_removes_the_transient_but_not_the_steady_current(
    passive_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    protocol = step_family(-100.0, -60.0, 40.0, step_ms=20.0)
    plain = record(passive_cell, silent, k5, protocol, seed=1).i_pA
    compensated = record(passive_cell, replace(silent, capacitance_compensated=1.0), k5, protocol, seed=1).i_pA
    assert np.abs(plain).max() > 1000
    assert np.abs(compensated).max() < 300
    assert steady_pA(compensated, protocol) == pytest.approx(steady_pA(plain, protocol), abs=0.01)


def test_blocker_leaves_leak_and_the_difference_is_the_channel(
    potassium_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    protocol = step_family(-120.0, 40.0, 40.0)
    blocked = record(potassium_cell, silent, k5, protocol, seed=1, loss=ChannelLoss(blocked=1.0))
    command = np.arange(-120.0, 41.0, 40.0)
    v_mV = command - blocked.truth.junctions.offset_mV
    assert steady_pA(blocked.i_pA, protocol) == pytest.approx(0.1 * v_mV, abs=0.4)


def test_run_down_reduces_the_current_from_sweep_to_sweep(k5: RecordingConditions, silent: Amplifier) -> None:
    cell = Cell("c", background_potassium(), cm_pF=10.0, leak_nS=0.0)
    protocol = repeated_step(0.0, repeats=4)
    nearly_ideal = replace(silent, rs_MOhm=0.5)
    made = record(cell, nearly_ideal, k5, protocol, seed=1, loss=ChannelLoss(run_down_per_sweep=0.1))
    steady = steady_pA(made.i_pA, protocol)
    assert steady[1:] / steady[:-1] == pytest.approx([0.9] * 3, abs=0.002)


def test_drift_of_series_resistance_reduces_the_current(k5: RecordingConditions, silent: Amplifier) -> None:
    """Ohmic 20 nS between E and the command behind R: I = (V_cmd − offset − E)/(1/g + R), R growing by 1 MΩ a sweep."""
    cell = Cell("c", nonselective(20.0, -80.0), cm_pF=10.0, leak_nS=0.0)
    protocol = repeated_step(0.0, repeats=4)
    made = record(cell, replace(silent, rs_drift_per_sweep=0.1), k5, protocol, seed=1)
    residual_MOhm = 2.5 + np.arange(4)
    expected_pA = 1000 * (80.0 - made.truth.junctions.offset_mV) / (50.0 + residual_MOhm)
    assert steady_pA(made.i_pA, protocol) == pytest.approx(expected_pA, abs=0.4)


def test_bath_exchange_shifts_the_reversal_potential_during_the_recording(
    k5: RecordingConditions, silent: Amplifier
) -> None:
    cell = Cell("c", background_potassium(), cm_pF=10.0, leak_nS=0.0)
    washing = replace(k5, bath=SERIES[4], wash_from=SERIES[1], wash_s=5.0)
    protocol = repeated_step(-60.0, repeats=12)
    steady = steady_pA(record(cell, silent, washing, protocol, seed=1).i_pA, protocol)
    settled = steady_pA(record(cell, silent, replace(k5, bath=SERIES[4]), protocol, seed=1).i_pA, protocol)
    before = steady_pA(record(cell, silent, k5, protocol, seed=1).i_pA, protocol)
    assert steady[0] == pytest.approx(before[0], abs=0.5)
    assert np.all(np.diff(steady) < 0)
    left = (steady[5] - settled[0]) / (steady[0] - settled[0])
    assert left == pytest.approx(np.exp(-2.0), abs=0.05)  # ten seconds in; the current is nearly linear in the mixture


def test_mean_current_over_intervals_conserves_the_charge(
    passive_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    protocol = step_family(-100.0, -100.0, 10.0, step_ms=40.0)
    current = pipette_current_pA(passive_cell, silent, k5, protocol)
    start, stop = (4 * edge for edge in protocol.edges(0)[3])
    fine_ms = 0.0125
    charge_fC = float((current[0, start:stop] - current[0, stop - 100 : stop].mean()).sum() * fine_ms)
    share = 500.0 / 502.5
    assert charge_fC == pytest.approx(-20.0 * 20.0 * share**2, rel=1e-4)
