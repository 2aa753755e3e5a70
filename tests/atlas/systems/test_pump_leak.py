"""The pump–leak cell: rest, ouabain, ischaemia, volume, conservation of ions and charge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.atlas.systems.donnan import donnan
from reversal.atlas.systems.exchanger import ischaemia
from reversal.atlas.systems.pump_leak import (
    PumpLeakCell,
    PumpLeakCourse,
    run,
    rundown_time_s,
    steady_state,
)
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import nernst_mV

CELL = PumpLeakCell()


def leak_currents_pA(course: PumpLeakCourse) -> FloatArray:
    """Leak currents of Na⁺, K⁺, Cl⁻ of CELL, g (V − E), (3, times) [pA]."""
    e_mV = [nernst_mV(course.out_mM[row], course.in_mM[row], z, 37) for row, z in enumerate((1, 1, -1))]
    return np.array([[CELL.g_na_nS], [CELL.g_k_nS], [CELL.g_cl_nS]]) * (course.v_mV - np.array(e_mV))


@pytest.fixture(scope="module")
def rest():
    return steady_state(CELL)


@pytest.fixture(scope="module")
def ouabain(rest):
    return run(CELL, 6 * 3600, pump=0.0, start=rest)


def test_rest_is_a_steady_state_and_not_an_equilibrium(rest):
    leaks, pump = leak_currents_pA(rest)[:, -1], rest.pump_pA[-1]
    assert leaks[0] == pytest.approx(-3 * pump, rel=1e-4)  # Na⁺ leaks in as fast as it is pumped out
    assert leaks.sum() + pump == pytest.approx(0, abs=1e-3)
    assert pump > 5
    osmotic = rest.in_mM[:, -1].sum() + CELL.impermeant_fmol / rest.volume_pL[-1]
    assert osmotic == pytest.approx(rest.out_mM[:, -1].sum(), rel=1e-6)


@pytest.mark.parametrize("start", [(12.0, 140.0), (60.0, 80.0), (5.0, 150.0)])
def test_the_resting_state_does_not_depend_on_the_start(rest, start):
    other = steady_state(replace(CELL, start_mM=start, volume_pL=2.5))
    assert other.v_mV[-1] == pytest.approx(rest.v_mV[-1], abs=1e-3)
    assert other.volume_pL[-1] == pytest.approx(rest.volume_pL[-1], rel=1e-4)


def test_charge_and_every_ion_are_conserved(ouabain):
    ions_fmol = [1, 1, -1] @ ouabain.in_fmol + CELL.impermeant_z * CELL.impermeant_fmol
    on_membrane_fmol = CELL.capacitance_pF * ouabain.v_mV / FARADAY_C_PER_MOL
    assert np.ptp(ions_fmol - on_membrane_fmol) < 1e-8 * ouabain.in_fmol.max()
    total = ouabain.in_fmol + ouabain.out_fmol
    assert np.all(np.ptp(total, axis=1) < 1e-9 * total.max(axis=1))
    assert np.ptp(ouabain.volume_pL + ouabain.outside_volume_pL) < 1e-6


def test_ouabain_depolarises_fast_by_the_pump_current_over_the_conductance(rest, ouabain):
    """The fast change is I_pump/g with time constant C/g. In the next seconds V changes by less than 0.5 mV."""
    after = float(np.interp(0.1, ouabain.time_s, ouabain.v_mV))
    g = CELL.g_na_nS + CELL.g_k_nS + CELL.g_cl_nS
    assert after - ouabain.v_mV[0] == pytest.approx(rest.pump_pA[-1] / g, rel=0.02)
    assert 1 < after - ouabain.v_mV[0] < 5
    assert float(np.interp(5.0, ouabain.time_s, ouabain.v_mV)) - after < 0.5


def test_ouabain_runs_gradients_down_in_minutes_and_not_in_milliseconds(rest, ouabain):
    half = 0.5 * ouabain.v_mV[0]
    crossing = float(ouabain.time_s[np.argmax(ouabain.v_mV > half)])
    charging_s = CELL.capacitance_pF / (CELL.g_na_nS + CELL.g_k_nS + CELL.g_cl_nS) * 1e-3
    expected_s = rundown_time_s(rest.volume_pL[-1], 100, -leak_currents_pA(rest)[0, -1])
    assert crossing > 1e4 * charging_s
    assert 0.3 < crossing / expected_s < 3


def test_without_a_pump_the_cell_swells_and_has_no_resting_state(ouabain):
    assert np.all(np.diff(ouabain.volume_pL[ouabain.time_s > 1]) > 0)
    with pytest.raises(DomainError, match="has no resting state"):
        steady_state(CELL, pump=0)


def test_larger_sodium_leak_raises_pump_current_and_volume(rest):
    leaky = steady_state(replace(CELL, g_na_nS=0.8))
    assert leaky.pump_pA[-1] > rest.pump_pA[-1]
    assert leaky.volume_pL[-1] > rest.volume_pL[-1]
    assert leaky.v_mV[-1] > rest.v_mV[-1]


def test_passive_cell_of_fixed_volume_reaches_donnan_equilibrium():
    """Without water flow and pump, the final voltage is the Donnan potential of the impermeant charge, not 0 mV."""
    fixed_volume = replace(CELL, water_pL_per_s_mOsm=0.0, nkcc1_nS=0.0, kcc2_nS=0.0)
    end = run(fixed_volume, 1e6, pump=0.0)
    expected = donnan(
        fixed_volume.outside_mM,
        [1, 1, -1],
        fixed_volume.impermeant_fmol / fixed_volume.volume_pL,
        fixed_volume.impermeant_z,
        37,
    )
    assert end.v_mV[-1] == pytest.approx(float(expected.potential_mV), abs=0.05)
    assert end.v_mV[-1] < -5
    assert end.in_mM[:, -1] == pytest.approx(expected.in_mM, rel=2e-3)


def test_kcc2_lowers_and_nkcc1_raises_chloride_at_rest(rest):
    assert steady_state(replace(CELL, kcc2_nS=2.0)).in_mM[2, -1] < rest.in_mM[2, -1]
    assert steady_state(replace(CELL, kcc2_nS=0.0, nkcc1_nS=0.3)).in_mM[2, -1] > 1.5 * rest.in_mM[2, -1]


def test_ischaemia_depolarises_and_reverses_the_exchanger():
    stopped = ischaemia(CELL, 2 * 3600)
    assert stopped.course.v_mV[0] < stopped.e_ncx_mV[0]
    assert stopped.reversed_at_s is not None
    assert 1 < stopped.reversed_at_s < 3600
    assert stopped.course.in_mM[0, -1] > 5 * stopped.course.in_mM[0, 0]


def test_potassium_accumulates_in_a_narrow_extracellular_space(rest):
    """In a narrow space, as between brain cells, the K⁺ that leaves accumulates: [K⁺]ₒ rises far above 5 mM."""
    closed = replace(CELL, outside_volume_pL=0.3 * float(rest.volume_pL[-1]), volume_pL=float(rest.volume_pL[-1]))
    with_pump, without_pump = run(closed, 1800), run(closed, 1800, pump=0.0)
    assert without_pump.out_mM[1, -1] > with_pump.out_mM[1, -1] + 5
    assert without_pump.out_mM[1, -1] > 15
    assert without_pump.v_mV[-1] > with_pump.v_mV[-1] + 20


def test_active_fraction_above_one_is_refused():
    with pytest.raises(DomainError, match="active fraction of the pumps"):
        run(CELL, 1.0, pump=1.5)
