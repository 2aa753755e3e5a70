"""P/N: small copies of a pulse, in a range where no channel opens, give its leak and charging current.

Copies are found from the command alone. A copy is a stretch of the same sweep with epochs as long as those of the
pulse. Its steps from its own baseline are those of the pulse times one ratio in every sweep. The scaled mean of the
copies is subtracted sample by sample and leaves the gated current. Its zero is the current at holding: the reversal
potential of the leak is not needed, and a channel that is open at holding is subtracted with the leak.
Source: Armstrong & Bezanilla, J. Gen. Physiol. 70:567 (1977).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.protocol_constants import (
    DRIFT_GAIN,
    MAX_SUBPULSE_RATIO,
    MIN_BASELINE_SAMPLES,
    MIN_LEAK_DEVIATION,
    MIN_MEAN_SAMPLES,
    MIN_SUBPULSE_RATIO,
    SUBPULSE_END_DIVISOR,
    SUBPULSE_RATIO_TOLERANCE,
    SUBPULSE_LEVEL_TOLERANCE_mV,
)
from reversal.measure.protocol.sweeps import Sweeps, rows_of
from reversal.recordings.recording.recording import Epoch, Recording, Shape
from reversal.statistics.autocorrelation import window_means
from reversal.statistics.row_parts import Rows, columns
from reversal.statistics.statistics_constants import DETECTION_SE
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class Pulse:
    """A pulse or a copy in every sweep: first samples of it and of its baseline, (sweeps,); baseline length."""

    start: NDArray[np.intp]
    base: NDArray[np.intp]
    base_length: int


@dataclass(frozen=True, slots=True)
class SubPulses:
    """The pulse of a plan and its copies.

    excursion_mV : of the measured epoch from holding, (sweeps,); ratio : of a copy's excursion to the pulse's
    """

    pulse: Pulse
    copies: tuple[Pulse, ...]
    excursion_mV: FloatArray
    ratio: float

    @property
    def drift_gain(self) -> float:
        """Variance of the difference by slow drift, relative to that of one stretch.

        Drift much slower than a pulse is subtracted with the baseline; faster drift counts twice, in window and
        baseline. As the two cannot be distinguished, the mean of once and twice is used.
        """
        return DRIFT_GAIN * (1.0 + 1.0 / (len(self.copies) * self.ratio**2))

    @property
    def rounding_gain(self) -> float:
        """Variance of the difference by rounding of a mean to counts, relative to that of one mean.

        Pulse and copies are rounded, and their baselines. All copies of a sweep are rounded in the same way.
        """
        return 2.0 * (1.0 + 1.0 / self.ratio**2)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Leak and charging current in windows of the pulse.

    leak_pA : baseline and scaled copies of some sweeps of the plan, (some sweeps, n)
    base_se_pA : error of all baselines in it, (sweeps,)
    finding : evidence that the copies are not leak alone; None without any
    """

    leak_pA: Callable[[slice], FloatArray]
    base_se_pA: FloatArray
    finding: Finding | None


def find_sub_pulses(recording: Recording, plan: Plan) -> SubPulses | None:
    """Copies of the measured pulse in the sweeps of a plan; None without any."""
    commands = [recording.command.sweeps[sweep].epochs for sweep in plan.sweeps]
    if len({len(epochs) for epochs in commands}) != 1:
        return None
    level = np.array([[epoch.level_mV for epoch in epochs] for epochs in commands])
    length = np.array([[epoch.stop - epoch.start for epoch in epochs] for epochs in commands])
    at = commands[0].index(plan.epochs[0])
    first, last = _pulse_around(commands, level, at)
    excursion = level[:, first : last + 1] - level[:, first - 1, None]
    if first == 0 or np.ptp(excursion[:, at - first]) <= SUBPULSE_LEVEL_TOLERANCE_mV:
        return None
    found = [
        (ratio, copy)
        for copy, ratio in _proportional(commands, level, length, (first, last), excursion)
        if MIN_SUBPULSE_RATIO < abs(ratio) < MAX_SUBPULSE_RATIO
    ]
    if not found:
        return None
    ratios = [ratio for ratio, _ in found]
    best = max(ratios, key=lambda one: sum(abs(one - other) < SUBPULSE_RATIO_TOLERANCE * abs(one) for other in ratios))
    copies = [copy for ratio, copy in found if abs(ratio - best) < SUBPULSE_RATIO_TOLERANCE * abs(best)]
    pulses = [_pulse(commands, epoch) for epoch in (first, *copies)]
    if any(one.base_length < MIN_BASELINE_SAMPLES for one in pulses):
        return None
    return SubPulses(pulses[0], tuple(pulses[1:]), excursion[:, at - first], best)


def scaled_copies(
    sweeps: Sweeps, plan: Plan, found: SubPulses, starts: NDArray[np.intp], length: int, slow_variance: float
) -> Scaled:
    """Leak and charging in windows of the pulse, from the same windows of its copies.

    starts : first sample of each window, (sweeps,); slow_variance : of a window's mean by drift slower than it
    """
    bases = [_base(sweeps, plan, one) for one in (found.pulse, *found.copies)]
    into = starts - found.pulse.start

    def response(here: slice) -> FloatArray:
        responses = [
            sweeps.windows(plan.sweeps[here], (one.start + into)[here], length) - mean[here, None]
            for one, (mean, _) in zip(found.copies, bases[1:], strict=True)
        ]
        return np.asarray(np.mean(responses, axis=0) / found.ratio)

    of_copies = sum(error**2 for _, error in bases[1:]) / (len(found.copies) * found.ratio) ** 2
    return Scaled(
        lambda here: bases[0][0][here, None] + response(here),
        np.sqrt(bases[0][1] ** 2 + of_copies),
        _not_a_leak(
            rows_of(response, len(plan.sweeps), length),
            found.excursion_mV,
            float(np.mean(of_copies)) + slow_variance * (found.drift_gain - DRIFT_GAIN),
        ),
    )


def _pulse_around(commands: Sequence[Sequence[Epoch]], level: FloatArray, at: int) -> tuple[int, int]:
    """First and last epoch of the steps around the measured one that differ from holding in some sweep."""
    away = np.ptp(level - level[:, :1], axis=0) + np.abs(level - level[:, :1]).max(0) > SUBPULSE_LEVEL_TOLERANCE_mV
    steps = [epoch.shape is Shape.STEP for epoch in commands[0]]
    first = last = at
    while first > 0 and steps[first - 1] and away[first - 1]:
        first -= 1
    while last + 1 < len(steps) and steps[last + 1] and away[last + 1]:
        last += 1
    return first, last


def _proportional(
    commands: Sequence[Sequence[Epoch]],
    level: FloatArray,
    length: NDArray[np.int_],
    pulse: tuple[int, int],
    excursion: FloatArray,
) -> Iterator[tuple[int, float]]:
    """First epoch and ratio of every stretch that copies the pulse."""
    first, last = pulse
    count = last - first + 1
    for copy in range(1, level.shape[1] - count + 1):
        here = slice(copy, copy + count)
        apart = copy > last or copy + count <= first
        steps = all(epoch.shape is Shape.STEP for epoch in commands[0][here])
        if not apart or not steps or np.any(length[:, here] != length[:, first : last + 1]):
            continue
        small = level[:, here] - level[:, copy - 1, None]
        ratio = float((small * excursion).sum() / (excursion**2).sum())
        if np.abs(small - ratio * excursion).max() < SUBPULSE_LEVEL_TOLERANCE_mV:
            yield copy, ratio


def _pulse(commands: Sequence[Sequence[Epoch]], first: int) -> Pulse:
    """Epochs from number ``first`` on, with the second half of the epoch before them as baseline."""
    before = [(epochs[first - 1].start, epochs[first - 1].stop) for epochs in commands]
    half = min(stop - start for start, stop in before) // 2
    starts = np.array([epochs[first].start for epochs in commands], dtype=np.intp)
    return Pulse(starts, starts - half, half)


def _base(sweeps: Sweeps, plan: Plan, pulse: Pulse) -> tuple[FloatArray, FloatArray]:
    means = window_means(sweeps.windows_in_parts(plan.sweeps, pulse.base, pulse.base_length))
    return means.mean, means.se


def _not_a_leak(response: Rows, excursion_mV: FloatArray, base_variance: float) -> Finding | None:
    """Test whether the scaled response (sweeps, n) is a constant conductance; if not, channels open in the copies."""
    third = max(response.shape[1] // SUBPULSE_END_DIVISOR, MIN_MEAN_SAMPLES)
    start, end = (window_means(columns(response, where)) for where in (slice(third), slice(-third, None)))
    power = float(excursion_mV @ excursion_mV)
    early, late = (float(excursion_mV @ one.mean) / power for one in (start, end))
    error = float(np.hypot(start.se[0], end.se[0])) / np.sqrt(power)
    if abs(late - early) > max(DETECTION_SE * error, MIN_LEAK_DEVIATION * abs(late)):
        return finding(Code.SUB_PULSE_TIME_COURSE)
    left, free = end.mean - late * excursion_mV, excursion_mV.size - 1
    excess = float(left @ left) / max(float(end.se[0]) ** 2 + base_variance, 1e-12) - free
    if (
        excess > DETECTION_SE * np.sqrt(2.0 * free)
        and np.abs(left).max() > MIN_LEAK_DEVIATION * np.abs(late * excursion_mV).max()
    ):
        return finding(Code.SUB_PULSE_PROPORTION)
    return None
