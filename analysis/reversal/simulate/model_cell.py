"""A cell: channels with gates, a linear leak and a membrane capacitance.

Currents are positive when positive charge leaves the cell; potentials are inside minus outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.simulate.bath import CHARGE, FARADAY, Solution, thermal_mV


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
class InwardRectification:
    """Instant block of outward current that follows the equilibrium potential of an ion, as in K_ir channels.

    The open fraction is floor + (1 − floor)/(1 + exp((V − E_ion − shift)/slope)).
    Source of the form: Hagiwara & Takahashi, J. Membr. Biol. 18:61, 1974.
    """

    ion: str = "K"
    shift_mV: float = 5.0
    slope_mV: float = 15.0
    floor: float = 0.1

    def fraction(self, v_mV: FloatArray, inside: Solution, outside: Solution, temperature_C: float) -> FloatArray:
        """Open fraction, same shape as the voltage."""
        ratio = outside.mM(self.ion) / inside.mM(self.ion)
        e_ion_mV = thermal_mV(temperature_C) / CHARGE[self.ion] * math.log(ratio)
        drive = np.clip((v_mV - e_ion_mV - self.shift_mV) / self.slope_mV, -500, 500)
        return self.floor + (1 - self.floor) / (1 + np.exp(drive))


@dataclass(frozen=True, slots=True)
class GhkChannel:
    """A channel through which each ion moves independently in a constant field.

    permeability_um3_per_s : permeability times membrane area of the ion with ratio 1 [µm³/s]
    ratios : ion -> permeability relative to that ion
    gates : probabilities that multiply
    rectification : instant inward rectification, or none
    """

    permeability_um3_per_s: float
    ratios: Mapping[str, float]
    gates: tuple[Gate, ...] = ()
    rectification: InwardRectification | None = None

    def open_current_pA(
        self, v_mV: FloatArray, inside: Solution, outside: Solution, temperature_C: float
    ) -> FloatArray:
        """Current with all gates open [pA], same shape as the voltage."""
        current = np.zeros_like(v_mV)
        for ion, ratio in self.ratios.items():
            permeability = self.permeability_um3_per_s * ratio
            inside_mM, outside_mM = inside.mM(ion), outside.mM(ion)
            current += constant_field_pA(v_mV, permeability, CHARGE[ion], inside_mM, outside_mM, temperature_C)
        if self.rectification is not None:
            current *= self.rectification.fraction(v_mV, inside, outside, temperature_C)
        return current


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
class Compartment:
    """A passive part of the cell behind a resistance, such as a process or a neighbour joined to it.

    leak_nS, e_leak_mV : its own linear leak
    """

    cm_pF: float
    coupling_MOhm: float
    leak_nS: float = 0.0
    e_leak_mV: float = 0.0

    @property
    def coupling_nS(self) -> float:
        """Conductance between it and the cell [nS]."""
        return 1000.0 / self.coupling_MOhm

    def rest_mV(self, v_mV: FloatArray) -> FloatArray:
        """Potential it settles to at a potential of the cell, same shape [mV]."""
        weighted = self.coupling_nS * v_mV + self.leak_nS * self.e_leak_mV
        return weighted / (self.coupling_nS + self.leak_nS)

    @property
    def tau_ms(self) -> float:
        """Time constant with which it settles [ms]."""
        return self.cm_pF / (self.coupling_nS + self.leak_nS)


@dataclass(frozen=True, slots=True)
class Cell:
    """A whole cell under the pipette.

    channel : the channel of interest; a blocker and run-down act on it alone
    leak_nS, e_leak_mV : the linear leak, seal and membrane together
    background : other channels
    compartment : a second, passive one, or none
    """

    name: str
    channel: Channel
    cm_pF: float
    leak_nS: float
    e_leak_mV: float = 0.0
    background: tuple[Channel, ...] = ()
    compartment: Compartment | None = None


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


def steady_current_pA(
    cell: Cell,
    v_mV: FloatArray,
    inside: Solution,
    outside: Solution,
    temperature_C: float,
    remaining: float = 1.0,
) -> FloatArray:
    """Current through the whole membrane at rest, same shape as the voltage.

    remaining : fraction of the channel of interest that is left
    """
    current = cell.leak_nS * (v_mV - cell.e_leak_mV)
    for share, channel in [(remaining, cell.channel), *((1.0, other) for other in cell.background)]:
        open_pA = channel.open_current_pA(v_mV, inside, outside, temperature_C)
        current = current + share * open_pA * open_steady(channel, v_mV)
    if cell.compartment is not None:
        current = current + cell.compartment.coupling_nS * (v_mV - cell.compartment.rest_mV(v_mV))
    return current


def open_steady(channel: Channel, v_mV: FloatArray) -> FloatArray:
    """Steady-state open probability over all gates, same shape as the voltage."""
    probability = np.ones_like(v_mV)
    for gate in channel.gates:
        probability *= gate.steady(v_mV) ** gate.power
    return probability


def channel_reversal_mV(channel: Channel, inside: Solution, outside: Solution, temperature_C: float) -> float:
    """Membrane potential at which the open channel carries no current [mV]."""
    return _crossing_mV(lambda v_mV: channel.open_current_pA(v_mV, inside, outside, temperature_C))


def total_reversal_mV(
    cell: Cell, inside: Solution, outside: Solution, temperature_C: float, remaining: float = 1.0
) -> float | None:
    """Membrane potential at which the whole steady current is zero [mV]; None where it is so at several potentials."""
    v_mV = np.arange(-249.95, 250.0, 0.1)
    is_out = steady_current_pA(cell, v_mV, inside, outside, temperature_C, remaining) > 0
    if np.count_nonzero(np.diff(is_out)) != 1:
        return None
    return _crossing_mV(lambda v: steady_current_pA(cell, v, inside, outside, temperature_C, remaining))


def _crossing_mV(current_pA: Callable[[FloatArray], FloatArray]) -> float:
    """Where a current that is inward at −250 mV and outward at +250 mV crosses zero, by bisection to 1e-9 mV."""
    low, high = -250.0, 250.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if float(current_pA(np.array([middle]))[0]) < 0 else (low, middle)
    return (low + high) / 2
