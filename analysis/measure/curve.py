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
from analysis.measure.tails import edge_currents, transient_remains
from analysis.measure.windows import Kind, Plan, window_samples
from analysis.recordings.model import Recording

FloatArray = NDArray[np.float64]

DEFAULT_BLANK_MS = 1.0
FILTER_RISES = 4.0  # blanked periods of the filter's corner frequency
CLAMP_CONSTANTS = 7.0  # blanked time constants of the clamp, and a period of the filter with them
EDGE_PART = 10  # of a tail's window is what mainly fixes the current at its edge
MANY = 60  # degrees of freedom that stand for a known error


@dataclass(frozen=True, slots=True)
class Curve:
    """An I-V as read; arrays have the shape (points,).

    sweep : index of the sweep, the first one of an average; window_ms : begin and end in the sweep, shape (points, 2)
    n_effective : independent samples behind a point, None for a ramp; dof : degrees of freedom of the errors
    correlation : of the errors between points, (points, points), None where they are independent
    led_back : part of tail currents that lies before the window and is extrapolated
    """

    kind: Kind
    sweep: NDArray[np.intp]
    v_command_mV: FloatArray
    i_pA: FloatArray
    se_pA: FloatArray
    n_effective: float | None
    window_ms: FloatArray
    dof: int
    correlation: FloatArray | None = None
    led_back: float = 0.0
    notes: tuple[str, ...] = ()


def read_curve(recording: Recording, plan: Plan, window: Window, blank_ms: float, lag: Lag) -> Curve:
    """Read the current of every sweep of a plan; raises NotMeasurable where the window does not fit.

    lag : what is known of the clamp; it tells a transient from a tail, and moves a ramp's voltage
    """
    ms = 1000.0 / recording.sample_rate_Hz
    if plan.kind is Kind.RAMP:
        ramp = read_ramp(recording, plan, blank_ms, lag)
        first = np.full(ramp.v_mV.size, plan.sweeps[0])
        window_ms = ramp.window * ms
        return Curve(
            plan.kind,
            first,
            ramp.v_mV,
            ramp.i_pA,
            ramp.se_pA,
            None,
            window_ms,
            ramp.dof,
            ramp.correlation,
            notes=ramp.notes,
        )
    led_back = 0.0
    starts, length = window_samples(plan, recording, window, blank_ms)
    samples = stack(recording, plan.sweeps, starts, length)
    if plan.kind is Kind.STEADY:
        means = window_means(samples)
        mean, se, n_effective = means.mean, means.se, means.n_effective
    elif plan.kind is Kind.TAIL:
        blanked = int(starts[0] - plan.epochs[0].start)
        # R_s·C_m may promise a fast clamp while a second compartment still charges: the currents themselves decide
        doubt = lag.clamp_ms is None or transient_remains(samples, blanked)
        tails = edge_currents(samples, blanked, transient=doubt)
        mean, se, n_effective = tails.at_edge, tails.se, tails.n_effective
        led_back = tails.led_back
    else:
        peaks = peak_currents(samples, recording.telegraph.lowpass_Hz, recording.sample_rate_Hz)
        mean, se, n_effective = peaks.mean, peaks.se, peaks.n_effective
    # the edge of a tail rests on the begin of its window, which drift moves as it moves a short window
    slow, dof = between_sweeps(recording, length // EDGE_PART if plan.kind is Kind.TAIL else length)
    level = np.array([epoch.level_mV for epoch in plan.epochs])
    window_ms = np.stack([starts, starts + length], axis=1) * ms
    return Curve(
        plan.kind,
        np.array(plan.sweeps),
        level,
        mean,
        np.sqrt(se**2 + slow),
        n_effective,
        window_ms,
        dof,
        led_back=led_back,
    )


def blank_ms(window: Window, lowpass_Hz: float | None, clamp_ms: float | None, duration_ms: float) -> float:
    """Time after an edge that is left out: the declared one, or what clamp and filter need to settle."""
    if window.blank_ms is not None:
        return window.blank_ms
    settling = CLAMP_CONSTANTS * clamp_ms if clamp_ms is not None else DEFAULT_BLANK_MS
    period = 1000.0 / lowpass_Hz if lowpass_Hz else 0.0
    return min(max(settling + period, FILTER_RISES * period), duration_ms / 2)


def between_sweeps(recording: Recording, length: int) -> tuple[float, int]:
    """Variance from sweep to sweep of a window mean beyond what the window itself shows, with its degrees of freedom.

    Taken from the begin of the sweeps, before the family: there all sweeps are asked the same, so what differs between
    them, less its trend over the sweeps, is noise. Drift slower than a window is seen only like this. Where the sweeps
    share less than a window, the shorter mean errs to the safe side.
    """
    sweeps, flats = len(recording.sweeps), common_flats(recording)
    if sweeps < 5 or not flats or flats[-1].stop - flats[0].start < 16:
        return 0.0, MANY
    shared = flats[-1].stop - flats[0].start
    rows = stack(recording, range(sweeps), np.full(sweeps, flats[0].start), shared)
    trend, _ = np.linalg.qr(np.vander(np.arange(sweeps, dtype=float), 2))
    rows = rows - trend @ (trend.T @ rows)
    width = min(length, shared)
    blocks = [rows[:, start : start + width] for start in range(0, shared - width + 1, max(width // 2, 1))]
    means = [window_means(block) for block in blocks]
    free = sweeps - 2
    variance = float(np.mean([(one.mean**2).sum() / free for one in means]))
    within = float(np.mean([one.se[0] ** 2 for one in means])) * sweeps / free
    return max(variance - within, 0.0), free * max(shared // width, 1)
