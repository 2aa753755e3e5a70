"""P/N: small copies of a pulse, from where no gate opens, tell its leak and its charging, which scale with the step.

Copies are found by the command alone: stretches of the same sweep with epochs as long as those of the pulse, whose
excursions from their own base are the pulse's times one ratio in every sweep. The scaled mean of the copies, taken off
sample by sample, leaves the current of the gates that the pulse moves. Its zero is the current at holding, so that the
leak's own reversal potential needs not be known; a channel that is open at holding is taken off with the leak.
Source: Armstrong & Bezanilla, J. Gen. Physiol. 70:567 (1977).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.shared_epochs import stack
from reversal.recordings.recording import Epoch, Recording, Shape
from reversal.statistics.autocorrelation import window_means
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding

SAME_mV = 0.2  # to which levels of a copy are those of the pulse times the ratio
SMALLEST, LARGEST = 0.02, 0.95  # of the ratio, either sign
LEAST_BASE = 8  # samples before a pulse that tell its base
CLEAR = 4.0  # standard errors from which copies are not what a leak gives
MATTERS = 0.1  # part of the leak from which that matters


@dataclass(frozen=True, slots=True)
class Pulse:
    """A pulse or a copy in every sweep: first samples of it and of its base, both (sweeps,), and the base's length."""

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
    def gain(self) -> float:
        """Variance that slow drift makes in the difference, in variances of one stretch.

        Drift much slower than a pulse is taken off with the base, faster one counts twice, in window and base; what
        cannot be told apart is taken for the mean of once and twice.
        """
        return 1.5 * (1.0 + 1.0 / (len(self.copies) * self.ratio**2))


@dataclass(frozen=True, slots=True)
class Scaled:
    """What the copies say of stretches of the pulse.

    leak_pA : base and scaled copies, (sweeps, n); base_se_pA : error of all bases in it, (sweeps,)
    finding : evidence that the copies are not leak alone; None without any
    """

    leak_pA: FloatArray
    base_se_pA: FloatArray
    finding: Finding | None


def find_sub_pulses(recording: Recording, plan: Plan) -> SubPulses | None:
    """Copies of the measured pulse in the sweeps of a plan; None where there are none."""
    commands = [recording.command.sweeps[sweep].epochs for sweep in plan.sweeps]
    if len({len(epochs) for epochs in commands}) != 1:
        return None
    level = np.array([[epoch.level_mV for epoch in epochs] for epochs in commands])
    length = np.array([[epoch.stop - epoch.start for epoch in epochs] for epochs in commands])
    at = commands[0].index(plan.epochs[0])
    first, last = _pulse_around(commands, level, at)
    excursion = level[:, first : last + 1] - level[:, first - 1, None]
    if first == 0 or np.ptp(excursion[:, at - first]) <= SAME_mV:
        return None
    found = [
        (ratio, begin)
        for begin, ratio in _proportional(commands, level, length, (first, last), excursion)
        if SMALLEST < abs(ratio) < LARGEST
    ]
    if not found:
        return None
    ratios = [ratio for ratio, _ in found]
    best = max(ratios, key=lambda one: sum(abs(one - other) < 0.01 * abs(one) for other in ratios))
    begins = [begin for ratio, begin in found if abs(ratio - best) < 0.01 * abs(best)]
    pulses = [_pulse(commands, begin) for begin in (first, *begins)]
    if any(one.base_length < LEAST_BASE for one in pulses):
        return None
    return SubPulses(pulses[0], tuple(pulses[1:]), excursion[:, at - first], best)


def scaled_copies(
    recording: Recording, plan: Plan, found: SubPulses, starts: NDArray[np.intp], length: int, slow_variance: float
) -> Scaled:
    """Leak and charging in windows of the pulse, from the same windows of its copies.

    starts : first sample of each window, (sweeps,); slow_variance : of a window's mean by drift slower than it
    """
    bases = [_base(recording, plan, one) for one in (found.pulse, *found.copies)]
    into = starts - found.pulse.start
    responses = [
        stack(recording, plan.sweeps, one.start + into, length) - mean[:, None]
        for one, (mean, _) in zip(found.copies, bases[1:], strict=True)
    ]
    response = np.mean(responses, axis=0) / found.ratio
    of_copies = sum(error**2 for _, error in bases[1:]) / (len(found.copies) * found.ratio) ** 2
    return Scaled(
        bases[0][0][:, None] + response,
        np.sqrt(bases[0][1] ** 2 + of_copies),
        _not_a_leak(response, found.excursion_mV, float(np.mean(of_copies)) + slow_variance * (found.gain - 1.5)),
    )


def _pulse_around(commands: Sequence[Sequence[Epoch]], level: FloatArray, at: int) -> tuple[int, int]:
    """First and last epoch of the steps around the measured one that are away from holding in some sweep."""
    away = np.ptp(level - level[:, :1], axis=0) + np.abs(level - level[:, :1]).max(0) > SAME_mV
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
    for begin in range(1, level.shape[1] - count + 1):
        here = slice(begin, begin + count)
        apart = begin > last or begin + count <= first
        steps = all(epoch.shape is Shape.STEP for epoch in commands[0][here])
        if not apart or not steps or np.any(length[:, here] != length[:, first : last + 1]):
            continue
        small = level[:, here] - level[:, begin - 1, None]
        ratio = float((small * excursion).sum() / (excursion**2).sum())
        if np.abs(small - ratio * excursion).max() < SAME_mV:
            yield begin, ratio


def _pulse(commands: Sequence[Sequence[Epoch]], begin: int) -> Pulse:
    """Epochs from ``begin`` on, with the second half of the epoch before them as base."""
    before = [(epochs[begin - 1].start, epochs[begin - 1].stop) for epochs in commands]
    half = min(stop - start for start, stop in before) // 2
    starts = np.array([epochs[begin].start for epochs in commands], dtype=np.intp)
    return Pulse(starts, starts - half, half)


def _base(recording: Recording, plan: Plan, pulse: Pulse) -> tuple[FloatArray, FloatArray]:
    means = window_means(stack(recording, plan.sweeps, pulse.base, pulse.base_length))
    return means.mean, means.se


def _not_a_leak(response: FloatArray, excursion_mV: FloatArray, base_variance: float) -> Finding | None:
    """Test whether the scaled response (sweeps, n) is a constant conductance; if not, channels open in the copies."""
    third = max(response.shape[1] // 3, 4)
    begin, end = (window_means(part) for part in (response[:, :third], response[:, -third:]))
    power = float(excursion_mV @ excursion_mV)
    early, late = (float(excursion_mV @ one.mean) / power for one in (begin, end))
    error = float(np.hypot(begin.se[0], end.se[0])) / np.sqrt(power)
    if abs(late - early) > max(CLEAR * error, MATTERS * abs(late)):
        return finding(Code.SUB_PULSE_TIME_COURSE)
    left, free = end.mean - late * excursion_mV, excursion_mV.size - 1
    excess = float(left @ left) / max(float(end.se[0]) ** 2 + base_variance, 1e-12) - free
    if excess > CLEAR * np.sqrt(2.0 * free) and np.abs(left).max() > MATTERS * np.abs(late * excursion_mV).max():
        return finding(Code.SUB_PULSE_PROPORTION)
    return None
