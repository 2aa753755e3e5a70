"""The pump–leak cell: Na⁺, K⁺, Cl⁻, impermeant charge, water and voltage, over time and at rest.

The amounts of ions on both sides are integrated, and the voltage has its own capacitive equation. Conservation of every
ion and of charge is therefore a result of the model and not an assumption.
Source: Tosteson & Hoffman, J. Gen. Physiol. 44:169 (1960).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.pump import K_PER_CYCLE, NA_PER_CYCLE, pump_saturation
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import thermal_voltage_mV

PA_PER_FMOL_S = FARADAY_C_PER_MOL * 1e-3  # 1 fmol/s of charge = 96.5 pA
CHARGES = np.array([1.0, 1.0, -1.0])  # of Na⁺, K⁺, Cl⁻


@dataclass(frozen=True, slots=True)
class PumpLeakCell:
    """A cell and its bath; typical values of a small neurone in a large bath.

    g_na_nS, g_k_nS, g_cl_nS : leak conductances [nS]
    nkcc1_nS, kcc2_nS : current of one monovalent ion of a cotransport cycle per mV of its driving force [nS]
    pump_max_pA : largest net pump current [pA];  na_affinity_mM, k_affinity_mM : dissociation constants of the pump
    capacitance_pF : [pF];  water_pL_per_s_mOsm : water flow into the cell per mOsm of osmotic excess inside
    impermeant_fmol, impermeant_z : amount and mean charge of the impermeant solute inside
    volume_pL, outside_volume_pL : of cell and bath at the start;  outside_mM : Na⁺, K⁺, Cl⁻ of the bath
    outside_impermeant_mM : neutral solute of the bath;  start_mM : Na⁺, K⁺ inside at the start, Cl⁻ follows from charge
    start_mV : voltage at the start;  temperature_C : [°C]
    """

    g_na_nS: float = 0.4
    g_k_nS: float = 6.0
    g_cl_nS: float = 1.0
    nkcc1_nS: float = 0.0
    kcc2_nS: float = 0.5
    pump_max_pA: float = 120.0
    na_affinity_mM: float = 6.0
    k_affinity_mM: float = 1.0
    capacitance_pF: float = 20.0
    water_pL_per_s_mOsm: float = 1e-3
    impermeant_fmol: float = 250.0
    impermeant_z: float = -1.0
    volume_pL: float = 2.0
    outside_volume_pL: float = 1e6
    outside_mM: tuple[float, float, float] = (145.0, 5.0, 150.0)
    outside_impermeant_mM: float = 0.0
    start_mM: tuple[float, float] = (12.0, 140.0)
    start_mV: float = -65.0
    temperature_C: float = 37.0


@dataclass(frozen=True, slots=True)
class PumpLeakCourse:
    """Time course of the cell.

    time_s [s], v_mV [mV], volume_pL, outside_volume_pL [pL] : (times,)
    in_fmol, out_fmol : (3, times) amounts of Na⁺, K⁺, Cl⁻
    pump_pA : (times,) net outward current of the pump
    """

    time_s: FloatArray
    v_mV: FloatArray
    volume_pL: FloatArray
    outside_volume_pL: FloatArray
    in_fmol: FloatArray
    out_fmol: FloatArray
    pump_pA: FloatArray

    @property
    def in_mM(self) -> FloatArray:
        """Concentrations inside, (3, times) [mM]."""
        return self.in_fmol / self.volume_pL

    @property
    def out_mM(self) -> FloatArray:
        """Concentrations outside, (3, times) [mM]."""
        return self.out_fmol / self.outside_volume_pL


def run(
    cell: PumpLeakCell,
    duration_s: float,
    *,
    pump: Callable[[float], float] | float = 1.0,
    start: PumpLeakCourse | None = None,
    points: int = 400,
    first_s: float = 1e-4,
) -> PumpLeakCourse:
    """Integrate the cell for ``duration_s`` [s].

    pump : active fraction of the pumps, 0 to 1, or a function of time [s] (ouabain, ischaemia)
    start : start from the end of this time course and not from the values of ``cell``
    points, first_s : number of times after 0 s, spaced geometrically from ``first_s`` [s]

    Raises DomainError for a duration that is not above ``first_s``, an active fraction outside 0 to 1, and a start
    without chloride.
    """
    from scipy.integrate import solve_ivp

    if not duration_s > first_s:
        raise DomainError("the duration is too short", found=duration_s, expected=f"above {first_s} s")
    active = pump if callable(pump) else _constant_fraction(float(pump))
    times = np.concatenate([[0.0], np.geomspace(first_s, duration_s, points)])
    state = _start(cell) if start is None else _end(start)
    found = solve_ivp(
        lambda t, y: _slopes(cell, y, active(t)),
        (0.0, duration_s),
        state,
        method="LSODA",
        t_eval=times,
        rtol=1e-8,
        atol=np.array([1e-6, 1e-8, 1e-8, *[1e-7] * 3, *[1e-7] * 3]),
    )
    if not found.success:
        raise ArithmeticError(f"the integration of the cell failed: {found.message}")
    y = found.y
    pump_pA = np.array([_pump_pA(cell, y[:, k], active(t)) for k, t in enumerate(found.t)])
    return PumpLeakCourse(found.t, y[0], y[1], y[2], y[3:6], y[6:9], pump_pA)


def steady_state(cell: PumpLeakCell, *, pump: float = 1.0, settle_s: float = 3e5) -> PumpLeakCourse:
    """Time course to the resting state: its last state no longer changes.

    pump : active fraction of the pumps;  settle_s : integration time [s]

    Raises DomainError if there is no resting state, as without a pump, when the cell swells without end.
    """
    course = run(cell, settle_s, pump=pump, points=40, first_s=1.0)
    change = np.abs(_slopes(cell, _end(course), pump)) * settle_s
    scale = np.array(
        [10.0, course.volume_pL[-1], course.outside_volume_pL[-1], *course.in_fmol[:, -1], *course.out_fmol[:, -1]]
    )
    if np.any(change[1:] > 1e-3 * scale[1:]):
        raise DomainError(
            "the cell has no resting state: it continues to swell",
            found=f"volume {course.volume_pL[-1]:.3g} pL after {settle_s:.3g} s, still changing",
            expected="a pump that balances the leaks",
        )
    return course


def rundown_time_s(volume_pL: float, step_mM: float, leak_pA: float) -> float:
    """Time in which a leak changes a concentration by ``step_mM``, F·volume·Δc/|I| [s].

    volume_pL : [pL];  step_mM : Δc [mM];  leak_pA : I [pA], not 0. The loss of gradients has this time scale, not C/g.
    """
    return volume_pL * step_mM * PA_PER_FMOL_S / abs(leak_pA)


def _constant_fraction(value: float) -> Callable[[float], float]:
    if not 0 <= value <= 1:
        raise DomainError("the active fraction of the pumps is outside its range", found=value, expected="0 to 1")
    return lambda _t: value


def _start(cell: PumpLeakCell) -> FloatArray:
    """State at the start, with the chloride that makes it electroneutral, membrane charge included."""
    na, k = (c * cell.volume_pL for c in cell.start_mM)
    on_membrane = cell.capacitance_pF * cell.start_mV * 1e-3 / PA_PER_FMOL_S
    cl = na + k + cell.impermeant_z * cell.impermeant_fmol - on_membrane
    if cl <= 0:
        raise DomainError(
            "the cell has no chloride at the start",
            found=f"{cl:.3g} fmol",
            expected="more cations than impermeant charge",
        )
    outside = np.array(cell.outside_mM) * cell.outside_volume_pL
    return np.array([cell.start_mV, cell.volume_pL, cell.outside_volume_pL, na, k, cl, *outside])


def _end(course: PumpLeakCourse) -> FloatArray:
    """State at the end of a time course."""
    return np.array(
        [
            course.v_mV[-1],
            course.volume_pL[-1],
            course.outside_volume_pL[-1],
            *course.in_fmol[:, -1],
            *course.out_fmol[:, -1],
        ]
    )


def _equilibria(cell: PumpLeakCell, inside: FloatArray, outside: FloatArray) -> FloatArray:
    """Equilibrium potentials of Na⁺, K⁺, Cl⁻ [mV], (3, …)."""
    sign = CHARGES.reshape(-1, *([1] * (inside.ndim - 1)))
    return np.asarray(float(thermal_voltage_mV(cell.temperature_C)) * sign * np.log(outside / inside))


def _pump_pA(cell: PumpLeakCell, y: FloatArray, active: float) -> float:
    """Net outward current of the pump [pA]."""
    na, k_out = y[3] / y[1], y[7] / y[2]
    by_potassium = (k_out / (k_out + cell.k_affinity_mM)) ** K_PER_CYCLE
    return float(active * cell.pump_max_pA * pump_saturation(max(na, 0.0), cell.na_affinity_mM) * by_potassium)


def _slopes(cell: PumpLeakCell, y: FloatArray, active: float) -> FloatArray:
    """d/dt of voltage [mV/s], volumes [pL/s], amounts inside and outside [fmol/s]."""
    v, volume, outside_volume = y[:3]
    inside, outside = y[3:6] / volume, y[6:9] / outside_volume
    e_na, e_k, e_cl = _equilibria(cell, inside, outside)
    pump = _pump_pA(cell, y, active)
    na_pA = cell.g_na_nS * (v - e_na) + NA_PER_CYCLE * pump
    k_pA = cell.g_k_nS * (v - e_k) - K_PER_CYCLE * pump
    cl_pA = cell.g_cl_nS * (v - e_cl)
    # electroneutral: NKCC1 moves Na + K + 2 Cl in, driven by E_Na + E_K − 2 E_Cl; KCC2 moves K + Cl out, by E_Cl − E_K
    nkcc1 = cell.nkcc1_nS * (e_na + e_k - 2 * e_cl)
    kcc2 = cell.kcc2_nS * (e_cl - e_k)
    entering = np.array([-na_pA + nkcc1, -k_pA + nkcc1 - kcc2, cl_pA + 2 * nkcc1 - kcc2]) / PA_PER_FMOL_S
    excess = inside.sum() + cell.impermeant_fmol / volume - outside.sum() - cell.outside_impermeant_mM
    water = cell.water_pL_per_s_mOsm * excess
    dv = -(na_pA + k_pA + cl_pA) / cell.capacitance_pF * 1e3
    return np.array([dv, water, -water, *entering, *-entering])
