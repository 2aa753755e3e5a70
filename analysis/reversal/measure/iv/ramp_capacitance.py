"""Charging current of a ramp, from its corner and from the membrane test.

Where a ramp sets in after a flat stretch of the same level the membrane potential is continuous, and so is what the
channels carry; the charging current C_m · dV/dt is not. The jump there is what the recording holds of it, whatever the
amplifier has cancelled. A capacitance that was told says nothing of that: amplifiers tell the value they cancel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.membrane.clamp import REPORTED_VALUE_RELATIVE_SD, Capacitance
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.shared_epochs import stack
from reversal.recordings.recording import Recording, Shape
from reversal.statistics.autocorrelation import correlation_inflation
from reversal.statistics.polynomials import coefficients_from, powers
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding

LONGEST_MS = 50.0  # of the flat stretch
PART = 8  # of the ramp that is led back to the corner
LEAST = 16  # samples on either side
SAME_mV = 0.01
STRAY_pF = 0.3  # standard deviation of a pipette's capacitance, which shows at a corner and in no membrane test
DISAGREES = 4.0  # standard errors between corner and membrane test


@dataclass(frozen=True, slots=True)
class Onset:
    """A ramp as it sets in.

    rate_mV_per_ms : slope of the command; late_ms : delay of the current behind it
    follows : change of the membrane potential per change of the command, 1 − R_s · slope of the I–V
    """

    rate_mV_per_ms: float
    late_ms: float
    follows: float


def held_capacitance(
    recording: Recording, plan: Plan, blank: int, onset: Onset, tested: Capacitance | None, reported_pF: float | None
) -> tuple[Capacitance | None, Finding | None]:
    """Capacitance whose charging current the ramps contain, and a warning about it; None if it is not known.

    blank : samples left out after the corner; tested : by the membrane test; reported_pF : by sheet or telegraph
    """
    corner = _at_corner(recording, plan, blank, onset)
    if tested is not None:
        tested = Capacitance(tested.pF, float(np.hypot(tested.sd_pF, STRAY_pF)))
    if corner is not None and tested is not None:
        apart, limit = abs(corner.pF - tested.pF), DISAGREES * float(np.hypot(corner.sd_pF, tested.sd_pF))
        if apart <= limit:
            return _together(corner, tested), None
        code = Code.RAMP_CAPACITANCE_MISMATCH
        return corner, finding(code, apart, limit, corner_pF=corner.pF, tested_pF=tested.pF)
    if corner is not None or tested is not None:
        return corner or tested, None
    if reported_pF is None:
        return None, finding(Code.RAMP_CAPACITANCE_UNKNOWN)
    charging_pA = reported_pF * onset.rate_mV_per_ms
    assumed = finding(Code.RAMP_CAPACITANCE_ASSUMED, charging_pA, capacitance_pF=reported_pF)
    return Capacitance(reported_pF, REPORTED_VALUE_RELATIVE_SD * reported_pF), assumed


def _together(one: Capacitance, other: Capacitance) -> Capacitance:
    """Mean of two, weighted by their variances."""
    weights = np.array([one.sd_pF, other.sd_pF]) ** -2.0
    return Capacitance(float(weights @ [one.pF, other.pF] / weights.sum()), float(weights.sum() ** -0.5))


def _at_corner(recording: Recording, plan: Plan, blank: int, onset: Onset) -> Capacitance | None:
    """Capacitance from the jump of the current where the ramp sets in; None without a flat stretch before it."""
    per_ms = recording.sample_rate_Hz / 1000.0
    ramp = plan.epochs[0]
    flat = _flat_before(recording, plan)
    before = min(flat // 2, round(LONGEST_MS * per_ms))
    after = min((ramp.stop - ramp.start) // PART, ramp.stop - ramp.start - blank)
    if before < max(LEAST, blank) or after < LEAST:
        return None
    begin = np.array([epoch.start for epoch in plan.epochs], dtype=np.intp)
    was = _led_to(stack(recording, plan.sweeps, begin - before, before), float(before), 1)
    now = _led_to(stack(recording, plan.sweeps, begin + blank, after), onset.late_ms * per_ms - blank, 2)
    jumps, count = now.value - was.value, len(plan.sweeps)
    sd = float(np.sqrt((was.variance + now.variance) / count))
    if count >= 3:
        sd = max(sd, float(jumps.std(ddof=1)) / np.sqrt(count))
    rate = onset.rate_mV_per_ms * onset.follows
    return Capacitance(float(jumps.mean()) / rate, sd / abs(rate))


def _flat_before(recording: Recording, plan: Plan) -> int:
    """Samples straight before the ramp that all sweeps spend at its first level."""
    lengths = []
    for sweep, ramp in zip(plan.sweeps, plan.epochs, strict=True):
        start = ramp.start
        for epoch in reversed(recording.command.sweeps[sweep].epochs):
            level = epoch.shape in (Shape.STEP, Shape.HOLD) and abs(epoch.level_mV - ramp.from_mV) < SAME_mV
            if epoch.stop == start and level:
                start = epoch.start
        lengths.append(ramp.start - start)
    return min(lengths)


@dataclass(frozen=True, slots=True)
class _Led:
    """Polynomials led to a time: values, shape (sweeps,), and the variance of each."""

    value: FloatArray
    variance: float


def _led_to(samples: FloatArray, at: float, order: int) -> _Led:
    """Lead a polynomial through each row, shape (sweeps, n), to a sample before, in or after it."""
    n = samples.shape[1]
    positions = (np.arange(n) - at) / n
    solve = coefficients_from(positions, order)
    coefficients = samples @ solve.T
    residual = samples - coefficients @ powers(positions, order).T
    noise = float((residual**2).mean()) * n / (n - order - 1) * max(correlation_inflation(residual, order + 1), 1.0)
    return _Led(coefficients[:, 0], noise * float(solve[0] @ solve[0]))
