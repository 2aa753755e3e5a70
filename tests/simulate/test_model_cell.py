"""Membrane currents compared with the Nernst–Planck equation and with textbook limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from reversal.errors import DomainError
from reversal.simulate.bath import FARADAY, PIPETTE, SERIES, RigSolution, thermal_voltage_mV
from reversal.simulate.channels import inward_rectifier
from reversal.simulate.model_cell import (
    Cell,
    Compartment,
    Gate,
    GhkChannel,
    OhmicChannel,
    RestrictedSpace,
    channel_reversal_mV,
    constant_field_pA,
    steady_current_pA,
    steady_open_probability,
    total_reversal_mV,
)
from reversal.simulate.tabulated_membrane import Membrane

INSIDE = RigSolution("in", {"K": 140.0, "Cl": 140.0})
OUTSIDE = RigSolution("out", {"K": 5.0, "Na": 145.0, "Cl": 150.0})


@pytest.mark.parametrize("z", [1, -1, 2])
@pytest.mark.parametrize("v_mV", [-120.0, -1.0, -0.02, 0.0, 1e-9, 0.02, 5.0, 90.0])
def test_current_is_the_nernst_planck_flux_in_a_constant_field(z: int, v_mV: float) -> None:
    """J·∫exp(zuψ)dψ across the membrane is P·(c_in·e^{zu} − c_out), independent of the closed form."""
    u = z * v_mV / thermal_voltage_mV(20.0)
    resistance, _ = quad(lambda depth: math.exp(u * (1 - depth)), 0, 1, epsabs=1e-13)
    flux = 100.0 * (140.0 * math.exp(u) - 5.0) / resistance  # µm³/s · mM
    expected_pA = z * FARADAY * flux * 1e-6
    found = constant_field_pA(np.array([v_mV]), 100.0, z, 140.0, 5.0, 20.0)[0]
    assert found == pytest.approx(expected_pA, rel=1e-8, abs=1e-8)


def test_slope_far_from_reversal_depends_on_the_concentration_of_the_source_side() -> None:
    """Far from E the conductance is P·F²·c/RT with c of the side of origin: Hille 2001, ch. 14."""
    v_mV = np.array([-1001.0, -1000.0, 1000.0, 1001.0])
    current = constant_field_pA(v_mV, 100.0, 1, 140.0, 5.0, 20.0)
    inward, outward = current[1] - current[0], current[3] - current[2]
    assert outward / inward == pytest.approx(140.0 / 5.0, rel=1e-6)


def test_reversal_potential_follows_the_goldman_equation() -> None:
    """(RT/F)·ln((5 + 0.04·145)/140) at 20 °C, by the constants of CODATA."""
    channel = GhkChannel(100.0, {"K": 1.0, "Na": 0.04})
    expected_mV = 25.26173 * math.log((5 + 0.04 * 145) / 140)
    assert channel_reversal_mV(channel, INSIDE, OUTSIDE, 20.0) == pytest.approx(expected_mV, abs=1e-4)


def test_reversal_potential_of_a_chloride_channel_has_the_opposite_sign() -> None:
    channel = GhkChannel(100.0, {"Cl": 1.0})
    expected_mV = 25.26173 * math.log(140 / 150)
    assert channel_reversal_mV(channel, INSIDE, OUTSIDE, 20.0) == pytest.approx(expected_mV, abs=1e-4)


def test_rectification_does_not_shift_the_reversal_potential() -> None:
    plain = GhkChannel(100.0, {"K": 1.0, "Na": 0.002})
    expected = channel_reversal_mV(plain, PIPETTE, SERIES[0], 23.0)
    assert channel_reversal_mV(inward_rectifier(), PIPETTE, SERIES[0], 23.0) == pytest.approx(expected, abs=1e-6)


def test_inward_rectifier_passes_more_current_inward() -> None:
    channel = inward_rectifier()
    e_rev = channel_reversal_mV(channel, PIPETTE, SERIES[1], 23.0)
    inward, outward = channel.open_current_pA(np.array([e_rev - 40, e_rev + 40]), PIPETTE, SERIES[1], 23.0)
    assert inward < 0 < outward
    assert -inward > 2 * outward


def test_leak_shifts_the_total_reversal_potential_by_its_fraction_of_the_conductance() -> None:
    cell = Cell("c", OhmicChannel(9.0, -80.0), cm_pF=10.0, leak_nS=1.0, e_leak_mV=0.0)
    assert total_reversal_mV(cell, INSIDE, OUTSIDE, 20.0) == pytest.approx(-72.0, abs=1e-6)
    assert total_reversal_mV(cell, INSIDE, OUTSIDE, 20.0, remaining=1 / 9) == pytest.approx(-40.0, abs=1e-6)


def test_current_with_several_zeros_has_no_total_reversal_potential() -> None:
    inactivating = OhmicChannel(20.0, 60.0, (Gate(-45.0, 5.0, 1.0, 1.0), Gate(20.0, -5.0, 1.0, 1.0)))
    cell = Cell("c", inactivating, cm_pF=10.0, leak_nS=2.0, e_leak_mV=-80.0)
    assert total_reversal_mV(cell, INSIDE, OUTSIDE, 20.0) is None


def test_gate_is_half_open_at_its_midpoint_and_e_fold_per_slope_far_below() -> None:
    gate = Gate(v_half_mV=-30.0, slope_mV=7.0, tau_min_ms=1.0, tau_max_ms=9.0)
    assert gate.steady(np.array([-30.0]))[0] == pytest.approx(0.5)
    far = gate.steady(np.array([-200.0, -193.0]))
    assert far[1] / far[0] == pytest.approx(math.e, rel=1e-6)
    assert gate.tau_ms(np.array([-30.0, 400.0])) == pytest.approx([9.0, 1.0])


def test_gates_in_series_multiply() -> None:
    channel = OhmicChannel(1.0, 0.0, (Gate(0.0, 10.0, 1.0, 1.0, power=4), Gate(0.0, -10.0, 1.0, 1.0)))
    assert steady_open_probability(channel, np.array([0.0]))[0] == pytest.approx(0.5**5)


def test_second_compartment_adds_its_leak_behind_its_coupling() -> None:
    """1 nS behind 1000 MΩ carries 0.5 nS at rest."""
    compartment = Compartment(cm_pF=10.0, coupling_MOhm=1000.0, leak_nS=1.0, e_leak_mV=-20.0)
    cell = Cell("c", OhmicChannel(0.0, 0.0), 10.0, leak_nS=0.0, compartment=compartment)
    assert steady_current_pA(cell, np.array([30.0]), INSIDE, OUTSIDE, 20.0)[0] == pytest.approx(25.0)


def test_background_channels_are_not_blocked() -> None:
    cell = Cell("c", OhmicChannel(9.0, -80.0), 10.0, leak_nS=0.0, background=(OhmicChannel(2.0, 10.0),))
    v_mV = np.array([-20.0])
    assert steady_current_pA(cell, v_mV, INSIDE, OUTSIDE, 20.0, remaining=0.0)[0] == pytest.approx(-60.0)
    assert steady_current_pA(cell, v_mV, INSIDE, OUTSIDE, 20.0)[0] == pytest.approx(480.0)


def test_potassium_accumulates_by_its_charge() -> None:
    """10 pA/pF for 1 ms are 0.01 µC/cm², 1.0364e-13 mol/cm², in 1e-5 cm."""
    space = RestrictedSpace(width_nm=100.0, exchange_ms=50.0)
    assert space.inflow_mM_per_ms(np.array([100.0]), 10.0)[0] == pytest.approx(0.010364, rel=1e-4)


def test_accumulated_potassium_changes_the_current_as_the_same_concentration_in_the_bath_does() -> None:
    channel = GhkChannel(100.0, {"K": 1.0, "Na": 0.02})
    cell = Cell("c", channel, 10.0, leak_nS=0.0, space=RestrictedSpace(50.0, 30.0))
    v, ms = np.array([20.0]), 400.0
    membrane = Membrane(cell, PIPETTE, [SERIES[1]], 23.0, np.ones(1))
    state = membrane.steady_gates(v)
    assert state[-1] == pytest.approx([0.0])
    for _ in range(4000):
        state = membrane.relaxed_gates(state, v, ms / 4000)
    current, _ = membrane.current(v, state, 0.0)
    excess = float(state[-1][0])
    assert excess == pytest.approx(float(current[0]) / (10.0 * 50.0) * 1e4 / 96485.33 * 30.0, rel=1e-3)
    raised = {**SERIES[1].ions_mM, "K": 5.0 + excess, "Cl": SERIES[1].mM("Cl") + excess}
    expected = channel.open_current_pA(v, PIPETTE, RigSolution("raised", raised), 23.0)
    assert current == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("channel", [OhmicChannel(2.0, -80.0), GhkChannel(100.0, {"Na": 1.0}), inward_rectifier()])
def test_accumulation_is_refused_for_a_channel_whose_current_is_not_linear_in_potassium(
    channel: OhmicChannel | GhkChannel,
) -> None:
    """An ohmic channel and a channel of another ion would fill the space without any effect on their current."""
    cell = Cell("c", channel, 10.0, leak_nS=0.0, space=RestrictedSpace(50.0, 30.0))
    with pytest.raises(DomainError, match="accumulation"):
        Membrane(cell, PIPETTE, [SERIES[1]], 23.0, np.ones(1))
