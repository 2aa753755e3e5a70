"""A cell: channels with gates, a linear leak and a membrane capacitance.

Currents are positive when positive charge leaves the cell; potentials are inside minus outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.simulate.bath import CHARGE, FARADAY, Solution, thermal_mV

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that relaxes to a Boltzmann curve with one time constant at each voltage.

    v_half_mV, slope_mV : open probability is 1/2 between floor and 1 at v_half; slope > 0 opens with depolarisation
    floor : probability that stays open
    tau_min_ms, tau_max_ms : time constant far from v_half, and at v_half
    power : independent equal gates in series
    """

    v_half_mV: float
    slope_mV: float
    tau_min_ms: float
    tau_max_ms: float
    floor: float = 0.0
    power: int = 1

    def steady(self, v_mV: FloatArray) -> FloatArray:
        """Steady-state probability, same shape as the voltage."""
        drive = np.clip((v_mV - self.v_half_mV) / self.slope_mV, -500, 500)
        return self.floor + (1 - self.floor) / (1 + np.exp(-drive))

    def tau_ms(self, v_mV: FloatArray) -> FloatArray:
        """Time constant [ms], largest at v_half, same shape as the voltage."""
        width = np.clip((v_mV - self.v_half_mV) / (2 * self.slope_mV), -300, 300)
        return self.tau_min_ms + (self.tau_max_ms - self.tau_min_ms) / np.cosh(width)


@dataclass(frozen=True, slots=True)
class GhkChannel:
    """A channel through which each ion moves independently in a constant field.

    permeability_um3_per_s : permeability times membrane area of the ion with ratio 1 [µm³/s]
    ratios : ion -> permeability relative to that ion
    gates : probabilities that multiply
    """

    permeability_um3_per_s: float
    ratios: Mapping[str, float]
    gates: tuple[Gate, ...] = ()

    def open_current_pA(
        self, v_mV: FloatArray, inside: Solution, outside: Solution, temperature_C: float
    ) -> FloatArray:
        """Current with all gates open [pA], same shape as the voltage."""
        return sum(
            (
                constant_field_pA(
                    v_mV,
                    self.permeability_um3_per_s * ratio,
                    CHARGE[ion],
                    inside.mM(ion),
                    outside.mM(ion),
                    temperature_C,
                )
                for ion, ratio in self.ratios.items()
            ),
            start=np.zeros_like(v_mV),
        )


@dataclass(frozen=True, slots=True)
class OhmicChannel:
    """A channel of constant open conductance and a fixed reversal potential."""

    g_nS: float
    e_rev_mV: float
    gates: tuple[Gate, ...] = ()

    def open_current_pA(self, v_mV: FloatArray, *_: object) -> FloatArray:
        """Current with all gates open [pA], same shape as the voltage."""
        return self.g_nS * (v_mV - self.e_rev_mV)


Channel = GhkChannel | OhmicChannel


@dataclass(frozen=True, slots=True)
class Cell:
    """A whole cell under the pipette.

    leak_nS, e_leak_mV : the linear leak, seal and membrane together
    """

    name: str
    channel: Channel
    cm_pF: float
    leak_nS: float
    e_leak_mV: float = 0.0


def constant_field_pA(
    v_mV: FloatArray, permeability_um3_per_s: float, z: int, inside_mM: float, outside_mM: float, temperature_C: float
) -> FloatArray:
    """Goldman–Hodgkin–Katz current of one ion [pA], same shape as the voltage.

    P z² (V F²/RT) (c_in − c_out e^{−zVF/RT}) / (1 − e^{−zVF/RT}). Near V = 0 numerator and denominator vanish together;
    there the current is its Taylor series, P z F [(c_in − c_out)(1 + x²/12) + (c_in + c_out) x/2] with x = zVF/RT.

    Source: Goldman, J. Gen. Physiol. 27:37, 1943; Hodgkin & Katz, J. Physiol. 108:37, 1949.
    """
    x = z * v_mV / thermal_mV(temperature_C)
    near_zero = np.abs(x) < 1e-3
    away = np.where(near_zero, 1.0, x)
    textbook = away * (inside_mM - outside_mM * np.exp(-away)) / -np.expm1(-away)
    series = (inside_mM - outside_mM) * (1 + x**2 / 12) + (inside_mM + outside_mM) * x / 2
    pA_per_um3_mM = 1e-6 * FARADAY  # µm³/s · mol/m³ · C/mol = 1e-18 A
    return permeability_um3_per_s * z * pA_per_um3_mM * np.where(near_zero, series, textbook)


def reversal_mV(cell: Cell, inside: Solution, outside: Solution, temperature_C: float, with_leak: bool) -> float:
    """Membrane potential at which the steady current crosses zero, by bisection to 1e-9 mV."""
    low, high = -250.0, 250.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        v_mV = np.array([middle])
        current = float(cell.channel.open_current_pA(v_mV, inside, outside, temperature_C)[0])
        if with_leak:
            current *= float(open_steady(cell.channel, v_mV)[0])
            current += cell.leak_nS * (middle - cell.e_leak_mV)
        low, high = (middle, high) if current < 0 else (low, middle)
    return (low + high) / 2


def open_steady(channel: Channel, v_mV: FloatArray) -> FloatArray:
    """Steady-state open probability over all gates, same shape as the voltage."""
    probability = np.ones_like(v_mV)
    for gate in channel.gates:
        probability *= gate.steady(v_mV) ** gate.power
    return probability
