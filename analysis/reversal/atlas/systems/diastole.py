"""Fall of Ca²⁺ in diastole of a heart cell, when Na⁺ inside is normal and when it is raised (HFpEF).

SERCA and the Na⁺/Ca²⁺ exchanger remove Ca²⁺ from the cytosol; a constant leak enters it. The exchanger runs at the
voltage of diastole, and its equilibrium sets how far it can lower Ca²⁺.
Sources: DiFrancesco & Noble, Phil. Trans. R. Soc. B 307:353 (1985); Bers, Excitation–Contraction Coupling (2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.energy_failure import EXCHANGER_FIELD, EXCHANGER_CA_mM, EXCHANGER_NA_mM
from reversal.physics.domain import check_fields, within
from reversal.physics.nernst import thermal_voltage_mV
from reversal.physics.ranges import CONCENTRATION, DURATION, RATE, RATIO, TEMPERATURE, VOLTAGE

QUANTITIES = {
    "na_in_mM": CONCENTRATION,
    "na_out_mM": CONCENTRATION,
    "ca_out_mM": CONCENTRATION,
    "v_mV": VOLTAGE,
    "exchanger_mM_per_s": RATE,
    "store_mM_per_s": RATE,
    "store_half_mM": CONCENTRATION,
    "leak_mM_per_s": RATE,
    "bound_per_free": RATIO,
    "temperature_C": TEMPERATURE,
}


@dataclass(frozen=True, slots=True)
class Diastole:
    """A heart cell in diastole.

    na_in_mM, na_out_mM, ca_out_mM : [mM];  v_mV : diastolic membrane potential [mV]
    exchanger_mM_per_s : forward rate of the exchanger at 0 mV, 145 mM Na⁺ outside, 1 µM Ca²⁺ inside [mM/s]
    store_mM_per_s, store_half_mM : largest uptake by SERCA [mM/s], and the Ca²⁺ at half of it [mM]; two sites
    leak_mM_per_s : constant entry from stores and outside [mM/s];  bound_per_free : buffering;  temperature_C : [°C]

    Raises DomainError for a value outside its range.
    """

    na_in_mM: float = 10.0
    na_out_mM: float = 145.0
    ca_out_mM: float = 2.0
    v_mV: float = -85.0
    exchanger_mM_per_s: float = 0.05
    store_mM_per_s: float = 0.2
    store_half_mM: float = 5e-4
    leak_mM_per_s: float = 0.01
    bound_per_free: float = 50.0
    temperature_C: float = 37.0

    def __post_init__(self) -> None:
        check_fields(self, QUANTITIES)


@dataclass(frozen=True, slots=True)
class DiastoleCourse:
    """Time course, shape (times,): time_s [s], ca_mM : free Ca²⁺ of the cytosol [mM]."""

    time_s: FloatArray
    ca_mM: FloatArray


def relax(heart: Diastole, duration_s: float = 1.0, *, start_mM: float = 1e-3, points: int = 200) -> DiastoleCourse:
    """Fall of free Ca²⁺ from ``start_mM`` [mM] for ``duration_s`` [s] at evenly spaced times.

    Raises DomainError for a value outside its range.
    """
    from scipy.integrate import solve_ivp

    within(duration_s, "duration_s", DURATION)
    start = float(within(start_mM, "start_mM", CONCENTRATION))
    found = solve_ivp(
        lambda _t, y: [_slope_mM_per_s(heart, float(y[0]))],
        (0.0, duration_s),
        [start],
        method="LSODA",
        t_eval=np.linspace(0.0, duration_s, points),
        rtol=1e-8,
        atol=1e-12,
    )
    if not found.success:
        raise ArithmeticError(f"the integration of Ca²⁺ failed: {found.message}")
    return DiastoleCourse(found.t, found.y[0])


def exchanger_limit_mM(heart: Diastole) -> float:
    """Ca²⁺ at which the exchanger stops, Ca_o (Na_i/Na_o)³ exp(FV/RT) [mM]: it cannot lower Ca²⁺ further."""
    u = heart.v_mV / float(thermal_voltage_mV(heart.temperature_C))
    return float(heart.ca_out_mM * (heart.na_in_mM / heart.na_out_mM) ** 3 * np.exp(u))


def _slope_mM_per_s(heart: Diastole, ca_mM: float) -> float:
    """d/dt of free Ca²⁺ [mM/s]."""
    u = heart.v_mV / float(thermal_voltage_mV(heart.temperature_C))
    forward = (heart.na_out_mM / EXCHANGER_NA_mM) ** 3 * float(np.exp((EXCHANGER_FIELD - 1) * u)) / EXCHANGER_CA_mM
    out = heart.exchanger_mM_per_s * forward * (ca_mM - exchanger_limit_mM(heart))
    stored = heart.store_mM_per_s * ca_mM**2 / (ca_mM**2 + heart.store_half_mM**2)
    return (heart.leak_mM_per_s - out - stored) / (1 + heart.bound_per_free)
