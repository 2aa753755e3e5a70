"""Common voltage-clamp protocols: families of steps, tails after a prepulse, ramps, repeats of one step.

All except the P/N family start with a membrane test, a step of −10 mV for 20 ms. Voltages are in mV, times in ms. The
levels of a family run from ``first_mV`` to ``last_mV`` by ``by_mV``; a DomainError if they do not meet the last one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from reversal.errors import DomainError
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind

MEMBRANE_TEST_mV = -10.0
MEMBRANE_TEST_ms = 20.0
SWEEP_INTERVAL_s = 2.0


def step_family(
    first_mV: float,
    last_mV: float,
    by_mV: float,
    *,
    holding_mV: float = -80.0,
    step_ms: float = 200.0,
    rate_Hz: float = 20000.0,
    name: str = "steps",
) -> AbfProtocol:
    """Steps from holding to a family of levels, for steady-state and peak I–V curves."""
    step = (EpochKind.STEP, first_mV, step_ms, by_mV)
    return _protocol(
        [step, (EpochKind.STEP, holding_mV, 40.0, 0.0)], holding_mV, _levels(first_mV, last_mV, by_mV), rate_Hz, name
    )


def sub_pulse_family(
    first_mV: float,
    last_mV: float,
    by_mV: float,
    *,
    ratio: float = -0.25,
    copies: int = 4,
    holding_mV: float = -80.0,
    step_ms: float = 100.0,
    rate_Hz: float = 20000.0,
    name: str = "P/N",
) -> AbfProtocol:
    """A step family with sub-pulses before each step, for P/N leak subtraction.

    ratio : amplitude of a sub-pulse relative to the step; negative for the opposite direction
    copies : sub-pulses before each step. They leave no epoch of the table free for a membrane test.
    """
    small = (EpochKind.STEP, holding_mV + ratio * (first_mV - holding_mV), step_ms, ratio * by_mV)
    holding = (EpochKind.STEP, holding_mV, 40.0, 0.0)
    parts = [small, holding] * copies + [(EpochKind.STEP, first_mV, step_ms, by_mV), holding]
    return _protocol_without_test(parts, holding_mV, _levels(first_mV, last_mV, by_mV), rate_Hz, name)


def tail_family(
    prepulse_mV: float,
    first_mV: float,
    last_mV: float,
    by_mV: float,
    *,
    holding_mV: float = -80.0,
    prepulse_ms: float = 300.0,
    tail_ms: float = 200.0,
    rate_Hz: float = 20000.0,
    name: str = "tails",
) -> AbfProtocol:
    """A prepulse that opens the channels, then a family of levels at which the tail current is recorded."""
    prepulse = (EpochKind.STEP, prepulse_mV, prepulse_ms, 0.0)
    tail = (EpochKind.STEP, first_mV, tail_ms, by_mV)
    after = (EpochKind.STEP, holding_mV, 40.0, 0.0)
    return _protocol([prepulse, tail, after], holding_mV, _levels(first_mV, last_mV, by_mV), rate_Hz, name)


def ramp_up_and_down(
    low_mV: float,
    high_mV: float,
    *,
    holding_mV: float = -80.0,
    ramp_ms: float = 500.0,
    repeats: int = 5,
    rate_Hz: float = 20000.0,
    name: str = "ramps",
) -> AbfProtocol:
    """A step to the low level, a ramp to the high level and a ramp back, the same in every sweep."""
    epochs = [
        (EpochKind.STEP, low_mV, 50.0, 0.0),
        (EpochKind.RAMP, high_mV, ramp_ms, 0.0),
        (EpochKind.RAMP, low_mV, ramp_ms, 0.0),
        (EpochKind.STEP, holding_mV, 40.0, 0.0),
    ]
    return _protocol(epochs, holding_mV, repeats, rate_Hz, name)


def ramp_one_way(
    low_mV: float,
    high_mV: float,
    *,
    holding_mV: float = -80.0,
    ramp_ms: float = 500.0,
    repeats: int = 5,
    rate_Hz: float = 20000.0,
    name: str = "ramps",
) -> AbfProtocol:
    """A step to the low level and a ramp to the high level, the same in every sweep."""
    epochs = [
        (EpochKind.STEP, low_mV, 50.0, 0.0),
        (EpochKind.RAMP, high_mV, ramp_ms, 0.0),
        (EpochKind.STEP, holding_mV, 40.0, 0.0),
    ]
    return _protocol(epochs, holding_mV, repeats, rate_Hz, name)


def repeated_step(
    level_mV: float,
    *,
    holding_mV: float = -80.0,
    step_ms: float = 200.0,
    repeats: int = 20,
    rate_Hz: float = 20000.0,
    name: str = "repeats",
) -> AbfProtocol:
    """The same step in every sweep, for averages and run-down."""
    epochs = [(EpochKind.STEP, level_mV, step_ms, 0.0), (EpochKind.STEP, holding_mV, 40.0, 0.0)]
    return _protocol(epochs, holding_mV, repeats, rate_Hz, name)


def _levels(first_mV: float, last_mV: float, by_mV: float) -> int:
    """Number of sweeps of a family. Raises DomainError if the increment does not lead to the last level."""
    steps = (last_mV - first_mV) / by_mV if by_mV else math.nan
    if not steps >= 0 or abs(steps - round(steps)) > 1e-9:
        raise DomainError(
            "the increment does not lead from the first level to the last",
            found=f"{first_mV:g} to {last_mV:g} by {by_mV:g} mV",
        )
    return round(steps) + 1


def _protocol(
    parts: Sequence[tuple[EpochKind, float, float, float]], holding_mV: float, sweeps: int, rate_Hz: float, name: str
) -> AbfProtocol:
    """Protocol of a membrane test and the given parts (kind, level, ms, increment)."""
    test = [
        (EpochKind.STEP, holding_mV, MEMBRANE_TEST_ms, 0.0),
        (EpochKind.STEP, holding_mV + MEMBRANE_TEST_mV, MEMBRANE_TEST_ms, 0.0),
        (EpochKind.STEP, holding_mV, MEMBRANE_TEST_ms, 0.0),
    ]
    return _protocol_without_test([*test, *parts], holding_mV, sweeps, rate_Hz, name)


def _protocol_without_test(
    parts: Sequence[tuple[EpochKind, float, float, float]], holding_mV: float, sweeps: int, rate_Hz: float, name: str
) -> AbfProtocol:
    """Protocol of the parts alone, with the length of its sweeps."""
    per_ms = rate_Hz / 1000.0
    epochs = tuple(
        AbfEpoch(kind, level_mV, round(ms * per_ms), level_step_mV=by_mV) for kind, level_mV, ms, by_mV in parts
    )
    needed = sum(epoch.duration for epoch in epochs)
    samples = 64 * math.ceil((needed * 64 / 63 + 0.005 * rate_Hz) / 64)
    return AbfProtocol(epochs, holding_mV, sweeps, samples, rate_Hz, interval_s=SWEEP_INTERVAL_s, name=name)
