"""The I-V of a recording before any correction: total current against command, with errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.experiment.measuring import Window
from analysis.measure.noise import window_means
from analysis.measure.peaks import peak_currents
from analysis.measure.ramps import Lag, read_ramp
from analysis.measure.stretches import common_flats, stack
from analysis.measure.tails import edge_currents
from analysis.measure.windows import Kind, Plan, window_samples
from analysis.recordings.model import Recording

FloatArray = NDArray[np.float64]

DEFAULT_BLANK_MS = 1.0
FILTER_RISES = 4.0  # blanked periods of the filter's corner frequency
CLAMP_CONSTANTS = 5.0  # blanked time constants of the clamp
MANY = 60  # degrees of freedom that stand for a known error


@dataclass(frozen=True, slots=True)
class Curve:
    """An I-V as read; arrays have the shape (points,).

    sweep : index of the sweep, the first one of an average; window_ms : begin and end in the sweep, shape (points, 2)
    n_effective : independent samples behind a point; dof : degrees of freedom of the errors
    """

    kind: Kind
    sweep: NDArray[np.intp]
    v_command_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    n_effective: float
    window_ms: FloatArray
    dof: int
    notes: tuple[str, ...] = ()


def read_curve(recording: Recording, plan: Plan, window: Window, blank_ms: float, lag: Lag) -> Curve:
    """Read the current of every sweep of a plan; raises NotMeasurable where the window does not fit.

    lag : what is known of the clamp; it tells a transient from a tail, and moves a ramp's voltage
    """
    ms = 1000.0 / recording.sample_rate_Hz
    if plan.kind is Kind.RAMP:
        ramp = read_ramp(recording, plan, blank_ms, lag)
        first = np.full(ramp.v_mV.size, plan.sweeps[0])
        return Curve(
            plan.kind, first, ramp.v_mV, ramp.i_pA, ramp.se_pA, ramp.n_effective, ramp.window * ms, ramp.dof, ramp.notes
        )
    starts, length = window_samples(plan, recording, window, blank_ms)
    samples = stack(recording, plan.sweeps, starts, length)
    if plan.kind is Kind.STEADY:
        means = window_means(samples)
        mean, se, n_effective = means.mean, means.se, means.n_effective
    elif plan.kind is Kind.TAIL:
        tails = edge_currents(samples, int(starts[0] - plan.epochs[0].start), transient=lag.clamp_ms is None)
        mean, se, n_effective = tails.at_edge, tails.se, tails.n_effective
    else:
        peaks = peak_currents(samples, recording.telegraph.lowpass_Hz, recording.sample_rate_Hz)
        mean, se, n_effective = peaks.mean, peaks.se, peaks.n_effective
    slow, dof = between_sweeps(recording, length)
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    window_ms = np.stack([starts, starts + length], axis=1) * ms
    return Curve(plan.kind, np.array(plan.sweeps), level, mean, np.sqrt(se**2 + slow), n_effective, window_ms, dof)


def blank_ms(window: Window, lowpass_Hz: float | None, clamp_ms: float | None, duration_ms: float) -> float:
    """Time after an edge that is left out: the declared one, or what clamp and filter need to settle."""
    if window.blank_ms is not None:
        return window.blank_ms
    settling = CLAMP_CONSTANTS * clamp_ms if clamp_ms is not None else DEFAULT_BLANK_MS
    filtering = FILTER_RISES * 1000.0 / lowpass_Hz if lowpass_Hz else 0.0
    return min(settling + filtering, duration_ms / 2)


def between_sweeps(recording: Recording, length: int) -> tuple[float, int]:
    """Variance from sweep to sweep of a window mean beyond what the window itself shows, with its degrees of freedom.

    Taken from the stretches before the measured family that ask the same of every sweep, with their trend over the
    sweeps taken off. Drift slower than a window is seen only like this. Stretches shorter than the window average
    less and so err to the safe side.
    """
    sweeps = len(recording.sweeps)
    if sweeps < 5:
        return 0.0, MANY
    variances, weights = [], []
    order = np.arange(sweeps) - (sweeps - 1) / 2
    for number, flat in enumerate(common_flats(recording)[:4]):
        settled = flat.start + ((flat.stop - flat.start) // 4 if number else 0)
        start = max(flat.stop - length, settled)
        if flat.stop - start < 8:
            continue
        means = window_means(stack(recording, range(sweeps), np.full(sweeps, start), flat.stop - start))
        residual = means.mean - means.mean.mean() - order * (order @ means.mean) / (order @ order)
        variances.append(float(residual @ residual) / (sweeps - 2) - float(means.se[0] ** 2))
        weights.append(float(flat.stop - start))
    if not variances:
        return 0.0, MANY
    return max(float(np.average(variances, weights=weights)), 0.0), (sweeps - 2) * len(variances)
