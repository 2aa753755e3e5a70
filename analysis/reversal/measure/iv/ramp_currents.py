"""I-V of a voltage ramp: capacitive current off, voltage put back by the lag of the clamp, averaged into points.

On a ramp the membrane follows the command by the time constant of the clamp and the filter shows the current later, so
the voltage of a sample is the command that much earlier. The charging current C_m · dV/dt, as far as the recording
still holds it, is taken off, with dV/dt of the membrane; where a ramp goes up and another one down with the same slope,
half their difference is it and their mean is free of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.ramp_capacitance import Onset, held_capacitance
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import NotMeasurable, Plan
from reversal.measure.protocol.shared_epochs import stack
from reversal.recordings.recording import Epoch, Recording, Shape
from reversal.statistics.autocorrelation import separated
from reversal.statistics.polynomials import FIVE_POINT_PARABOLA_RESIDUAL, coefficients_from
from reversal.statistics.robust_weights import MEDIAN_SQUARED_NORMAL
from reversal.tables.findings.finding import Finding

POINT_mV = 6.0  # width of a point; a parabola within it gives the current in its middle
LEAST_POINTS, LEAST_SAMPLES = 6, 16
ONE_SWEEP = 4  # degrees of freedom that one sweep is worth: it does not show the slow part of its own noise
ALIKE = 4  # neighbours on either side whose noise is taken to be alike
EARLY = 4  # points that tell the slope where a ramp sets in


@dataclass(frozen=True, slots=True)
class RampCurve:
    """I-V of a ramp, mean over the sweeps; shapes (points,).

    correlation : of the errors, (points, points); window : begin and end of each point in samples, (points, 2)
    by_sweep_pA : current of each sweep, (sweeps, points)
    half_apart_pA : half of what the way forth has more than the way back, (points,); None with one way alone
    """

    v_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    correlation: FloatArray
    window: FloatArray
    dof: int
    by_sweep_pA: FloatArray
    half_apart_pA: FloatArray | None
    findings: tuple[Finding, ...]


def read_ramp(recording: Recording, plan: Plan, blank_ms: float, clamp: Clamp) -> RampCurve:
    """Read the ramps of a plan; raises NotMeasurable for a ramp that changes from sweep to sweep or is too short."""
    epoch = plan.epochs[0]
    if any(_facts(other) != _facts(epoch) for other in plan.epochs):
        raise NotMeasurable("the ramp changes from sweep to sweep", file=recording.file, place=f"epoch {epoch.name}")
    rate = recording.sample_rate_Hz / 1000.0
    length = epoch.stop - epoch.start
    range_mV = epoch.level_mV - epoch.from_mV
    blank = int(np.ceil(blank_ms * rate))
    begins, back = np.array([one.start for one in plan.epochs], dtype=np.intp), _ways_back(recording, plan)
    usable = length - blank * (1 if back is None else 2)
    count = min(max(round(abs(range_mV) / POINT_mV), LEAST_POINTS), usable // LEAST_SAMPLES)
    if count < LEAST_POINTS:
        raise NotMeasurable("the ramp is too short for an I-V", file=recording.file, place=f"epoch {epoch.name}")
    width = usable // count
    forth = stack(recording, plan.sweeps, begins + blank, width * count)
    middle = blank + width * np.arange(count) + (width - 1) / 2
    window = epoch.start + np.stack([middle - width / 2, middle + width / 2], axis=1)
    if back is None:
        v = epoch.from_mV + range_mV * (middle - clamp.delay_ms * rate) / length
        means = _in_the_middle(forth.reshape(len(plan.sweeps), count, width))
        taken = _charging(recording, plan, blank, clamp, v, means.mean(0))
        means, errors = means - taken.i_pA, _with_shared(_errors(means), taken.shared_pA)
        findings = () if taken.finding is None else (taken.finding,)
        return RampCurve(v, means.mean(0), errors.se_pA, errors.correlation, window, errors.dof, means, None, findings)
    # the same voltages on both ways: charging and lag have opposite signs and cancel
    again = stack(recording, plan.sweeps, back + length - blank - width * count, width * count)[:, ::-1]
    half_apart = 0.5 * (forth - again).mean(0).reshape(count, width).mean(1)
    means = _in_the_middle((0.5 * (forth + again)).reshape(len(plan.sweeps), count, width))
    errors = _errors(means)
    v = epoch.from_mV + range_mV * middle / length
    return RampCurve(v, means.mean(0), errors.se_pA, errors.correlation, window, errors.dof, means, half_apart, ())


@dataclass(frozen=True, slots=True)
class _Taken:
    """Charging current of each point (points,), errors that points share (errors, points), and a warning."""

    i_pA: FloatArray
    shared_pA: FloatArray
    finding: Finding | None


def _charging(recording: Recording, plan: Plan, blank: int, clamp: Clamp, v_mV: FloatArray, i_pA: FloatArray) -> _Taken:
    """Charging current of a ramp of one way; with the lag, what all points share of error."""
    epoch = plan.epochs[0]
    duration_ms = 1000.0 * (epoch.stop - epoch.start) / recording.sample_rate_Hz
    rate = (epoch.level_mV - epoch.from_mV) / duration_ms
    slope = np.gradient(i_pA, v_mV)
    follows = 1.0 - 1e-3 * (clamp.residual_MOhm or 0.0) * slope  # of the membrane's potential, per command
    onset = Onset(rate, clamp.delay_ms, float(follows[:EARLY].mean()))
    held, warning = held_capacitance(recording, plan, blank, onset, clamp.charging, clamp.cm_pF)
    late = rate * clamp.delay_sd_ms * slope
    if held is None:
        return _Taken(np.zeros_like(v_mV), late[None], warning)
    return _Taken(held.pF * rate * follows, np.stack([held.sd_pF * rate * follows, late]), warning)


def _facts(epoch: Epoch) -> tuple[float, float, int]:
    return epoch.from_mV, epoch.level_mV, epoch.stop - epoch.start


def _ways_back(recording: Recording, plan: Plan) -> NDArray[np.intp] | None:
    """Begins of the ramps back over the same range with the same slope, beside the measured ones; None without them."""
    found = []
    for sweep, there in zip(plan.sweeps, plan.epochs, strict=True):
        opposite = there.level_mV, there.from_mV, there.stop - there.start
        beside = (there.stop, there.start - opposite[2])
        starts = [
            one.start
            for one in recording.command.sweeps[sweep].epochs
            if one.shape is Shape.RAMP and _facts(one) == opposite and one.start in beside
        ]
        if not starts:
            return None
        found.append(starts[0])
    return np.array(found, dtype=np.intp)


def _in_the_middle(samples: FloatArray) -> FloatArray:
    """Value of a parabola in the middle of each point; samples (sweeps, points, width), result (sweeps, points)."""
    width = samples.shape[-1]
    t = (np.arange(width) - (width - 1) / 2) / width
    return np.asarray(samples @ coefficients_from(t, 2)[0])


@dataclass(frozen=True, slots=True)
class _Errors:
    """Standard error of each point (points,), correlation between points (points, points), degrees of freedom."""

    se_pA: FloatArray
    correlation: FloatArray
    dof: int


def _with_shared(errors: _Errors, shared_pA: FloatArray) -> _Errors:
    """Errors with those added that all points share, shape (errors, points)."""
    covariance = errors.correlation * np.outer(errors.se_pA, errors.se_pA) + shared_pA.T @ shared_pA
    return _Errors(*separated(covariance), errors.dof)


def _errors(means: FloatArray) -> _Errors:
    """Errors of the mean over sweeps, with the correlation that slow noise leaves between neighbouring points.

    From the spread between sweeps where there are three or more, at each point with its neighbours, for open channels
    are noisier than closed ones; else from the scatter about a parabola through each five neighbours, which cannot show
    that correlation.
    """
    sweeps, points = means.shape
    if sweeps >= 3:
        residual = means - means.mean(0)
        together = np.minimum(np.arange(points) + ALIKE, points - 1) - np.maximum(np.arange(points) - ALIKE, 0) + 1
        square = np.convolve((residual**2).sum(0), np.ones(2 * ALIKE + 1))[ALIKE : ALIKE + points]
        variance = np.maximum(square / together / (sweeps - 1), 1e-12)
        correlation = _correlation(residual / np.sqrt(variance))
        free = (sweeps - 1) * min(points, 2 * ALIKE + 1) / correlation.sum(1).mean()
        return _Errors(np.sqrt(variance / sweeps), correlation, max(round(free), sweeps - 1, 4))
    kernel = FIVE_POINT_PARABOLA_RESIDUAL
    rough = np.convolve(means.mean(0), kernel, mode="valid")
    variance = float(np.median(rough**2) / MEDIAN_SQUARED_NORMAL / (kernel**2).sum())
    return _Errors(np.full(points, np.sqrt(max(variance, 1e-12))), np.eye(points), ONE_SWEEP)


def _correlation(residual: FloatArray) -> FloatArray:
    """Correlation between points by their distance, tapered so that it stays a correlation; (points, points)."""
    points = residual.shape[1]
    lags = np.arange(points)
    covariance = np.array([(residual[:, : points - k] * residual[:, k:]).mean() for k in lags])
    rho = covariance / max(covariance[0], 1e-300)
    reach = int(np.argmax(rho <= 0)) if np.any(rho <= 0) else points
    tapered = np.where(lags < reach, rho * (1 - lags / max(2 * reach, 1)), 0.0)
    matrix = tapered[np.abs(lags[:, None] - lags)]
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.maximum(values, 1e-3)) @ vectors.T
    scale = np.sqrt(np.diag(matrix))
    return np.asarray(matrix / np.outer(scale, scale))
