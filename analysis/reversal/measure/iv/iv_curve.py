"""The I-V of a recording before any correction: total current against command, with errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.peak_currents import Course, begins_elsewhere_mV, course_of, peak_currents
from reversal.measure.iv.ramp_currents import read_ramp
from reversal.measure.iv.tail_currents import edge_currents, noise_of, transient_remains
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import Plan, window_samples
from reversal.measure.protocol.shared_epochs import common_flats, stack
from reversal.measure.protocol.sub_pulses import SubPulses, scaled_copies
from reversal.recordings.recording import Recording
from reversal.statistics.autocorrelation import window_means
from reversal.statistics.degrees_of_freedom import satterthwaite
from reversal.statistics.polynomials import orthonormal_polynomials
from reversal.statistics.trend import slopes_of
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.iv_table import IVKind

DEFAULT_BLANK_MS = 1.0
FILTER_RISES = 4.0  # blanked periods of the filter's corner frequency
CLAMP_CONSTANTS = 7.0  # blanked time constants of the clamp, and a period of the filter with them
EDGE_PART = 10  # of a tail's window is what mainly fixes the current at its edge
ENOUGH = 10_000  # samples of a sweep that tell the course of its current
LEAST_WIDTH = 4  # samples of which a mean can tell its own error
MOST_BLOCKS = 24  # windows that are compared between sweeps; more say little more
MANY = 60  # degrees of freedom that stand for a known error


@dataclass(frozen=True, slots=True)
class IVCurve:
    """An I-V as read; arrays have the shape (points,).

    sweep : index of the sweep, the first one of an average; window_ms : begin and end in the sweep, shape (points, 2)
    n_effective : independent samples behind a point, None for a ramp; dof : degrees of freedom of the errors
    correlation : of the errors between points, (points, points), None where they are independent
    led_back : part of tail currents that lies before the window and is extrapolated
    trend_pA, trend_se_pA : change of each steady current through its window, with its error; None for other kinds
    before_pA : steady state, change of each current through as long a stretch before its window; None where none fits
    relaxing_pA, relaxing_se_pA : tails, what relaxes between the edge and the end of the window; None for other kinds
    by_sweep_pA : current of each sweep of a ramp, (sweeps, points); None for families
    half_apart_pA : half of what a ramp has more on its way forth than back; None with one way alone
    """

    kind: IVKind
    sweep: NDArray[np.intp]
    v_command_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    n_effective: float | None
    window_ms: FloatArray
    dof: int
    correlation: FloatArray | None = None
    led_back: float = 0.0
    findings: tuple[Finding, ...] = ()
    trend_pA: FloatArray | None = None
    trend_se_pA: FloatArray | None = None
    before_pA: FloatArray | None = None
    relaxing_pA: FloatArray | None = None
    relaxing_se_pA: FloatArray | None = None
    by_sweep_pA: FloatArray | None = None
    half_apart_pA: FloatArray | None = None


def read_curve(
    recording: Recording, plan: Plan, window: Window, blank_ms: float, clamp: Clamp, less: SubPulses | None = None
) -> IVCurve:
    """Read the current of every sweep of a plan; raises NotMeasurable where the window does not fit.

    clamp : what is known of the clamp; it tells a transient from a tail, and moves a ramp's voltage
    less : sub-pulses of a family, which are scaled and taken off sample by sample
    """
    if plan.kind is IVKind.RAMP:
        return _ramp_curve(recording, plan, blank_ms, clamp)
    return _family_curve(recording, plan, window, blank_ms, clamp, less)


def recognised(recording: Recording, plan: Plan, window: Window, blank_ms: float) -> Plan:
    """Read a family of steps at its peaks where its currents rise and fall, unless kind or window are declared."""
    begin_and_end = (window.start_ms, window.stop_ms, window.last_fraction)
    declared = window.measure != "auto" or begin_and_end != (None, None, Window().last_fraction)
    if plan.kind is not IVKind.STEADY or declared:
        return plan
    peaks = replace(plan, kind=IVKind.PEAK)
    starts, length = window_samples(peaks, recording, window, blank_ms)
    samples = stack(recording, plan.sweeps, starts, length, every=max(length // ENOUGH, 1))
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    course = course_of(samples, level)
    if course is Course.RISES_AND_FALLS:
        return peaks
    elsewhere = begins_elsewhere_mV(samples, level) if course is Course.FALLS else None
    if elsewhere is None:
        return plan
    return replace(plan, findings=(finding(Code.INACTIVATION, elsewhere),))


def blank_ms(window: Window, lowpass_Hz: float | None, clamp_ms: float | None, duration_ms: float) -> float:
    """Time after an edge that is left out: the declared one, or what clamp and filter need to settle."""
    if window.blank_ms is not None:
        return window.blank_ms
    settling = CLAMP_CONSTANTS * clamp_ms if clamp_ms is not None else DEFAULT_BLANK_MS
    if lowpass_Hz is None:
        settling = max(settling, DEFAULT_BLANK_MS)
    period = 1000.0 / lowpass_Hz if lowpass_Hz else 0.0
    return min(max(settling + period, FILTER_RISES * period), duration_ms / 2)


def between_sweeps(recording: Recording, length: int) -> tuple[float, int]:
    """Variance from sweep to sweep of a window mean beyond what the window itself shows, and its degrees of freedom.

    Taken from the begin of the sweeps, before the family: there all sweeps are asked the same, so what differs between
    them, less its trend over the sweeps, is noise. Drift slower than a window is seen only like this. Where the sweeps
    share less than a window, the shorter mean errs to the safe side.
    """
    sweeps, flats = len(recording.sweeps), common_flats(recording)
    if sweeps < 5 or not flats or flats[-1].stop - flats[0].start < 16:
        return 0.0, MANY
    shared = flats[-1].stop - flats[0].start
    rows = stack(recording, range(sweeps), np.full(sweeps, flats[0].start), shared)
    trend = orthonormal_polynomials(np.arange(sweeps, dtype=float), 1)
    rows = rows - trend @ (trend.T @ rows)
    width = min(max(length, LEAST_WIDTH), shared)
    apart = max(width // 2, (shared - width) // MOST_BLOCKS, 1)
    blocks = [rows[:, start : start + width] for start in range(0, shared - width + 1, apart)]
    means, free = window_means(np.concatenate(blocks)), sweeps - 2
    variance = float((means.mean**2).sum()) / (free * len(blocks))
    within = float(means.se[0] ** 2) * sweeps / free
    worth = free * min(max(shared // width, 1), MOST_BLOCKS)
    return max(variance - within, 0.0), worth


def _freedom(within: float, slow: float, free: int) -> int:
    """Degrees of freedom of a variance of two parts, one of them known from few sweeps."""
    return round(satterthwaite((within, slow), (MANY, free))) if within + slow > 0 else MANY


def _ramp_curve(recording: Recording, plan: Plan, blank_ms: float, clamp: Clamp) -> IVCurve:
    ramp = read_ramp(recording, plan, blank_ms, clamp)
    return IVCurve(
        plan.kind,
        np.full(ramp.v_mV.size, plan.sweeps[0]),
        ramp.v_mV,
        ramp.i_pA,
        ramp.se_pA,
        None,
        ramp.window * 1000.0 / recording.sample_rate_Hz,
        ramp.dof,
        ramp.correlation,
        findings=ramp.findings,
        by_sweep_pA=ramp.by_sweep_pA,
        half_apart_pA=ramp.half_apart_pA,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Currents read from the windows of a family; shapes (sweeps,). The rest as in a :class:`IVCurve`.

    drift_gain : factor by which the variance of slow drift is passed on
    rests_on : samples that a current mainly rests on, 0 for the whole window: what is slower than those moves it
    """

    mean: FloatArray
    se: FloatArray
    n_effective: float
    findings: tuple[Finding, ...] = ()
    drift_gain: FloatArray | float = 1.0
    led_back: float = 0.0
    rests_on: int = 0
    trend_pA: FloatArray | None = None
    trend_se_pA: FloatArray | None = None
    relaxing_pA: FloatArray | None = None
    relaxing_se_pA: FloatArray | None = None


def _family_curve(
    recording: Recording, plan: Plan, window: Window, blank_ms: float, clamp: Clamp, less: SubPulses | None
) -> IVCurve:
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    starts, length = window_samples(plan, recording, window, blank_ms)
    samples = stack(recording, plan.sweeps, starts, length)
    base_se: FloatArray | float = 0.0
    drift_gain, findings = 1.0, plan.findings
    if less is not None:
        scaled = scaled_copies(recording, plan, less, starts, length, between_sweeps(recording, length)[0])
        samples, base_se, drift_gain = samples - scaled.leak_pA, scaled.base_se_pA, less.gain
        findings = (scaled.finding,) if scaled.finding else ()
    if plan.kind is IVKind.STEADY:
        read = _steady(samples)
    elif plan.kind is IVKind.TAIL:
        read = _tail(samples, level, int(starts[0] - plan.epochs[0].start), clamp, recording.sample_rate_Hz)
    else:
        read = _peak(samples, level, recording)
    drift, free = between_sweeps(recording, read.rests_on or length)
    slow = drift * read.drift_gain * drift_gain
    return IVCurve(
        plan.kind,
        np.array(plan.sweeps),
        level,
        read.mean,
        np.sqrt(read.se**2 + base_se**2 + slow),
        read.n_effective,
        np.stack([starts, starts + length], axis=1) * 1000.0 / recording.sample_rate_Hz,
        _freedom(float(np.mean(read.se**2)), float(np.mean(slow)), free),
        led_back=read.led_back,
        findings=(*findings, *read.findings),
        trend_pA=read.trend_pA,
        trend_se_pA=read.trend_se_pA,
        before_pA=_change_before(recording, plan, starts, length, blank_ms) if plan.kind is IVKind.STEADY else None,
        relaxing_pA=read.relaxing_pA,
        relaxing_se_pA=read.relaxing_se_pA,
    )


def _steady(samples: FloatArray) -> _Reading:
    means, length = window_means(samples), samples.shape[1]
    trend, trend_se = means.slope * length, means.slope_se * length
    return _Reading(means.mean, means.se, means.n_effective, trend_pA=trend, trend_se_pA=trend_se)


def _change_before(
    recording: Recording, plan: Plan, starts: NDArray[np.intp], length: int, blank_ms: float
) -> FloatArray | None:
    """Change of the current through the stretch before each window, as long as it; None where that is not settled."""
    blank = int(np.ceil(blank_ms * recording.sample_rate_Hz / 1000.0))
    if any(start - length < epoch.start + blank for start, epoch in zip(starts.tolist(), plan.epochs, strict=True)):
        return None
    return slopes_of(stack(recording, plan.sweeps, starts - length, length)) * length


def _tail(samples: FloatArray, level_mV: FloatArray, blanked: int, clamp: Clamp, rate_Hz: float) -> _Reading:
    # R_s·C_m may promise a fast clamp while a second compartment still charges: the currents themselves decide
    noise = noise_of(samples)
    doubt = clamp.tau_ms is None or transient_remains(samples, blanked, noise)
    # gates see the step as late as the clamp lets the membrane follow, and the filter shows them later still
    since = max(blanked - round(clamp.delay_ms * rate_Hz / 1000.0), 1)
    tails = edge_currents(samples, level_mV, since, noise, transient=doubt)
    end = window_means(samples[:, -max(samples.shape[1] // 5, 4) :])
    return _Reading(
        tails.at_edge,
        tails.se,
        tails.n_effective,
        drift_gain=tails.drift_gain,
        led_back=tails.led_back,
        rests_on=samples.shape[1] // EDGE_PART,
        relaxing_pA=tails.at_edge - end.mean,
        relaxing_se_pA=np.hypot(tails.se, end.se),
    )


def _peak(samples: FloatArray, level_mV: FloatArray, recording: Recording) -> _Reading:
    peaks = peak_currents(samples, level_mV, recording.telegraph.lowpass_Hz, recording.sample_rate_Hz)
    return _Reading(peaks.mean, peaks.se, peaks.n_effective, peaks.findings, rests_on=peaks.width)
