"""A cell in its solutions, tabulated over voltage. One time step of the clamp is a table look-up for any model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.simulate.bath import RigSolution
from reversal.simulate.model_cell import Cell, Channel, Gate, GhkChannel

# one open probability a gate, in the order of the channels, then the second compartment's mV, then the excess of the
# accumulated ion [mM]; shape (sweeps,) each
Gates = list[FloatArray]

TABLE_STEP_mV = 0.1
TABLE_LIMIT_mV = 400.0
GRID_mV = np.arange(-TABLE_LIMIT_mV, TABLE_LIMIT_mV + TABLE_STEP_mV / 2, TABLE_STEP_mV)


class Membrane:
    """Currents and gates of a cell, for all sweeps of a recording together.

    inside : pipette solution;  outside : baths, one for all sweeps or one for each
    remaining : fraction of the channel of interest that is neither blocked nor run down, shape (sweeps,) or (1,)

    Raises DomainError for a capacitance that is not above 0.
    """

    def __init__(
        self,
        cell: Cell,
        inside: RigSolution,
        outside: Sequence[RigSolution],
        temperature_C: float,
        remaining: FloatArray,
    ) -> None:
        if not cell.cm_pF > 0:
            raise DomainError("a cell needs a capacitance above 0", found=cell.cm_pF)
        self.cm_pF, self.leak_nS, self.e_leak_mV = cell.cm_pF, cell.leak_nS, cell.e_leak_mV
        self._channels = [_TabulatedChannel(cell.channel, inside, outside, temperature_C, remaining)]
        self._compartment, self._space = cell.compartment, cell.space
        if cell.space is not None:
            more = _MoreOutside(cell.channel, cell.space.ion)
            self._per_mM = _TabulatedChannel(more, inside, outside, temperature_C, remaining)
        whole = np.ones(1)
        self._channels += [_TabulatedChannel(c, inside, outside, temperature_C, whole) for c in cell.background]

    def current(self, v_mV: FloatArray, gates: Gates, ahead_ms: float) -> tuple[FloatArray, FloatArray]:
        """Ionic current [pA] and its slope [nS], (sweeps,) each, with the gates after ``ahead_ms`` at this voltage."""
        index, part = _grid_position(v_mV)
        current = self.leak_nS * (v_mV - self.e_leak_mV)
        slope = np.full_like(v_mV, self.leak_nS)
        first = 0
        for channel in self._channels:
            own = gates[first : first + len(channel.powers)]
            first += len(channel.powers)
            channel_current, channel_slope = channel.current(index, part, channel.relaxed(own, index, part, ahead_ms))
            current += channel_current
            slope += channel_slope
        if self._compartment is not None:
            current += self._compartment.coupling_nS * (v_mV - self._compartment_mV(gates[first], v_mV, ahead_ms))
            slope += self._compartment.coupling_nS
        if self._space is not None:
            ahead = self._channels[0].relaxed(gates[: len(self._per_mM.powers)], index, part, ahead_ms)
            per_mM, slope_per_mM = self._per_mM.current(index, part, ahead)
            current += gates[-1] * per_mM
            slope += gates[-1] * slope_per_mM
        return current, slope

    def steady_gates(self, v_mV: FloatArray) -> Gates:
        """Steady state of the gates at a voltage, shape (sweeps,)."""
        index, part = _grid_position(v_mV)
        gates = [gate for channel in self._channels for gate in channel.steady_at(index, part)]
        if self._compartment is not None:
            gates.append(self._compartment.steady_mV(v_mV))
        return gates if self._space is None else [*gates, np.zeros_like(v_mV)]

    def relaxed_gates(self, gates: Gates, v_mV: FloatArray, step_ms: float) -> Gates:
        """Gates after ``step_ms`` at constant voltage."""
        if not gates:
            return gates
        index, part = _grid_position(v_mV)
        after: Gates = []
        for channel in self._channels:
            own = gates[len(after) : len(after) + len(channel.powers)]
            after += channel.relaxed(own, index, part, step_ms)
        if self._compartment is not None:
            after.append(self._compartment_mV(gates[len(after)], v_mV, step_ms))
        return after if self._space is None else [*after, self._excess_mM(gates, index, part, step_ms)]

    def _excess_mM(self, gates: Gates, index: NDArray[np.intp], part: FloatArray, step_ms: float) -> FloatArray:
        """Excess of the accumulated ion after ``step_ms`` at constant potential [mM]; the channel carries only it."""
        assert self._space is not None
        halfway = self._channels[0].relaxed(gates[: len(self._per_mM.powers)], index, part, 0.5 * step_ms)
        current = self._channels[0].current(index, part, halfway)[0]
        current = current + gates[-1] * self._per_mM.current(index, part, halfway)[0]
        steady_mM = self._space.inflow_mM_per_ms(current, self.cm_pF) * self._space.exchange_ms
        return np.asarray(steady_mM + (gates[-1] - steady_mM) * math.exp(-step_ms / self._space.exchange_ms))

    def _compartment_mV(self, potential_mV: FloatArray, v_mV: FloatArray, step_ms: float) -> FloatArray:
        """Potential of the second compartment after ``step_ms`` at constant potential of the cell [mV]."""
        assert self._compartment is not None
        steady_mV = self._compartment.steady_mV(v_mV)
        return steady_mV + (potential_mV - steady_mV) * math.exp(-step_ms / self._compartment.tau_ms)

    def steady_potential_mV(self, target_mV: FloatArray, conductance_nS: FloatArray) -> FloatArray:
        """Steady membrane potential of each sweep [mV], by bisection.

        target_mV : command − offset, shape (sweeps,);  conductance_nS : of the uncompensated series resistance
        """
        low, high = np.full_like(target_mV, -TABLE_LIMIT_mV), np.full_like(target_mV, TABLE_LIMIT_mV)
        for _ in range(60):
            middle = 0.5 * (low + high)
            current, _slope = self.current(middle, self.steady_gates(middle), 0.0)
            above = conductance_nS * (target_mV - middle) - current < 0
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return 0.5 * (low + high)


@dataclass(frozen=True, slots=True)
class _MoreOutside:
    """Change of a channel's current by 1 mM more of an ion outside; constant-field currents are linear in it.

    Raises DomainError for a channel that does not carry the ion, such as an ohmic one, and for one that rectifies with
    the gradient of the ion, whose current is not linear in it.
    """

    channel: Channel
    ion: str

    def __post_init__(self) -> None:
        if not isinstance(self.channel, GhkChannel) or not self.channel.ratios.get(self.ion):
            raise DomainError(f"accumulation is simulated for a channel that carries {self.ion}", found=self.channel)
        if self.channel.rectification is not None:
            raise DomainError("accumulation is not simulated for a rectifying channel", found=self.channel)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Gates of the channel."""
        return self.channel.gates

    def open_current_pA(
        self, v_mV: FloatArray, inside: RigSolution, outside: RigSolution, temperature_C: float
    ) -> FloatArray:
        """Change of the current with all gates open [pA], same shape as the voltage."""
        more = {**outside.ions_mM, self.ion: outside.mM(self.ion) + 1.0, "gluconate": outside.mM("gluconate") + 1.0}
        raised = RigSolution(outside.name, more)
        return self.channel.open_current_pA(v_mV, inside, raised, temperature_C) - self.channel.open_current_pA(
            v_mV, inside, outside, temperature_C
        )


class _TabulatedChannel:
    """One channel, tabulated over the grid of voltages."""

    def __init__(
        self,
        channel: Channel | _MoreOutside,
        inside: RigSolution,
        outside: Sequence[RigSolution],
        temperature_C: float,
        remaining: FloatArray,
    ) -> None:
        curves = [channel.open_current_pA(GRID_mV, inside, bath, temperature_C) for bath in outside]
        self.open_pA = np.array(curves).T * remaining  # shape (grid, sweeps) or (grid, 1)
        self.rise_pA = np.diff(self.open_pA, axis=0)
        self.sweep = np.arange(self.open_pA.shape[1])
        self.powers = [gate.power for gate in channel.gates]
        self.steady = [gate.steady(GRID_mV) for gate in channel.gates]
        self.steady_rise = [np.diff(steady) for steady in self.steady]
        self.per_ms = [1.0 / gate.tau_ms(GRID_mV) for gate in channel.gates]

    def current(
        self, index: NDArray[np.intp], part: FloatArray, gates: Sequence[FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """Current [pA] and slope [nS] of the channel."""
        rise = self.rise_pA[index, self.sweep]
        current = self.open_pA[index, self.sweep] + part * rise
        for gate, power in zip(gates, self.powers, strict=True):
            probability = gate if power == 1 else gate**power
            current = current * probability
            rise = rise * probability
        return current, rise / TABLE_STEP_mV

    def steady_at(self, index: NDArray[np.intp], part: FloatArray) -> Gates:
        """Steady state of the gates."""
        pairs = zip(self.steady, self.steady_rise, strict=True)
        return [steady[index] + part * rise[index] for steady, rise in pairs]

    def relaxed(self, gates: Gates, index: NDArray[np.intp], part: FloatArray, step_ms: float) -> Gates:
        """Gates after ``step_ms`` at constant voltage, each by its exact exponential."""
        return [
            steady + (gate - steady) * np.exp(-step_ms * per_ms[index])
            for gate, steady, per_ms in zip(gates, self.steady_at(index, part), self.per_ms, strict=True)
        ]


def _grid_position(v_mV: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Grid interval of each voltage and the position in it, 0 to 1; outside the grid, the outer intervals continue."""
    position = (v_mV + TABLE_LIMIT_mV) * (1.0 / TABLE_STEP_mV)
    index = np.minimum(np.maximum(position, 0.0), len(GRID_mV) - 2.0).astype(np.intp)
    return index, position - index
