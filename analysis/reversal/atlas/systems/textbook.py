"""The computation for each numbered claim of the textbooks. The claims are in reference/textbook_cases.tsv.

A case is a function without parameters that returns a number, several numbers or a word. If a text does not state an
input, the assumed value is here, and the note in the table gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TypeAlias

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.activity_laws import activity_shift_mV, log10_gamma_davies
from reversal.atlas.systems.bi_ionic import chord_mV, two_ion_ratio
from reversal.atlas.systems.clamped_curve import crossing_mV
from reversal.atlas.systems.dendrite import steady_dendrite
from reversal.atlas.systems.diastole import Diastole, exchanger_limit_mM, relax
from reversal.atlas.systems.donnan import donnan, osmotic_pressure_kPa
from reversal.atlas.systems.driving import (
    current_direction,
    driving_force_mV,
    electrochemical_difference_kJ_per_mol,
    ohmic_current_pA,
)
from reversal.atlas.systems.electrodiffusion import (
    constant_field_profile_mM,
    ionic_conductivity_S_per_m,
    limiting_current_A_per_m2,
    nernst_planck_flux,
)
from reversal.atlas.systems.endosome import Endosome, EndosomeCourse, acidify
from reversal.atlas.systems.energy_failure import cell_in_tissue, lose_energy
from reversal.atlas.systems.exchanger import exchanger_reversal_mV
from reversal.atlas.systems.hodgkin_huxley import Axon, fire
from reversal.atlas.systems.membrane_charge import (
    debye_length_nm,
    electrical_over_thermal,
    field_force_ratio,
    fraction_of_bulk,
    sphere_capacitance_pF,
    surface_concentration_mM,
    surface_potential_mV,
    time_constant_ms,
)
from reversal.atlas.systems.potassium import Clearance, clear_potassium
from reversal.atlas.systems.pump import (
    balancing_potassium_nS,
    currents_for_sodium_leak,
    electrogenic_bound_mV,
    electrogenic_offset_mV,
    mullins_noda_mV,
    oxygen_for_leaks,
    pump_current_pA,
    pump_saturation,
    pumps_on_sphere,
    steady_sodium_mM,
)
from reversal.atlas.systems.pump_leak import (
    NoRestingState,
    PumpLeakCell,
    PumpLeakCourse,
    run,
    rundown_time_s,
    steady_state,
)
from reversal.atlas.systems.sodium_load import fire_and_recover
from reversal.atlas.systems.transporters import (
    GAT1,
    GAT_SODIUM_ONLY,
    NA_K_PUMP,
    NBCE1,
    NCX,
    NHE,
    NKCC1,
    SGLT1,
    SOS1,
    atp_efficiency,
    free_energy_kJ_per_mol,
    ion_motive_force_mV,
    ions_per_atp,
    reversal_mV,
    steepest_ratio,
    stoichiometry,
)
from reversal.physics.constants import ELEMENTARY_CHARGE_C, FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.ghk_constant_field import ghk_current, ghk_voltage_mV
from reversal.physics.nernst import nernst_mV, nernst_slope_mV_per_decade
from reversal.physics.selectivity import SelectivityEnergy, permeability_ratio
from reversal.physics.substitution import conductance_ratio

Answer: TypeAlias = float | tuple[float, ...] | str
BODY_C = 37.0
T310_C = 310 - 273.15  # 310 K, as the fifth text states
NEURONE = PumpLeakCell()
NO_COTRANSPORT = PumpLeakCell(kcc2_nS=0.0)
OHMIC = PumpLeakCell(g_na_nS=4.0, g_k_nS=6.0, g_cl_nS=0.01, kcc2_nS=0.0, pump_max_pA=1000.0)
PUMP_ALONE = PumpLeakCell(g_na_nS=0.0, g_k_nS=0.0, g_cl_nS=0.0, kcc2_nS=0.0, water_pL_per_s_mOsm=0.0)
NA, K = (
    (145.0, 15.0),
    (5.0, 140.0),
)  # (outside, inside) [mM] of the fifth text; the others fit


def _two_ion(a: float) -> float:
    return float(ghk_voltage_mV([1, a], [K[0], NA[0]], [K[1], NA[1]], [1, 1], BODY_C))


def _nernst_by_charge() -> Answer:
    return tuple(float(e) for e in nernst_mV(100, 10, [1, -1, 2], BODY_C))


def _surface() -> tuple[float, float]:
    psi = float(surface_potential_mV(-0.05, 0.15, 74.2, BODY_C))
    return psi, float(surface_concentration_mM(1.0, psi, 1, BODY_C))


def _face_driving_force() -> Answer:
    psi = _surface()[0]
    at_face = surface_concentration_mM(NA[1], psi, 1, BODY_C)
    return float(driving_force_mV(-70 + psi, nernst_mV(NA[0], at_face, 1, BODY_C)))


def _face_current() -> Answer:
    psi = _surface()[0]
    at_face = surface_concentration_mM(NA[1], psi, 1, BODY_C)
    return float(ghk_current(-70, 1, *NA, 1, BODY_C)), float(ghk_current(-70 + psi, 1, NA[0], at_face, 1, BODY_C))


def _voltage_of_no_flux() -> Answer:
    """Root of the Nernst–Planck flux in the middle of a membrane of 1 µm [mV], without the Nernst equation."""
    from scipy.optimize import brentq

    def flux(v_mV: float) -> float:
        left, middle, right = constant_field_profile_mM([0.4999, 0.5, 0.5001], K[1], K[0], v_mV, 1, BODY_C)
        return float(nernst_planck_flux(1.0, middle, (right - left) / 2e-4, -v_mV, 1, BODY_C))

    return float(brentq(flux, -200.0, 50.0, xtol=1e-9))


def _rest_with_and_without_pump() -> Answer:
    _rest()
    try:
        steady_state(NEURONE, pump=0)
    except NoRestingState:
        return "finite with pump, none without"
    return "finite with and without"


@cache
def _rest(cell: PumpLeakCell = NEURONE) -> PumpLeakCourse:
    return steady_state(cell)


def _equilibria_mV(course: PumpLeakCourse) -> list[float]:
    """E_Na, E_K, E_Cl at the end of a course [mV]."""
    out, inside = course.out_mM[:, -1], course.in_mM[:, -1]
    return [float(nernst_mV(out[row], inside[row], z, BODY_C)) for row, z in enumerate((1, 1, -1))]


def _leaks_per_pump_current() -> Answer:
    rest, cell = _rest(NO_COTRANSPORT), NO_COTRANSPORT
    e_na, e_k, _ = _equilibria_mV(rest)
    pump = rest.pump_pA[-1]
    return tuple(float(g * (rest.v_mV[-1] - e) / pump) for g, e in ((cell.g_na_nS, e_na), (cell.g_k_nS, e_k)))


def _exchange_of_pump() -> Answer:
    """K⁺ that enters per Na⁺ that leaves in a cell with its pump alone."""
    course = run(PUMP_ALONE, 0.01)
    moved = course.in_fmol[:, -1] - course.in_fmol[:, 0]
    return float(-moved[1] / moved[0])


def _predicted_and_simulated_rest() -> Answer:
    rest, cell = _rest(), NEURONE
    g = np.array([cell.g_na_nS, cell.g_k_nS, cell.g_cl_nS])
    predicted = chord_mV(g, _equilibria_mV(rest)) + electrogenic_offset_mV(rest.pump_pA[-1], g.sum())
    return float(predicted), float(rest.v_mV[-1])


def _chloride_drive() -> Answer:
    return tuple(_equilibria_mV(rest)[2] - float(rest.v_mV[-1]) for rest in (_rest(), _rest(NO_COTRANSPORT)))


def _bounds_of_pump_offset() -> Answer:
    ohmic = -(nernst_mV(145, 12, 1, BODY_C) - nernst_mV(4, 140, 1, BODY_C)) / (5 + 2 * np.sqrt(6))
    simulated = electrogenic_offset_mV(_rest(OHMIC).pump_pA[-1], 10.01)
    return -float(electrogenic_bound_mV(BODY_C)), float(ohmic), float(simulated)


def _immediate_depolarisation() -> Answer:
    course = run(NEURONE, 0.1, pump=0.0, start=_rest(), points=2)
    return float(course.v_mV[-1] - course.v_mV[0])


def _end_of_ouabain() -> Answer:
    found: list[float] = []
    for hours in (6, 600):
        course = run(NEURONE, hours * 3600.0, pump=0.0, start=_rest(), points=2)
        found += [float(course.v_mV[-1]), float(course.volume_pL[-1] / course.volume_pL[0])]
    return tuple(found)


def _half_of_rundown_s() -> Answer:
    course = run(NEURONE, 7200.0, pump=0.0, start=_rest(), points=2000)
    return float(np.interp(0.5 * course.v_mV[0], course.v_mV[10:], course.time_s[10:]))


def _anoxia() -> Answer:
    cell, rest = NEURONE, _rest()

    def at(minutes: float) -> float:
        return float(run(cell, 60 * minutes, pump=lambda t: float(np.exp(-t / 120)), start=rest, points=2).v_mV[-1])

    return tuple(at(minutes) for minutes in (1, 5, 20, 60))


def _ischaemia() -> Answer:
    """V and [K⁺]ₒ at 60 s, Ca²⁺ over rest at 300 s, volume over rest at 600 s."""
    failed = lose_energy(cell_in_tissue(), 600.0, atp_time_s=1e-3)

    def at(seconds: float, rows: FloatArray) -> float:
        return float(np.interp(seconds, failed.course.time_s, rows))

    potassium, calcium = failed.course.out_mM[1], failed.ca_in_mM / failed.ca_in_mM[0]
    return at(60, failed.course.v_mV), at(60, potassium), at(300, calcium), at(600, failed.relative_volume)


def _peaks_with_and_without_sodium_channels() -> Answer:
    axons = Axon(), Axon(g_na_mS_cm2=0.0)
    return tuple(float(fire(axon, 20.0, 10.0, stimulus_ms=1.0).v_mV.max()) for axon in axons)


def _spikes_by_current() -> Answer:
    return tuple(float(fire(Axon(), 200.0, current).spikes) for current in (0.0, 10.0, 150.0))


def _sodium_load() -> Answer:
    load = fire_and_recover(NEURONE)
    na, pump = load.na_in_mM, load.pump_pA
    return float(na[0]), float(na.max()), float(na[-1]), float(pump[0]), float(pump.max())


def _diastole() -> Answer:
    """Ca²⁺ at which the exchanger stops, and 0.3 s after 1 µM, at 10 and 20 mM Na⁺ [nM]."""
    hearts = [Diastole(na_in_mM=na) for na in (10.0, 20.0)]
    limits = [1e6 * exchanger_limit_mM(heart) for heart in hearts]
    return *limits, *(1e6 * float(relax(heart, 0.3, points=2).ca_mM[-1]) for heart in hearts)


@cache
def _endosome() -> EndosomeCourse:
    return acidify(Endosome(), 4 * 3600.0)


def _endosome_balance() -> Answer:
    end = _endosome()
    shares = [100 * float(current[-1] / end.pump_fA[0]) for current in (end.pump_fA, end.leak_fA)]
    return *shares, float(end.ph[-1])


def _clamped_reversals() -> Answer:
    """Reversal potentials read from the points of two I–V curves, and their difference [mV]."""
    v = np.arange(-129.5, 31, 10.0)
    found = [crossing_mV(v, ghk_current(v, 1.0, out, 140.0, 1, BODY_C)) for out in (2.5, 10.0)]
    return *found, found[1] - found[0]


def _ampa_and_rest() -> Answer:
    """Resting P_Na/P_K for −79 mV, and the AMPA permeability, in resting P_K, for −1 mV."""
    at_rest, driven = (float(two_ion_ratio(v, *K, *NA, BODY_C)) for v in (-79.0, -1.0))
    return at_rest, (driven - at_rest) / (1 - driven)


def _compartment_errors() -> Answer:
    """Error of V at the distal end with few points [mV]."""

    def end(points: int) -> float:
        x = np.linspace(0, 500, points)
        chloride = np.interp(x, [0, 500], [15, 5])
        given = {"cl_out_mM": 135.0, "rest_mV": -65.0, "rest_nS_per_um": 0.02, "axial_nS_um": 300.0}
        return float(steady_dendrite(x, chloride, 0.05, temperature_C=BODY_C, **given).v_mV[-1])

    fine = end(2001)
    return tuple(end(points) - fine for points in (3, 11, 51))


def _driving_force_by_energy() -> Answer:
    """Driving force from the free energy of entry, and from V − E: Ca²⁺, Cl⁻ [mV]."""
    found: list[float] = []
    for cycle, species, sides, z in (("1 Ca^2+ in", "Ca", (2, 1e-4), 2), ("1 Cl- in", "Cl", (135, 7), -1)):
        energy = free_energy_kJ_per_mol(stoichiometry(cycle), {species: sides}, -70, BODY_C)
        found += [float(energy * 1e6 / (z * FARADAY_C_PER_MOL))]
        found += [float(driving_force_mV(-70, nernst_mV(sides[0], sides[1], z, BODY_C)))]
    return tuple(found)


def _potassium_peaks() -> Answer:
    bursts = (clear_potassium(lambda t: 3.0 if t < 5 else 0.0, 10.0, Clearance(v), points=1001) for v in (1, 3, 8))
    return tuple(float(course.k_out_mM.max()) for course in bursts)


def _salt() -> Answer:
    """Na⁺ inside with SOS1 and with a leak alone [mM], K⁺/Na⁺ with SOS1."""
    with_sos1 = 100 * float(steepest_ratio(SOS1, "Na", {"H": (10**-5.5, 10**-7.2)}, -120, 25))
    leak = 100 * float(steepest_ratio(stoichiometry("1 Na+ in"), "Na", {}, -120, 25))
    return with_sos1, leak, 100 / with_sos1


def _motive_forces() -> Answer:
    protons = 10**-7.0, 10**-8.0
    pmf = float(ion_motive_force_mV(-140, *protons, 25))
    ratio = float(steepest_ratio(NHE, "Na", {"H": protons}, -140, 25))
    return pmf, ratio, float(ion_motive_force_mV(-140, 1, ratio, 25)), float(ions_per_atp(pmf, 50))


def _oxygen_chain(g_na_nS: float) -> float:
    """Leak → pump → ATP → O₂ at −70 mV with E_Na +60 and E_K −90 mV [1/s]."""
    g_k = balancing_potassium_nS(g_na_nS, -70, 60, -90)
    return float(oxygen_for_leaks(ohmic_current_pA(g_na_nS, -70, 60), ohmic_current_pA(g_k, -70, -90)))


def _gaba_limits() -> Answer:
    """GABA outside at which the carrier stops with 1 mM inside [nM]: textbook stoichiometry, and with Cl⁻."""
    carriers = GAT_SODIUM_ONLY, GAT1
    return tuple(
        1e6 / float(steepest_ratio(one, "GABA", {"Na": NA, "Cl": (135.0, 10.0)}, -70, T310_C)) for one in carriers
    )


def _astrocyte() -> Answer:
    """Volume that the amounts imply [pL], and the voltage of an uncompensated entry [mV]."""
    volume_pL = 4e-14 / (160 - 140) * 1e15
    radius_um = float(np.cbrt(3 * volume_pL * 1e3 / (4 * np.pi)))
    charge_pC = 4e-14 * FARADAY_C_PER_MOL * 1e12
    return volume_pL, charge_pC / float(sphere_capacitance_pF(radius_um)) * 1e3


def _davies_shift() -> Answer:
    gamma = 10 ** log10_gamma_davies(1, [0.005, 0.140], 25)
    return float(activity_shift_mV(gamma[0], gamma[1], 1, 25))


def _two_clocks() -> Answer:
    capacitance = float(sphere_capacitance_pF(10))
    membrane_s = float(time_constant_ms(capacitance, capacitance * 0.1)) * 1e-3  # 1 S/m² on 0.01 F/m²
    return membrane_s, rundown_time_s(4 / 3 * np.pi, NA[0] - 12, 65)


def _donnan_excess() -> tuple[float, float]:
    excess = donnan([110, 110], [1, -1], 150, -1, BODY_C).osmotic_excess_mOsm
    return float(excess), float(osmotic_pressure_kPa(excess, BODY_C))


def _planck_by_both_gradients() -> Answer:
    """Flux from diffusion and drift, and −(D c/RT) dμ̃/dx with μ̃ = RT ln c + zFφ [mM µm/s]."""
    d, c, slope, field, rt = 1.3, 20.0, -4.0, 7.0, GAS_CONSTANT_J_PER_MOL_K * (BODY_C + 273.15)
    gradient = rt * slope / c + 2 * FARADAY_C_PER_MOL * field * 1e-3
    return float(nernst_planck_flux(d, c, slope, field, 2, BODY_C)), -d * c / rt * gradient


def _chloride_minus(v_mV: float, out_mM: float, in_mM: tuple[float, float]) -> Answer:
    """E_Cl − V for two concentrations inside [mV]."""
    return tuple(float(e) - v_mV for e in nernst_mV(out_mM, in_mM, -1, BODY_C))


def _rest_with_pump_mV(coupling: float = 1.5) -> float:
    """Rest of the third chapter's cell with the permeability ratio that gives −70 mV without a pump [mV]."""
    ratio = two_ion_ratio(-70, 4, 140, 145, 12, BODY_C)
    return float(mullins_noda_mV(4, 140, 145, 12, ratio, BODY_C, coupling))


def _near_e_k() -> Answer:
    return float(ghk_voltage_mV([1, 1e-3], [4, 145], [140, 12], [1, 1], BODY_C) - nernst_mV(4, 140, 1, BODY_C))


def _potassium_energy_by_both_ways() -> Answer:
    energy = free_energy_kJ_per_mol(stoichiometry("1 K+ in"), {"K": K}, -70, BODY_C)
    return float(energy), float(electrochemical_difference_kJ_per_mol(-70, nernst_mV(*K, 1, BODY_C), 1))


def _solid_electrolyte() -> Answer:
    return float(ionic_conductivity_S_per_m(1.0, 1e4, 1, 25)), float(limiting_current_A_per_m2(1.0, 1e3, 30.0))


def _exchanger(na_in: float) -> float:
    return float(exchanger_reversal_mV(NA[0], na_in, 2, 1e-4, BODY_C))


def _pump_cost() -> float:
    return float(free_energy_kJ_per_mol(NA_K_PUMP, {"Na": NA, "K": K}, -70, T310_C))


def _steady_sodium(affinity: float, influx: float = 1.0) -> float:
    """Na⁺ inside [mM] after a change from 5 mM at K = 10 mM and one site; same number of pumps, influx scaled."""
    load = float(pump_saturation(5, 10, 1)) * influx
    return float(steady_sodium_mM(load, affinity, 1))


CASES: dict[str, Callable[[], Answer]] = {
    "S0-01": lambda: float(field_force_ratio(2, 1)),
    "S0-02": _nernst_by_charge,
    "S0-03": lambda: float(nernst_mV(*NA, 1, BODY_C)),
    "S0-04": lambda: float(nernst_mV(*K, 1, BODY_C)),
    "S0-05": lambda: float(driving_force_mV(-70, 60)),
    "S0-06": lambda: float(driving_force_mV(-70, -90)),
    "S0-07": lambda: f"{current_direction(-70, 60)}, {current_direction(-70, -90)}",
    "S0-08": lambda: 1 / float(conductance_ratio(-70, 60, -90)),
    "S0-09": lambda: tuple(
        float(d) for d in np.diff([nernst_mV(145, [15, 30], 1, BODY_C), nernst_mV(5, [140, 120], 1, BODY_C)])[:, 0]
    ),
    "S0-10": lambda: float(fraction_of_bulk(110, 10, 140)),
    "S0-11": _surface,
    "S0-12": _face_driving_force,
    "S1-01": lambda: float(electrical_over_thermal(-70, 1, BODY_C)),
    "S1-02": _voltage_of_no_flux,
    "S1-03": lambda: float(nernst_mV(*K, 1, BODY_C)),
    "S1-04": lambda: f"{current_direction(-80, -89)}, {current_direction(-98, -89)}",
    "S1-05": lambda: _two_ion(0.04),
    "S1-06": lambda: float(1 / permeability_ratio(SelectivityEnergy(12), BODY_C)),
    "S1-06b": lambda: float(1 / permeability_ratio(SelectivityEnergy(12), 25)),
    "S1-07": lambda: float(currents_for_sodium_leak(-65).net_pA),
    "S1-07b": _leaks_per_pump_current,
    "S1-08": lambda: float(debye_length_nm(0.15, 74.2, BODY_C)),
    "S1-09": lambda: float(fraction_of_bulk(-70, 10, 300)),
    "S1-10": _donnan_excess,
    "S1-11": _rest_with_and_without_pump,
    "S1-12": _davies_shift,
    "S2-01": lambda: float(nernst_mV(4, 140, 1, BODY_C)),
    "S2-01b": lambda: float(nernst_mV(4, 140, 1, 20)),
    "S2-02": lambda: float(nernst_mV(145, 12, 1, BODY_C)),
    "S2-03": lambda: tuple(float(a) for a in two_ion_ratio([-60, -70], 4, 140, 145, 12, BODY_C)),
    "S2-04": _exchange_of_pump,
    "S2-05": _rest_with_pump_mV,
    "S2-05b": lambda: _rest_with_pump_mV() - _rest_with_pump_mV(coupling=1.0),
    "S2-06": _predicted_and_simulated_rest,
    "S2-07": _immediate_depolarisation,
    "S2-08": _two_clocks,
    "S2-09": lambda: _donnan_excess()[0],
    "S2-10": _near_e_k,
    "S3-01": _potassium_energy_by_both_ways,
    "S3-02": lambda: float(np.diff(nernst_mV([2.5, 10], 140, 1, BODY_C))[0]),
    "S3-03": lambda: tuple(_two_ion(a) for a in (0.001, 0.01, 0.1, 1, 10)),
    "S3-04": lambda: _two_ion(1),
    "S3-05": lambda: _two_ion(1),
    "S3-06": lambda: float(nernst_mV(135, 5, -1, BODY_C)),
    "S3-07": lambda: float(nernst_mV(135, 15, -1, BODY_C)),
    "S3-08": lambda: _chloride_minus(-65, 135, (5, 15)),
    "S3-09": lambda: float(NKCC1.net_charge),
    "S3-10": lambda: float(NBCE1.net_charge),
    "S3-11": lambda: float(reversal_mV(NBCE1, {"Na": (145, 12), "HCO3": (25, 15)}, BODY_C)),
    "S3-12": lambda: float(electrochemical_difference_kJ_per_mol(-70, -94, NBCE1.net_charge)),
    "S3-13": lambda: float(nernst_mV(140, 30, -1, BODY_C)),
    "S3-14": lambda: float(nernst_mV(140, 5, -1, BODY_C)),
    "S3-14b": lambda: float(nernst_mV(140, 5, -1, BODY_C)),
    "S3-15": lambda: _chloride_minus(-65, 140, (30, 5)),
    "S3-16": _potassium_peaks,
    "S3-17": lambda: (_exchanger(10), _exchanger(40)),
    "S3-18": lambda: _exchanger(20) - _exchanger(10),
    "S3-18b": lambda: (_exchanger(10), _exchanger(20)),
    "S3-19": lambda: float(steepest_ratio(SOS1, "Na", {"H": (10**-5.5, 10**-7.2)}, 0, 25)),
    "S3-20": lambda: float(ion_motive_force_mV(-140, 400, 20, 25)),
    "S3-21": lambda: (float(_endosome().v_mV[-1]), float(_endosome().e_cl_mV[-1])),
    "S3-22": _planck_by_both_gradients,
    "S3-23": lambda: (float(nernst_mV(*NA, 1, BODY_C)), float(nernst_mV(*K, 1, BODY_C))),
    "S3-24": lambda: float(nernst_slope_mV_per_decade(1, BODY_C)),
    "S4-01": lambda: float(pumps_on_sphere(10, 200)),
    "S4-02": lambda: float(pump_current_pA(pumps_on_sphere(10, 200), 100)),
    "S4-03": lambda: -float(electrogenic_offset_mV(pump_current_pA(pumps_on_sphere(10, 200), 100), 2)),
    "S4-04": _pump_cost,
    "S4-05": lambda: tuple(100 * float(share) for share in atp_efficiency(_pump_cost(), [60, 50])),
    "S4-06": lambda: -float(free_energy_kJ_per_mol(stoichiometry("1 Na+ in"), {"Na": NA}, -70, T310_C)),
    "S4-07": _half_of_rundown_s,
    "S4-07b": lambda: float(donnan([110, 110], [1, -1], 150, -1, T310_C).potential_mV),
    "S4-09": lambda: _oxygen_chain(5.0),
    "S4-10": lambda: float(steepest_ratio(SGLT1, "glucose", {"Na": NA}, -70, T310_C)),
    "S4-11": lambda: float(free_energy_kJ_per_mol(GAT_SODIUM_ONLY, {"Na": NA, "GABA": (0.002, 1.0)}, -70, T310_C)),
    "S4-12": lambda: float(donnan([110, 110], [1, -1], 150, -1, T310_C).in_mM[1]),
    "S4-13": lambda: tuple(float(v) for v in pump_saturation([5, 10], 10)),
    "S4-14": lambda: _steady_sodium(20),
    "S4-14b": lambda: _steady_sodium(20, influx=1.5),
    "S4-15": _astrocyte,
    "S4-16": lambda: float(np.diff(nernst_mV(5, [140, 160], 1, T310_C))[0]),
    "S4-17": lambda: float(driving_force_mV(nernst_mV(3, 140, 1, BODY_C), nernst_mV(10, 140, 1, BODY_C))),
    "S4-18": lambda: -float(NA_K_PUMP.net_charge),
    "X01": _peaks_with_and_without_sodium_channels,
    "X02": _face_current,
    "X03": lambda: float(donnan([110, 110], [1, -1], 150, -1, T310_C).potential_mV),
    "X04": lambda: (_two_ion(0.01), 1 / float(two_ion_ratio(-70, *K, *NA, BODY_C))),
    "X05": lambda: tuple(float(_rest(replace(NO_COTRANSPORT, g_cl_nS=g)).volume_pL[-1]) for g in (0.01, 1.0, 100.0)),
    "X06": lambda: 60 * 65e-12 / ELEMENTARY_CHARGE_C,
    "X07": _bounds_of_pump_offset,
    "X08": _chloride_drive,
    "X09": _end_of_ouabain,
    "X10": _clamped_reversals,
    "X11": _driving_force_by_energy,
    "X12": _compartment_errors,
    "X13": _ampa_and_rest,
    "X14": _ischaemia,
    "X15": _spikes_by_current,
    "X16": _diastole,
    "X17": _salt,
    "X18": _motive_forces,
    "X19": _endosome_balance,
    "X20": _solid_electrolyte,
    "X21": lambda: (_oxygen_chain(2.0), 1e8 / _oxygen_chain(1.0)),
    "X22": _anoxia,
    "X23": _sodium_load,
    "X24": _gaba_limits,
    "X25": lambda: float(donnan([110, 110], [1, -1], 150, -1, T310_C).in_mM[1]),
    "X26": lambda: ", ".join(one.kind for one in (SGLT1, NKCC1, NCX, NHE)),
}
