"""The I-V of a recording before any correction: total current against command, with errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.experiment.measuring import Window
from analysis.measure.noise import window_means
from analysis.measure.tails import edge_currents
from analysis.measure.windows import Kind, NotMeasurable, Plan, window_samples
from analysis.recordings.model import Epoch, Recording, Shape

FloatArray = NDArray[np.float64]

DEFAULT_BLANK_MS = 1.0
FILTER_RISES = 4.0  # blanked periods of the filter's corner frequency
CLAMP_CONSTANTS = 5.0  # blanked time constants of the clamp


@dataclass(frozen=True, slots=True)
class Curve:
    """An I-V as read; arrays have the shape (points,).

    sweep : index of the sweep; window_ms : begin and end of the window in the sweep, shape (points, 2)
    """

    kind: Kind
    sweep: NDArray[np.intp]
    v_command_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    n_effective: float
    window_ms: FloatArray
    dof: int


def read_curve(recording: Recording, plan: Plan, window: Window, blank_ms: float, settled: bool) -> Curve:
    """Read the current of every sweep of a plan; raises NotMeasurable where the window does not fit.

    settled : whether the blank is known to outlast the capacitive transient
    """
    starts, length = window_samples(plan, recording, window, blank_ms)
    samples = stack(recording, plan.sweeps, starts, length)
    window_ms = np.stack([starts, starts + length], axis=1) * (1000.0 / recording.sample_rate_Hz)
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    if plan.kind is Kind.STEADY:
        means = window_means(samples)
        mean, se, n_effective = means.mean, means.se, means.n_effective
    elif plan.kind is Kind.TAIL:
        first = int(starts[0] - plan.epochs[0].start)
        tails = edge_currents(samples, first, transient=not settled)
        mean, se, n_effective = tails.at_edge, tails.se, tails.n_effective
    else:
        raise NotMeasurable(f"an I-V of kind {plan.kind} is not available", file=recording.file)
    slow, dof = between_sweeps(recording, length)
    return Curve(plan.kind, np.array(plan.sweeps), level, mean, np.sqrt(se**2 + slow), n_effective, window_ms, dof)


def stack(recording: Recording, sweeps: tuple[int, ...], starts: NDArray[np.intp], length: int) -> FloatArray:
    """Copy the same stretch of every sweep, shape (sweeps, length); raises NotMeasurable where a sweep is too short."""
    rows = np.empty((len(sweeps), length))
    for row, (sweep, start) in enumerate(zip(sweeps, starts.tolist(), strict=True)):
        i_pA = recording.sweeps[sweep].i_pA
        if start < 0 or start + length > i_pA.size:
            raise NotMeasurable("a sweep ends before the window does", file=recording.file, place=f"sweep {sweep}")
        rows[row] = i_pA[start : start + length]
    if not np.all(np.isfinite(rows)):
        raise NotMeasurable("the current has samples that are no numbers", file=recording.file)
    return rows


def blank_ms(window: Window, lowpass_Hz: float | None, clamp_ms: float | None, duration_ms: float) -> float:
    """Time after an edge that is left out: the declared one, or what clamp and filter need to settle."""
    if window.blank_ms is not None:
        return window.blank_ms
    settling = CLAMP_CONSTANTS * clamp_ms if clamp_ms is not None else DEFAULT_BLANK_MS
    filtering = FILTER_RISES * 1000.0 / lowpass_Hz if lowpass_Hz else 0.0
    return min(settling + filtering, duration_ms / 2)


def common_stretches(recording: Recording) -> list[tuple[int, Epoch, Epoch]]:
    """Flat epochs that are the same in all sweeps, each with its index and the epoch before it."""
    commands = [command.epochs for command in recording.command.sweeps]
    shortest = min(len(epochs) for epochs in commands)
    found = []
    for n in range(shortest):
        first = commands[0][n]
        if first.shape not in (Shape.STEP, Shape.HOLD):
            continue
        if all(
            (epochs[n].start, epochs[n].stop, epochs[n].level_mV) == (first.start, first.stop, first.level_mV)
            for epochs in commands
        ):
            found.append((n, commands[0][n - 1] if n else first, first))
    return found


def between_sweeps(recording: Recording, length: int) -> tuple[float, int]:
    """Variance from sweep to sweep of a window mean beyond what the window itself shows, with its degrees of freedom.

    Taken from the stretches before the measured family that ask the same of every sweep, with their trend over the
    sweeps taken off. Drift slower than a window is seen only like this.
    """
    sweeps = len(recording.sweeps)
    if sweeps < 5:
        return 0.0, 60
    variances, weights = [], []
    for number, _, epoch in common_stretches(recording):
        if number > 3:
            break
        stop = epoch.stop
        start = max(stop - length, (epoch.start + stop) // 2 if number else epoch.start)
        if stop - start < 8:
            continue
        rows = stack(recording, tuple(range(sweeps)), np.full(sweeps, start), stop - start)
        means = window_means(rows)
        order = np.arange(sweeps) - (sweeps - 1) / 2
        residual = means.mean - means.mean.mean() - order * (order @ means.mean) / (order @ order)
        variances.append(float(residual @ residual) / (sweeps - 2) - float(means.se[0] ** 2))
        weights.append(float(stop - start))
    if not variances:
        return 0.0, 60
    return max(float(np.average(variances, weights=weights)), 0.0), sweeps - 2
