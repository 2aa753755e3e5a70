"""Action potential of the squid axon: opening of Na⁺ channels, and their block by a lasting depolarisation.

A space clamp: one patch of membrane without axial current. Voltages are inside minus outside, with rest near −65 mV.
Source: Hodgkin & Huxley, J. Physiol. 117:500 (1952).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.domain import check_fields, finite, within
from reversal.physics.ranges import DENSITY, SPECIFIC_CAPACITANCE, TEMPERATURE, VOLTAGE

Q10 = 3.0  # of all rates; they were measured at 6.3 °C
MEASURED_AT_C = 6.3
STEP_MS = 0.01  # between two times of a course
MAX_DURATION_MS = 2000.0
UPSTROKE_mV = 0.0  # a spike is a rise through this voltage
QUANTITIES = {
    "g_na_mS_cm2": DENSITY,
    "g_k_mS_cm2": DENSITY,
    "g_leak_mS_cm2": DENSITY,
    "e_na_mV": VOLTAGE,
    "e_k_mV": VOLTAGE,
    "e_leak_mV": VOLTAGE,
    "capacitance_uF_cm2": SPECIFIC_CAPACITANCE,
    "temperature_C": TEMPERATURE,
}


@dataclass(frozen=True, slots=True)
class Axon:
    """A patch of the membrane of the squid axon, with the published values.

    g_*_mS_cm2 : largest conductances of Na⁺ and K⁺ channels, and the leak [mS/cm²]
    e_*_mV : their reversal potentials [mV];  capacitance_uF_cm2 : [µF/cm²];  temperature_C : [°C]

    Raises DomainError for a value outside its range.
    """

    g_na_mS_cm2: float = 120.0
    g_k_mS_cm2: float = 36.0
    g_leak_mS_cm2: float = 0.3
    e_na_mV: float = 50.0
    e_k_mV: float = -77.0
    e_leak_mV: float = -54.387
    capacitance_uF_cm2: float = 1.0
    temperature_C: float = 6.3

    def __post_init__(self) -> None:
        check_fields(self, QUANTITIES)

    @property
    def rate_factor(self) -> float:
        """Speed of the gates relative to 6.3 °C."""
        return float(Q10 ** ((self.temperature_C - MEASURED_AT_C) / 10))


@dataclass(frozen=True, slots=True)
class AxonCourse:
    """Time course of the patch, shape (times,) each.

    time_ms [ms], v_mV [mV];  g_na_mS_cm2, g_k_mS_cm2 : open conductances [mS/cm²]
    available : fraction h of the Na⁺ channels that are not inactivated
    """

    time_ms: FloatArray
    v_mV: FloatArray
    g_na_mS_cm2: FloatArray
    g_k_mS_cm2: FloatArray
    available: FloatArray

    @property
    def spikes(self) -> int:
        """Number of rises through 0 mV."""
        return int(np.sum((self.v_mV[:-1] < UPSTROKE_mV) & (self.v_mV[1:] >= UPSTROKE_mV)))

    @property
    def fastest_rise_V_per_s(self) -> float:
        """Largest dV/dt [V/s]."""
        return float(np.max(np.diff(self.v_mV) / np.diff(self.time_ms)))


def fire(
    axon: Axon,
    duration_ms: float,
    current_uA_cm2: float = 0.0,
    *,
    stimulus_ms: float | None = None,
    start_mV: float = -65.0,
) -> AxonCourse:
    """Integrate the patch for ``duration_ms`` [ms], up to 2000; times are every 0.01 ms.

    current_uA_cm2 : current into the cell from time 0 [µA/cm²], positive depolarises
    stimulus_ms : time at which the current ends [ms], below ``duration_ms``; it lasts if not given
    start_mV : voltage at time 0; the gates start at their steady values there

    Raises DomainError for a value outside its range.
    """
    end = duration_ms if stimulus_ms is None else stimulus_ms
    if not STEP_MS <= end <= duration_ms <= MAX_DURATION_MS:
        raise DomainError(
            "duration_ms or stimulus_ms is outside its range",
            found=(duration_ms, stimulus_ms),
            expected=f"{STEP_MS:g} to {MAX_DURATION_MS:g} ms, the stimulus not longer than the duration",
        )
    current = float(finite(current_uA_cm2, "current_uA_cm2"))
    start = float(within(start_mV, "start_mV", VOLTAGE))
    steps, steps_on = round(duration_ms / STEP_MS), round(end / STEP_MS)
    states = _integrated(axon, np.array([start, *_steady(start)]), steps_on, current)
    if steps > steps_on:
        states = np.hstack([states, _integrated(axon, states[:, -1], steps - steps_on, 0.0)[:, 1:]])
    v, m, h, n = states
    time_ms = np.asarray(np.arange(steps + 1) * STEP_MS, dtype=np.float64)
    return AxonCourse(time_ms, v, axon.g_na_mS_cm2 * m**3 * h, axon.g_k_mS_cm2 * n**4, h)


def sodium_availability(v_mV: ArrayLike) -> FloatArray:
    """Fraction of Na⁺ channels that are not inactivated after a long time at ``v_mV`` [mV], same shape.

    A membrane that stays depolarised inactivates them: depolarisation block.

    >>> [round(float(h), 3) for h in sodium_availability([-80.0, -65.0, -30.0])]
    [0.931, 0.596, 0.019]
    """
    v = finite(v_mV, "v_mV")
    recovers, inactivates = 0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))
    return np.asarray(recovers / (recovers + inactivates))


def _integrated(axon: Axon, start: FloatArray, steps: int, current: float) -> FloatArray:
    """States (V, m, h, n) at the start and after each of ``steps`` steps with a constant current, (4, steps + 1)."""
    from scipy.integrate import solve_ivp

    times = np.arange(steps + 1) * STEP_MS
    found = solve_ivp(
        lambda _t, y: _slopes(axon, y, current),
        (0.0, float(times[-1])),
        start,
        method="LSODA",
        t_eval=times,
        rtol=1e-8,
        atol=1e-8,
    )
    if not found.success:
        raise ArithmeticError(f"the integration of the axon failed: {found.message}")
    return np.asarray(found.y)


def _rates(v: float) -> tuple[tuple[float, float], ...]:
    """Opening and closing rates of m, h, n at 6.3 °C [1/ms]."""
    m = _linear_rate((v + 40) / 10), 4 * math.exp(-(v + 65) / 18)
    h = 0.07 * math.exp(-(v + 65) / 20), 1 / (1 + math.exp(-(v + 35) / 10))
    n = 0.1 * _linear_rate((v + 55) / 10), 0.125 * math.exp(-(v + 65) / 80)
    return m, h, n


def _linear_rate(x: float) -> float:
    """x / (1 − exp(−x)), 1 at x = 0."""
    return 1.0 if x == 0 else x / -math.expm1(-x)


def _steady(v: float) -> list[float]:
    return [alpha / (alpha + beta) for alpha, beta in _rates(v)]


def _slopes(axon: Axon, y: FloatArray, injected: float) -> list[float]:
    """d/dt of V [mV/ms], m, h, n [1/ms]."""
    v, m, h, n = y.tolist()
    ionic = (
        axon.g_na_mS_cm2 * m**3 * h * (v - axon.e_na_mV)
        + axon.g_k_mS_cm2 * n**4 * (v - axon.e_k_mV)
        + axon.g_leak_mS_cm2 * (v - axon.e_leak_mV)
    )
    speed = axon.rate_factor
    gates = [speed * (a * (1 - gate) - b * gate) for gate, (a, b) in zip((m, h, n), _rates(v), strict=True)]
    return [(injected - ionic) / axon.capacitance_uF_cm2, *gates]
