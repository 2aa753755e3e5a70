"""Stimulus protocols as an Axon epoch table states them, and the command they ask of the amplifier.

A sweep begins with a stretch at holding that pClamp inserts before the first epoch (1/64 of the sweep), then come the
epochs in order, then holding again (or the last level, if the protocol says so) to the end of the sweep. Durations are
in samples per channel; levels and durations may grow by a fixed increment from sweep to sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from analysis.errors import DomainError

FloatArray = NDArray[np.float64]


class Kind(IntEnum):
    """Epoch types by the number they carry in an ABF header."""

    DISABLED = 0
    STEP = 1
    RAMP = 2
    PULSES = 3
    TRIANGLE = 4
    COSINE = 5
    BIPHASIC = 7


@dataclass(frozen=True, slots=True)
class AbfEpoch:
    """One column of an epoch table.

    level_mV, level_step_mV : level in sweep 0 and its increment by sweep
    duration, duration_step : samples in sweep 0 and their increment by sweep
    period, width : of the repeated shape inside the epoch [samples]
    """

    kind: Kind
    level_mV: float
    duration: int
    level_step_mV: float = 0.0
    duration_step: int = 0
    period: int = 0
    width: int = 0

    def level_in(self, sweep: int) -> float:
        """Level asked for in a sweep [mV]."""
        return self.level_mV + self.level_step_mV * sweep

    def duration_in(self, sweep: int) -> int:
        """Samples taken in a sweep; a disabled epoch takes none."""
        return 0 if self.kind is Kind.DISABLED else self.duration + self.duration_step * sweep


@dataclass(frozen=True, slots=True)
class AbfProtocol:
    """An episodic stimulation on one analog output.

    epochs : the epoch table of the output
    holding_mV : level before the first and after the last epoch
    sweeps, samples : number of sweeps, samples per sweep and channel
    interval_s : start to start of sweeps [s]; 0 means without a gap
    last_level_between : stay at the last epoch's level between sweeps instead of holding
    channels : recorded channels; they set the length of the stretch before the first epoch
    """

    epochs: tuple[AbfEpoch, ...]
    holding_mV: float
    sweeps: int
    samples: int
    sample_rate_Hz: float
    interval_s: float = 0.0
    last_level_between: bool = False
    channels: int = 1
    name: str = "protocol"

    def __post_init__(self) -> None:
        if self.sweeps < 1 or self.samples < 1 or self.channels < 1 or not self.sample_rate_Hz > 0:
            raise DomainError("a protocol needs at least one sweep, sample and channel and a rate above 0 Hz")
        for sweep in range(self.sweeps):
            durations = [epoch.duration_in(sweep) for epoch in self.epochs]
            if min(durations, default=0) < 0 or self.before + sum(durations) > self.samples:
                raise DomainError(
                    f"epochs do not fit sweep {sweep}",
                    found=durations,
                    expected=f"durations of at least 0 that fill at most {self.samples - self.before} samples",
                )

    @property
    def before(self) -> int:
        """Samples per channel at holding before the first epoch.

        The sweep's samples over all channels, divided by 64 and cut down to whole multiples of the channels.
        """
        over_all = self.samples * self.channels // 64
        return max(over_all - over_all % self.channels, self.channels) // self.channels

    @property
    def seconds_per_sample(self) -> float:
        """Time between samples of a channel [s]."""
        return 1.0 / self.sample_rate_Hz

    @property
    def interval_or_length_s(self) -> float:
        """Start to start of sweeps [s]."""
        return max(self.interval_s, self.samples * self.seconds_per_sample)

    def start_s(self) -> FloatArray:
        """Begin of each sweep after the begin of the recording, shape (sweeps,) [s]."""
        return np.arange(self.sweeps, dtype=np.float64) * self.interval_or_length_s

    def edges(self, sweep: int) -> list[tuple[int, int]]:
        """First sample and sample after the last of each epoch of a sweep, in the order of the table."""
        bounds = self.before + np.cumsum([0, *(epoch.duration_in(sweep) for epoch in self.epochs)])
        return list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))

    def command_mV(self) -> FloatArray:
        """Command of every sweep, shape (sweeps, samples) [mV]."""
        command = np.empty((self.sweeps, self.samples))
        between = self.holding_mV
        for sweep in range(self.sweeps):
            level = between
            command[sweep, : self.before] = between
            stop = self.before
            for epoch, (start, stop) in zip(self.epochs, self.edges(sweep), strict=True):
                if epoch.kind is Kind.DISABLED:
                    continue
                command[sweep, start:stop] = _shape(epoch, level, epoch.level_in(sweep), stop - start)
                level = epoch.level_in(sweep)
            between = level if self.last_level_between else self.holding_mV
            command[sweep, stop:] = between
        return command


def _shape(epoch: AbfEpoch, base: float, level: float, length: int) -> FloatArray:
    """Samples of one epoch that starts from ``base``; a repeated shape leaves an unfinished period at ``base``."""
    if epoch.kind is Kind.STEP:
        return np.full(length, level)
    if epoch.kind is Kind.RAMP:
        return np.linspace(base, level, length)
    shape = np.full(length, base)
    if epoch.period <= 0:
        return shape
    for start in range(0, length - epoch.period + 1, epoch.period):
        shape[start : start + epoch.period] = _period(epoch, base, level)
    return shape


def _period(epoch: AbfEpoch, base: float, level: float) -> FloatArray:
    """Return one period of a repeated shape, shape (period,)."""
    period, width = epoch.period, min(epoch.width, epoch.period)
    if epoch.kind is Kind.COSINE:
        return base + (level - base) * (1 - np.cos(2 * np.pi * np.arange(period) / period)) / 2
    if epoch.kind is Kind.TRIANGLE:
        return np.concatenate([np.linspace(base, level, width), np.linspace(level, base, period - width)])
    one = np.full(period, base)
    if epoch.kind is Kind.PULSES:
        one[:width] = level
    elif epoch.kind is Kind.BIPHASIC:
        one[: width // 2] = level
        one[width // 2 : width] = 2 * base - level
    return one
