"""Na⁺/Ca²⁺ exchange when intracellular Na⁺ rises: reversal in ischaemia and in diastole of a heart with high Na⁺."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.atlas.systems.pump_leak import PumpLeakCell, PumpLeakCourse, run, steady_state
from reversal.atlas.systems.transporters import NCX, reversal_mV


@dataclass(frozen=True, slots=True)
class Ischaemia:
    """Time course of a resting cell whose pump stops at time 0.

    course : of the pump–leak cell;  e_ncx_mV : reversal potential of the exchanger, (times,) [mV]
    reversed_at_s : first time at which V is above E_NCX [s], None if it never is
    """

    course: PumpLeakCourse
    e_ncx_mV: FloatArray
    reversed_at_s: float | None


def exchanger_reversal_mV(
    na_out_mM: ArrayLike, na_in_mM: ArrayLike, ca_out_mM: ArrayLike, ca_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """E_NCX = 3 E_Na − 2 E_Ca [mV]. Above it the exchanger moves Ca²⁺ in, below it out.

    Concentrations [mM], > 0;  temperature_C : [°C]. All broadcast. Raises DomainError for a value outside its range.

    >>> round(float(exchanger_reversal_mV(145, 10, 2, 1e-4, 37)), 2)
    -50.27
    """
    return reversal_mV(NCX, {"Na": (na_out_mM, na_in_mM), "Ca": (ca_out_mM, ca_in_mM)}, temperature_C)


def ischaemia(cell: PumpLeakCell, duration_s: float, *, ca_out_mM: float = 2.0, ca_in_mM: float = 1e-4) -> Ischaemia:
    """Stop the pump of a resting cell for ``duration_s`` [s] and compute V and E_NCX, at constant Ca²⁺ [mM].

    Raises DomainError if the cell has no resting state.
    """
    course = run(cell, duration_s, pump=0.0, start=steady_state(cell))
    e_ncx = exchanger_reversal_mV(course.out_mM[0], course.in_mM[0], ca_out_mM, ca_in_mM, cell.temperature_C)
    above = np.flatnonzero(course.v_mV > e_ncx)
    return Ischaemia(course, e_ncx, float(course.time_s[above[0]]) if above.size else None)
