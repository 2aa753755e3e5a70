"""Intracellular chloride from NKCC1, KCC2 and leak, and the sign of the synaptic potential."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.chloride import (
    TransportConditions,
    chloride_reversal_mV,
    steady_chloride_mM,
    synaptic_potential_mV,
)
from reversal.atlas.systems.transporters import KCC2, NKCC1, free_energy_kJ_per_mol
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import nernst_mV

CONDITIONS = TransportConditions()


@given(st.floats(0, 5), st.floats(0, 5), st.floats(0.01, 5))
def test_chloride_fluxes_balance_at_the_steady_state(nkcc1, kcc2, leak):
    cl = steady_chloride_mM(nkcc1, kcc2, leak, CONDITIONS)
    sides = {"Na": (145.0, 12.0), "K": (5.0, 140.0), "Cl": (140.0, cl)}
    per_mV = FARADAY_C_PER_MOL * 1e-6
    inward = -2 * nkcc1 * free_energy_kJ_per_mol(NKCC1, sides, 0, 37) / per_mV
    outward = -kcc2 * free_energy_kJ_per_mol(KCC2, sides, 0, 37) / per_mV
    leaking = leak * (CONDITIONS.v_mV - chloride_reversal_mV(cl, 140, 37))
    assert inward - outward + leaking == pytest.approx(0, abs=1e-8)


def test_chloride_is_at_e_k_with_kcc2_alone_and_at_v_with_the_leak_alone():
    assert chloride_reversal_mV(steady_chloride_mM(0, 1, 0, CONDITIONS), 140, 37) == pytest.approx(
        float(nernst_mV(5, 140, 1, 37))
    )
    assert chloride_reversal_mV(steady_chloride_mM(0, 0, 1, CONDITIONS), 140, 37) == pytest.approx(-65)


def test_chloride_with_nkcc1_alone_is_where_its_four_ions_balance():
    """140 √(145 · 5/(12 · 140)) = 91.97 mM, by hand: one Na⁺, one K⁺ and two Cl⁻."""
    assert steady_chloride_mM(0.3, 0, 0, CONDITIONS) == pytest.approx(91.97, abs=0.005)


def test_synaptic_potential_changes_sign_from_nkcc1_to_kcc2():
    immature, mature = chloride_reversal_mV(steady_chloride_mM([0.3, 0.0], [0.05, 1.0], 0.3, CONDITIONS), 140, 37)
    assert immature > -65 > mature
    along = steady_chloride_mM(np.linspace(0.3, 0, 20), np.linspace(0.05, 1, 20), 0.3, CONDITIONS)
    assert np.all(np.diff(along) < 0)
    psp = synaptic_potential_mV(-65, chloride_reversal_mV(along, 140, 37), 5, 10)
    assert psp[0] > 0 > psp[-1]
