"""A cell in its solutions, tabulated over voltage. One time step of the clamp is a table look-up for any model."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.simulate.bath import RigSolution
from reversal.simulate.model_cell import Cell, Channel

# one open probability a gate, in the order of the channels, then the second compartment's mV; shape (sweeps,) each
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
        self._compartment = cell.compartment
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
            current += self._compartment.coupling_nS * (v_mV - self._compartment_mV(gates[-1], v_mV, ahead_ms))
            slope += self._compartment.coupling_nS
        return current, slope

    def steady_gates(self, v_mV: FloatArray) -> Gates:
        """Steady state of the gates at a voltage, shape (sweeps,)."""
        index, part = _grid_position(v_mV)
        gates = [gate for channel in self._channels for gate in channel.steady_at(index, part)]
        return gates if self._compartment is None else [*gates, self._compartment.steady_mV(v_mV)]

    def relaxed_gates(self, gates: Gates, v_mV: FloatArray, step_ms: float) -> Gates:
        """Gates after ``step_ms`` at constant voltage."""
        if not gates:
            return gates
        index, part = _grid_position(v_mV)
        after: Gates = []
        for channel in self._channels:
            own = gates[len(after) : len(after) + len(channel.powers)]
            after += channel.relaxed(own, index, part, step_ms)
        return after if self._compartment is None else [*after, self._compartment_mV(gates[-1], v_mV, step_ms)]

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


class _TabulatedChannel:
    """One channel, tabulated over the grid of voltages."""

    def __init__(
        self,
        channel: Channel,
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
