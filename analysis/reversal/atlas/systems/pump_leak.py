"""The pump–leak cell: Na⁺, K⁺, Cl⁻, impermeant charge, water and voltage, over time and at rest.

The amounts of ions on both sides are integrated, and the voltage has its own capacitive equation. Conservation of every
ion and of charge is therefore a result of the model and not an assumption. The outside can be a bath or a narrow space
as in brain: its solute is an amount too, and its matrix keeps it above a minimum volume.
Sources: Tosteson & Hoffman, J. Gen. Physiol. 44:169 (1960); Syková & Nicholson, Physiol. Rev. 88:1277 (2008), for the
extracellular space, which shrinks from 20 % to 4–5 % of the tissue when pumps fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.pump import K_PER_CYCLE, NA_PER_CYCLE, pump_saturation
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.domain import check_fields, electroneutral, nonzero, positive, within
from reversal.physics.nernst import thermal_voltage_mV
from reversal.physics.ranges import (
    AMOUNT,
    CAPACITANCE,
    CONCENTRATION,
    CONCENTRATION_OR_0,
    CONDUCTANCE,
    CURRENT,
    DURATION,
    FRACTION,
    FRACTION_INSIDE,
    MEAN_CHARGE,
    TEMPERATURE,
    VOLTAGE,
    VOLUME,
    WATER_PERMEABILITY,
)

PA_PER_FMOL_S = FARADAY_C_PER_MOL * 1e-3  # 1 fmol/s of charge = 96.5 pA
CHARGES = np.array([1.0, 1.0, -1.0])  # of Na⁺, K⁺, Cl⁻
MAX_OSMOTIC_RATIO = 10.0  # of the two sides at the start; a cell without a wall bursts far below it
MAX_WALLED_RATIO = 500.0  # where no water flows, as behind a wall: a plant cell in pond water has 150
BATH_VOLUMES = 1000.0  # if the outside is larger than this many cells, its composition is constant: it is a bath
MATRIX_mOsm = 1.0  # resistance of the extracellular matrix to compression; it decides how near the minimum volume is
USED_UP_mM = 1e-9  # a smaller concentration changes its own Nernst potential only
FIRST_SETTLE_S = 3e5
QUANTITIES = {
    "g_na_nS": CONDUCTANCE,
    "g_k_nS": CONDUCTANCE,
    "g_cl_nS": CONDUCTANCE,
    "nkcc1_nS": CONDUCTANCE,
    "kcc2_nS": CONDUCTANCE,
    "pump_max_pA": CURRENT,
    "na_affinity_mM": CONCENTRATION,
    "k_affinity_mM": CONCENTRATION,
    "capacitance_pF": CAPACITANCE,
    "water_pL_per_s_mOsm": WATER_PERMEABILITY,
    "impermeant_fmol": AMOUNT,
    "impermeant_z": MEAN_CHARGE,
    "volume_pL": VOLUME,
    "outside_volume_pL": VOLUME,
    "outside_min_fraction": FRACTION_INSIDE,
    "outside_mM": CONCENTRATION,
    "outside_impermeant_mM": CONCENTRATION_OR_0,
    "start_mM": CONCENTRATION,
    "start_mV": VOLTAGE,
    "temperature_C": TEMPERATURE,
}


class NoRestingState(DomainError):
    """A cell of which it is proved that it has no resting state."""


@dataclass(frozen=True, slots=True)
class PumpLeakCell:
    """A cell and its bath; typical values of a small neurone in a large bath.

    g_na_nS, g_k_nS, g_cl_nS : leak conductances [nS]
    nkcc1_nS, kcc2_nS : current of one monovalent ion of a cotransport cycle per mV of its driving force [nS]
    pump_max_pA : largest net pump current [pA];  na_affinity_mM, k_affinity_mM : dissociation constants of the pump
    capacitance_pF : [pF];  water_pL_per_s_mOsm : water flow into the cell per mOsm of osmotic excess inside
    impermeant_fmol, impermeant_z : amount and mean charge of the impermeant solute inside
    volume_pL, outside_volume_pL : of cell and outside at the start
    outside_min_fraction : volume below which its matrix does not let the outside shrink, of cell and outside together
    outside_mM : Na⁺, K⁺, Cl⁻ outside at the start, electroneutral;  outside_impermeant_mM : neutral solute there
    start_mM : Na⁺, K⁺ inside at the start, Cl⁻ follows from charge;  start_mV : voltage at the start
    temperature_C : [°C]

    Raises DomainError for a value outside its range, an outside that is not electroneutral or is smaller than its
    minimum volume, a cell without chloride at the start, and two sides whose osmolarities differ more
    than tenfold, or than 500-fold where no water flows.
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
    outside_min_fraction: float = 0.04
    outside_mM: tuple[float, float, float] = (145.0, 5.0, 150.0)
    outside_impermeant_mM: float = 0.0
    start_mM: tuple[float, float] = (12.0, 140.0)
    start_mV: float = -65.0
    temperature_C: float = 37.0

    def __post_init__(self) -> None:
        check_fields(self, QUANTITIES)
        remedy = "Correct a concentration: Na⁺ + K⁺ = Cl⁻"
        electroneutral(self.outside_mM, CHARGES, "PumpLeakCell.outside_mM", remedy=remedy)
        if not self.outside_volume_pL > self.outside_min_pL:
            raise DomainError(
                "PumpLeakCell.outside_volume_pL is not above its minimum volume",
                found=self.outside_volume_pL,
                expected=f"above {self.outside_min_pL:.4g} pL",
                remedy="Start with a larger outside, or lower outside_min_fraction",
            )
        _check_osmolarities(self)

    @property
    def outside_min_pL(self) -> float:
        """Smallest volume of the outside [pL]."""
        return self.outside_min_fraction * (self.volume_pL + self.outside_volume_pL)

    @property
    def outside_impermeant_fmol(self) -> float:
        """Amount of the neutral solute outside [fmol]."""
        return self.outside_impermeant_mM * self.outside_volume_pL


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
    whose outside is smaller than ``cell`` allows.
    """
    from scipy.integrate import solve_ivp

    if not duration_s > first_s:
        raise DomainError(
            "the duration is too short", found=duration_s, expected=f"above {first_s} s", remedy="Give it in s"
        )
    within(duration_s, "duration_s", DURATION)
    active = _active_fraction(pump)
    times = np.concatenate([[0.0], np.geomspace(first_s, duration_s, points)])
    state = _start(cell) if start is None else _continued(cell, start)
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


def steady_state(cell: PumpLeakCell, *, pump: float = 1.0, settle_s: float = 3e7) -> PumpLeakCourse:
    """Time course to the resting state: its last state no longer changes.

    pump : active fraction of the pumps;  settle_s : longest integration time [s]

    Raises NoRestingState if it is proved that the cell has none, as without a pump in a bath, when the cell swells
    without end; DomainError if the cell does not reach one within ``settle_s``.
    """
    within(settle_s, "settle_s", DURATION)
    if _swells_without_end(cell, pump):
        raise NoRestingState(
            "the cell has no resting state: without a pump it swells until the bath is used up",
            found=f"{cell.impermeant_fmol:g} fmol of impermeant solute inside and none outside",
            expected="a pump that balances the leaks, or an impermeant solute outside",
        )
    duration_s = min(FIRST_SETTLE_S, settle_s)
    course = _settling(cell, pump, duration_s)
    while not _settled(cell, course, pump, duration_s):
        if duration_s >= settle_s:
            raise DomainError(
                f"the cell did not reach a resting state in {settle_s:.3g} s",
                found=f"volume {course.volume_pL[-1]:.3g} pL, still changing",
                expected="no change",
                remedy="Raise settle_s, or the activity of the pump: whether a resting state exists is not known",
            )
        duration_s = min(10 * duration_s, settle_s)
        course = _settling(cell, pump, duration_s)
    return course


def rundown_time_s(volume_pL: float, step_mM: float, leak_pA: float) -> float:
    """Time in which a leak changes a concentration by ``step_mM``, F·volume·Δc/|I| [s].

    volume_pL : [pL];  step_mM : Δc [mM];  leak_pA : I [pA], not 0. The loss of gradients has this time scale, not C/g.
    """
    size_pA = np.abs(nonzero(leak_pA, "leak_pA"))
    return float(positive(volume_pL, "volume_pL") * positive(step_mM, "step_mM") * PA_PER_FMOL_S / size_pA)


def _active_fraction(pump: Callable[[float], float] | float) -> Callable[[float], float]:
    """Active fraction of the pumps as a function of time [s], checked whenever it is used."""
    name = "the active fraction of the pumps"
    if callable(pump):
        return lambda t: float(within(pump(t), name, FRACTION))
    value = float(within(pump, name, FRACTION))
    return lambda _t: value


def _check_osmolarities(cell: PumpLeakCell) -> None:
    """Refuse a start of which one side is given in another unit."""
    inside = float(_start(cell)[3:6].sum() + cell.impermeant_fmol) / cell.volume_pL
    outside = sum(cell.outside_mM) + cell.outside_impermeant_mM
    most = MAX_OSMOTIC_RATIO if cell.water_pL_per_s_mOsm > 0 else MAX_WALLED_RATIO
    if not 1 / most <= inside / outside <= most:
        raise DomainError(
            "the two sides of PumpLeakCell differ too much in osmolarity at the start",
            found=f"{inside:.4g} mOsm inside, {outside:.4g} mOsm outside",
            expected=f"at most {most:g} times as much on one side",
            remedy="Is one side in mol/L? Give both in mM",
        )


def _start(cell: PumpLeakCell) -> FloatArray:
    """State at the start. Chloride makes each side electroneutral together with its face of the charged membrane."""
    na, k = (c * cell.volume_pL for c in cell.start_mM)
    on_membrane = cell.capacitance_pF * cell.start_mV * 1e-3 / PA_PER_FMOL_S
    cl = na + k + cell.impermeant_z * cell.impermeant_fmol - on_membrane
    outside = np.array(cell.outside_mM) * cell.outside_volume_pL
    outside[2] += on_membrane
    if cl <= 0 or outside[2] <= 0:
        raise DomainError(
            "PumpLeakCell has no chloride at the start",
            found=f"{cl:.3g} fmol inside, {outside[2]:.3g} fmol outside",
            expected="more cations than impermeant charge",
            remedy="Raise start_mM, or lower impermeant_fmol; concentrations are in mM",
        )
    return np.array([cell.start_mV, cell.volume_pL, cell.outside_volume_pL, na, k, cl, *outside])


def _continued(cell: PumpLeakCell, start: PumpLeakCourse) -> FloatArray:
    """End of another time course as the start of one of this cell."""
    state = _end(start)
    if not state[2] > cell.outside_min_pL:
        raise DomainError(
            "the start has a smaller outside than the cell can have",
            found=f"{state[2]:.4g} pL",
            expected=f"above {cell.outside_min_pL:.4g} pL",
            remedy="Start from a time course of the same cell",
        )
    return state


def _swells_without_end(cell: PumpLeakCell, active: float) -> bool:
    """True if it is proved that the cell has no resting state.

    Without a pump, every permeant ion is at equilibrium at rest: the sides are in Donnan equilibrium. With impermeant
    solute inside and none outside its osmotic excess, 2 c (cosh u − 1) + solute/volume, is above 0 at every volume.
    """
    passive = active * cell.pump_max_pA == 0
    permeant = min(cell.g_na_nS, cell.g_k_nS, cell.g_cl_nS, cell.water_pL_per_s_mOsm) > 0
    only_inside = cell.impermeant_fmol > 0 and cell.outside_impermeant_mM == 0
    return passive and permeant and only_inside and cell.outside_volume_pL > BATH_VOLUMES * cell.volume_pL


def _settling(cell: PumpLeakCell, pump: float, duration_s: float) -> PumpLeakCourse:
    return run(cell, duration_s, pump=pump, points=40, first_s=min(1.0, 0.1 * duration_s))


def _settled(cell: PumpLeakCell, course: PumpLeakCourse, pump: float, duration_s: float) -> bool:
    """True if volumes and amounts would change by less than 0.1 % in another ``duration_s`` [s]."""
    change = np.abs(_slopes(cell, _end(course), pump)) * duration_s
    return bool(np.all(change[1:] <= 1e-3 * _end(course)[1:]))


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
    """Equilibrium potentials of Na⁺, K⁺, Cl⁻ [mV], (3, …). A trial step of the solver may use up an ion."""
    sign = CHARGES.reshape(-1, *([1] * (inside.ndim - 1)))
    ratio = np.maximum(outside, USED_UP_mM) / np.maximum(inside, USED_UP_mM)
    return np.asarray(_thermal_mV(cell.temperature_C) * sign * np.log(ratio))


@cache
def _thermal_mV(temperature_C: float) -> float:
    """RT/F [mV], computed once for a temperature: every step of the integration needs it."""
    return float(thermal_voltage_mV(temperature_C))


def _pump_pA(cell: PumpLeakCell, y: FloatArray, active: float) -> float:
    """Net outward current of the pump [pA]."""
    na, k_out = max(y[3] / y[1], 0.0), max(y[7] / y[2], 0.0)
    by_potassium = (k_out / (k_out + cell.k_affinity_mM)) ** K_PER_CYCLE
    return float(active * cell.pump_max_pA * pump_saturation(na, cell.na_affinity_mM) * by_potassium)


def _matrix_mOsm(cell: PumpLeakCell, outside_volume_pL: float) -> float:
    """Resistance of the matrix outside to compression: 0 at the volume of the start, infinite at the minimum volume."""
    free = max(outside_volume_pL - cell.outside_min_pL, 1e-12 * cell.outside_volume_pL)  # trial steps of the solver
    return MATRIX_mOsm * ((cell.outside_volume_pL - cell.outside_min_pL) / free - 1)


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
    outside_mOsm = outside.sum() + cell.outside_impermeant_fmol / outside_volume + _matrix_mOsm(cell, outside_volume)
    excess = inside.sum() + cell.impermeant_fmol / volume - outside_mOsm
    water = cell.water_pL_per_s_mOsm * excess
    dv = -(na_pA + k_pA + cl_pA) / cell.capacitance_pF * 1e3
    return np.array([dv, water, -water, *entering, *-entering])
