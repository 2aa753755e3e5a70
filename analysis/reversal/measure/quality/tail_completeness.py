"""Whether tail currents decayed before they could be measured: measured size divided by the expected one.

Channels do not close instantly. The current at the end of the conditioning step and the tails at all levels belong to
the same instantaneous I–V. Through the measured reversal potential, a constant field predicts each tail from the others
and from the current before the step. The most distant tails are tested, because they close fastest.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.protocol_constants import MIN_MEAN_SAMPLES
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.quality_constants import (
    CONDITIONING_END_DIVISOR,
    EXPECTED_TAIL_LOWER_LIMIT_SE,
    MAX_TAIL_RELATIVE_ERROR,
    MOSTLY_DECAYING_FRACTION,
    MIN_DRIVING_FORCE_mV,
)
from reversal.physics.ghk_constant_field import constant_field
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.statistics_constants import DETECTION_SE
from reversal.tables.iv_table import IVKind


def tail_completeness(
    sweeps: Sweeps,
    plan: Plan,
    curve: IVCurve,
    v_mV: FloatArray,
    offset_mV: float,
    e_mV: float,
    temperature_C: float,
) -> float | None:
    """Smallest measured / expected current of a distant tail; None without one.

    None also if most of the most distant tail decays within the window, because then it was measured.

    v_mV : membrane potential of each point of the curve, (points,); offset_mV : command minus membrane potential
    """
    level = _conditioning(sweeps, plan)
    if curve.kind is not IVKind.TAIL or level is None or curve.decaying_pA is None or curve.decaying_se_pA is None:
        return None
    held_mV = level[0] - offset_mV
    far = int(np.argmax(np.abs(v_mV - held_mV)))
    drive = np.abs(v_mV - e_mV)
    was_measured = abs(curve.decaying_pA[far]) > max(
        MOSTLY_DECAYING_FRACTION * abs(curve.i_pA[far]), DETECTION_SE * curve.decaying_se_pA[far]
    )
    if drive[far] < MIN_DRIVING_FORCE_mV or was_measured:
        return None
    thermal = float(thermal_voltage_mV(temperature_C))
    field = constant_field(v_mV, e_mV, thermal)
    fractions = []
    decaying, error = curve.decaying_pA / field, curve.decaying_se_pA / np.abs(field)
    clear = (drive >= MIN_DRIVING_FORCE_mV) & (decaying > DETECTION_SE * error)
    if clear.any():
        expected = float((decaying - EXPECTED_TAIL_LOWER_LIMIT_SE * error)[clear].max())
        tested = (
            (drive >= MIN_DRIVING_FORCE_mV)
            & ((v_mV - e_mV) * (v_mV[far] - e_mV) > 0)
            & (error < MAX_TAIL_RELATIVE_ERROR * expected)
        )
        fractions.extend((decaying[tested] / expected).tolist())
    expected = level[1] / float(constant_field(np.array([held_mV]), e_mV, thermal)[0])
    if abs(held_mV - e_mV) >= MIN_DRIVING_FORCE_mV and expected * abs(field[far]) > DETECTION_SE * curve.se_pA[far]:
        fractions.append(float(curve.i_pA[far]) / float(field[far]) / expected)
    return min(fractions, default=None)


def _conditioning(sweeps: Sweeps, plan: Plan) -> tuple[float, float] | None:
    """Level directly before the tails [mV] and the current at its end [pA], means over the sweeps."""
    levels, ends = [], []
    for sweep, epoch in zip(plan.sweeps, plan.epochs, strict=True):
        before = [
            e for e in sweeps.recording.command.sweeps[sweep].epochs if e.stop == epoch.start and e.stop > e.start
        ]
        if not before:
            return None
        length = max((before[-1].stop - before[-1].start) // CONDITIONING_END_DIVISOR, MIN_MEAN_SAMPLES)
        ends.append(float(sweeps.i_pA[sweep, before[-1].stop - length : before[-1].stop].mean()))
        levels.append(before[-1].level_mV)
    return float(np.mean(levels)), float(np.mean(ends))
