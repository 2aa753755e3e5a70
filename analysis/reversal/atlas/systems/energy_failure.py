"""Loss of oxygen: ATP falls, the pump fades, gradients run down; in a narrow space K⁺ accumulates and Ca²⁺ enters.

The pump–leak cell gives voltage, ions and volumes. Free Ca²⁺ is computed from them: its amount is too small to change
the voltage. With a large bath this is anoxia of a cell; with a narrow outside it is ischaemia of a tissue.
Sources: Hansen, Physiol. Rev. 65:101 (1985), for the course; Mullins, J. Gen. Physiol. 69:681 (1977), and DiFrancesco &
Noble, Phil. Trans. R. Soc. B 307:353 (1985), for the rate of the exchanger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reversal.arrays import FloatArray
from reversal.atlas.systems.exchanger import exchanger_reversal_mV
from reversal.atlas.systems.hodgkin_huxley import sodium_availability
from reversal.atlas.systems.pump_leak import PA_PER_FMOL_S, PumpLeakCell, PumpLeakCourse, run, steady_state
from reversal.physics.domain import check_fields, finite, positive, within
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV
from reversal.physics.ranges import (
    CONCENTRATION,
    CONDUCTANCE,
    CURRENT,
    DURATION,
    FRACTION_INSIDE,
    RATIO,
    SLOPE_FACTOR,
    VOLTAGE,
)

TISSUE_SPACE = 0.2  # of the volume of brain is outside its cells (Syková & Nicholson 2008)
FLOOR_mM = 1e-12  # keeps logarithms finite when one side is used up
EXCHANGER_NA_mM, EXCHANGER_CA_mM = 145.0, 1e-3  # Na⁺ outside and Ca²⁺ inside at which its current is given
BLOCKED_AVAILABILITY = 0.1  # below this fraction of available Na⁺ channels the axon fires no action potential
EXCHANGER_FIELD = 0.35  # position of the barrier in the field (DiFrancesco & Noble 1985: 0.5; Luo & Rudy 1994: 0.35)
CALCIUM_QUANTITIES = {
    "out_mM": CONCENTRATION,
    "rest_mM": CONCENTRATION,
    "channel_nS": CONDUCTANCE,
    "half_mV": VOLTAGE,
    "slope_mV": SLOPE_FACTOR,
    "lasting_fraction": FRACTION_INSIDE,
    "exchanger_pA": CURRENT,
    "pump_pA": CURRENT,
    "pump_half_mM": CONCENTRATION,
    "bound_per_free": RATIO,
}


@dataclass(frozen=True, slots=True)
class CalciumTransport:
    """Pathways of Ca²⁺ of a small neurone.

    out_mM, rest_mM : Ca²⁺ outside, and free inside at rest [mM]
    channel_nS : conductance of all voltage-gated Ca²⁺ channels [nS];  half_mV, slope_mV : of their activation
    lasting_fraction : part of them that does not inactivate
    exchanger_pA : forward current of the exchanger at 0 mV, with 145 mM Na⁺ outside and 1 µM Ca²⁺ inside [pA]
    pump_pA, pump_half_mM : largest current of the Ca²⁺ pump, and its dissociation constant; it needs ATP
    bound_per_free : Ca²⁺ bound to buffers per free Ca²⁺

    Raises DomainError for a value outside its range.
    """

    out_mM: float = 1.5
    rest_mM: float = 1e-4
    channel_nS: float = 2.0
    half_mV: float = -20.0
    slope_mV: float = 6.0
    lasting_fraction: float = 0.01
    exchanger_pA: float = 0.1
    pump_pA: float = 1.0
    pump_half_mM: float = 5e-4
    bound_per_free: float = 100.0

    def __post_init__(self) -> None:
        check_fields(self, CALCIUM_QUANTITIES)


@dataclass(frozen=True, slots=True)
class EnergyFailure:
    """Time course of a cell that loses its ATP at time 0, shape (times,) each.

    course : of the pump–leak cell;  atp : fraction of the ATP at rest
    available : fraction of Na⁺ channels that are not inactivated
    e_ncx_mV : reversal potential of the exchanger [mV];  ca_in_mM, ca_out_mM : free Ca²⁺ inside and outside [mM]
    channel_pA, exchanger_pA : currents of Ca²⁺ channels and exchanger, outward positive [pA]
    """

    course: PumpLeakCourse
    atp: FloatArray
    available: FloatArray
    e_ncx_mV: FloatArray
    ca_in_mM: FloatArray
    ca_out_mM: FloatArray
    channel_pA: FloatArray
    exchanger_pA: FloatArray

    @property
    def blocked_at_s(self) -> float | None:
        """First time at which Na⁺ channels no longer suffice for an action potential [s], None if there is none."""
        return _first(self.course.time_s, self.available < BLOCKED_AVAILABILITY)

    @property
    def reversed_at_s(self) -> float | None:
        """First time at which the exchanger moves Ca²⁺ in [s], None if there is none."""
        return _first(self.course.time_s, self.course.v_mV > self.e_ncx_mV)

    @property
    def relative_volume(self) -> FloatArray:
        """Volume of the cell divided by that at rest."""
        return np.asarray(self.course.volume_pL / self.course.volume_pL[0])


def cell_in_tissue(cell: PumpLeakCell | None = None, space: float = TISSUE_SPACE) -> PumpLeakCell:
    """The cell at its resting volume in an outside that is ``space`` of the tissue, a fraction of its volume.

    Raises DomainError for a fraction outside 0 to 1 and for a cell without a resting state.
    """
    fraction = float(within(space, "space", FRACTION_INSIDE))
    cell = cell or PumpLeakCell()
    volume = float(steady_state(cell).volume_pL[-1])
    return replace(cell, volume_pL=volume, outside_volume_pL=volume * fraction / (1 - fraction))


def fade_pumps(
    cell: PumpLeakCell, duration_s: float, *, atp_time_s: float = 120.0, points: int = 300
) -> tuple[PumpLeakCourse, FloatArray]:
    """Course of a resting cell whose ATP decays with ``atp_time_s`` [s] from time 0, and the ATP relative to rest.

    duration_s : [s];  points : number of times. The pumps follow the ATP.

    Raises DomainError for a value outside its range, and for a cell without a resting state.
    """
    within([duration_s, atp_time_s], "duration_s and atp_time_s", DURATION)
    course = run(
        cell, duration_s, pump=lambda t: float(np.exp(-t / atp_time_s)), start=steady_state(cell), points=points
    )
    return course, np.exp(-course.time_s / atp_time_s)


def lose_energy(
    cell: PumpLeakCell,
    duration_s: float,
    *,
    atp_time_s: float = 120.0,
    calcium: CalciumTransport | None = None,
    points: int = 300,
) -> EnergyFailure:
    """The course of :func:`fade_pumps` with its Ca²⁺.

    The Ca²⁺ pump slows with the ATP. At rest Ca²⁺ is at ``calcium.rest_mM``: a constant leak balances the pathways
    there. Raises DomainError for a value outside its range, and for a cell without a resting state.
    """
    course, atp = fade_pumps(cell, duration_s, atp_time_s=atp_time_s, points=points)
    transport = calcium or CalciumTransport()
    ca_in, ca_out = _calcium_course(cell, course, atp, transport)
    na_out, na_in, celsius = course.out_mM[0], course.in_mM[0], cell.temperature_C
    return EnergyFailure(
        course,
        atp,
        sodium_availability(course.v_mV),
        exchanger_reversal_mV(na_out, na_in, ca_out, ca_in, celsius),
        ca_in,
        ca_out,
        channel_current_pA(course.v_mV, ca_out, ca_in, transport, celsius),
        exchanger_current_pA(course.v_mV, na_out, na_in, ca_out, ca_in, transport, celsius),
    )


def channel_current_pA(
    v_mV: ArrayLike, ca_out_mM: ArrayLike, ca_in_mM: ArrayLike, transport: CalciumTransport, temperature_C: float
) -> FloatArray:
    """Lasting current of voltage-gated Ca²⁺ channels [pA], inward below 0; voltage [mV] and Ca²⁺ [mM] broadcast."""
    v = finite(v_mV, "v_mV")
    open_fraction = 1 / (1 + np.exp(-(v - transport.half_mV) / transport.slope_mV))
    drive = v - nernst_mV(ca_out_mM, ca_in_mM, 2, temperature_C)
    return np.asarray(transport.channel_nS * transport.lasting_fraction * open_fraction * drive)


def exchanger_current_pA(
    v_mV: ArrayLike,
    na_out_mM: ArrayLike,
    na_in_mM: ArrayLike,
    ca_out_mM: ArrayLike,
    ca_in_mM: ArrayLike,
    transport: CalciumTransport,
    temperature_C: float,
) -> FloatArray:
    """Current of the exchanger [pA]; outward, above 0, while it moves Ca²⁺ in; 0 at E_NCX. Parameters broadcast."""
    u = finite(v_mV, "v_mV") / float(thermal_voltage_mV(temperature_C))
    na_out, na_in = (positive(na, "Na⁺") / EXCHANGER_NA_mM for na in (na_out_mM, na_in_mM))
    ca_out, ca_in = (positive(ca, "Ca²⁺") / EXCHANGER_CA_mM for ca in (ca_out_mM, ca_in_mM))
    into = na_in**3 * ca_out * np.exp(EXCHANGER_FIELD * u)
    out_of = na_out**3 * ca_in * np.exp((EXCHANGER_FIELD - 1) * u)
    return np.asarray(transport.exchanger_pA * (into - out_of))


def _calcium_course(
    cell: PumpLeakCell, course: PumpLeakCourse, atp: FloatArray, transport: CalciumTransport
) -> tuple[FloatArray, FloatArray]:
    """Free Ca²⁺ inside and outside at the times of the course [mM]; its amount on both sides together is constant."""
    from scipy.integrate import solve_ivp

    holding = 1 + transport.bound_per_free
    rows = np.array([course.v_mV, course.volume_pL, course.outside_volume_pL, course.out_mM[0], course.in_mM[0], atp])
    total_fmol = transport.out_mM * rows[2, 0] + transport.rest_mM * holding * rows[1, 0]

    def outside(ca_in: FloatArray, volume: FloatArray, outside_volume: FloatArray) -> FloatArray:
        return np.asarray(np.maximum(total_fmol - holding * ca_in * volume, 0.0) / outside_volume + FLOOR_mM)

    def inward_pA(now: FloatArray, ca_in: float, ca_out: float) -> float:
        v, na_out, na_in, share = now[0], now[3], now[4], now[5]
        exchanged = 2 * exchanger_current_pA(v, na_out, na_in, ca_out, ca_in, transport, cell.temperature_C)
        pumped = transport.pump_pA * share * ca_in / (ca_in + transport.pump_half_mM)
        return float(exchanged - pumped - channel_current_pA(v, ca_out, ca_in, transport, cell.temperature_C))

    leak = -inward_pA(rows[:, 0], transport.rest_mM, transport.out_mM)  # through the membrane, as Ca²⁺ outside

    def slope(t: float, y: FloatArray) -> list[float]:
        now = np.array([np.interp(t, course.time_s, row) for row in rows])
        ca_in = max(float(y[0]), 0.0) / (holding * now[1]) + FLOOR_mM
        ca_out = float(outside(np.asarray(ca_in), now[1], now[2]))
        return [(inward_pA(now, ca_in, ca_out) + leak * ca_out / transport.out_mM) / (2 * PA_PER_FMOL_S)]

    found = solve_ivp(
        slope,
        (0.0, float(course.time_s[-1])),
        [transport.rest_mM * holding * rows[1, 0]],
        method="LSODA",
        t_eval=course.time_s,
        rtol=1e-7,
        atol=1e-9,
    )
    if not found.success:
        raise ArithmeticError(f"the integration of Ca²⁺ failed: {found.message}")
    ca_in = found.y[0] / (holding * rows[1])
    return np.asarray(ca_in), outside(ca_in, rows[1], rows[2])


def _first(times: FloatArray, holds: NDArray[np.bool_]) -> float | None:
    where = np.flatnonzero(holds)
    return float(times[where[0]]) if where.size else None
