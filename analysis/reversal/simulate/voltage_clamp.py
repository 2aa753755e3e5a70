"""Voltage clamp of a cell through a series resistance: membrane potential, gates and pipette current over time.

C_m dV/dt = (V_command − offset − V)/R − I_ion(V, gates), with R = R_s·(1 − compensation) the uncompensated resistance.
The pipette current is (V_command − offset − V)/R. All sweeps are integrated together. The time step is a few µs after
an edge of the command and increases until the next edge. The potential advances by the exponential Rosenbrock–Euler
rule (Hochbruck & Ostermann, Acta Numerica 19:209, 2010, §2.3), which has the exact steady state as fixed point. The
gates advance by their exact relaxation at the mean potential of the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.simulate.tabulated_membrane import Membrane

FIRST_STEP_MS = 0.003
LONGEST_STEP_MS = 0.5
STEP_GROWTH = 1.06
EDGE_mV = 0.3  # a larger change between two samples is an edge; a smaller one is part of a continuous command
SLOPE_CHANGE_mV = 0.01  # a larger change of slope from sample to sample restarts the small steps, as an edge does


@dataclass(frozen=True, slots=True)
class ClampResult:
    """Result of the integration, at its time points.

    time_ms : shape (times,), from 0
    v_mV : membrane potential, shape (times, sweeps)
    charge_pA_ms : charge through the pipette since time 0, shape (times, sweeps)
    start_pA, end_pA : pipette current at the start and the end of each step, shape (times − 1, sweeps)
    """

    time_ms: FloatArray
    v_mV: FloatArray
    charge_pA_ms: FloatArray
    start_pA: FloatArray
    end_pA: FloatArray

    def charge_at(self, time_ms: FloatArray) -> FloatArray:
        """Charge since time 0 at given times [ms], shape (sweeps, times) [pA·ms], by cubic Hermite interpolation."""
        step = np.clip(np.searchsorted(self.time_ms, time_ms, side="right") - 1, 0, len(self.start_pA) - 1)
        length = np.diff(self.time_ms)[step]
        s = (time_ms - self.time_ms[step]) / length
        to_last = (s * s * (3 - 2 * s))[:, None]
        from_start = (s * (1 - s) ** 2 * length)[:, None]
        from_end = (s * s * (s - 1) * length)[:, None]
        first, last = self.charge_pA_ms[step], self.charge_pA_ms[step + 1]
        charge = first + to_last * (last - first) + from_start * self.start_pA[step] + from_end * self.end_pA[step]
        return np.ascontiguousarray(charge.T)


def clamp(
    membrane: Membrane, command_mV: FloatArray, sample_ms: float, residual_MOhm: FloatArray, offset_mV: FloatArray
) -> ClampResult:
    """Clamp a membrane to a command. Each sweep starts from its steady state at the level of its first sample.

    command_mV : shape (sweeps, samples) [mV];  sample_ms : sampling interval [ms]
    residual_MOhm : uncompensated series resistance, shape (sweeps,) or (1,) [MΩ], > 0
    offset_mV : command minus membrane potential at zero current, shape (sweeps,) or (1,) [mV]

    Raises DomainError for a residual resistance that is not above 0.
    """
    if not np.all(residual_MOhm > 0):
        raise DomainError("the clamp needs a residual series resistance above 0", found=residual_MOhm)
    time_ms, start_mV, stop_mV = _drive(command_mV, sample_ms)
    start_mV, stop_mV = start_mV - offset_mV, stop_mV - offset_mV
    cm_pF, conductance_nS = membrane.cm_pF, 1000.0 / residual_MOhm
    v = membrane.steady_potential_mV(start_mV[0], conductance_nS)
    gates = membrane.steady_gates(v)
    v_at = np.empty((len(time_ms), len(v)))
    charge = np.zeros_like(v_at)
    v_at[0] = v
    for n, step_ms in enumerate(np.diff(time_ms).tolist()):
        current, slope_nS = membrane.current(v, gates, 0.5 * step_ms)
        decay = (conductance_nS + slope_nS) * (step_ms / cm_pF)
        phi_1, phi_2, phi_3 = _phi(decay)
        drive_step_mV = (conductance_nS * (start_mV[n] - v) - current) * (step_ms / cm_pF)
        command_step_mV = conductance_nS * (stop_mV[n] - start_mV[n]) * (step_ms / cm_pF)
        change_mV = phi_1 * drive_step_mV + phi_2 * command_step_mV
        mean_change_mV = phi_2 * drive_step_mV + phi_3 * command_step_mV
        # charge through the pipette = charge on the membrane + charge through the channels
        charge[n + 1] = charge[n] + cm_pF * change_mV + (current + slope_nS * mean_change_mV) * step_ms
        gates = membrane.relaxed_gates(gates, v + mean_change_mV, step_ms)
        v = v + change_mV
        v_at[n + 1] = v
    start_pA, end_pA = _currents_at_step_ends(time_ms, charge)
    after_edge = np.append(True, np.abs(start_mV[1:] - stop_mV[:-1]).max(axis=1) > 1e-9)
    start_pA[after_edge] = (conductance_nS * (start_mV - v_at[:-1]))[after_edge]
    end_pA[:-1][~after_edge[1:]] = start_pA[1:][~after_edge[1:]]
    return ClampResult(time_ms, v_at, charge, start_pA, end_pA)


def _currents_at_step_ends(time_ms: FloatArray, charge: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Current at the start and the end of each step, shape (steps, sweeps), from a parabola through the charges.

    After a step much longer than the clamp's time constant the potential lags the gates by half a step. The charge
    does not, so the current is its derivative. At the first and the last step the derivative is one-sided.
    """
    step = np.diff(time_ms)[:, None]
    mean = np.diff(charge, axis=0) / step
    bend = np.diff(mean, axis=0) / (step[1:] + step[:-1])
    start, end = mean.copy(), mean.copy()
    start[1:] -= bend * step[1:]
    end[1:] += bend * step[1:]
    return start, end


def _phi(decay: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """φ1 = (1 − e^−x)/x, φ2 = (1 − φ1)/x, φ3 = (1/2 − φ2)/x for x > 0; φ2 and φ3 by their series for small x."""
    phi_1 = -np.expm1(-decay) / decay
    if decay.min() > 0.05:
        phi_2 = (1.0 - phi_1) / decay
        return phi_1, phi_2, (0.5 - phi_2) / decay
    small = np.minimum(decay, 0.1)
    phi_2_small = 1 / 2 - small / 6 * (1 - small / 4 * (1 - small / 5 * (1 - small / 6)))
    phi_3_small = 1 / 6 - small / 24 * (1 - small / 5 * (1 - small / 6 * (1 - small / 7)))
    phi_2 = np.where(decay > 0.05, (1.0 - phi_1) / decay, phi_2_small)
    return phi_1, phi_2, np.where(decay > 0.05, (0.5 - phi_2) / decay, phi_3_small)


def _drive(command_mV: FloatArray, sample_ms: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times of the integration, (steps + 1,), and the command at the start and the end of each step, (steps, sweeps).

    If two neighbouring samples differ by an edge, the output keeps the level of the first until the second. If not,
    it changes linearly from one to the other.
    """
    samples = command_mV.shape[1]
    change = np.diff(command_mV, axis=1)
    is_edge = np.abs(change) > EDGE_mV
    bend = np.abs(np.diff(np.where(is_edge, 0.0, change), axis=1)).max(axis=0)
    after_edge = np.flatnonzero(is_edge.any(axis=0)) + 1
    nodes = np.unique(np.concatenate([[0], after_edge, np.flatnonzero(bend > 1e-6) + 1, after_edge - 1, [samples]]))
    edges = {0, *after_edge.tolist(), *(np.flatnonzero(bend > SLOPE_CHANGE_mV) + 1).tolist()}
    pieces, from_node = [], []
    step_ms = FIRST_STEP_MS
    for start, stop in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
        step_ms = FIRST_STEP_MS if start in edges else step_ms
        length = (stop - start) * sample_ms
        times, step_ms = _growing_steps(length, step_ms)
        pieces.append(start * sample_ms + times)
        from_node.append(np.full(len(times), start))
    step_starts = np.concatenate(pieces)
    time_ms = np.append(step_starts, samples * sample_ms)
    node = np.concatenate(from_node)
    following = np.minimum(nodes[np.searchsorted(nodes, node, side="right")], samples - 1)
    first = command_mV[:, node].T
    # before the next node: a line to its level if there is no edge at the node, else the present level
    edge_at = np.zeros((command_mV.shape[0], samples), dtype=bool)
    edge_at[:, 1:] = is_edge
    last = np.where(edge_at[:, following].T, first, command_mV[:, following].T)
    width = np.maximum((following - node) * sample_ms, sample_ms)[:, None]
    slope = (last - first) / width
    origin = (node * sample_ms)[:, None]
    start_mV = first + slope * (time_ms[:-1, None] - origin)
    stop_mV = first + slope * (time_ms[1:, None] - origin)
    return time_ms, start_mV, stop_mV


def _growing_steps(length_ms: float, first_ms: float) -> tuple[FloatArray, float]:
    """Starts of steps in [0, length), of increasing length from ``first_ms``, and the size of the next step [ms]."""
    steps = [first_ms]
    while sum(steps) < length_ms:
        if steps[-1] >= LONGEST_STEP_MS:
            remaining_ms = length_ms - sum(steps)
            steps.extend([LONGEST_STEP_MS] * int(np.ceil(remaining_ms / LONGEST_STEP_MS)))
            break
        steps.append(min(steps[-1] * STEP_GROWTH, LONGEST_STEP_MS))
    ends = np.cumsum(steps)
    return np.concatenate([[0.0], ends[:-1]]) * (length_ms / ends[-1]), steps[-1]
