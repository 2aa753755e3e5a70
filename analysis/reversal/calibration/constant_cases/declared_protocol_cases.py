"""Cases of declared protocols: which jumps of the current contradict their times and levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, exactly, first, turning
from reversal.calibration.constant_cases.made import flat, recording
from reversal.measure.protocol.declared_protocol import declared_protocol
from reversal.recordings.recording.recording import Evidence
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding

HOLDING_mV = -80.0
STEP = slice(200, 600)  # samples of the declared step, 20 to 60 ms


def _charging(steps_mV: float, late: int = 0) -> FloatArray:
    """Current of 10 pA/mV that halves with every sample, at both ends of a step that comes late."""
    decay = 10.0 * steps_mV * 0.5 ** np.arange(100)
    i_pA = np.zeros(1000)
    i_pA[STEP.start + late :][:100] += decay
    i_pA[STEP.stop + late :][:100] -= decay
    return i_pA


def _found(rows: Sequence[FloatArray], steps_mV: Sequence[float]) -> Finding | None:
    """Finding about sweeps whose declared steps from holding are given."""
    parts = [[("A", 200, HOLDING_mV), ("B", 400, HOLDING_mV + step), ("after", 400, HOLDING_mV)] for step in steps_mV]
    made = recording([flat(*one) for one in parts], np.array(rows))
    declared = replace(made, command=replace(made.command, evidence=Evidence.DECLARED))
    return next(iter(declared_protocol(declared)), None)


def _code(rows: Sequence[FloatArray], steps_mV: Sequence[float]) -> Code | None:
    found = _found(rows, steps_mV)
    return None if found is None else found.code


def steps_at_another_time() -> Answers:
    """Steps that come late, and steps of which a fraction is left at the declared time."""
    shifts_ms = (0.2, 0.4, 0.6, 0.9, 1.1, 1.5, 1.9, 2.1, 2.5, 4.1, 5.0)
    fractions = (0.05, 0.15, 0.25, 0.35, 0.45)

    def late(ms: float) -> Code | None:
        return _code([_charging(50.0, round(10 * ms))], [50.0])

    def beside(fraction: float) -> Code | None:
        return _code([_charging(50.0, 100) + fraction * _charging(50.0)], [50.0])

    return {
        "late_ms": exactly(first(shifts_ms, late), 1.1),
        "fraction": exactly(first(fractions, lambda one: beside(one) is not Code.PROTOCOL_TIMES), 0.25),
    }


def jumps_in_noise() -> Answers:
    """The smallest jump that confirms a protocol, in standard deviations of the noise, and that of a slow rise."""
    noise = np.random.default_rng(3).standard_normal(1000)
    sizes = tuple(2.0 * 1.1**n for n in range(40))
    rise = np.interp(np.arange(1000), (300, 320), (0.0, 100.0))
    slow = _found([rise], [50.0])
    return {
        "smallest": turning(sizes, lambda size: _code([noise + _charging(0.1 * size * np.sqrt(2.0))], [50.0]) is None),
        "rise_pA": exactly(None if slow is None else float(slow.values.get("jump_pA", 0.0)), 25.0),
    }


def shifted_levels() -> Answers:
    """Levels that are shifted against the declared ones, few levels, and large steps with smaller jumps."""
    shifts_mV = (1.0, 1.4, 1.6, 2.9, 3.1, 4.0, 5.9, 6.1, 8.0)
    steps_mV = np.arange(-40.0, 110.0, 10.0)

    def shifted(steps_mV: FloatArray, by_mV: float, less: float = 0.0) -> bool:
        rows = [_charging((step + by_mV) * (1.0 - less * abs(step + by_mV) / 100.0)) for step in steps_mV.tolist()]
        return _code(rows, steps_mV.tolist()) is Code.PROTOCOL_LEVELS

    losses = tuple(0.2 + 0.05 * n for n in range(40))
    return {
        "shift_mV": exactly(first(shifts_mV, lambda by: shifted(steps_mV, by)), 3.1),
        "levels": exactly(first(range(2, 15), lambda n: shifted(steps_mV[:n], 20.0)), 5),
        "loss": first(losses, lambda loss: not shifted(steps_mV, 20.0, loss)),
    }


CASES = (steps_at_another_time, jumps_in_noise, shifted_levels)
