"""Acidification of an endosome: a proton pump, a proton leak, and a chloride conductance that compensates the charge.

The state is pH, chloride and voltage of the lumen (lumen minus cytosol). Each has its own equation, so conservation of
charge is a result of the model and not an assumption. Fluxes are conductances times driving forces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.domain import check_fields, within
from reversal.physics.nernst import thermal_voltage_mV
from reversal.physics.ranges import (
    ATP_ENERGY,
    BUFFER,
    CONCENTRATION,
    DURATION,
    FEMTO_CONDUCTANCE,
    PH,
    RADIUS,
    SPECIFIC_CAPACITANCE,
    STOICHIOMETRY,
    TEMPERATURE,
)

QUANTITIES = {
    "radius_um": RADIUS,
    "specific_uF_per_cm2": SPECIFIC_CAPACITANCE,
    "buffer_mM_per_pH": BUFFER,
    "ph_cytosol": PH,
    "ph_start": PH,
    "cl_cytosol_mM": CONCENTRATION,
    "cl_start_mM": CONCENTRATION,
    "atp_kJ_per_mol": ATP_ENERGY,
    "protons_per_atp": STOICHIOMETRY,
    "pump_fS": FEMTO_CONDUCTANCE,
    "proton_leak_fS": FEMTO_CONDUCTANCE,
    "chloride_fS": FEMTO_CONDUCTANCE,
    "temperature_C": TEMPERATURE,
}


@dataclass(frozen=True, slots=True)
class Endosome:
    """A vesicle and its transport; a typical small endosome.

    radius_um : [µm];  specific_uF_per_cm2 : specific capacitance [µF/cm²];  buffer_mM_per_pH : of the lumen [mM/pH]
    ph_cytosol, ph_start : pH of the cytosol, and of the lumen at time 0
    cl_cytosol_mM, cl_start_mM : chloride of the cytosol, and of the lumen at time 0 [mM]
    atp_kJ_per_mol : free energy of ATP hydrolysis;  protons_per_atp : protons that one ATP moves
    pump_fS, proton_leak_fS, chloride_fS : conductances [fS = 1e-15 S];  temperature_C : [°C]

    Raises DomainError for a value outside its range.
    """

    radius_um: float = 0.1
    specific_uF_per_cm2: float = 1.0
    buffer_mM_per_pH: float = 20.0
    ph_cytosol: float = 7.2
    ph_start: float = 7.2
    cl_cytosol_mM: float = 20.0
    cl_start_mM: float = 20.0
    atp_kJ_per_mol: float = 57.0
    protons_per_atp: float = 2.0
    pump_fS: float = 0.2
    proton_leak_fS: float = 0.3
    chloride_fS: float = 10.0
    temperature_C: float = 37.0

    def __post_init__(self) -> None:
        check_fields(self, QUANTITIES)

    @property
    def volume_L(self) -> float:
        """Volume of the lumen [L]."""
        return float(4 / 3 * np.pi * self.radius_um**3 * 1e-15)

    @property
    def capacitance_F(self) -> float:
        """Capacitance of the membrane [F]."""
        return float(4 * np.pi * self.radius_um**2 * self.specific_uF_per_cm2 * 1e-14)


@dataclass(frozen=True, slots=True)
class EndosomeCourse:
    """Time course, shape (times,) each.

    time_s [s], ph and cl_mM [mM] of the lumen;  v_mV, e_cl_mV : lumen minus cytosol [mV]
    pump_fA, leak_fA : proton current into the lumen by the pump, and out of it by the leak [fA]
    """

    time_s: FloatArray
    ph: FloatArray
    cl_mM: FloatArray
    v_mV: FloatArray
    e_cl_mV: FloatArray
    pump_fA: FloatArray
    leak_fA: FloatArray


def acidify(vesicle: Endosome, duration_s: float, points: int = 300) -> EndosomeCourse:
    """Integrate the lumen for ``duration_s`` [s], above 1e-4 s, at 0 s and ``points`` times spaced geometrically.

    Raises DomainError for a shorter duration.
    """
    from scipy.integrate import solve_ivp

    if not duration_s > 1e-4:
        raise DomainError("the duration is too short", found=duration_s, expected="above 1e-4 s", remedy="Give it in s")
    within(duration_s, "duration_s", DURATION)
    found = solve_ivp(
        lambda _t, y: _slopes(vesicle, y),
        (0.0, duration_s),
        [vesicle.ph_start, vesicle.cl_start_mM, 0.0],
        method="LSODA",
        t_eval=np.concatenate([[0.0], np.geomspace(1e-4, duration_s, points)]),
        rtol=1e-9,
        atol=1e-10,
    )
    if not found.success:
        raise ArithmeticError(f"the integration of the vesicle failed: {found.message}")
    ph, cl, v = found.y
    pump, leak = _proton_fA(vesicle, ph, v)
    return EndosomeCourse(found.t, ph, cl, v, _e_cl(vesicle, cl), pump, leak)


def stalling_force_mV(vesicle: Endosome) -> float:
    """Proton-motive force at which the pump stops, ΔG_ATP/(n F) [mV]."""
    return vesicle.atp_kJ_per_mol / (vesicle.protons_per_atp * FARADAY_C_PER_MOL) * 1e6


def _e_cl(vesicle: Endosome, cl_mM: FloatArray) -> FloatArray:
    """E_Cl, lumen minus cytosol [mV]."""
    return np.asarray(float(thermal_voltage_mV(vesicle.temperature_C)) * np.log(cl_mM / vesicle.cl_cytosol_mM))


def _proton_fA(vesicle: Endosome, ph: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Proton currents of pump (into the lumen) and leak (out of it) [fA]. The force drives protons out of the lumen."""
    force = v + float(thermal_voltage_mV(vesicle.temperature_C)) * np.log(10) * (vesicle.ph_cytosol - ph)
    return vesicle.pump_fS * (stalling_force_mV(vesicle) - force) * 1e-3, vesicle.proton_leak_fS * force * 1e-3


def _slopes(vesicle: Endosome, y: FloatArray) -> FloatArray:
    """d/dt of pH, chloride [mM/s] and voltage [mV/s]."""
    ph, cl, v = y
    pump, leak = _proton_fA(vesicle, ph, v)
    chloride_fA = vesicle.chloride_fS * (v - _e_cl(vesicle, cl)) * 1e-3  # Cl⁻ that enters is current out of the lumen
    mM_per_s_per_fA = 1e-15 * 1e3 / (FARADAY_C_PER_MOL * vesicle.volume_L)
    dv = (pump - leak - chloride_fA) * 1e-15 / vesicle.capacitance_F * 1e3
    return np.array([-(pump - leak) * mM_per_s_per_fA / vesicle.buffer_mM_per_pH, chloride_fA * mM_per_s_per_fA, dv])
