"""Chloride and the GABA switch, dendrite, AMPA drive, potassium, exchanger, endosome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.chloride import (
    Surroundings,
    Synapse,
    chloride_reversal_mV,
    steady_chloride_mM,
    synapse_kind,
    synaptic_potential_mV,
)
from reversal.atlas.systems.dendrite import length_constant_um, steady_dendrite
from reversal.atlas.systems.endosome import Endosome, acidify, charge_surplus_mM, stalling_force_mV
from reversal.atlas.systems.exchanger import exchanger_reversal_mV
from reversal.atlas.systems.potassium import Clearance, Firing, clear_potassium, excitability_loop, spatial_buffering
from reversal.atlas.systems.synapse import conductance_for_voltage, driven_course_mV, driven_voltage_mV
from reversal.atlas.systems.transporters import KCC2, NKCC1, free_energy_kJ_per_mol
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import nernst_mV

AROUND = Surroundings()


@given(st.floats(0, 5), st.floats(0, 5), st.floats(0.01, 5))
def test_chloride_flows_balance_at_the_steady_state(nkcc1, kcc2, leak):
    cl = steady_chloride_mM(nkcc1, kcc2, leak, AROUND)
    sides = {"Na": (145.0, 12.0), "K": (5.0, 140.0), "Cl": (140.0, cl)}
    per_mV = FARADAY_C_PER_MOL * 1e-6
    inward = -2 * nkcc1 * free_energy_kJ_per_mol(NKCC1, sides, 0, 37) / per_mV
    outward = -kcc2 * free_energy_kJ_per_mol(KCC2, sides, 0, 37) / per_mV
    leaking = leak * (AROUND.v_mV - chloride_reversal_mV(cl, 140, 37))
    assert inward - outward + leaking == pytest.approx(0, abs=1e-8)


def test_chloride_limits():
    assert chloride_reversal_mV(steady_chloride_mM(0, 1, 0, AROUND), 140, 37) == pytest.approx(
        float(nernst_mV(5, 140, 1, 37))
    )
    assert chloride_reversal_mV(steady_chloride_mM(0, 0, 1, AROUND), 140, 37) == pytest.approx(-65)


def test_the_gaba_switch_turns_the_sign_of_the_synapse():
    young, grown = steady_chloride_mM([0.3, 0.0], [0.05, 1.0], 0.3, AROUND)
    kinds = [synapse_kind(-65, float(chloride_reversal_mV(cl, 140, 37))) for cl in (young, grown)]
    assert kinds == [Synapse.DEPOLARISING, Synapse.HYPERPOLARISING]
    along = steady_chloride_mM(np.linspace(0.3, 0, 20), np.linspace(0.05, 1, 20), 0.3, AROUND)
    assert np.all(np.diff(along) < 0)
    psp = synaptic_potential_mV(-65, chloride_reversal_mV(along, 140, 37), 5, 10)
    assert psp[0] > 0 > psp[-1]


def dendrite(gaba):
    x = np.linspace(0, 500, 201)
    return steady_dendrite(
        x,
        np.interp(x, [0, 500], [15, 5]),
        gaba,
        cl_out_mM=135,
        rest_mV=-65,
        rest_nS_per_um=0.02,
        axial_nS_um=300,
        temperature_C=37,
    )


def test_gaba_depolarises_near_and_hyperpolarises_far_along_a_dendrite():
    """Chloride of 15 mM at the soma and 5 mM far out: E_Cl −59 and −88 mV, either side of −65."""
    state = dendrite(0.05)
    assert state.e_cl_mV[[0, -1]] == pytest.approx([-58.72, -88.09], abs=0.01)
    assert state.v_mV[0] > -65 > state.v_mV[-1]


def test_no_current_is_lost_from_a_sealed_dendrite():
    state = dendrite(0.05)
    assert np.trapezoid(state.membrane_pA_per_um, state.position_um) == pytest.approx(0, abs=1e-9)


def test_without_synapses_a_dendrite_rests_and_with_many_it_follows_e_cl():
    assert dendrite(0.0).v_mV == pytest.approx(-65)
    state = dendrite(1e4)
    assert np.abs(state.v_mV - state.e_cl_mV).max() < 0.05


def test_a_local_input_fades_with_the_length_constant():
    x = np.linspace(0, 4000, 2001)
    gaba = np.where(x < 2, 1.0, 0.0)
    state = steady_dendrite(
        x, 5.0, gaba, cl_out_mM=135, rest_mV=-65, rest_nS_per_um=0.02, axial_nS_um=300, temperature_C=37
    )
    depth = np.log(np.interp([500, 1000], x, -65 - state.v_mV))
    assert 500 / (depth[0] - depth[1]) == pytest.approx(float(length_constant_um(300, 0.02)), rel=1e-3)


def test_ampa_drives_to_its_reversal_with_the_conductance():
    assert driven_voltage_mV(-79, 1, 0, 78) == pytest.approx(-1)
    assert conductance_for_voltage(-1, -79, 0) == pytest.approx(78)
    course = driven_course_mV([0, 1e6], -79, 5, 0, 50, 100)
    assert course == pytest.approx([-79, float(driven_voltage_mV(-79, 5, 0, 50))])
    after_tau = driven_course_mV(100 / (5 + 50), -79, 5, 0, 50, 100)  # τ = C/(g_rest + g)
    assert (after_tau - course[1]) / (-79 - course[1]) == pytest.approx(np.exp(-1))
    with pytest.raises(DomainError, match="no conductance holds"):
        conductance_for_voltage(5, -79, 0)


def burst(t: float) -> float:
    return 3.0 if t < 5 else 0.0


@pytest.fixture(scope="module")
def clearances():
    return [clear_potassium(burst, 40, Clearance(v)) for v in (1.0, 2.0, 4.0, 8.0)]


def test_stronger_clearance_lowers_and_shortens_the_rise(clearances):
    peaks = [course.k_out_mM.max() for course in clearances]
    spans = [(course.e_k_mV > nernst_mV(4, 140, 1, 37)).mean() for course in clearances]
    assert np.all(np.diff(peaks) < 0)
    assert np.all(np.diff(spans) < 0)


def test_potassium_is_released_or_cleared_and_nothing_else(clearances):
    for course in clearances:
        assert course.k_out_mM - 3 == pytest.approx(course.released_mM - course.cleared_mM, abs=1e-9)
        assert course.released_mM[-1] == pytest.approx(15, rel=1e-3)


def test_activity_and_potassium_lock_each_other_up_unless_clearance_is_strong():
    weak, strong = Clearance(2.0), Clearance(10.0)
    quiet = excitability_loop(3.0, 120, weak, Firing(6.0)).k_out_mM[-1]
    locked = excitability_loop(14.0, 120, weak, Firing(6.0)).k_out_mM[-1]
    saved = excitability_loop(14.0, 120, strong, Firing(6.0)).k_out_mM[-1]
    assert quiet == pytest.approx(3, abs=0.2)
    assert locked > 15
    assert saved == pytest.approx(3, abs=0.2)


@pytest.fixture(scope="module")
def syncytium():
    x = np.arange(0, 1001, 25.0)
    start = 3 + 9 * np.exp(-(((x - 500) / 100) ** 2))
    return spatial_buffering(x, start, 20), spatial_buffering(x, start, 20, uptake_mM_per_s_mV=0.0)


def test_a_syncytium_carries_potassium_away_and_loses_none(syncytium):
    buffered, diffusing = syncytium
    for course in syncytium:
        assert course.k_out_mM.sum(axis=1) == pytest.approx(course.k_out_mM[0].sum(), rel=1e-7)
    middle = buffered.position_um.size // 2
    assert buffered.k_out_mM[25, middle] < diffusing.k_out_mM[25, middle]
    assert buffered.k_out_mM[25, 5] > diffusing.k_out_mM[25, 5]


def test_potassium_enters_where_it_is_high_because_the_syncytium_averages(syncytium):
    buffered = syncytium[0]
    e_k = nernst_mV(buffered.k_out_mM[0], 140, 1, 37)
    middle = buffered.position_um.size // 2
    assert buffered.astrocyte_mV[0, middle] < e_k[middle]
    assert buffered.astrocyte_mV[0, 0] > e_k[0]


def test_doubled_sodium_moves_the_exchanger_by_three_logarithms_of_two():
    """3 (RT/F) ln 2 = 55.58 mV at 37 °C, whatever the calcium."""
    for calcium in (5e-5, 1e-4, 1e-3):
        e = exchanger_reversal_mV(145, [10, 20], 2, calcium, 37)
        assert e[1] - e[0] == pytest.approx(-55.58, abs=0.01)


@pytest.fixture(scope="module")
def vesicles():
    return {g: (Endosome(chloride_fS=g), acidify(Endosome(chloride_fS=g), 3600)) for g in (0.0, 10.0)}


def test_chloride_lets_the_endosome_turn_acid(vesicles):
    without, with_shunt = vesicles[0.0][1], vesicles[10.0][1]
    assert 7.2 - without.ph[-1] < 0.1
    assert with_shunt.ph[-1] < 6.0
    assert without.v_mV[-1] > 4 * with_shunt.v_mV[-1]


def test_with_the_shunt_the_lumen_sits_at_e_cl_and_pump_meets_leak(vesicles):
    course = vesicles[10.0][1]
    assert course.v_mV[-1] == pytest.approx(course.e_cl_mV[-1], abs=1e-3)
    assert course.pump_fA[-1] == pytest.approx(course.leak_fA[-1], rel=1e-5)


def test_the_lumen_conserves_charge(vesicles):
    for vesicle, course in vesicles.values():
        assert np.abs(charge_surplus_mM(vesicle, course)).max() < 1e-8


def test_the_pump_never_passes_its_stalling_force():
    tight = replace(Endosome(), proton_leak_fS=0.0)
    course = acidify(tight, 3600 * 5)
    force = course.v_mV + 61.54 * (7.2 - course.ph)
    assert force.max() <= stalling_force_mV(tight) + 0.01
    assert force[-1] == pytest.approx(stalling_force_mV(tight), rel=0.01)
