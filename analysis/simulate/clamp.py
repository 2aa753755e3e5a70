"""Voltage clamp of a cell through a series resistance: membrane potential, gates and pipette current over time.

C_m dV/dt = (V_command − offset − V)/R − I_ion(V, gates), with R = R_s·(1 − compensation) the resistance that
compensation leaves; the pipette carries (V_command − offset − V)/R. Sweeps advance side by side. Steps are a few µs
after an edge of the command and grow between edges; the potential advances by the exponential Rosenbrock–Euler rule
(Hochbruck & Ostermann, Acta Numerica 19:209, 2010, §2.3), whose fixed point is the exact steady state, and the gates by
their exact relaxation at the mean potential of the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import DomainError
from analysis.simulate.bath import Solution
from analysis.simulate.cell import Cell

FloatArray = NDArray[np.float64]

FIRST_STEP_MS = 0.002
LONGEST_STEP_MS = 0.25
GROWTH = 1.06
JUMP_mV = 0.3  # a change between two samples above this is an edge, below it the command is taken as continuous
TABLE_STEP_mV = 0.1
TABLE_LIMIT_mV = 400.0


@dataclass(frozen=True, slots=True)
class Clamped:
    """Solution of the clamp at the times of the integration.

    time_ms : shape (times,), from 0
    v_mV : membrane potential, shape (times, sweeps)
    charge_pA_ms : charge through the pipette since time 0, shape (times, sweeps)
    """

    time_ms: FloatArray
    v_mV: FloatArray
    charge_pA_ms: FloatArray


def clamp(
    cell: Cell,
    command_mV: FloatArray,
    sample_ms: float,
    residual_MOhm: float,
    offset_mV: float,
    inside: Solution,
    outside: Solution,
    temperature_C: float,
) -> Clamped:
    """Clamp a cell to a command, each sweep from its own steady state at the first sample's level.

    command_mV : shape (sweeps, samples) [mV]
    residual_MOhm : series resistance left after compensation [MΩ], > 0
    offset_mV : command minus membrane potential where no current flows [mV]

    Raises DomainError for a residual resistance or a capacitance that is not above 0.
    """
    if not residual_MOhm > 0 or not cell.cm_pF > 0:
        raise DomainError("the clamp needs a residual series resistance and a capacitance above 0")
    time_ms, start_mV, stop_mV = _drive(command_mV, sample_ms)
    start_mV, stop_mV = start_mV - offset_mV, stop_mV - offset_mV
    membrane = _Membrane(cell, inside, outside, temperature_C)
    conductance_nS = 1000.0 / residual_MOhm
    v = membrane.rest(start_mV[0], conductance_nS)
    gates = membrane.steady_gates(v)
    v_at = np.empty((len(time_ms), len(v)))
    charge = np.zeros_like(v_at)
    v_at[0] = v
    for n, step_ms in enumerate(np.diff(time_ms)):
        before = v
        ahead = membrane.relax(gates, v, 0.5 * step_ms)
        current, slope_nS = membrane.current(v, ahead)
        rate = (conductance_nS + slope_nS) / cell.cm_pF  # 1/ms
        force = (conductance_nS * (start_mV[n] - v) - current) / cell.cm_pF  # mV/ms
        climb = conductance_nS * (stop_mV[n] - start_mV[n]) / (step_ms * cell.cm_pF)  # mV/ms²
        decay = rate * step_ms
        phi_1 = -np.expm1(-decay) / decay
        phi_2 = np.where(decay > 1e-3, (1 - phi_1) / decay, 0.5 - decay / 6)
        v = v + step_ms * phi_1 * force + step_ms**2 * phi_2 * climb
        gates = membrane.relax(gates, 0.5 * (before + v), step_ms)
        v_at[n + 1] = v
        # the charge that crossed is what the membrane took up plus what its channels carried
        phi_3 = np.where(decay > 1e-2, (0.5 - phi_2) / decay, 1 / 6 - decay / 24)
        mean_v = before + step_ms * phi_2 * force + step_ms**2 * phi_3 * climb
        mean_current = current + slope_nS * (mean_v - before)
        charge[n + 1] = charge[n] + cell.cm_pF * (v - before) + mean_current * step_ms
    return Clamped(time_ms, v_at, charge)


def _drive(command_mV: FloatArray, sample_ms: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times of the integration, and the command at begin and end of each step, shapes (steps, sweeps).

    The output holds a level until the next sample where they differ by an edge and moves on a line where they do not.
    """
    samples = command_mV.shape[1]
    change = np.diff(command_mV, axis=1)
    is_jump = np.abs(change) > JUMP_mV
    bend = np.abs(np.diff(np.where(is_jump, 0.0, change), axis=1)) > 1e-6
    fresh = np.flatnonzero(is_jump.any(axis=0)) + 1
    nodes = np.unique(np.concatenate([[0], fresh, np.flatnonzero(bend.any(axis=0)) + 1, fresh - 1, [samples]]))
    edges = set(fresh.tolist()) | {0}
    pieces, from_node = [], []
    gap = FIRST_STEP_MS
    for start, stop in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
        gap = FIRST_STEP_MS if start in edges else gap
        length = (stop - start) * sample_ms
        times, gap = _growing(length, gap)
        pieces.append(start * sample_ms + times)
        from_node.append(np.full(len(times), start))
    step_starts = np.concatenate(pieces)
    time_ms = np.append(step_starts, samples * sample_ms)
    node = np.concatenate(from_node)
    following = np.minimum(nodes[np.searchsorted(nodes, node, side="right")], samples - 1)
    first = command_mV[:, node].T
    # on the way to the next node: to that node's level if reached without an edge, else stay on the present level
    jumps_there = np.zeros((command_mV.shape[0], samples), dtype=bool)
    jumps_there[:, 1:] = is_jump
    last = np.where(jumps_there[:, following].T, first, command_mV[:, following].T)
    width = np.maximum((following - node) * sample_ms, sample_ms)[:, None]
    slope = (last - first) / width
    origin = (node * sample_ms)[:, None]
    start_mV = first + slope * (time_ms[:-1, None] - origin)
    stop_mV = first + slope * (time_ms[1:, None] - origin)
    return time_ms, start_mV, stop_mV


def _growing(length_ms: float, first_ms: float) -> tuple[FloatArray, float]:
    """Step begins in [0, length) that grow from ``first_ms``, and the size the next step would have."""
    steps = [first_ms]
    while sum(steps) < length_ms:
        if steps[-1] >= LONGEST_STEP_MS:
            rest = length_ms - sum(steps)
            steps.extend([LONGEST_STEP_MS] * int(np.ceil(rest / LONGEST_STEP_MS)))
            break
        steps.append(min(steps[-1] * GROWTH, LONGEST_STEP_MS))
    ends = np.cumsum(steps)
    return np.concatenate([[0.0], ends[:-1]]) * (length_ms / ends[-1]), steps[-1]


class _Membrane:
    """Currents and gates of a cell tabulated over voltage, so that a step costs a look-up whatever the model."""

    def __init__(self, cell: Cell, inside: Solution, outside: Solution, temperature_C: float) -> None:
        self.v_mV = np.arange(-TABLE_LIMIT_mV, TABLE_LIMIT_mV + TABLE_STEP_mV / 2, TABLE_STEP_mV)
        self.leak_nS, self.e_leak_mV = cell.leak_nS, cell.e_leak_mV
        self.open_pA = cell.channel.open_current_pA(self.v_mV, inside, outside, temperature_C)
        self.powers = [gate.power for gate in cell.channel.gates]
        self.steady = [gate.steady(self.v_mV) for gate in cell.channel.gates]
        self.per_ms = [1.0 / gate.tau_ms(self.v_mV) for gate in cell.channel.gates]

    def _place(self, v_mV: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
        place = (np.clip(v_mV, -TABLE_LIMIT_mV, TABLE_LIMIT_mV - TABLE_STEP_mV) + TABLE_LIMIT_mV) / TABLE_STEP_mV
        index = place.astype(np.intp)
        index = np.minimum(index, len(self.v_mV) - 2)
        return index, place - index

    def current(self, v_mV: FloatArray, gates: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Ionic current [pA] and its slope [nS] at fixed gates."""
        index, part = self._place(v_mV)
        low = self.open_pA[index]
        rise = self.open_pA[index + 1] - low
        probability = np.ones_like(v_mV)
        for gate, power in zip(gates, self.powers, strict=True):
            probability = probability * (gate if power == 1 else gate**power)
        current = probability * (low + part * rise) + self.leak_nS * (v_mV - self.e_leak_mV)
        return current, probability * rise / TABLE_STEP_mV + self.leak_nS

    def steady_gates(self, v_mV: FloatArray) -> list[FloatArray]:
        """Gates at rest at a voltage."""
        index, part = self._place(v_mV)
        return [table[index] + part * (table[index + 1] - table[index]) for table in self.steady]

    def relax(self, gates: list[FloatArray], v_mV: FloatArray, step_ms: float) -> list[FloatArray]:
        """Gates after a step at constant voltage."""
        if not gates:
            return gates
        index, _ = self._place(v_mV)
        return [
            steady + (gate - steady) * np.exp(-step_ms * per_ms[index])
            for gate, steady, per_ms in zip(gates, self.steady_gates(v_mV), self.per_ms, strict=True)
        ]

    def rest(self, target_mV: FloatArray, conductance_nS: float) -> FloatArray:
        """Steady membrane potential of each sweep, by bisection."""
        low, high = np.full_like(target_mV, -TABLE_LIMIT_mV), np.full_like(target_mV, TABLE_LIMIT_mV)
        for _ in range(60):
            middle = 0.5 * (low + high)
            current, _slope = self.current(middle, self.steady_gates(middle))
            above = conductance_nS * (target_mV - middle) - current < 0
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return 0.5 * (low + high)
