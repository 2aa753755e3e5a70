"""Acidification of an endosome with and without a chloride conductance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.atlas.systems.endosome import Endosome, acidify, stalling_force_mV
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL


@pytest.fixture(scope="module")
def vesicles():
    return {g: (Endosome(chloride_fS=g), acidify(Endosome(chloride_fS=g), 3600)) for g in (0.0, 10.0)}


def test_endosome_acidifies_only_with_a_chloride_conductance(vesicles):
    without, with_shunt = vesicles[0.0][1], vesicles[10.0][1]
    assert 7.2 - without.ph[-1] < 0.1
    assert with_shunt.ph[-1] < 6.0
    assert without.v_mV[-1] > 4 * with_shunt.v_mV[-1]


def test_steady_lumen_is_at_e_cl_and_pump_balances_leak(vesicles):
    course = vesicles[10.0][1]
    assert course.v_mV[-1] == pytest.approx(course.e_cl_mV[-1], abs=1e-3)
    assert course.pump_fA[-1] == pytest.approx(course.leak_fA[-1], rel=1e-5)


def test_charge_of_the_lumen_is_conserved(vesicles):
    """Protons in minus chloride in equals the charge on the membrane, C V/(F volume)."""
    for vesicle, course in vesicles.values():
        protons_mM = vesicle.buffer_mM_per_pH * (vesicle.ph_start - course.ph)
        chloride_mM = course.cl_mM - vesicle.cl_start_mM
        on_membrane_mM = vesicle.capacitance_F * course.v_mV / (FARADAY_C_PER_MOL * vesicle.volume_L)
        assert np.abs(protons_mM - chloride_mM - on_membrane_mM).max() < 1e-8


def test_proton_force_never_exceeds_the_stalling_force():
    tight = replace(Endosome(), proton_leak_fS=0.0)
    course = acidify(tight, 3600 * 5)
    force = course.v_mV + 61.54 * (7.2 - course.ph)
    assert force.max() <= stalling_force_mV(tight) + 0.01
    assert force[-1] == pytest.approx(stalling_force_mV(tight), rel=0.01)


def test_vesicle_has_the_volume_and_capacitance_of_a_sphere() -> None:
    """Radius 0.1 µm: 4.189e-18 L and, with 1 µF/cm², 1.257e-15 F."""
    assert Endosome().volume_L == pytest.approx(4.18879e-18, rel=1e-5)
    assert Endosome().capacitance_F == pytest.approx(1.25664e-15, rel=1e-5)


def test_pump_stops_at_the_force_of_its_atp() -> None:
    """57 kJ/mol for two protons is 57000/(2 · 96485.33) V = 295.38 mV."""
    assert stalling_force_mV(Endosome()) == pytest.approx(295.38, abs=0.01)


def test_steady_proton_force_is_set_by_pump_and_leak() -> None:
    """Pump equals leak: 0.2 (295.38 − f) = 0.3 f gives f = 118.15 mV; V is E_Cl."""
    course = acidify(Endosome(), 4 * 3600)
    force = course.v_mV[-1] + 61.5406 * (7.2 - course.ph[-1])
    assert force == pytest.approx(118.15, abs=0.05)


def test_pump_runs_far_from_its_stall_with_and_without_chloride(vesicles) -> None:
    """Pump equals leak at 0.3/(0.2 + 0.3) = 60 % of the pump's largest current, in both vesicles."""
    for _, course in vesicles.values():
        assert course.pump_fA[0] == pytest.approx(0.2 * 295.38e-3, rel=1e-4)
        assert course.pump_fA[-1] / course.pump_fA[0] == pytest.approx(0.6, abs=0.002)


def test_run_of_no_duration_is_refused() -> None:
    with pytest.raises(DomainError, match="duration is too short"):
        acidify(Endosome(), 0.0)
