"""How an endosome turns acid: a proton pump that needs chloride to carry its charge away.

The lumen is followed by its pH, chloride and voltage (lumen minus cytosol), each with its own equation, so that
conservation of charge is a result. Fluxes are conductances times driving forces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import thermal_voltage_mV


@dataclass(frozen=True, slots=True)
class Endosome:
    """A vesicle and its transport.

    radius_um : [µm];  buffer_mM_per_pH : of the lumen;  atp_kJ_per_mol, protons_per_atp : what drives the pump
    pump_fS, proton_leak_fS, chloride_fS : conductances [fS = 1e-15 S]
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

    @property
    def volume_L(self) -> float:
        """Of the lumen [L]."""
        return float(4 / 3 * np.pi * self.radius_um**3 * 1e-15)

    @property
    def capacitance_F(self) -> float:
        """Of the membrane [F]."""
        return float(4 * np.pi * self.radius_um**2 * self.specific_uF_per_cm2 * 1e-14)


@dataclass(frozen=True, slots=True)
class EndosomeCourse:
    """(times,): v_mV lumen minus cytosol; pump_fA, leak_fA of H⁺ into and out of the lumen; e_cl_mV of chloride."""

    time_s: FloatArray
    ph: FloatArray
    cl_mM: FloatArray
    v_mV: FloatArray
    e_cl_mV: FloatArray
    pump_fA: FloatArray
    leak_fA: FloatArray


def acidify(vesicle: Endosome, duration_s: float, points: int = 300) -> EndosomeCourse:
    """Follow the lumen from its start for ``duration_s`` [s], times spaced geometrically from 1e-4 s."""
    from scipy.integrate import solve_ivp

    if not duration_s > 1e-4:
        raise DomainError("a run has no length", found=duration_s, expected="above 1e-4 s")
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
        raise ArithmeticError(f"the vesicle could not be followed: {found.message}")
    ph, cl, v = found.y
    pump, leak = _proton_fA(vesicle, ph, v)
    return EndosomeCourse(found.t, ph, cl, v, _e_cl(vesicle, cl), pump, leak)


def charge_surplus_mM(vesicle: Endosome, course: EndosomeCourse) -> FloatArray:
    """Charge gained by the lumen that its membrane does not hold [mM]; 0 throughout."""
    protons = vesicle.buffer_mM_per_pH * (vesicle.ph_start - course.ph)
    chloride = course.cl_mM - vesicle.cl_start_mM
    held = vesicle.capacitance_F * course.v_mV / (FARADAY_C_PER_MOL * vesicle.volume_L)
    return np.asarray(protons - chloride - held)


def stalling_force_mV(vesicle: Endosome) -> float:
    """Proton force against which the pump stands still, ΔG_ATP/(n F) [mV]."""
    return vesicle.atp_kJ_per_mol / (vesicle.protons_per_atp * FARADAY_C_PER_MOL) * 1e6


def _e_cl(vesicle: Endosome, cl_mM: FloatArray) -> FloatArray:
    """E_Cl, lumen minus cytosol [mV]."""
    return np.asarray(float(thermal_voltage_mV(vesicle.temperature_C)) * np.log(cl_mM / vesicle.cl_cytosol_mM))


def _proton_fA(vesicle: Endosome, ph: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pumped into and leaking out of the lumen [fA]; force = what a proton gains by leaving."""
    force = v + float(thermal_voltage_mV(vesicle.temperature_C)) * np.log(10) * (vesicle.ph_cytosol - ph)
    return vesicle.pump_fS * (stalling_force_mV(vesicle) - force) * 1e-3, vesicle.proton_leak_fS * force * 1e-3


def _slopes(vesicle: Endosome, y: FloatArray) -> FloatArray:
    ph, cl, v = y
    pump, leak = _proton_fA(vesicle, ph, v)
    chloride_fA = vesicle.chloride_fS * (v - _e_cl(vesicle, cl)) * 1e-3  # Cl⁻ entering = current out of the lumen
    molar = 1e-15 * 1e3 / (FARADAY_C_PER_MOL * vesicle.volume_L)  # fA into mM/s
    dv = (pump - leak - chloride_fA) * 1e-15 / vesicle.capacitance_F * 1e3
    return np.array([-(pump - leak) * molar / vesicle.buffer_mM_per_pH, chloride_fA * molar, dv])
