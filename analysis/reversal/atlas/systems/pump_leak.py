"""A cell that lives by its pump: Na⁺, K⁺, Cl⁻, impermeant charge, water and voltage, in time and at rest.

Amounts are followed on both sides, and the voltage by its own capacitive equation, so that conservation of every ion
and of charge is a result to be tested, not an assumption.
Sources: Tosteson & Hoffman, J. Gen. Physiol. 44:169 (1960); Keener & Sneyd, Mathematical Physiology, ch. 2 (recalled).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.pump import K_PER_CYCLE, NA_PER_CYCLE, saturation
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import thermal_voltage_mV

PA_PER_FMOL_S = FARADAY_C_PER_MOL * 1e-3  # 1 fmol/s of charge = 96.5 pA
IONS = ("Na", "K", "Cl")
CHARGES = np.array([1.0, 1.0, -1.0])


@dataclass(frozen=True, slots=True)
class PumpLeakCell:
    """A cell and its bath; ordinary values of a small neurone in a large bath.

    g_*_nS : leak conductances;  nkcc1_nS, kcc2_nS : cotransport, as the current one of its ions carries per mV of its
    driving force;  pump_max_pA : largest net pump current;  na_affinity_mM, k_affinity_mM : of the pump
    water_pL_per_s_mOsm : water entering per second and mOsm of excess inside
    impermeant_fmol, impermeant_z : what cannot leave;  outside_impermeant_mM : neutral solute of the bath
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
    """How the cell went.

    time_s : (times,);  v_mV : (times,);  volume_pL, outside_volume_pL : (times,)
    in_fmol, out_fmol : (3, times) amounts of Na⁺, K⁺, Cl⁻
    pump_pA : (times,) net outward pump current
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
        """(3, times) inside concentrations [mM]."""
        return self.in_fmol / self.volume_pL

    @property
    def out_mM(self) -> FloatArray:
        """(3, times) outside concentrations [mM]."""
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
    """Follow the cell for ``duration_s`` [s].

    pump : share of the pumps at work, 0 … 1, or a function of time [s] (ouabain, ischaemia)
    start : go on from the end of this course instead of the cell's declared state
    Times are spaced geometrically from ``first_s`` on, so that the instant and the slow effect both show.
    """
    from scipy.integrate import solve_ivp

    if not duration_s > first_s:
        raise DomainError("a run has no length", found=duration_s, expected=f"above {first_s} s")
    share = pump if callable(pump) else _constant(float(pump))
    times = np.concatenate([[0.0], np.geomspace(first_s, duration_s, points)])
    state = _start(cell) if start is None else _end(start)
    found = solve_ivp(
        lambda t, y: _slopes(cell, y, share(t)),
        (0.0, duration_s),
        state,
        method="LSODA",
        t_eval=times,
        rtol=1e-8,
        atol=np.array([1e-6, 1e-8, 1e-8, *[1e-7] * 3, *[1e-7] * 3]),
    )
    if not found.success:
        raise ArithmeticError(f"the cell could not be followed: {found.message}")
    y = found.y
    pumped = np.array([_pump_pA(cell, y[:, k], share(t)) for k, t in enumerate(found.t)])
    return PumpLeakCourse(found.t, y[0], y[1], y[2], y[3:6], y[6:9], pumped)


def steady_state(cell: PumpLeakCell, *, pump: float = 1.0, settle_s: float = 3e5) -> PumpLeakCourse:
    """The resting cell: a course whose last state no longer changes.

    Raises DomainError where there is none, as without a pump, when water keeps entering.
    """
    course = run(cell, settle_s, pump=pump, points=40, first_s=1.0)
    change = np.abs(_slopes(cell, _end(course), pump)) * settle_s
    scale = np.array(
        [10.0, course.volume_pL[-1], course.outside_volume_pL[-1], *course.in_fmol[:, -1], *course.out_fmol[:, -1]]
    )
    if np.any(change[1:] > 1e-3 * scale[1:]):
        raise DomainError(
            "the cell comes to no rest: water keeps entering",
            found=f"volume {course.volume_pL[-1]:.3g} pL after {settle_s:.3g} s, still moving",
            expected="a pump that works against the leaks",
        )
    return course


def charge_surplus_fmol(cell: PumpLeakCell, course: PumpLeakCourse) -> FloatArray:
    """Inside charge not accounted for by the membrane's own, Σ z n + z_x n_x − C V/F [fmol]; constant in time."""
    held = CHARGES @ course.in_fmol + cell.impermeant_z * cell.impermeant_fmol
    return np.asarray(held - cell.capacitance_pF * course.v_mV * 1e-3 / PA_PER_FMOL_S)


def leak_currents_pA(cell: PumpLeakCell, course: PumpLeakCourse) -> FloatArray:
    """(3, times) leak currents of Na⁺, K⁺, Cl⁻ [pA], outward positive."""
    g = np.array([[cell.g_na_nS], [cell.g_k_nS], [cell.g_cl_nS]])
    return np.asarray(g * (course.v_mV - _equilibria(cell, course.in_mM, course.out_mM)))


def rundown_time_s(volume_pL: float, step_mM: float, leak_pA: float) -> float:
    """How long a leak needs to change a concentration, F·volume·Δc/|I| [s].

    This, not C/g, is the clock of the slow loss of gradients.
    """
    return volume_pL * step_mM * PA_PER_FMOL_S / abs(leak_pA)


def _constant(value: float) -> Callable[[float], float]:
    if not 0 <= value <= 1:
        raise DomainError("the share of working pumps is outside its range", found=value, expected="0 … 1")
    return lambda _t: value


def _start(cell: PumpLeakCell) -> FloatArray:
    """The declared state, with chloride closing the balance of charge."""
    na, k = (c * cell.volume_pL for c in cell.start_mM)
    on_membrane = cell.capacitance_pF * cell.start_mV * 1e-3 / PA_PER_FMOL_S
    cl = na + k + cell.impermeant_z * cell.impermeant_fmol - on_membrane
    if cl <= 0:
        raise DomainError(
            "the cell starts without chloride", found=f"{cl:.3g} fmol", expected="cations above the impermeant charge"
        )
    outside = np.array(cell.outside_mM) * cell.outside_volume_pL
    return np.array([cell.start_mV, cell.volume_pL, cell.outside_volume_pL, na, k, cl, *outside])


def _end(course: PumpLeakCourse) -> FloatArray:
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
    """E of Na⁺, K⁺, Cl⁻ [mV], (3, …)."""
    sign = CHARGES.reshape(-1, *([1] * (inside.ndim - 1)))
    return np.asarray(float(thermal_voltage_mV(cell.temperature_C)) * sign * np.log(outside / inside))


def _pump_pA(cell: PumpLeakCell, y: FloatArray, share: float) -> float:
    na, k_out = y[3] / y[1], y[7] / y[2]
    by_potassium = (k_out / (k_out + cell.k_affinity_mM)) ** K_PER_CYCLE
    return float(share * cell.pump_max_pA * saturation(max(na, 0.0), cell.na_affinity_mM) * by_potassium)


def _slopes(cell: PumpLeakCell, y: FloatArray, share: float) -> FloatArray:
    v, volume, outside_volume = y[:3]
    inside, outside = y[3:6] / volume, y[6:9] / outside_volume
    e_na, e_k, e_cl = _equilibria(cell, inside, outside)
    pump = _pump_pA(cell, y, share)
    na_pA = cell.g_na_nS * (v - e_na) + NA_PER_CYCLE * pump
    k_pA = cell.g_k_nS * (v - e_k) - K_PER_CYCLE * pump
    cl_pA = cell.g_cl_nS * (v - e_cl)
    # electroneutral: NKCC1 carries Na + K + 2 Cl in along (E_Na + E_K − 2 E_Cl); KCC2 K + Cl out along (E_Cl − E_K)
    nkcc1 = cell.nkcc1_nS * (e_na + e_k - 2 * e_cl)
    kcc2 = cell.kcc2_nS * (e_cl - e_k)
    entering = np.array([-na_pA + nkcc1, -k_pA + nkcc1 - kcc2, cl_pA + 2 * nkcc1 - kcc2]) / PA_PER_FMOL_S
    excess = inside.sum() + cell.impermeant_fmol / volume - outside.sum() - cell.outside_impermeant_mM
    water = cell.water_pL_per_s_mOsm * excess
    dv = -(na_pA + k_pA + cl_pA) / cell.capacitance_pF * 1e3
    return np.array([dv, water, -water, *entering, *-entering])
