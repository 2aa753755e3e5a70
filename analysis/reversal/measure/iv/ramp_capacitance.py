"""Charging current of a ramp, from the start of the ramp and from the membrane test.

If a ramp starts from a flat stretch of the same level, membrane potential and channel current are continuous; the
charging current C_m · dV/dt is not. Its jump is the charging current in the recording, with or without cancellation by
the amplifier. A telegraphed capacitance does not show this: it is the value that the amplifier cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import (
    MIN_RAMP_ONSET_SAMPLES,
    MIN_SCATTER_SWEEPS,
    RAMP_ONSET_DIVISOR,
    RAMP_BASELINE_MAX_ms,
    RAMP_START_TOLERANCE_mV,
    STRAY_CAPACITANCE_SD_pF,
)
from reversal.measure.membrane.clamp import Capacitance
from reversal.measure.membrane.membrane_constants import BASELINE_END_DIVISOR, REPORTED_VALUE_RELATIVE_SD
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Recording, Shape
from reversal.statistics.autocorrelation import Spectrum
from reversal.statistics.polynomials import coefficients_from, powers
from reversal.statistics.quantisation import rounding_of
from reversal.statistics.row_parts import RowParts
from reversal.statistics.statistics_constants import DISAGREEMENT_SE
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class Onset:
    """The start of a ramp.

    rate_mV_per_ms : slope of the command; delay_ms : delay of the current relative to it
    membrane_per_command : change of the membrane potential per change of the command, 1 − R_s · slope of the I–V
    """

    rate_mV_per_ms: float
    delay_ms: float
    membrane_per_command: float


def charging_capacitance(
    sweeps: Sweeps, plan: Plan, blank: int, onset: Onset, tested: Capacitance | None, reported_pF: float | None
) -> tuple[Capacitance | None, Finding | None]:
    """Capacitance whose charging current the ramps contain, and a warning about it; None if it is not known.

    blank : samples blanked after the start; tested : by the membrane test; reported_pF : by sheet or telegraph
    """
    corner = _at_corner(sweeps, plan, blank, onset)
    if tested is not None:
        tested = Capacitance(tested.pF, float(np.hypot(tested.sd_pF, STRAY_CAPACITANCE_SD_pF)))
    if corner is not None and tested is not None:
        apart, limit = abs(corner.pF - tested.pF), DISAGREEMENT_SE * float(np.hypot(corner.sd_pF, tested.sd_pF))
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


def _at_corner(sweeps: Sweeps, plan: Plan, blank: int, onset: Onset) -> Capacitance | None:
    """Capacitance from the jump of the current at the start of the ramp; None without a flat stretch before it."""
    recording = sweeps.recording
    per_ms = recording.sample_rate_Hz / 1000.0
    ramp = plan.epochs[0]
    flat = _flat_before(recording, plan)
    before = min(flat // BASELINE_END_DIVISOR, round(RAMP_BASELINE_MAX_ms * per_ms))
    after = min((ramp.stop - ramp.start) // RAMP_ONSET_DIVISOR, ramp.stop - ramp.start - blank)
    if before < max(MIN_RAMP_ONSET_SAMPLES, blank) or after < MIN_RAMP_ONSET_SAMPLES:
        return None
    start = np.array([epoch.start for epoch in plan.epochs], dtype=np.intp)
    flat_pA = sweeps.windows_in_parts(plan.sweeps, start - before, before)
    ramp_pA = sweeps.windows_in_parts(plan.sweeps, start + blank, after)
    was = _extrapolated(flat_pA, float(before), 1)
    now = _extrapolated(ramp_pA, onset.delay_ms * per_ms - blank, 2)
    jumps, count = now.value - was.value, len(plan.sweeps)
    sd = float(np.sqrt((was.variance + now.variance) / count))
    if count >= MIN_SCATTER_SWEEPS:
        sd = max(sd, float(jumps.std(ddof=1)) / np.sqrt(count))
    step_pA = sweeps.converter_step_pA()
    rounded_pA2 = sum(_rounded_pA2(windows, step_pA) for windows in (flat_pA, ramp_pA))  # the same in all sweeps
    rate = onset.rate_mV_per_ms * onset.membrane_per_command
    return Capacitance(float(jumps.mean()) / rate, float(np.hypot(sd, np.sqrt(rounded_pA2))) / abs(rate))


def _rounded_pA2(windows: RowParts, step_pA: float) -> float:
    """Variance of a current by rounding to counts of the converter, as far as noise does not average it."""
    return float(rounding_of(windows, step_pA).variance_of_means(np.zeros(1))[0])


def _flat_before(recording: Recording, plan: Plan) -> int:
    """Number of samples directly before the ramp at its first level, in all sweeps."""
    lengths = []
    for sweep, ramp in zip(plan.sweeps, plan.epochs, strict=True):
        start = ramp.start
        for epoch in reversed(recording.command.sweeps[sweep].epochs):
            level = (
                epoch.shape in (Shape.STEP, Shape.HOLD) and abs(epoch.level_mV - ramp.from_mV) < RAMP_START_TOLERANCE_mV
            )
            if epoch.stop == start and level:
                start = epoch.start
        lengths.append(ramp.start - start)
    return min(lengths)


@dataclass(frozen=True, slots=True)
class _Extrapolated:
    """Polynomials at a time: values, shape (sweeps,), and the variance of each."""

    value: FloatArray
    variance: float


def _extrapolated(samples: RowParts, at: float, order: int) -> _Extrapolated:
    """Value at sample ``at`` of a polynomial through each row, shape (sweeps, n); ``at`` may be outside the row."""
    n = samples.shape[1]
    positions = (np.arange(n) - at) / n
    solve = coefficients_from(positions, order)
    values, square, spectrum = [], 0.0, Spectrum(samples.shape)
    for part in samples.parts():
        coefficients = part @ solve.T
        residual = part - coefficients @ powers(positions, order).T
        values.append(coefficients[:, 0])
        square += float((residual**2).mean()) * len(part)
        spectrum.add(residual)
    noise = square / samples.shape[0] * n / (n - order - 1) * max(spectrum.inflation(order + 1), 1.0)
    return _Extrapolated(np.concatenate(values), noise * float(solve[0] @ solve[0]))
