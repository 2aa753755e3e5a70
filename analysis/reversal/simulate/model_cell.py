"""Model of a cell: channels with gates, a linear leak, a membrane capacitance, optionally a second compartment.

Currents are positive when positive charge leaves the cell; potentials are inside minus outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.simulate.bath import CHARGE, FARADAY, RigSolution, thermal_voltage_mV


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that relaxes exponentially to a Boltzmann curve.

    v_half_mV : open probability is halfway between floor and 1;  slope_mV : > 0 opens with depolarisation
    floor : smallest open probability
    tau_min_ms, tau_max_ms : time constant far from v_half, and at v_half
    power : number of equal, independent gates in series
    """

    v_half_mV: float
    slope_mV: float
    tau_min_ms: float
    tau_max_ms: float
    floor: float = 0.0
    power: int = 1

    def steady(self, v_mV: FloatArray) -> FloatArray:
        """Steady-state open probability, same shape as the voltage."""
        drive = np.clip((v_mV - self.v_half_mV) / self.slope_mV, -500, 500)
        return self.floor + (1 - self.floor) / (1 + np.exp(-drive))

    def tau_ms(self, v_mV: FloatArray) -> FloatArray:
        """Time constant [ms], largest at v_half, same shape as the voltage."""
        width = np.clip((v_mV - self.v_half_mV) / (2 * self.slope_mV), -300, 300)
        return self.tau_min_ms + (self.tau_max_ms - self.tau_min_ms) / np.cosh(width)


@dataclass(frozen=True, slots=True)
class InwardRectification:
    """Instantaneous block of outward current that depends on V − E_ion, as in K_ir channels.

    The open fraction is floor + (1 − floor)/(1 + exp((V − E_ion − shift)/slope)).
    Source of the form: Hagiwara & Takahashi, J. Membr. Biol. 18:61, 1974.
    """

    ion: str = "K"
    shift_mV: float = 5.0
    slope_mV: float = 15.0
    floor: float = 0.1

    def fraction(self, v_mV: FloatArray, inside: RigSolution, outside: RigSolution, temperature_C: float) -> FloatArray:
        """Open fraction, same shape as the voltage."""
        ratio = outside.mM(self.ion) / inside.mM(self.ion)
        e_ion_mV = thermal_voltage_mV(temperature_C) / CHARGE[self.ion] * math.log(ratio)
        drive = np.clip((v_mV - e_ion_mV - self.shift_mV) / self.slope_mV, -500, 500)
        return self.floor + (1 - self.floor) / (1 + np.exp(drive))


@dataclass(frozen=True, slots=True)
class GhkChannel:
    """A channel with a GHK current for each permeant ion.

    permeability_um3_per_s : permeability times membrane area of the ion with ratio 1 [µm³/s]
    ratios : ion -> permeability relative to that ion
    gates : their open probabilities multiply
    rectification : instantaneous inward rectification, None if there is none
    """

    permeability_um3_per_s: float
    ratios: Mapping[str, float]
    gates: tuple[Gate, ...] = ()
    rectification: InwardRectification | None = None

    def open_current_pA(
        self, v_mV: FloatArray, inside: RigSolution, outside: RigSolution, temperature_C: float
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
    """A channel with a constant open conductance and a fixed reversal potential."""

    g_nS: float
    e_rev_mV: float
    gates: tuple[Gate, ...] = ()

    def open_current_pA(self, v_mV: FloatArray, *_: object) -> FloatArray:
        """Current with all gates open [pA], same shape as the voltage."""
        return self.g_nS * (v_mV - self.e_rev_mV)


Channel = GhkChannel | OhmicChannel


@dataclass(frozen=True, slots=True)
class Compartment:
    """A passive part of the cell behind a resistance, such as a process or an electrically coupled neighbour.

    leak_nS, e_leak_mV : linear leak of this part
    """

    cm_pF: float
    coupling_MOhm: float
    leak_nS: float = 0.0
    e_leak_mV: float = 0.0

    @property
    def coupling_nS(self) -> float:
        """Conductance between the compartment and the cell [nS]."""
        return 1000.0 / self.coupling_MOhm

    def steady_mV(self, v_mV: FloatArray) -> FloatArray:
        """Steady potential of the compartment at a potential of the cell, same shape [mV]."""
        weighted = self.coupling_nS * v_mV + self.leak_nS * self.e_leak_mV
        return weighted / (self.coupling_nS + self.leak_nS)

    @property
    def tau_ms(self) -> float:
        """Time constant of the compartment [ms]."""
        return self.cm_pF / (self.coupling_nS + self.leak_nS)


@dataclass(frozen=True, slots=True)
class RestrictedSpace:
    """A narrow space outside the membrane, in which the ion that the channel of interest carries accumulates.

    The excess falls exponentially to the bath. The area of the membrane follows from its capacitance, 1 µF/cm².

    width_nm : volume of the space divided by the area of the membrane
    exchange_ms : time constant of exchange with the bath
    Source of the model: Frankenhaeuser & Hodgkin, J. Physiol. 131:341, 1956.
    """

    width_nm: float
    exchange_ms: float
    ion: str = "K"

    def inflow_mM_per_ms(self, i_pA: FloatArray, cm_pF: float) -> FloatArray:
        """Rise of the concentration by a current of a monovalent cation out of the cell, same shape."""
        return i_pA / (cm_pF * self.width_nm) * (1e4 / FARADAY)  # 1 pF is 1e-6 cm², 1 nm is 1e-7 cm


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in the whole-cell configuration.

    channel : the channel of interest; only this one is blocked and runs down
    leak_nS, e_leak_mV : linear leak of seal and membrane together
    background : other channels
    compartment : second, passive compartment, None if there is none
    space : space in which the ion of the channel accumulates, None if the bath reaches the membrane freely
    """

    name: str
    channel: Channel
    cm_pF: float
    leak_nS: float
    e_leak_mV: float = 0.0
    background: tuple[Channel, ...] = ()
    compartment: Compartment | None = None
    space: RestrictedSpace | None = None


def constant_field_pA(
    v_mV: FloatArray, permeability_um3_per_s: float, z: int, inside_mM: float, outside_mM: float, temperature_C: float
) -> FloatArray:
    """Goldman–Hodgkin–Katz current of one ion [pA], same shape as the voltage.

    P z² (V F²/RT) (c_in − c_out e^{−zVF/RT}) / (1 − e^{−zVF/RT}). Near V = 0 numerator and denominator both go to 0;
    there the Taylor series P z F [(c_in − c_out)(1 + x²/12) + (c_in + c_out) x/2] is used, x = zVF/RT.

    Source: Goldman, J. Gen. Physiol. 27:37, 1943; Hodgkin & Katz, J. Physiol. 108:37, 1949.
    """
    x = z * v_mV / thermal_voltage_mV(temperature_C)
    near_zero = np.abs(x) < 1e-3
    away = np.where(near_zero, 1.0, x)
    closed_form = away * (inside_mM - outside_mM * np.exp(-away)) / -np.expm1(-away)
    series = (inside_mM - outside_mM) * (1 + x**2 / 12) + (inside_mM + outside_mM) * x / 2
    pA_per_um3_mM = 1e-6 * FARADAY  # µm³/s · mol/m³ · C/mol = 1e-18 A
    return permeability_um3_per_s * z * pA_per_um3_mM * np.where(near_zero, series, closed_form)


def steady_current_pA(
    cell: Cell,
    v_mV: FloatArray,
    inside: RigSolution,
    outside: RigSolution,
    temperature_C: float,
    remaining: float = 1.0,
) -> FloatArray:
    """Steady-state current of the whole cell [pA], same shape as the voltage.

    remaining : fraction of the channel of interest that is neither blocked nor run down
    """
    current = cell.leak_nS * (v_mV - cell.e_leak_mV)
    for fraction, channel in [(remaining, cell.channel), *((1.0, other) for other in cell.background)]:
        open_pA = channel.open_current_pA(v_mV, inside, outside, temperature_C)
        current = current + fraction * open_pA * steady_open_probability(channel, v_mV)
    if cell.compartment is not None:
        current = current + cell.compartment.coupling_nS * (v_mV - cell.compartment.steady_mV(v_mV))
    return current


def steady_open_probability(channel: Channel, v_mV: FloatArray) -> FloatArray:
    """Steady-state open probability of all gates of a channel together, same shape as the voltage."""
    probability = np.ones_like(v_mV)
    for gate in channel.gates:
        probability *= gate.steady(v_mV) ** gate.power
    return probability


def channel_reversal_mV(channel: Channel, inside: RigSolution, outside: RigSolution, temperature_C: float) -> float:
    """Membrane potential at which the current of the open channel is zero [mV]."""
    return _crossing_mV(lambda v_mV: channel.open_current_pA(v_mV, inside, outside, temperature_C))


def total_reversal_mV(
    cell: Cell, inside: RigSolution, outside: RigSolution, temperature_C: float, remaining: float = 1.0
) -> float | None:
    """Membrane potential at which the steady-state current of the cell is zero [mV]; None if there are several."""
    v_mV = np.arange(-249.95, 250.0, 0.1)
    is_outward = steady_current_pA(cell, v_mV, inside, outside, temperature_C, remaining) > 0
    if np.count_nonzero(np.diff(is_outward)) != 1:
        return None
    return _crossing_mV(lambda v: steady_current_pA(cell, v, inside, outside, temperature_C, remaining))


def _crossing_mV(current_pA: Callable[[FloatArray], FloatArray]) -> float:
    """Zero of a current that is inward at −250 mV and outward at +250 mV, by bisection to 1e-9 mV."""
    low, high = -250.0, 250.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if float(current_pA(np.array([middle]))[0]) < 0 else (low, middle)
    return (low + high) / 2
