"""I–V of a voltage ramp: capacitive current subtracted, voltage corrected for the delay, averaged into points.

On a ramp the membrane follows the command with the time constant of the clamp, and the filter delays the current
further. So the voltage of a sample is the command earlier by both delays. The charging current C_m · dV/dt is
subtracted as far as the recording contains it, with dV/dt of the membrane. If there is a return ramp of the same slope,
the mean of both directions contains no charging current.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_constants import (
    CORRELATION_TAPER_REACH,
    FEW_SWEEPS_DOF,
    MIN_RAMP_POINT_SAMPLES,
    MIN_RAMP_POINTS,
    MIN_SCATTER_SWEEPS,
    NOISE_NEIGHBOURS,
    NOISE_PARTS,
    POINTS_PER_RAMP_ORDER,
    RAMP_ONSET_POINTS,
    MIN_VARIANCE_pA2,
    RAMP_POINT_WIDTH_mV,
)
from reversal.measure.iv.lasting_noise import lasting_offset_pA2
from reversal.measure.iv.ramp_capacitance import Onset, charging_capacitance
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import NotMeasurable, Plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Epoch, Recording, Shape
from reversal.statistics.autocorrelation import positive_definite, separated
from reversal.statistics.correlated_noise import covariance_of_noise
from reversal.statistics.polynomials import coefficients_from, orthonormal_polynomials
from reversal.statistics.quantisation import rounding_of
from reversal.statistics.row_parts import RowParts
from reversal.tables.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class RampCurve:
    """I–V of a ramp, mean over the sweeps; shapes (points,).

    correlation : of the errors, (points, points); window : start and end of each point in samples, (points, 2)
    by_sweep_pA : current of each sweep, (sweeps, points)
    half_difference_pA : half of forward minus return ramp, (points,); None for a ramp in one direction
    """

    v_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    correlation: FloatArray
    window: FloatArray
    dof: int
    by_sweep_pA: FloatArray
    half_difference_pA: FloatArray | None
    findings: tuple[Finding, ...]


def read_ramp(sweeps: Sweeps, plan: Plan, blank_ms: float, clamp: Clamp) -> RampCurve:
    """Measure the ramps of a plan; raises NotMeasurable for a ramp that changes from sweep to sweep or is too short."""
    recording, epoch = sweeps.recording, plan.epochs[0]
    if any(_facts(other) != _facts(epoch) for other in plan.epochs):
        raise NotMeasurable("the ramp changes from sweep to sweep", file=recording.file, place=f"epoch {epoch.name}")
    rate = recording.sample_rate_Hz / 1000.0
    length = epoch.stop - epoch.start
    range_mV = epoch.level_mV - epoch.from_mV
    blank = int(np.ceil(blank_ms * rate))
    starts, returns = np.array([one.start for one in plan.epochs], dtype=np.intp), _return_ramps(recording, plan)
    usable = length - blank * (1 if returns is None else 2)
    count = min(max(round(abs(range_mV) / RAMP_POINT_WIDTH_mV), MIN_RAMP_POINTS), usable // MIN_RAMP_POINT_SAMPLES)
    if count < MIN_RAMP_POINTS:
        raise NotMeasurable("the ramp is too short for an I–V", file=recording.file, place=f"epoch {epoch.name}")
    width = usable // count
    forward = _Points(sweeps.windows_in_parts(plan.sweeps, starts + blank, width * count), width)
    step_pA = sweeps.converter_step_pA()
    middle = blank + width * np.arange(count) + (width - 1) / 2
    window = epoch.start + np.stack([middle - width / 2, middle + width / 2], axis=1)
    if returns is None:
        v = epoch.from_mV + range_mV * (middle - clamp.delay_ms * rate) / length
        means = forward.by_sweep(_at_centre)
        rounded = _rounded(forward, step_pA)
        if len(plan.sweeps) >= MIN_SCATTER_SWEEPS:
            errors = _errors(means)
        else:  # a converter that does not resolve the noise makes it look slow in parts of a point
            coarse = bool((rounded > MIN_VARIANCE_pA2).any())
            errors = _errors_of_few(means[..., None] if coarse else forward.by_sweep(_parts))
        charging = _charging(sweeps, plan, blank, clamp, v, means.mean(0))
        shared = np.vstack([charging.shared_pA, _lasting_pA(means, recording, plan)])
        means, errors = means - charging.i_pA, _with_shared(errors, shared, rounded)
        findings = () if charging.finding is None else (charging.finding,)
        return RampCurve(v, means.mean(0), errors.se_pA, errors.correlation, window, errors.dof, means, None, findings)
    # at the same voltages, charging current and delay have opposite signs in the two directions and cancel
    back = sweeps.windows_in_parts(plan.sweeps, returns + length - blank - width * count, width * count)
    backward = _Points(back, width, is_reversed=True)
    half_difference = 0.5 * (forward.by_sweep(_means).mean(0) - backward.by_sweep(_means).mean(0))
    centres = forward.by_sweep(_at_centre), backward.by_sweep(_at_centre)
    means, difference = 0.5 * (centres[0] + centres[1]), 0.5 * (centres[0] - centres[1])
    rounded = 0.5 * 0.5 * (_rounded(forward, step_pA) + _rounded(backward, step_pA))  # of the mean of both directions
    errors = _errors(means) if len(plan.sweeps) >= MIN_SCATTER_SWEEPS else _errors_of_limbs(means, difference)
    errors = _with_shared(errors, _lasting_pA(means, recording, plan), rounded)
    v = epoch.from_mV + range_mV * middle / length
    return RampCurve(v, means.mean(0), errors.se_pA, errors.correlation, window, errors.dof, means, half_difference, ())


@dataclass(frozen=True, slots=True)
class _Points:
    """Samples of ramps, each point a row of ``width`` samples, in the order of the voltage.

    ramps : samples of each sweep, (sweeps, points · width)
    """

    ramps: RowParts
    width: int
    is_reversed: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Number of points of all sweeps, and of samples in each."""
        sweeps, samples = self.ramps.shape
        return sweeps * (samples // self.width), self.width

    def parts(self) -> Iterator[FloatArray]:
        """Points of some sweeps at a time."""
        for ramps in self.ramps.parts():
            yield (ramps[:, ::-1] if self.is_reversed else ramps).reshape(-1, self.width)

    def by_sweep(self, function: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """A number for each point, (sweeps, points), by a function of samples (sweeps, points, width)."""
        count = self.ramps.shape[1] // self.width
        return np.concatenate([function(points.reshape(-1, count, self.width)) for points in self.parts()])


@dataclass(frozen=True, slots=True)
class _Charging:
    """Charging current of each point (points,), errors that points share (errors, points), and a warning."""

    i_pA: FloatArray
    shared_pA: FloatArray
    finding: Finding | None


def _charging(sweeps: Sweeps, plan: Plan, blank: int, clamp: Clamp, v_mV: FloatArray, i_pA: FloatArray) -> _Charging:
    """Charging current of a ramp in one direction, with the errors of charging current and delay."""
    epoch = plan.epochs[0]
    duration_ms = 1000.0 * (epoch.stop - epoch.start) / sweeps.recording.sample_rate_Hz
    rate = (epoch.level_mV - epoch.from_mV) / duration_ms
    slope = np.gradient(i_pA, v_mV)
    membrane = 1.0 - 1e-3 * (clamp.residual_MOhm or 0.0) * slope  # change of membrane potential per change of command
    onset = Onset(rate, clamp.delay_ms, float(membrane[:RAMP_ONSET_POINTS].mean()))
    capacitance, warning = charging_capacitance(sweeps, plan, blank, onset, clamp.charging, clamp.cm_pF)
    by_delay = rate * clamp.delay_sd_ms * slope
    if capacitance is None:
        return _Charging(np.zeros_like(v_mV), by_delay[None], warning)
    return _Charging(
        capacitance.pF * rate * membrane, np.stack([capacitance.sd_pF * rate * membrane, by_delay]), warning
    )


def _facts(epoch: Epoch) -> tuple[float, float, int]:
    return epoch.from_mV, epoch.level_mV, epoch.stop - epoch.start


def _return_ramps(recording: Recording, plan: Plan) -> NDArray[np.intp] | None:
    """First samples of the return ramps, of the same range and slope, next to the measured ones; None without them."""
    found = []
    for sweep, ramp in zip(plan.sweeps, plan.epochs, strict=True):
        opposite = ramp.level_mV, ramp.from_mV, ramp.stop - ramp.start
        next_to = (ramp.stop, ramp.start - opposite[2])
        starts = [
            one.start
            for one in recording.command.sweeps[sweep].epochs
            if one.shape is Shape.RAMP and _facts(one) == opposite and one.start in next_to
        ]
        if not starts:
            return None
        found.append(starts[0])
    return np.array(found, dtype=np.intp)


def _at_centre(samples: FloatArray) -> FloatArray:
    """Value of a parabola at the centre of each point; samples (sweeps, points, width), result (sweeps, points)."""
    return np.asarray(samples @ _centre_weights(samples.shape[-1]))


def _centre_weights(count: int) -> FloatArray:
    """Weights of equally spaced values in the value of their parabola at the centre, (count,)."""
    return np.asarray(coefficients_from((np.arange(count) - (count - 1) / 2) / count, min(2, count - 1))[0])


@dataclass(frozen=True, slots=True)
class _Errors:
    """Standard error of each point (points,), correlation between points (points, points), degrees of freedom."""

    se_pA: FloatArray
    correlation: FloatArray
    dof: int


def _lasting_pA(means: FloatArray, recording: Recording, plan: Plan) -> FloatArray:
    """Error that noise slower than a ramp adds to all points of the mean, (1, points); means (sweeps, points)."""
    sweeps, points = means.shape
    if sweeps < MIN_SCATTER_SWEEPS:
        return np.zeros((1, points))
    start_s = np.array([recording.sweeps[sweep].start_s for sweep in plan.sweeps])
    ramp_s = (plan.epochs[0].stop - plan.epochs[0].start) / recording.sample_rate_Hz
    return np.full((1, points), np.sqrt(lasting_offset_pA2(means, start_s, ramp_s)))


def _means(samples: FloatArray) -> FloatArray:
    """Mean of each point; samples (sweeps, points, width), result (sweeps, points)."""
    return np.asarray(samples.mean(-1))


def _parts(samples: FloatArray) -> FloatArray:
    """Means of the parts of each point; samples (sweeps, points, width), result (sweeps, points, parts)."""
    return np.stack([part.mean(-1) for part in np.array_split(samples, NOISE_PARTS, axis=-1)], axis=-1)


def _rounded(points: _Points, step_pA: float) -> FloatArray:
    """Variance of each point by rounding, which repeated sweeps share, (points,)."""
    means = points.by_sweep(_means).mean(0)
    return rounding_of(points, step_pA).variance_of_centres(np.abs(np.gradient(means)))


def _with_shared(errors: _Errors, shared_pA: FloatArray, own_pA2: FloatArray) -> _Errors:
    """Errors with further ones added: shared by points, (errors, points), and variances of each point, (points,)."""
    covariance = errors.correlation * np.outer(errors.se_pA, errors.se_pA) + shared_pA.T @ shared_pA + np.diag(own_pA2)
    return _Errors(*separated(covariance), errors.dof)


def _errors(means: FloatArray) -> _Errors:
    """Errors of the mean over three or more sweeps, with the correlation that slow noise makes between points.

    They follow from the spread between the sweeps at each point and its neighbours, because open channels are noisier
    than closed ones.
    """
    sweeps, points = means.shape
    residual = means - means.mean(0)
    pooled = (
        np.minimum(np.arange(points) + NOISE_NEIGHBOURS, points - 1)
        - np.maximum(np.arange(points) - NOISE_NEIGHBOURS, 0)
        + 1
    )
    square = np.convolve((residual**2).sum(0), np.ones(2 * NOISE_NEIGHBOURS + 1))[
        NOISE_NEIGHBOURS : NOISE_NEIGHBOURS + points
    ]
    variance = np.maximum(square / pooled / (sweeps - 1), MIN_VARIANCE_pA2)
    correlation = _correlation(residual / np.sqrt(variance))
    free = (sweeps - 1) * min(points, 2 * NOISE_NEIGHBOURS + 1) / correlation.sum(1).mean()
    return _Errors(np.sqrt(variance / sweeps), correlation, max(round(free), sweeps - 1, FEW_SWEEPS_DOF))


def _errors_of_few(parts: FloatArray) -> _Errors:
    """Errors of the mean of one or two sweeps, from the noise that a sweep contains; (sweeps, points, parts).

    The I–V is smooth, noise is not. Parts of a point show how fast the noise is; points alone would leave that open.
    The sweeps are not compared, because one of two may be in another state of the cell.
    """
    sweeps, points, each = parts.shape
    order = points // POINTS_PER_RAMP_ORDER
    design = orthonormal_polynomials(np.linspace(-1.0, 1.0, points * each), order)
    covariance = covariance_of_noise(parts.reshape(sweeps, -1), design) / sweeps
    at_centre = _centre_weights(each)
    of_points = np.einsum("iajb,a,b->ij", covariance.reshape(points, each, points, each), at_centre, at_centre)
    se, correlation = separated(of_points + MIN_VARIANCE_pA2 * np.eye(points))
    # each sweep has few independent stretches of slow noise, which determine its size
    free = sweeps * (points - order - 1) / correlation.sum(1).mean()
    return _Errors(se, correlation, max(round(free), FEW_SWEEPS_DOF))


def _slow_noise(rows: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Errors of the mean of rows (rows, points) and their correlation; design : columns that are no noise."""
    points = rows.shape[1]
    return separated(covariance_of_noise(rows, design) / rows.shape[0] + MIN_VARIANCE_pA2 * np.eye(points))


def _errors_of_limbs(means: FloatArray, difference: FloatArray) -> _Errors:
    """Errors of the mean of few sweeps from half the difference of forward and return ramp, both (sweeps, points).

    It has the same noise as the mean of both, without the I–V. Charging current is the same at all voltages, a delay
    proportional to the slope; both are subtracted. Gates that lag behind the ramp remain and widen the errors.
    """
    sweeps, points = means.shape
    design = np.stack([np.ones(points), np.gradient(means.mean(0))], axis=1)
    # the average over the models contains the error of the correlation; that of the variance remains
    return _Errors(*_slow_noise(difference, design), sweeps * (points - design.shape[1]))


def _correlation(residual: FloatArray) -> FloatArray:
    """Correlation between points by their distance, tapered to stay positive definite; (points, points)."""
    points = residual.shape[1]
    lags = np.arange(points)
    covariance = np.array([(residual[:, : points - k] * residual[:, k:]).mean() for k in lags])
    rho = covariance / max(covariance[0], 1e-300)
    reach = int(np.argmax(rho <= 0)) if np.any(rho <= 0) else points
    tapered = np.where(lags < reach, rho * (1 - lags / max(CORRELATION_TAPER_REACH * reach, 1)), 0.0)
    return positive_definite(tapered[np.abs(lags[:, None] - lags)])
