"""The computation for each numbered claim of the textbooks. The claims are in reference/textbook_cases.tsv.

A case is a function without parameters that returns a number, several numbers or a word. If a text does not state an
input, the assumed value is here, and the note in the table gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from reversal.atlas.systems.activity_laws import activity_shift_mV, log10_gamma_davies
from reversal.atlas.systems.bi_ionic import chord_mV, two_ion_ratio
from reversal.atlas.systems.donnan import donnan, osmotic_pressure_kPa
from reversal.atlas.systems.driving import (
    current_direction,
    driving_force_mV,
    electrochemical_difference_kJ_per_mol,
    ohmic_current_pA,
)
from reversal.atlas.systems.electrodiffusion import nernst_planck_flux
from reversal.atlas.systems.exchanger import exchanger_reversal_mV
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
from reversal.atlas.systems.pump import (
    CHARGES_PER_CYCLE,
    currents_for_sodium_leak,
    electrogenic_bound_mV,
    electrogenic_offset_mV,
    mullins_noda_mV,
    oxygen_per_s,
    pump_current_pA,
    pump_saturation,
    pumps_on_sphere,
    steady_sodium_mM,
)
from reversal.atlas.systems.pump_leak import NoRestingState, PumpLeakCell, rundown_time_s, steady_state
from reversal.atlas.systems.transporters import (
    GAT_SODIUM_ONLY,
    NA_K_PUMP,
    NBCE1,
    NKCC1,
    SGLT1,
    SOS1,
    atp_efficiency,
    free_energy_kJ_per_mol,
    ion_motive_force_mV,
    reversal_mV,
    steepest_ratio,
    stoichiometry,
)
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.ghk_constant_field import ghk_current, ghk_voltage_mV
from reversal.physics.nernst import nernst_mV, nernst_slope_mV_per_decade
from reversal.physics.selectivity import SelectivityEnergy, permeability_ratio
from reversal.physics.substitution import conductance_ratio

Answer: TypeAlias = float | tuple[float, ...] | str
BODY_C = 37.0
T310_C = 310 - 273.15  # 310 K, as the fifth text states
NA, K = (
    (145.0, 15.0),
    (5.0, 140.0),
)  # (outside, inside) [mM] of the fifth text; the others fit


def _two_ion(a: float) -> float:
    return float(ghk_voltage_mV([1, a], [K[0], NA[0]], [K[1], NA[1]], [1, 1], BODY_C))


def _symmetries() -> Answer:
    e = nernst_mV([10, 145, 12], [10, 12, 145], 1, BODY_C)
    anion, divalent = nernst_mV(145, 12, -1, BODY_C), nernst_mV(145, 12, 2, BODY_C)
    return float(e[0]), float(e[1] + e[2]), float(e[1] + anion), float(e[1] - 2 * divalent)


def _surface() -> tuple[float, float]:
    psi = float(surface_potential_mV(-0.05, 0.15, 74.2, BODY_C))
    return psi, float(surface_concentration_mM(1.0, psi, 1, BODY_C))


def _face_driving_force() -> Answer:
    psi = _surface()[0]
    at_face = surface_concentration_mM(NA[1], psi, 1, BODY_C)
    return float(driving_force_mV(-70 + psi, nernst_mV(NA[0], at_face, 1, BODY_C)))


def _flux_at_equilibrium() -> Answer:
    e_k = nernst_mV(*K, 1, BODY_C)
    return float(ghk_current(e_k, 1, *K, 1, BODY_C) / ghk_current(e_k, 1, 0, K[1], 1, BODY_C))


def _pump_balance() -> Answer:
    pump = currents_for_sodium_leak(-65)
    return float(-65 - pump.potassium_pA + pump.net_pA)


def _rest_with_and_without_pump() -> Answer:
    steady_state(PumpLeakCell())
    try:
        steady_state(PumpLeakCell(), pump=0)
    except NoRestingState:
        return "finite with pump, none without"
    return "finite with and without"


def _davies_shift() -> Answer:
    gamma = 10 ** log10_gamma_davies(1, [0.005, 0.140], 25)
    return float(activity_shift_mV(gamma[0], gamma[1], 1, 25))


def _sum_at_rest() -> Answer:
    g, e = np.array([3.25, 0.75]), np.array([-90.0, 67.0])
    v = chord_mV(g, e) + electrogenic_offset_mV(20, g.sum())
    return float(ohmic_current_pA(g, v, e).sum() + 20)


def _two_clocks() -> Answer:
    capacitance = float(sphere_capacitance_pF(10))
    membrane_s = float(time_constant_ms(capacitance, capacitance * 0.1)) * 1e-3  # 1 S/m² on 0.01 F/m²
    return membrane_s, rundown_time_s(4 / 3 * np.pi, NA[0] - 12, 65)


def _donnan_excess() -> tuple[float, float]:
    excess = donnan([110, 110], [1, -1], 150, -1, BODY_C).osmotic_excess_mOsm
    return float(excess), float(osmotic_pressure_kPa(excess, BODY_C))


def _planck_is_one_gradient() -> Answer:
    """Flux from diffusion and drift minus −(D c/RT) dμ̃/dx, with μ̃ = RT ln c + zFφ."""
    d, c, slope, field, rt = 1.3, 20.0, -4.0, 7.0, GAS_CONSTANT_J_PER_MOL_K * (BODY_C + 273.15)
    gradient = rt * slope / c + 2 * FARADAY_C_PER_MOL * field * 1e-3
    return float(nernst_planck_flux(d, c, slope, field, 2, BODY_C)) + d * c / rt * gradient


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
    "S0-02": _symmetries,
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
    "S1-02": _flux_at_equilibrium,
    "S1-03": lambda: float(nernst_mV(*K, 1, BODY_C)),
    "S1-04": lambda: f"{current_direction(-80, -89)}, {current_direction(-98, -89)}",
    "S1-05": lambda: _two_ion(0.04),
    "S1-06": lambda: float(1 / permeability_ratio(SelectivityEnergy(12), BODY_C)),
    "S1-06b": lambda: float(1 / permeability_ratio(SelectivityEnergy(12), 25)),
    "S1-07": lambda: float(currents_for_sodium_leak(-65).net_pA),
    "S1-07b": _pump_balance,
    "S1-08": lambda: float(debye_length_nm(0.15, 74.2, BODY_C)),
    "S1-09": lambda: float(fraction_of_bulk(-70, 10, 300)),
    "S1-10": _donnan_excess,
    "S1-11": _rest_with_and_without_pump,
    "S1-12": _davies_shift,
    "S2-01": lambda: float(nernst_mV(4, 140, 1, BODY_C)),
    "S2-01b": lambda: float(nernst_mV(4, 140, 1, 20)),
    "S2-02": lambda: float(nernst_mV(145, 12, 1, BODY_C)),
    "S2-03": lambda: tuple(float(a) for a in two_ion_ratio([-60, -70], 4, 140, 145, 12, BODY_C)),
    "S2-04": lambda: float(CHARGES_PER_CYCLE),
    "S2-05": lambda: float(electrogenic_offset_mV(5, 1)),
    "S2-05b": lambda: (
        float(electrogenic_bound_mV(BODY_C)),
        float(mullins_noda_mV(4, 140, 145, 12, 0.04303, BODY_C) - mullins_noda_mV(4, 140, 145, 12, 0.04303, BODY_C, 1)),
    ),
    "S2-06": _sum_at_rest,
    "S2-07": lambda: -float(electrogenic_offset_mV(5, 1)),
    "S2-08": _two_clocks,
    "S2-09": lambda: _donnan_excess()[0],
    "S2-10": lambda: float(ghk_voltage_mV([1, 0], [4, 145], [140, 12], [1, 1], BODY_C)),
    "S3-01": lambda: float(electrochemical_difference_kJ_per_mol(-70, nernst_mV(*K, 1, BODY_C), 1)),
    "S3-02": lambda: float(np.diff(nernst_mV([2.5, 10], 140, 1, BODY_C))[0]),
    "S3-03": lambda: tuple(_two_ion(a) for a in (0.001, 0.01, 0.1, 1, 10)),
    "S3-04": lambda: _two_ion(1),
    "S3-05": lambda: _two_ion(1),
    "S3-06": lambda: float(nernst_mV(135, 5, -1, BODY_C)),
    "S3-07": lambda: float(nernst_mV(135, 15, -1, BODY_C)),
    "S3-08": lambda: tuple(float(d) for d in driving_force_mV([-88, -59], -65)),
    "S3-09": lambda: float(NKCC1.net_charge),
    "S3-10": lambda: float(NBCE1.net_charge),
    "S3-11": lambda: float(reversal_mV(NBCE1, {"Na": (145, 12), "HCO3": (25, 15)}, BODY_C)),
    "S3-12": lambda: float(electrochemical_difference_kJ_per_mol(-70, -94, NBCE1.net_charge)),
    "S3-13": lambda: float(nernst_mV(140, 30, -1, BODY_C)),
    "S3-14": lambda: float(nernst_mV(140, 5, -1, BODY_C)),
    "S3-14b": lambda: float(nernst_mV(140, 5, -1, BODY_C)),
    "S3-15": lambda: tuple(float(d) for d in driving_force_mV([-41, -89], -65)),
    "S3-16": lambda: float(np.diff(nernst_mV([3, 12], 140, 1, BODY_C))[0]),
    "S3-17": lambda: (_exchanger(10), _exchanger(40)),
    "S3-18": lambda: _exchanger(20) - _exchanger(10),
    "S3-18b": lambda: (_exchanger(10), _exchanger(20)),
    "S3-19": lambda: float(steepest_ratio(SOS1, "Na", {"H": (10**-5.5, 10**-7.2)}, 0, 25)),
    "S3-20": lambda: float(ion_motive_force_mV(-140, 400, 20, 25)),
    "S3-21": lambda: float(nernst_mV(20, 40, -1, BODY_C)),
    "S3-22": _planck_is_one_gradient,
    "S3-23": lambda: (float(nernst_mV(*NA, 1, BODY_C)), float(nernst_mV(*K, 1, BODY_C))),
    "S3-24": lambda: float(nernst_slope_mV_per_decade(1, BODY_C)),
    "S4-01": lambda: float(pumps_on_sphere(10, 200)),
    "S4-02": lambda: float(pump_current_pA(pumps_on_sphere(10, 200), 100)),
    "S4-03": lambda: -float(electrogenic_offset_mV(pump_current_pA(pumps_on_sphere(10, 200), 100), 2)),
    "S4-04": _pump_cost,
    "S4-05": lambda: tuple(100 * float(share) for share in atp_efficiency(_pump_cost(), [60, 50])),
    "S4-06": lambda: -float(free_energy_kJ_per_mol(stoichiometry("1 Na+ in"), {"Na": NA}, -70, T310_C)),
    "S4-07": lambda: float(ghk_voltage_mV([1, 0.04], [75, 75], [75, 75], [1, 1], BODY_C)),
    "S4-07b": lambda: float(donnan([110, 110], [1, -1], 150, -1, T310_C).potential_mV),
    "S4-09": lambda: float(oxygen_per_s(4.026, 6)),
    "S4-10": lambda: float(steepest_ratio(SGLT1, "glucose", {"Na": NA}, -70, T310_C)),
    "S4-11": lambda: float(free_energy_kJ_per_mol(GAT_SODIUM_ONLY, {"Na": NA, "GABA": (0.002, 1.0)}, -70, T310_C)),
    "S4-12": lambda: float(donnan([110, 110], [1, -1], 150, -1, T310_C).in_mM[1]),
    "S4-13": lambda: tuple(float(v) for v in pump_saturation([5, 10], 10)),
    "S4-14": lambda: _steady_sodium(20),
    "S4-14b": lambda: _steady_sodium(20, influx=1.5),
    "S4-15": lambda: 4e-14 / (160 - 140) * 1e15,  # mol per mmol/L, in pL
    "S4-16": lambda: float(np.diff(nernst_mV(5, [140, 160], 1, T310_C))[0]),
    "S4-17": lambda: float(driving_force_mV(nernst_mV(3, 140, 1, BODY_C), nernst_mV(10, 140, 1, BODY_C))),
    "S4-18": lambda: -float(NA_K_PUMP.net_charge),
}
