"""I-V of a voltage ramp: capacitive current off, voltage put back by the lag of the clamp, averaged into points.

On a ramp the membrane follows the command by the time constant of the clamp and the filter shows the current later, so
the voltage of a sample is the command that much earlier. The ramp's own capacitive current C_m · dV/dt is taken off;
where a ramp goes up and another one down with the same slope, half their difference is it and their mean is free of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.measure.charging import DELAY
from analysis.measure.stretches import stack
from analysis.measure.windows import NotMeasurable, Plan
from analysis.recordings.model import Epoch, Recording, Shape

FloatArray = NDArray[np.float64]

POINT_mV = 6.0  # width of a point; a parabola within it gives the current in its middle
LEAST_POINTS, LEAST_SAMPLES = 6, 16
ONE_SWEEP = 60


@dataclass(frozen=True, slots=True)
class Lag:
    """What is known of the clamp; None where it is not.

    clamp_ms : time constant of the clamp; lowpass_Hz : corner of the filter; cm_pF : capacitance of the membrane
    """

    clamp_ms: float | None
    lowpass_Hz: float | None
    cm_pF: float | None

    @property
    def total_ms(self) -> float:
        """Delay of the current behind the command, as far as it is known."""
        filtered = DELAY * 1000.0 / self.lowpass_Hz if self.lowpass_Hz else 0.0
        return (self.clamp_ms or 0.0) + filtered


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
    notes: tuple[str, ...]


def read_ramp(recording: Recording, plan: Plan, blank_ms: float, lag: Lag) -> RampCurve:
    """Read the ramps of a plan; raises NotMeasurable for a ramp that changes from sweep to sweep or is too short."""
    epoch = plan.epochs[0]
    if any(_facts(other) != _facts(epoch) for other in plan.epochs):
        raise NotMeasurable("the ramp changes from sweep to sweep", file=recording.file, place=f"epoch {epoch.name}")
    rate = recording.sample_rate_Hz / 1000.0
    length = epoch.stop - epoch.start
    range_mV = epoch.level_mV - epoch.from_mV
    blank = int(np.ceil(blank_ms * rate))
    back = _way_back(recording, plan, epoch)
    usable = length - blank * (1 if back is None else 2)
    count = min(max(round(abs(range_mV) / POINT_mV), LEAST_POINTS), usable // LEAST_SAMPLES)
    if count < LEAST_POINTS:
        raise NotMeasurable("the ramp is too short for an I-V", file=recording.file, place=f"epoch {epoch.name}")
    width = usable // count
    forth = stack(recording, plan.sweeps, np.full(len(plan.sweeps), epoch.start + blank), width * count)
    late = lag.total_ms * rate
    notes: tuple[str, ...] = ()
    half_apart = None
    if back is not None:  # the same voltages on both ways: charging and lag have opposite signs and cancel
        first = back.stop - blank - width * count
        again = stack(recording, plan.sweeps, np.full(len(plan.sweeps), first), width * count)[:, ::-1]
        half_apart = 0.5 * (forth - again).mean(0).reshape(count, width).mean(1)
        forth, late = 0.5 * (forth + again), 0.0
    elif lag.cm_pF is not None:
        forth = forth - lag.cm_pF * range_mV / (length / rate)
    else:
        notes = ("C_m is not known: the capacitive current of the ramp is still in it",)
    means = _in_the_middle(forth.reshape(len(plan.sweeps), count, width))
    middle = blank + width * np.arange(count) + (width - 1) / 2
    v = epoch.from_mV + range_mV * (middle - late) / length
    errors = _errors(means)
    window = epoch.start + np.stack([middle - width / 2, middle + width / 2], axis=1)
    return RampCurve(v, means.mean(0), errors.se_pA, errors.correlation, window, errors.dof, means, half_apart, notes)


def _facts(epoch: Epoch) -> tuple[float, float, int]:
    return epoch.from_mV, epoch.level_mV, epoch.stop - epoch.start


def _way_back(recording: Recording, plan: Plan, epoch: Epoch) -> Epoch | None:
    """The ramp back over the same range with the same slope, next to the measured one in every sweep."""
    for candidate in recording.command.sweeps[plan.sweeps[0]].epochs:
        if candidate.shape is not Shape.RAMP or _facts(candidate) != (epoch.level_mV, epoch.from_mV, _facts(epoch)[2]):
            continue
        same = all(candidate in recording.command.sweeps[sweep].epochs for sweep in plan.sweeps)
        if same and candidate.start in (epoch.stop, epoch.start - _facts(epoch)[2]):
            return candidate
    return None


def _in_the_middle(samples: FloatArray) -> FloatArray:
    """Value of a parabola in the middle of each point; samples (sweeps, points, width), result (sweeps, points)."""
    width = samples.shape[-1]
    t = (np.arange(width) - (width - 1) / 2) / width
    return np.asarray(samples @ np.linalg.pinv(np.vander(t, 3, increasing=True))[0])


@dataclass(frozen=True, slots=True)
class _Errors:
    """Standard error of each point (points,), correlation between points (points, points), degrees of freedom."""

    se_pA: FloatArray
    correlation: FloatArray
    dof: int


def _errors(means: FloatArray) -> _Errors:
    """Errors of the mean over sweeps, with the correlation that slow noise leaves between neighbouring points.

    From the spread between sweeps where there are three or more; else from the scatter about a parabola through each
    five neighbours, which cannot show it.
    """
    sweeps, points = means.shape
    if sweeps >= 3:
        residual = means - means.mean(0)
        variance = float((residual**2).sum()) / ((sweeps - 1) * points) / sweeps
        correlation = _correlation(residual)
        return _Errors(
            np.full(points, np.sqrt(max(variance, 1e-12))),
            correlation,
            max(round((sweeps - 1) * points / correlation.sum(1).mean()), 4),
        )
    kernel = np.array([3.0, -12.0, 18.0, -12.0, 3.0]) / 35.0  # value less its five-point parabola (Savitzky & Golay)
    rough = np.convolve(means.mean(0), kernel, mode="valid")
    variance = float(np.median(rough**2) / 0.4549 / (kernel**2).sum())
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
