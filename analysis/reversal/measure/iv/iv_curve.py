"""The I–V of a recording before any correction: total current against command, with errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_constants import (
    BLANKED_CLAMP_TIME_CONSTANTS,
    BLANKED_FILTER_PERIODS,
    END_DIVISOR,
    KNOWN_ERROR_DOF,
    MAX_COURSE_SAMPLES,
    MAX_DRIFT_BLOCKS,
    MIN_DRIFT_SWEEPS,
    MIN_SHARED_BASELINE_SAMPLES,
    TAIL_EDGE_DIVISOR,
    DEFAULT_BLANK_ms,
)
from reversal.measure.iv.lasting_noise import LastingCorrelation, lasting_correlation, lasting_noise
from reversal.measure.iv.peak_currents import Course, course_of, peak_currents, start_reversal_mV
from reversal.measure.iv.ramp_currents import read_ramp
from reversal.measure.iv.tail_currents import edge_currents, noise_of, transient_remains
from reversal.measure.iv.tail_reversal_shift import TailDecay, tail_decay
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.conditioning import Conditioning, conditioning
from reversal.measure.protocol.measured_epoch import Plan, window_samples
from reversal.measure.protocol.protocol_constants import (
    MAX_PART_SAMPLES,
    MAX_WINDOW_SAMPLES,
    MIN_MEAN_SAMPLES,
    ACCUMULATION_ms,
)
from reversal.measure.protocol.sub_pulses import SubPulses, scaled_copies
from reversal.measure.protocol.sweeps import Sweeps, averaged, rows_of
from reversal.recordings.recording.recording import Recording
from reversal.statistics.autocorrelation import window_means
from reversal.statistics.degrees_of_freedom import satterthwaite
from reversal.statistics.polynomials import orthonormal_polynomials
from reversal.statistics.quantisation import rounding_of
from reversal.statistics.row_parts import RowParts, Rows, by_row, columns, numbered_parts
from reversal.statistics.trend import slopes_of
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class IVCurve:
    """An I–V as measured; arrays have the shape (points,).

    sweep : number of the sweep, the first one of an average; window_ms : start and end in the sweep, (points, 2)
    n_effective : independent samples per point, None for a ramp; dof : degrees of freedom of the errors
    correlation : of the errors between points, (points, points), None if they are independent
    window_se_pA : error of each current from its own window, without drift between sweeps; None for ramps
    extrapolated_fraction : fraction of the decaying tail current that is extrapolated to the step
    trend_pA, trend_se_pA : change of each steady current within its window, with its error; None for other kinds
    change_before_pA : change of each steady current in an equally long stretch before its window, None without one
    decaying_pA, decaying_se_pA : tail or peak current that decays until the end of the window; None for other kinds
    tail_decay : the decaying part of tails by itself; None for other kinds
    conditioning : the step before tails; None for other kinds
    by_sweep_pA : current of each sweep of a ramp, (sweeps, points); None for families
    half_difference_pA : half of forward minus return ramp; None for a ramp in one direction
    """

    kind: IVKind
    sweep: NDArray[np.intp]
    v_command_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    n_effective: float | None
    window_ms: FloatArray
    dof: int
    correlation: FloatArray | LastingCorrelation | None = None
    window_se_pA: FloatArray | None = None
    extrapolated_fraction: float = 0.0
    findings: tuple[Finding, ...] = ()
    trend_pA: FloatArray | None = None
    trend_se_pA: FloatArray | None = None
    change_before_pA: FloatArray | None = None
    decaying_pA: FloatArray | None = None
    decaying_se_pA: FloatArray | None = None
    tail_decay: TailDecay | None = None
    conditioning: Conditioning | None = None
    by_sweep_pA: FloatArray | None = None
    half_difference_pA: FloatArray | None = None

    @property
    def conditioning_pC(self) -> float | None:
        """Charge of the step before tails; None for other kinds."""
        return None if self.conditioning is None else self.conditioning.charge_pC


def read_curve(
    sweeps: Sweeps, plan: Plan, window: Window, blank_ms: float, clamp: Clamp, found: SubPulses | None = None
) -> IVCurve:
    """Measure the current in every sweep of a plan; raises NotMeasurable if the window does not fit.

    clamp : separates a transient from a tail, and gives the delay of a ramp's current
    found : sub-pulses of a family; they are scaled and subtracted sample by sample
    """
    if plan.kind is IVKind.RAMP:
        return _ramp_curve(sweeps, plan, blank_ms, clamp)
    return _family_curve(sweeps, plan, window, blank_ms, clamp, found)


def recognised(sweeps: Sweeps, plan: Plan, window: Window, blank_ms: float) -> Plan:
    """The plan, with peaks instead of steady state if the currents rise and fall and nothing else is declared.

    If the currents of a family only fall, and reverse at another voltage at their start, there is a warning.
    """
    declared_window = (window.start_ms, window.stop_ms, window.last_fraction)
    declared = window.measure != "auto" or declared_window != (None, None, Window().last_fraction)
    if plan.kind is not IVKind.STEADY or declared:
        return plan
    plan = replace(plan, chosen=True)
    peaks = replace(plan, kind=IVKind.PEAK)
    starts, length = window_samples(peaks, sweeps.recording, window, blank_ms)
    thinned = max(length // MAX_COURSE_SAMPLES, len(plan.sweeps) * length // MAX_PART_SAMPLES, 1)
    samples = sweeps.windows(plan.sweeps, starts, length, every=thinned)
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    course = course_of(samples, level)
    if course is Course.RISES_AND_FALLS:
        return peaks
    elsewhere = start_reversal_mV(samples, level) if course is Course.FALLS else None
    if elsewhere is None:
        return plan
    return replace(plan, findings=(finding(Code.INACTIVATION, elsewhere),))


def blank_ms(window: Window, lowpass_Hz: float | None, clamp_ms: float | None, duration_ms: float) -> float:
    """Time blanked after a step: the declared one, or as long as clamp and filter take to settle."""
    if window.blank_ms is not None:
        return window.blank_ms
    settling = BLANKED_CLAMP_TIME_CONSTANTS * clamp_ms if clamp_ms is not None else DEFAULT_BLANK_ms
    if lowpass_Hz is None:
        settling = max(settling, DEFAULT_BLANK_ms)
    period = 1000.0 / lowpass_Hz if lowpass_Hz else 0.0
    return min(max(settling + period, BLANKED_FILTER_PERIODS * period), duration_ms / 2)


def between_sweeps(sweeps: Sweeps, length: int) -> tuple[float, int]:
    """Variance of a window mean between sweeps in excess of its own error, and its degrees of freedom.

    Measured at the start of the sweeps, before the family, where all have the same command: differences without their
    trend over the sweeps are noise. Only these differences show drift that is slower than a window. If the sweeps share
    less than one window, the shorter mean overestimates the variance.
    """
    count, flats = sweeps.count, sweeps.flats
    if count < MIN_DRIFT_SWEEPS or not flats or flats[-1].stop - flats[0].start < MIN_SHARED_BASELINE_SAMPLES:
        return 0.0, KNOWN_ERROR_DOF
    every = sweeps.stretch_in_parts(flats[0].start, flats[-1].stop)
    shared = every.shape[1]
    width = min(max(length // every.averaged, MIN_MEAN_SAMPLES), shared)
    apart = max(width // 2, (shared - width) // MAX_DRIFT_BLOCKS, 1)
    blocks = _WithoutTrend(every, range(0, shared - width + 1, apart), width)
    means, free = window_means(blocks), count - 2
    variance = float((means.mean**2).sum()) / (free * len(blocks.starts))
    within = float(means.se[0] ** 2) * count / free
    worth = free * min(max(shared // width, 1), MAX_DRIFT_BLOCKS)
    return max(variance - within, 0.0), worth


@dataclass(frozen=True, slots=True)
class _WithoutTrend:
    """Blocks of all rows without the trend of each sample over the sweeps; a part has all blocks of some sweeps.

    starts : first sample of each block; width : its samples
    """

    rows: RowParts
    starts: range
    width: int

    @property
    def shape(self) -> tuple[int, int]:
        """Number of blocks of all sweeps, and of samples in each."""
        return self.rows.shape[0] * len(self.starts), self.width

    def parts(self) -> Iterator[FloatArray]:
        """Blocks of some sweeps at a time."""
        trend = orthonormal_polynomials(np.arange(self.rows.shape[0], dtype=float), 1)
        lines = sum(trend[here].T @ part for here, part in numbered_parts(self.rows))
        for here, part in numbered_parts(self.rows):
            flat = part - trend[here] @ lines
            yield np.concatenate([flat[:, start : start + self.width] for start in self.starts])


def _freedom(within: float, slow: float, free: int) -> int:
    """Degrees of freedom of a variance of two parts, one of them known from few sweeps."""
    return round(satterthwaite((within, slow), (KNOWN_ERROR_DOF, free))) if within + slow > 0 else KNOWN_ERROR_DOF


def _ramp_curve(sweeps: Sweeps, plan: Plan, blank_ms: float, clamp: Clamp) -> IVCurve:
    ramp = read_ramp(sweeps, plan, blank_ms, clamp)
    return IVCurve(
        plan.kind,
        np.full(ramp.v_mV.size, plan.sweeps[0]),
        ramp.v_mV,
        ramp.i_pA,
        ramp.se_pA,
        None,
        ramp.window * 1000.0 / sweeps.recording.sample_rate_Hz,
        ramp.dof,
        ramp.correlation,
        findings=ramp.findings,
        by_sweep_pA=ramp.by_sweep_pA,
        half_difference_pA=ramp.half_difference_pA,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Currents in the windows of a family; shapes (sweeps,). Other fields as in :class:`IVCurve`.

    drift_gain : factor between the variance of slow drift and its part in the current
    drift_samples : samples that mainly determine a current, 0 for the whole window; slower drift shifts it
    change_pA : change of each current during the samples that determine it
    base_se : error that the subtracted sub-pulses add
    tails : samples of tails, (sweeps, n); None for other kinds
    """

    mean: FloatArray
    se: FloatArray
    n_effective: float
    change_pA: FloatArray
    findings: tuple[Finding, ...] = ()
    drift_gain: FloatArray | float = 1.0
    extrapolated_fraction: float = 0.0
    drift_samples: int = 0
    trend_pA: FloatArray | None = None
    trend_se_pA: FloatArray | None = None
    decaying_pA: FloatArray | None = None
    decaying_se_pA: FloatArray | None = None
    base_se: FloatArray | float = 0.0
    tails: Rows | None = None


def _family_curve(
    sweeps: Sweeps, plan: Plan, window: Window, blank_ms: float, clamp: Clamp, found: SubPulses | None
) -> IVCurve:
    recording = sweeps.recording
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    starts, length = window_samples(plan, recording, window, blank_ms)
    if plan.kind is IVKind.STEADY and found is None:
        read = _steady_in_parts(sweeps, plan, starts, length)
    else:
        starts, length = _shortened(plan.kind, starts, length)
        read = _read_family(sweeps, plan, (starts, length), clamp, found)
    drift, free = between_sweeps(sweeps, read.drift_samples or length)
    slow = np.broadcast_to(drift * read.drift_gain, read.mean.shape)
    se = np.sqrt(read.se**2 + read.base_se**2 + slow)
    return IVCurve(
        plan.kind,
        np.array(plan.sweeps),
        level,
        read.mean,
        se,
        read.n_effective,
        np.stack([starts, starts + length], axis=1) * 1000.0 / recording.sample_rate_Hz,
        _freedom(float(np.mean(read.se**2)), float(np.mean(slow)), free),
        correlation=_lasting(sweeps, plan, se, slow) if found is None else None,
        window_se_pA=np.sqrt(read.se**2 + read.base_se**2),
        extrapolated_fraction=read.extrapolated_fraction,
        findings=read.findings,
        trend_pA=read.trend_pA,
        trend_se_pA=read.trend_se_pA,
        change_before_pA=_change_before_window(sweeps, plan, starts, length, blank_ms)
        if plan.kind is IVKind.STEADY
        else None,
        decaying_pA=read.decaying_pA,
        decaying_se_pA=read.decaying_se_pA,
        tail_decay=None
        if read.tails is None
        else _decay(read.tails, level, starts, plan, drift, recording.sample_rate_Hz),
        conditioning=conditioning(sweeps, plan) if plan.kind is IVKind.TAIL else None,
    )


def _steady_in_parts(sweeps: Sweeps, plan: Plan, starts: NDArray[np.intp], length: int) -> _Reading:
    """Steady currents without sub-pulses, of which a few megabytes are in memory at a time."""
    read = _steady(sweeps.windows_in_parts(plan.sweeps, starts, length, averaged(length)))
    last = min(length, MAX_WINDOW_SAMPLES)
    rounding = rounding_of(
        sweeps.windows_in_parts(plan.sweeps, starts + length - last, last), sweeps.converter_step_pA()
    )
    rounded = rounding.variance_of_means(np.abs(read.change_pA))
    return replace(read, se=np.sqrt(read.se**2 + rounded), findings=plan.findings)


def _read_family(
    sweeps: Sweeps, plan: Plan, windows: tuple[NDArray[np.intp], int], clamp: Clamp, found: SubPulses | None
) -> _Reading:
    """Currents in windows (first samples, length) of tails and peaks, or with sub-pulses to subtract."""
    starts, length = windows
    recording, level = sweeps.recording, np.array([epoch.level_mV for epoch in plan.epochs])

    def current(here: slice) -> FloatArray:
        return sweeps.windows(plan.sweeps[here], starts[here], length)

    samples = rows_of(current, len(plan.sweeps), length)
    level_part = samples if plan.kind is IVKind.STEADY else _end(samples)
    rounding, rounding_gain = rounding_of(level_part, sweeps.converter_step_pA()), 1.0
    base_se: FloatArray | float = 0.0
    drift_gain, findings = 1.0, plan.findings
    if found is not None:
        scaled = scaled_copies(sweeps, plan, found, starts, length, between_sweeps(sweeps, length)[0])
        samples = rows_of(lambda here: current(here) - scaled.leak_pA(here), len(plan.sweeps), length)
        base_se, drift_gain = scaled.base_se_pA, found.drift_gain
        rounding_gain = found.rounding_gain
        findings = (scaled.finding,) if scaled.finding else ()
    if plan.kind is IVKind.STEADY:
        read = _steady(samples)
    elif plan.kind is IVKind.TAIL:
        read = _tail(samples, level, int(starts[0] - plan.epochs[0].start), clamp, recording.sample_rate_Hz)
    else:
        read = _peak(samples, level, recording)
    rounded = rounding_gain * rounding.variance_of_means(np.abs(read.change_pA))
    return replace(
        read,
        se=np.sqrt(read.se**2 + rounded),
        base_se=base_se,
        drift_gain=read.drift_gain * drift_gain,
        findings=(*findings, *read.findings),
        tails=samples if plan.kind is IVKind.TAIL else None,
    )


def _shortened(kind: IVKind, starts: NDArray[np.intp], length: int) -> tuple[NDArray[np.intp], int]:
    """Windows (first samples, length) of a size that fits into the memory: tails and peaks by their start.

    A tail or a peak that needs more than 2²⁰ samples (52 s at 20 kHz) would not be resolved by fewer samples either.
    """
    used = min(length, MAX_WINDOW_SAMPLES)
    return (starts + length - used if kind is IVKind.STEADY else starts), used


def _lasting(
    sweeps: Sweeps, plan: Plan, se_pA: FloatArray, slow_pA2: FloatArray
) -> FloatArray | LastingCorrelation | None:
    """Correlation between the points of a family; None if no noise lasts from sweep to sweep."""
    starts_s = np.array([sweeps.recording.sweeps[sweep].start_s for sweep in plan.sweeps])
    return lasting_correlation(se_pA, slow_pA2, starts_s, lasting_noise(sweeps))


def _steady(samples: Rows) -> _Reading:
    means, length = window_means(samples), samples.shape[1]
    trend, trend_se = means.slope * length, means.slope_se * length
    return _Reading(means.mean, means.se, means.n_effective, trend, trend_pA=trend, trend_se_pA=trend_se)


def _change_before_window(
    sweeps: Sweeps, plan: Plan, starts: NDArray[np.intp], length: int, blank_ms: float
) -> FloatArray | None:
    """Change of the current in an equally long stretch before each window; None if that overlaps the blank."""
    blank = int(np.ceil(blank_ms * sweeps.recording.sample_rate_Hz / 1000.0))
    if any(start - length < epoch.start + blank for start, epoch in zip(starts.tolist(), plan.epochs, strict=True)):
        return None
    before = sweeps.windows_in_parts(plan.sweeps, starts - length, length, averaged(length))
    return by_row(slopes_of, before) * before.shape[1]


def _tail(samples: Rows, level_mV: FloatArray, blanked: int, clamp: Clamp, rate_Hz: float) -> _Reading:
    # a second compartment may still charge although R_s·C_m is small: this is decided from the currents
    noise = noise_of(samples)
    transient = clamp.tau_ms is None or transient_remains(samples, level_mV, blanked, noise)
    # the membrane follows the step with the delay of the clamp, and the filter adds its own
    since = max(blanked - round(clamp.delay_ms * rate_Hz / 1000.0), 1)
    tails = edge_currents(samples, level_mV, since, noise, transient=transient)
    end = window_means(_end(samples))
    return _Reading(
        tails.at_edge,
        tails.se,
        tails.n_effective,
        tails.at_edge - end.mean,
        drift_gain=tails.drift_gain,
        extrapolated_fraction=tails.extrapolated_fraction,
        drift_samples=samples.shape[1] // TAIL_EDGE_DIVISOR,
        decaying_pA=tails.at_edge - end.mean,
        decaying_se_pA=np.hypot(tails.separate_se, end.se),
    )


def _end(samples: Rows) -> Rows:
    """The last fifth of each window, (sweeps, n)."""
    return columns(samples, slice(-max(samples.shape[1] // END_DIVISOR, MIN_MEAN_SAMPLES), None))


def _decay(
    samples: Rows, level_mV: FloatArray, starts: NDArray[np.intp], plan: Plan, slow_pA2: float, rate_Hz: float
) -> TailDecay:
    blanked, exchange = int(starts[0] - plan.epochs[0].start), ACCUMULATION_ms * rate_Hz / 1000.0
    return tail_decay(samples, level_mV, blanked, noise_of(samples), slow_pA2, exchange)


def _peak(samples: Rows, level_mV: FloatArray, recording: Recording) -> _Reading:
    peaks = peak_currents(samples, level_mV, recording.telegraph.lowpass_Hz, recording.sample_rate_Hz)
    end = window_means(_end(samples))
    return _Reading(
        peaks.mean,
        peaks.se,
        peaks.n_effective,
        np.zeros_like(peaks.mean),  # a peak is flat
        peaks.findings,
        drift_samples=peaks.width,
        decaying_pA=peaks.mean - end.mean,
        decaying_se_pA=np.hypot(peaks.se, end.se),
    )
