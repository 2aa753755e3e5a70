"""Time courses of the simulations for a few values of one parameter.

The page shows these values and times and no others: courses mixed from two neighbours were wrong by up to 37 mV, where
an event comes earlier in one of them. All courses of a simulation have the same times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.diastole import Diastole, relax
from reversal.atlas.systems.endosome import Endosome, acidify
from reversal.atlas.systems.energy_failure import cell_in_tissue, fade_pumps, lose_energy
from reversal.atlas.systems.hodgkin_huxley import Axon, fire
from reversal.atlas.systems.potassium import spatial_buffering
from reversal.atlas.systems.pump_leak import PumpLeakCell, run, steady_state
from reversal.atlas.systems.sodium_load import fire_and_recover

DIGITS = 5
POINTS = 61
Rows = dict[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulation that the page plays.

    parameter, unit : what the slider moves;  values : for which a course is computed, rising
    time_unit : of the time axis
    course : times and rows of the course for one value; rows of a profile are (times, positions)
    """

    parameter: str
    unit: str
    values: tuple[float, ...]
    time_unit: str
    course: Callable[[float], tuple[FloatArray, Rows]]


def simulations() -> dict[str, dict[str, object]]:
    """All simulations with their courses, ready for JSON."""
    return {key: _computed(one) for key, one in SIMULATIONS.items()}


def _computed(one: Simulation) -> dict[str, object]:
    courses = [one.course(value) for value in one.values]
    return {
        "parameter": one.parameter,
        "unit": one.unit,
        "values": list(one.values),
        "timeUnit": one.time_unit,
        "time": _short(courses[0][0]),
        "rows": {name: [_short(rows[name]) for _, rows in courses] for name in courses[0][1]},
    }


def _short(numbers: FloatArray) -> list[object]:
    """Numbers with a few digits; nested lists for more than one axis."""
    if numbers.ndim > 1:
        return [_short(row) for row in numbers]
    return [float(f"{number:.{DIGITS}g}") for number in numbers]


def _at(times: FloatArray, course_s: FloatArray, rows: Mapping[str, FloatArray]) -> Rows:
    return {name: np.interp(times, course_s, row) for name, row in rows.items()}


def _ouabain(active: float) -> tuple[FloatArray, Rows]:
    """V, ions and volume while a part of the pumps works; hours."""
    cell = PumpLeakCell()
    course = run(cell, 6 * 3600.0, pump=active, start=steady_state(cell), points=1500)
    hours = np.linspace(0, 6, POINTS)
    na, k, cl = course.in_mM
    rows = {"V": course.v_mV, "Na": na, "K": k, "Cl": cl, "volume": course.volume_pL / course.volume_pL[0]}
    return hours, _at(hours, course.time_s / 3600, rows)


def _ischaemia(space: float) -> tuple[FloatArray, Rows]:
    """A neurone in a narrow space that loses its ATP; minutes."""
    failed = lose_energy(cell_in_tissue(space=space), 900.0, points=1000)
    minutes = np.linspace(0, 15, POINTS)
    rows = {
        "V": failed.course.v_mV,
        "E_NCX": failed.e_ncx_mV,
        "K_o": failed.course.out_mM[1],
        "Ca_i": failed.ca_in_mM * 1e6,
        "volume": failed.relative_volume,
        "available": failed.available,
        "ATP": failed.atp,
    }
    return minutes, _at(minutes, failed.course.time_s / 60, rows)


def _anoxia(atp_s: float) -> tuple[FloatArray, Rows]:
    course, atp = fade_pumps(PumpLeakCell(), 3600.0, atp_time_s=atp_s, points=1000)
    minutes = np.linspace(0, 60, POINTS)
    return minutes, _at(minutes, course.time_s / 60, {"V": course.v_mV, "ATP": atp, "pump": course.pump_pA})


def _load(firing_nS: float) -> tuple[FloatArray, Rows]:
    load = fire_and_recover(PumpLeakCell(), firing_na_nS=firing_nS, recovery_s=900.0, points=1000)
    minutes = np.linspace(0, 15, 151)
    return minutes, _at(minutes, load.time_s / 60, {"Na": load.na_in_mM, "pump": load.pump_pA, "V": load.v_mV})


def _buffering(uptake: float) -> tuple[FloatArray, Rows]:
    """[K⁺]ₒ along a line; the rows are positions of 25 µm."""
    x = np.arange(0, 1001, 25.0)
    start = 3 + 9 * np.exp(-(((x - 500) / 100) ** 2))
    course = spatial_buffering(x, start, 20.0, uptake_mM_per_s_mV=uptake, points=41)
    return course.time_s, {"K_o": course.k_out_mM}


def _axon(current: float) -> tuple[FloatArray, Rows]:
    course = fire(Axon(), 40.0, current)
    rows = {"V": course.v_mV, "g_Na": course.g_na_mS_cm2, "g_K": course.g_k_mS_cm2, "h": course.available}
    return course.time_ms[::20], {name: row[::20] for name, row in rows.items()}


def _endosome(chloride_fS: float) -> tuple[FloatArray, Rows]:
    course = acidify(replace(Endosome(), chloride_fS=chloride_fS), 1800.0)
    minutes = np.linspace(0, 30, POINTS)
    return minutes, _at(minutes, course.time_s / 60, {"pH": course.ph, "V": course.v_mV, "E_Cl": course.e_cl_mV})


def _diastole(na_mM: float) -> tuple[FloatArray, Rows]:
    course = relax(Diastole(na_in_mM=na_mM), 0.5, points=POINTS)
    return course.time_s * 1e3, {"Ca_i": course.ca_mM * 1e6}


SIMULATIONS = {
    "pump-leak": Simulation("active part of the pumps", "", (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0), "h", _ouabain),
    "ischaemia": Simulation(
        "extracellular space, part of the tissue", "", (0.1, 0.15, 0.2, 0.25, 0.3), "min", _ischaemia
    ),
    "load-anoxia": Simulation("decay of ATP", "s", (30.0, 60.0, 120.0, 240.0, 480.0), "min", _anoxia),
    "load": Simulation("g_Na while firing", "nS", (0.4, 0.8, 1.2, 2.0, 3.0), "min", _load),
    "potassium": Simulation("uptake by astrocytes", "mM/s per mV", (0.0, 0.01, 0.02, 0.05, 0.1), "s", _buffering),
    "action-potential": Simulation(
        "current", "µA/cm²", (0.0, 2.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0, 150.0), "ms", _axon
    ),
    "endosome": Simulation("Cl⁻ conductance", "fS", (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0), "min", _endosome),
    "exchanger": Simulation("[Na⁺]ᵢ", "mM", (5.0, 7.5, 10.0, 12.5, 15.0, 17.5, 20.0, 25.0), "ms", _diastole),
}
