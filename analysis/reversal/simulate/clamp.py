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

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.simulate.tabulated_membrane import Membrane

FIRST_STEP_MS = 0.003
LONGEST_STEP_MS = 0.5
GROWTH = 1.06
JUMP_mV = 0.3  # a change between two samples above this is an edge, below it the command is taken as continuous
KINK_mV = 0.01  # a slope that changes by more than this from sample to sample starts small steps, as an edge does


@dataclass(frozen=True, slots=True)
class Clamped:
    """Solution of the clamp at the times of the integration.

    time_ms : shape (times,), from 0
    v_mV : membrane potential, shape (times, sweeps)
    charge_pA_ms : charge through the pipette since time 0, shape (times, sweeps)
    begin_pA, end_pA : pipette current at begin and end of each step, shape (times − 1, sweeps)
    """

    time_ms: FloatArray
    v_mV: FloatArray
    charge_pA_ms: FloatArray
    begin_pA: FloatArray
    end_pA: FloatArray

    def charge_at(self, time_ms: FloatArray) -> FloatArray:
        """Charge since time 0 at any times of the recording, shape (sweeps, times), by cubic Hermite interpolation."""
        step = np.clip(np.searchsorted(self.time_ms, time_ms, side="right") - 1, 0, len(self.begin_pA) - 1)
        length = np.diff(self.time_ms)[step]
        s = (time_ms - self.time_ms[step]) / length
        to_end = (s * s * (3 - 2 * s))[:, None]
        from_begin = (s * (1 - s) ** 2 * length)[:, None]
        into_end = (s * s * (s - 1) * length)[:, None]
        first, last = self.charge_pA_ms[step], self.charge_pA_ms[step + 1]
        charge = first + to_end * (last - first) + from_begin * self.begin_pA[step] + into_end * self.end_pA[step]
        return np.ascontiguousarray(charge.T)


def clamp(
    membrane: Membrane, command_mV: FloatArray, sample_ms: float, residual_MOhm: FloatArray, offset_mV: FloatArray
) -> Clamped:
    """Clamp a membrane to a command, each sweep from its own steady state at the first sample's level.

    command_mV : shape (sweeps, samples) [mV]
    residual_MOhm : series resistance left after compensation, shape (sweeps,) or (1,) [MΩ], > 0
    offset_mV : command minus membrane potential where no current flows, shape (sweeps,) or (1,) [mV]

    Raises DomainError for a residual resistance that is not above 0.
    """
    if not np.all(residual_MOhm > 0):
        raise DomainError("the clamp needs a residual series resistance above 0", found=residual_MOhm)
    time_ms, start_mV, stop_mV = _drive(command_mV, sample_ms)
    start_mV, stop_mV = start_mV - offset_mV, stop_mV - offset_mV
    cm_pF, conductance_nS = membrane.cm_pF, 1000.0 / residual_MOhm
    v = membrane.rest(start_mV[0], conductance_nS)
    gates = membrane.steady_gates(v)
    v_at = np.empty((len(time_ms), len(v)))
    charge = np.zeros_like(v_at)
    v_at[0] = v
    for n, step_ms in enumerate(np.diff(time_ms).tolist()):
        current, slope_nS = membrane.current(v, gates, 0.5 * step_ms)
        decay = (conductance_nS + slope_nS) * (step_ms / cm_pF)
        phi_1, phi_2, phi_3 = _phi(decay)
        force = (conductance_nS * (start_mV[n] - v) - current) * (step_ms / cm_pF)  # mV in the step
        climb = conductance_nS * (stop_mV[n] - start_mV[n]) * (step_ms / cm_pF)
        rise = phi_1 * force + phi_2 * climb
        mean_rise = phi_2 * force + phi_3 * climb
        # the charge that crossed is what the membrane took up plus what its channels carried
        charge[n + 1] = charge[n] + cm_pF * rise + (current + slope_nS * mean_rise) * step_ms
        gates = membrane.relax(gates, v + mean_rise, step_ms)
        v = v + rise
        v_at[n + 1] = v
    begin_pA, end_pA = _currents_at_knots(time_ms, charge)
    after_edge = np.append(True, np.abs(start_mV[1:] - stop_mV[:-1]).max(axis=1) > 1e-9)
    begin_pA[after_edge] = (conductance_nS * (start_mV - v_at[:-1]))[after_edge]
    end_pA[:-1][~after_edge[1:]] = begin_pA[1:][~after_edge[1:]]
    return Clamped(time_ms, v_at, charge, begin_pA, end_pA)


def _currents_at_knots(time_ms: FloatArray, charge: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Current at begin and end of each step from the parabola through neighbouring charges, shape (steps, sweeps).

    A step much longer than the clamp's time constant leaves the potential at its end behind the gates by half a step;
    the charge does not suffer from that, so the current is taken from it. Ends are one-sided.
    """
    step = np.diff(time_ms)[:, None]
    mean = np.diff(charge, axis=0) / step
    bend = np.diff(mean, axis=0) / (step[1:] + step[:-1])
    begin, end = mean.copy(), mean.copy()
    begin[1:] -= bend * step[1:]
    end[1:] += bend * step[1:]
    return begin, end


def _phi(decay: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """φ1 = (1 − e^−x)/x, φ2 = (1 − φ1)/x, φ3 = (1/2 − φ2)/x for x > 0, by their series where x is small."""
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
    """Times of the integration, and the command at begin and end of each step, shapes (steps, sweeps).

    The output holds a level until the next sample where they differ by an edge and moves on a line where they do not.
    """
    samples = command_mV.shape[1]
    change = np.diff(command_mV, axis=1)
    is_jump = np.abs(change) > JUMP_mV
    bend = np.abs(np.diff(np.where(is_jump, 0.0, change), axis=1)).max(axis=0)
    fresh = np.flatnonzero(is_jump.any(axis=0)) + 1
    nodes = np.unique(np.concatenate([[0], fresh, np.flatnonzero(bend > 1e-6) + 1, fresh - 1, [samples]]))
    edges = {0, *fresh.tolist(), *(np.flatnonzero(bend > KINK_mV) + 1).tolist()}
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
