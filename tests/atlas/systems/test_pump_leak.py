"""The pump–leak cell: rest, ouabain, ischaemia, volume, conservation of ions and charge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares

from reversal.arrays import FloatArray
from reversal.atlas.systems.donnan import donnan
from reversal.atlas.systems.pump_leak import (
    NoRestingState,
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


@pytest.fixture(scope="module")
def narrow(rest):
    """A cell at rest in an extracellular space of 30 % of its volume, 23 % of the tissue."""
    volume_pL = float(rest.volume_pL[-1])
    return replace(CELL, outside_volume_pL=0.3 * volume_pL, volume_pL=volume_pL)


@pytest.fixture(scope="module", params=[0.0, 30.0], ids=["no impermeant outside", "30 mM impermeant outside"])
def stopped(request, narrow):
    """The cell in the narrow space, and five hours without its pump."""
    cell = replace(narrow, outside_impermeant_mM=request.param)
    return cell, run(cell, 5 * 3600, pump=0.0)


def test_narrow_space_keeps_four_percent_of_the_tissue(stopped):
    """Syková & Nicholson (2008): 20 % of the tissue falls to 4–5 % when pumps fail. Solute in it keeps some more."""
    cell, course = stopped
    tissue_pL = cell.volume_pL + cell.outside_volume_pL
    assert course.volume_pL + course.outside_volume_pL == pytest.approx(tissue_pL, rel=1e-9)
    assert course.outside_volume_pL.min() > 0.04 * tissue_pL
    assert course.outside_volume_pL[-1] < 0.055 * tissue_pL
    assert cell.outside_min_pL == pytest.approx(0.04 * tissue_pL)


def test_both_sides_are_electroneutral_at_every_step(stopped):
    """The charge of each side is that of its face of the membrane, C V/F, which is below 0.2 mM of the space."""
    cell, course = stopped
    on_membrane = cell.capacitance_pF * course.v_mV / FARADAY_C_PER_MOL
    inside = [1, 1, -1] @ course.in_fmol + cell.impermeant_z * cell.impermeant_fmol
    outside = [1, 1, -1] @ course.out_fmol
    assert inside == pytest.approx(on_membrane, abs=1e-6)
    assert outside == pytest.approx(-on_membrane, abs=1e-6)
    assert np.abs([1, 1, -1] @ course.out_mM).max() < 0.2


def test_every_ion_is_conserved_in_the_narrow_space(stopped):
    _, course = stopped
    total = course.in_fmol + course.out_fmol
    assert np.ptp(total, axis=1) == pytest.approx(0, abs=1e-9 * total.max())


def test_voltage_does_not_come_back_after_the_pump_has_failed(stopped):
    """Without a pump every ion goes to equilibrium with the voltage, and stays there (Gibbs–Donnan)."""
    _, course = stopped
    v_mV = course.v_mV[course.time_s > 1]
    assert (np.maximum.accumulate(v_mV) - v_mV).max() < 0.2
    e_mV = [float(nernst_mV(course.out_mM[row, -1], course.in_mM[row, -1], z, 37)) for row, z in enumerate((1, 1, -1))]
    assert e_mV == pytest.approx([course.v_mV[-1]] * 3, abs=0.01)
    assert -25 < course.v_mV[-1] < -5


def test_potassium_accumulates_in_a_narrow_extracellular_space(narrow):
    """In brain without oxygen [K⁺]ₒ rises to 50–80 mM within minutes (Hansen, Physiol. Rev. 65:101, 1985)."""
    with_pump, without_pump = run(narrow, 1800), run(narrow, 1800, pump=0.0)
    assert with_pump.out_mM[1, -1] == pytest.approx(5, abs=1.5)
    assert 50 < without_pump.out_mM[1, -1] < 80
    assert without_pump.v_mV[-1] > with_pump.v_mV[-1] + 40


def test_solute_outside_is_an_amount_that_concentrates_as_the_space_shrinks(narrow):
    """Balance of osmolarities at the end, with the matrix that has 1 mOsm of resistance at the start."""
    cell = replace(narrow, outside_impermeant_mM=30.0)
    end = run(cell, 5 * 3600, pump=0.0)
    outside_pL, start_pL = float(end.outside_volume_pL[-1]), cell.outside_volume_pL
    inside = end.in_mM[:, -1].sum() + cell.impermeant_fmol / end.volume_pL[-1]
    solute = 30.0 * start_pL / outside_pL
    matrix = (start_pL - cell.outside_min_pL) / (outside_pL - cell.outside_min_pL) - 1
    assert solute > 100
    assert inside == pytest.approx(end.out_mM[:, -1].sum() + solute + matrix, rel=1e-5)


def test_impermeant_solute_of_the_bath_draws_water_out():
    """At rest the osmolarities are equal: 300 mM of ions and 50 mM of solute outside."""
    cell = replace(CELL, outside_impermeant_mM=50.0)
    end = steady_state(cell)
    inside = end.in_mM[:, -1].sum() + cell.impermeant_fmol / end.volume_pL[-1]
    assert inside == pytest.approx(350.0, abs=0.05)


@pytest.mark.parametrize("duration_s", [10.0, 1e5])
def test_a_strong_pump_may_use_up_the_potassium_outside(duration_s):
    """Little K⁺ in a small space: the pump slows as [K⁺]ₒ falls, and no amount falls below 0."""
    cell = replace(
        CELL,
        g_na_nS=0.22,
        g_k_nS=0.1,
        g_cl_nS=3.0,
        kcc2_nS=0.0,
        pump_max_pA=1130.0,
        water_pL_per_s_mOsm=1.7e-5,
        impermeant_fmol=71.0,
        impermeant_z=0.36,
        outside_volume_pL=1.4,
    )
    course = run(cell, duration_s)
    assert course.out_mM[1, -1] < 1
    assert min(course.out_fmol.min(), course.in_fmol.min()) > 0


def test_a_start_with_an_outside_below_the_smallest_one_is_refused(narrow):
    shrunk = run(narrow, 1800, pump=0.0)
    with pytest.raises(DomainError, match="smaller outside than the cell can have"):
        run(replace(narrow, outside_min_fraction=0.1), 10.0, start=shrunk)


SLOW = [  # share of the pumps, changes of the cell; V [mV] and volume [pL] at rest
    (0.01, {}, -5.3155, 9.1209),
    (1.0, {"g_na_nS": 4.0, "g_k_nS": 4.0, "g_cl_nS": 0.01, "kcc2_nS": 0.0, "pump_max_pA": 1000.0}, -22.890, 2.8968),
]


def rest_by_algebra(cell: PumpLeakCell, share: float, guess: list[float]) -> tuple[float, float]:
    """V and volume at which fluxes, charge and osmolarity balance in a constant bath; own equations, by root search."""
    out = np.array(cell.outside_mM)

    def residual(x: FloatArray) -> list[float]:
        v, (na, k, cl, volume) = x[0], np.exp(x[1:])
        e_na, e_k, e_cl = 26.7267 * np.log(out / [na, k, cl]) * [1, 1, -1]
        pump = share * cell.pump_max_pA * (na / (na + cell.na_affinity_mM)) ** 3 * (5 / (5 + cell.k_affinity_mM)) ** 2
        cotransport = cell.kcc2_nS * (e_cl - e_k)
        return [
            cell.g_na_nS * (v - e_na) + 3 * pump,
            cell.g_k_nS * (v - e_k) - 2 * pump + cotransport,
            cell.g_cl_nS * (v - e_cl) - cotransport,
            na + k - cl - 250 / volume,
            na + k + cl + 250 / volume - 300,
        ]

    found = least_squares(residual, [guess[0], *np.log(guess[1:])], xtol=1e-14, ftol=1e-14, gtol=1e-14)
    assert found.cost < 1e-12
    return found.x[0], np.exp(found.x[4])


@pytest.mark.parametrize(("share", "changes", "v_mV", "volume_pL"), SLOW)
def test_a_rest_that_takes_weeks_is_found(share, changes, v_mV, volume_pL):
    cell = replace(CELL, **changes)
    end = steady_state(cell, pump=share)
    assert end.v_mV[-1] == pytest.approx(v_mV, abs=2e-3)
    assert end.volume_pL[-1] == pytest.approx(volume_pL, rel=2e-4)
    algebra = rest_by_algebra(cell, share, [v_mV, *end.in_mM[:, -1] * 1.05, volume_pL])
    assert algebra == pytest.approx((v_mV, volume_pL), rel=3e-4)


def test_a_rest_that_is_not_reached_is_not_called_absent():
    for arguments in ({"pump": 0.01, "settle_s": 1e5}, {"pump": 1e-4}):
        with pytest.raises(DomainError, match=r"did not reach a resting state in .* s") as caught:
            steady_state(CELL, **arguments)
        assert not isinstance(caught.value, NoRestingState)
        assert "whether a resting state exists is not known" in str(caught.value)


@pytest.mark.parametrize("changes", [{}, {"impermeant_z": 0.0, "impermeant_fmol": 200.0}, {"kcc2_nS": 0.0}])
def test_absence_of_a_rest_is_said_only_where_it_is_proved(changes):
    """A passive cell with solute inside alone has an osmotic excess at any volume."""
    cell = replace(CELL, **changes)
    with pytest.raises(NoRestingState, match="swells until the bath is used up"):
        steady_state(cell, pump=0.0)
    with pytest.raises(NoRestingState):
        steady_state(replace(cell, pump_max_pA=0.0))


@pytest.mark.parametrize(
    "changes",
    [{"outside_impermeant_mM": 20.0}, {"water_pL_per_s_mOsm": 0.0}, {"g_na_nS": 0.0}, {"outside_volume_pL": 0.6}],
)
def test_a_cell_without_a_pump_can_have_a_rest(changes):
    """Solute outside, a wall, an ion that is excluded, or a narrow space balance the solute inside."""
    end = steady_state(replace(CELL, **changes), pump=0.0)
    assert np.isfinite(end.v_mV[-1])
    assert end.v_mV[-1] < -1


def isolated(**changes: float) -> PumpLeakCell:
    """A cell with no pathway but those given."""
    none = dict.fromkeys(("g_na_nS", "g_k_nS", "g_cl_nS", "kcc2_nS", "pump_max_pA", "water_pL_per_s_mOsm"), 0.0)
    return replace(CELL, **{**none, **changes})


@pytest.mark.parametrize("v_mV", [-90.0, 0.0, 40.0])
def test_kcc2_moves_one_potassium_with_one_chloride_at_any_voltage(v_mV):
    """0.5 nS · (E_Cl − E_K) at 27 mM Cl⁻ is 0.5 · (−45.83 + 89.06) mV = 21.6 pA, 0.2240 fmol/s, and no net current."""
    course = run(isolated(kcc2_nS=0.5, start_mV=v_mV), 0.1)
    moved = (course.in_fmol[:, -1] - course.in_fmol[:, 0]) / 0.1
    assert moved == pytest.approx([0, -0.2240, -0.2240], abs=2e-4)
    assert course.v_mV[-1] == pytest.approx(v_mV, abs=1e-6)


@pytest.mark.parametrize("v_mV", [-90.0, 0.0, 40.0])
def test_nkcc1_moves_two_chloride_with_one_sodium_and_one_potassium(v_mV):
    """E_Na + E_K − 2 E_Cl = 66.59 − 89.06 + 91.65 = 69.19 mV at 0.3 nS: 20.8 pA, 0.2151 fmol/s of Na⁺ and K⁺."""
    course = run(isolated(nkcc1_nS=0.3, start_mV=v_mV), 0.1)
    moved = (course.in_fmol[:, -1] - course.in_fmol[:, 0]) / 0.1
    assert moved == pytest.approx([0.2151, 0.2151, 0.4302], abs=4e-4)
    assert course.v_mV[-1] == pytest.approx(v_mV, abs=1e-6)


def test_nkcc1_alone_stops_where_its_four_ions_balance():
    """At equilibrium Na K Cl² is the same on both sides: Cl_i = Cl_o √(Na_o K_o/(Na_i K_i))."""
    end = run(isolated(nkcc1_nS=0.3), 1e6)
    (na, k, cl), (na_out, k_out, cl_out) = end.in_mM[:, -1], end.out_mM[:, -1]
    assert na * k * cl**2 == pytest.approx(na_out * k_out * cl_out**2, rel=1e-4)


@pytest.mark.parametrize(("k_out_mM", "expected_pA"), [(5.0, 24.691), (1.0, 8.8889), (0.2, 0.98765), (50.0, 34.175)])
def test_pump_needs_potassium_outside(k_out_mM, expected_pA):
    """120 pA · (12/18)³ · (K/(K + 1 mM))², by hand."""
    cell = replace(CELL, outside_mM=(150.0 - k_out_mM, k_out_mM, 150.0))
    assert run(cell, 1e-3).pump_pA[0] == pytest.approx(expected_pA, rel=1e-4)


def test_pump_needs_sodium_inside():
    """120 pA · (Na/(Na + 6 mM))³ · (5/6)², by hand."""
    for na_mM, expected_pA in ((6.0, 10.4167), (60.0, 62.61)):
        assert run(replace(CELL, start_mM=(na_mM, 140.0)), 1e-3).pump_pA[0] == pytest.approx(expected_pA, rel=1e-3)


def test_default_water_permeability_is_that_of_an_animal_cell():
    """P_f of animal cells is 1e-3 to 2e-2 cm/s (Finkelstein, Water Movement through Lipid Bilayers, 1987)."""
    area_cm2 = (36 * np.pi) ** (1 / 3) * (CELL.volume_pL * 1e-9) ** (2 / 3)
    cm3_per_s_per_mol_per_cm3 = CELL.water_pL_per_s_mOsm * 1e-9 / 1e-6
    p_f_cm_per_s = cm3_per_s_per_mol_per_cm3 / (area_cm2 * 18.07)  # molar volume of water 18.07 cm³
    assert 1e-3 < p_f_cm_per_s < 2e-2


def test_cell_swells_in_a_dilute_bath_as_an_osmometer():
    """dV/dt = L (n/V − c), integrated by hand: L c t = V₀ − V + V∞ ln((V∞ − V₀)/(V∞ − V)), V∞ = n/c."""
    cell = isolated(water_pL_per_s_mOsm=1e-3, outside_mM=(100.0, 5.0, 105.0))
    course = run(cell, 60.0)
    solute_fmol = float(course.in_fmol[:, 0].sum()) + 250.0
    final = solute_fmol / 210.0
    for share in (0.3, 0.9):
        volume = 2.0 + share * (final - 2.0)
        expected_s = (2.0 - volume + final * np.log((final - 2.0) / (final - volume))) / (1e-3 * 210.0)
        assert float(np.interp(volume, course.volume_pL, course.time_s)) == pytest.approx(expected_s, rel=5e-3)


def test_active_fraction_above_one_is_refused():
    with pytest.raises(DomainError, match="active fraction of the pumps"):
        run(CELL, 1.0, pump=1.5)
