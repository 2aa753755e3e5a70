"""Whether tails were seen: what they should carry beside what is left of them when the transient is over.

Gates do not move in an instant. The current before the step, at its own level, is a point of the same instantaneous
I–V as the tails, and the tails at other levels are too: a constant field through the measured reversal potential leads
from each of them to the tails beyond the reversal, far from the conditioning level, which are the fastest to close.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.protocol.measured_epoch import Plan
from reversal.physics.ghk import bernoulli
from reversal.physics.nernst import thermal_voltage_mV
from reversal.recordings.recording import Recording
from reversal.tables.iv_table import IVKind

LEAST_DRIVE_mV = 20.0  # driving force of both currents that are held against each other
CLEAR = 4.0  # standard errors from which a tail is seen to relax
SURE = 2.0  # standard errors that are taken off what tails imply
KNOWN = 0.25  # of what is implied, the largest error of a tail that is held against it


def tail_completeness(
    recording: Recording,
    plan: Plan,
    curve: IVCurve,
    v_mV: FloatArray,
    offset_mV: float,
    e_mV: float,
    temperature_C: float,
) -> float | None:
    """Smallest far tail as a part of what the current before the step, or the other tails, imply; None without any.

    None also where most of the farthest is seen to relax: it was not over.

    v_mV : membrane potential of each point of the curve, (points,); offset_mV : command less membrane potential
    """
    level = _conditioning(recording, plan)
    if curve.kind is not IVKind.TAIL or level is None or curve.relaxing_pA is None or curve.relaxing_se_pA is None:
        return None
    held_mV = level[0] - offset_mV
    far = int(np.argmax(np.abs(v_mV - held_mV)))
    drive = np.abs(v_mV - e_mV)
    mostly = abs(curve.relaxing_pA[far]) > max(0.5 * abs(curve.i_pA[far]), CLEAR * curve.relaxing_se_pA[far])
    if drive[far] < LEAST_DRIVE_mV or mostly:
        return None
    thermal = float(thermal_voltage_mV(temperature_C))
    field = constant_field(v_mV, e_mV, thermal)
    parts = []
    relaxing, error = curve.relaxing_pA / field, curve.relaxing_se_pA / np.abs(field)
    clear = (drive >= LEAST_DRIVE_mV) & (relaxing > CLEAR * error)
    if clear.any():
        implied = float((relaxing - SURE * error)[clear].max())
        there = (drive >= LEAST_DRIVE_mV) & ((v_mV - e_mV) * (v_mV[far] - e_mV) > 0) & (error < KNOWN * implied)
        parts.extend((relaxing[there] / implied).tolist())
    implied = level[1] / float(constant_field(np.array([held_mV]), e_mV, thermal)[0])
    if abs(held_mV - e_mV) >= LEAST_DRIVE_mV and implied * abs(field[far]) > CLEAR * curve.se_pA[far]:
        parts.append(float(curve.i_pA[far]) / float(field[far]) / implied)
    return min(parts, default=None)


def _conditioning(recording: Recording, plan: Plan) -> tuple[float, float] | None:
    """Level straight before the tails [mV] and the current at its end [pA], means over the sweeps."""
    levels, ends = [], []
    for sweep, epoch in zip(plan.sweeps, plan.epochs, strict=True):
        before = [e for e in recording.command.sweeps[sweep].epochs if e.stop == epoch.start and e.stop > e.start]
        if not before:
            return None
        length = max((before[-1].stop - before[-1].start) // 10, 4)
        ends.append(float(recording.sweeps[sweep].i_pA[before[-1].stop - length : before[-1].stop].mean()))
        levels.append(before[-1].level_mV)
    return float(np.mean(levels)), float(np.mean(ends))


def constant_field(v_mV: FloatArray, e_mV: float, thermal_mV: float) -> FloatArray:
    """Relative constant-field current of monovalent cations that reverses at ``e_mV``, same shape as the voltage."""
    x = v_mV / thermal_mV
    return np.asarray(bernoulli(-x) - np.exp(e_mV / thermal_mV) * bernoulli(x))
