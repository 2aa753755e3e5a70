"""The conditioning step directly before each measured epoch: its level, its current and the charge that it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.protocol_constants import CONDITIONING_END_DIVISOR, MIN_MEAN_SAMPLES, ACCUMULATION_ms
from reversal.measure.protocol.sweeps import Sweeps


@dataclass(frozen=True, slots=True)
class Conditioning:
    """The conditioning step, means over the sweeps.

    level_mV : command; end_pA : current at its end
    charge_pC : charge that leaves the cell during the step, at most its last 100 ms; earlier ions have left the space
    """

    level_mV: float
    end_pA: float
    charge_pC: float


def conditioning(sweeps: Sweeps, plan: Plan) -> Conditioning | None:
    """The epoch directly before the measured one; None if a sweep has none."""
    levels, ends, charges = [], [], []
    for sweep, epoch in zip(plan.sweeps, plan.epochs, strict=True):
        before = [
            e for e in sweeps.recording.command.sweeps[sweep].epochs if e.stop == epoch.start and e.stop > e.start
        ]
        if not before:
            return None
        current = sweeps.i_pA[sweep][before[-1].start : before[-1].stop]
        length = max(current.size // CONDITIONING_END_DIVISOR, MIN_MEAN_SAMPLES)
        levels.append(before[-1].level_mV)
        ends.append(float(current[-length:].mean()))
        memory = max(round(ACCUMULATION_ms * sweeps.recording.sample_rate_Hz / 1000.0), 1)
        charges.append(float(current[-memory:].sum(dtype=np.float64)) / sweeps.recording.sample_rate_Hz)
    return Conditioning(float(np.mean(levels)), float(np.mean(ends)), float(np.mean(charges)))
