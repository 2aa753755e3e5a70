"""Stimulus protocols as an Axon epoch table states them, and the command they ask of the amplifier.

A sweep begins with a stretch at holding that pClamp inserts before the first epoch (1/64 of the sweep), then come the
epochs in order, then holding again (or the last level, if the protocol says so) to the end of the sweep. Durations are
in samples per channel; levels and durations may grow by a fixed increment from sweep to sweep.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError


class Kind(IntEnum):
    """Epoch types by the number they carry in an ABF header."""

    DISABLED = 0
    STEP = 1
    RAMP = 2
    PULSES = 3
    TRIANGLE = 4
    COSINE = 5
    BIPHASIC = 7


class Listed(IntEnum):
    """What a user list sets, by the block of its parameter code in an ABF header (block 0 is the digital pattern)."""

    LEVEL = 1
    DURATION = 2
    PERIOD = 3
    WIDTH = 4


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
        """Level the table asks for in a sweep [mV]."""
        return self.level_mV + self.level_step_mV * sweep

    def duration_in(self, sweep: int) -> int:
        """Samples the table gives the epoch in a sweep; a disabled epoch takes none."""
        return 0 if self.kind is Kind.DISABLED else self.duration + self.duration_step * sweep

    def fixed_in(self, sweep: int) -> AbfEpoch:
        """Return the epoch as it is in one sweep, without increments."""
        level_mV, duration = self.level_in(sweep), self.duration + self.duration_step * sweep
        return replace(self, level_mV=level_mV, duration=duration, level_step_mV=0.0, duration_step=0)


@dataclass(frozen=True, slots=True)
class UserList:
    """Values that take the place of one entry of the table, sweep by sweep, increments included.

    A list shorter than the sweeps begins anew if it repeats; else its last value stays.
    """

    sets: Listed
    epoch: int
    values: tuple[float, ...]
    repeats: bool = False

    def __post_init__(self) -> None:
        whole = self.sets is Listed.LEVEL or all(float(value).is_integer() for value in self.values)
        if not self.values or not whole:
            raise DomainError("a user list needs values, whole samples where it sets times", found=self.values)

    def applied(self, epoch: AbfEpoch, sweep: int) -> AbfEpoch:
        """Return the epoch of a sweep with the list's value in its place."""
        place = sweep % len(self.values) if self.repeats else min(sweep, len(self.values) - 1)
        value = self.values[place]
        if self.sets is Listed.LEVEL:
            return replace(epoch, level_mV=value)
        if self.sets is Listed.DURATION:
            return replace(epoch, duration=int(value))
        return replace(epoch, period=int(value)) if self.sets is Listed.PERIOD else replace(epoch, width=int(value))


@dataclass(frozen=True, slots=True)
class AbfOutput:
    """An analog output: its epoch table, holding, and how the header names it.

    waveform : False leaves the output at holding whatever its table says
    last_level_between : stay at the last epoch's level between sweeps instead of holding
    mV_per_V : command per volt of the converter, in the output's own unit per volt
    """

    epochs: tuple[AbfEpoch, ...]
    holding_mV: float
    waveform: bool = True
    last_level_between: bool = False
    user_list: UserList | None = None
    name: str = "Cmd 0"
    unit: str = "mV"
    mV_per_V: float = 20.0

    def epochs_in(self, sweep: int) -> list[AbfEpoch]:
        """Enabled epochs of a sweep with their levels and durations."""
        fixed = [epoch.fixed_in(sweep) for epoch in self.epochs]
        if self.user_list is not None:
            fixed[self.user_list.epoch] = self.user_list.applied(fixed[self.user_list.epoch], sweep)
        return [epoch if epoch.kind is not Kind.DISABLED else replace(epoch, duration=0) for epoch in fixed]

    def command(self, sweeps: int, samples: int, before: int) -> FloatArray:
        """Command of every sweep, shape (sweeps, samples), ``before`` samples of it before the first epoch."""
        command = np.full((sweeps, samples), self.holding_mV)
        if not self.waveform:
            return command
        between = self.holding_mV
        for sweep in range(sweeps):
            level, start = between, before
            command[sweep, :before] = between
            for epoch in self.epochs_in(sweep):
                if epoch.kind is Kind.DISABLED:
                    continue
                stop = start + epoch.duration
                command[sweep, start:stop] = shape_of(epoch, level)
                level, start = epoch.level_mV, stop
            between = level if self.last_level_between else self.holding_mV
            command[sweep, start:] = between
        return command


@dataclass(frozen=True, slots=True)
class AbfProtocol:
    """An episodic stimulation.

    epochs, holding_mV, last_level_between, user_list, waveform : of the first output, which drives the cell
    sweeps, samples : number of sweeps, samples per sweep and channel
    interval_s : start to start of sweeps [s]; 0 means without a gap
    channels : recorded channels; they set the length of the stretch before the first epoch
    further : outputs after the first
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
    user_list: UserList | None = None
    waveform: bool = True
    further: tuple[AbfOutput, ...] = ()

    def __post_init__(self) -> None:
        if self.sweeps < 1 or self.samples < 1 or self.channels < 1 or not self.sample_rate_Hz > 0:
            raise DomainError("a protocol needs at least one sweep, sample and channel and a rate above 0 Hz")
        for output in self.outputs:
            if output.user_list is not None and not 0 <= output.user_list.epoch < len(output.epochs):
                raise DomainError("a user list names an epoch that is not there", found=output.user_list.epoch)
            for sweep in range(self.sweeps):
                _check_sweep(output, sweep, self.samples - self.before)

    @property
    def outputs(self) -> tuple[AbfOutput, ...]:
        """Every analog output, the one that drives the cell first."""
        first = AbfOutput(self.epochs, self.holding_mV, self.waveform, self.last_level_between, self.user_list)
        return (first, *self.further)

    @property
    def before(self) -> int:
        """Samples per channel at holding before the first epoch.

        The sweep's samples over all channels, divided by 64 and cut down to whole multiples of the channels.
        """
        over_all = self.samples * self.channels // 64
        return max(over_all - over_all % self.channels, self.channels) // self.channels

    @property
    def interval_or_length_s(self) -> float:
        """Start to start of sweeps [s]."""
        return max(self.interval_s, self.samples / self.sample_rate_Hz)

    def start_s(self) -> FloatArray:
        """Begin of each sweep after the begin of the recording, shape (sweeps,) [s]."""
        return np.arange(self.sweeps, dtype=np.float64) * self.interval_or_length_s

    def edges(self, sweep: int, output: int = 0) -> list[tuple[int, int]]:
        """First sample and sample after the last of each epoch of a sweep, in the order of the table."""
        durations = [epoch.duration for epoch in self.outputs[output].epochs_in(sweep)]
        bounds = self.before + np.cumsum([0, *durations])
        return list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))

    def command_mV(self, output: int = 0) -> FloatArray:
        """Command of every sweep, shape (sweeps, samples), in the output's unit (mV)."""
        return self.outputs[output].command(self.sweeps, self.samples, self.before)


def shape_of(epoch: AbfEpoch, base_mV: float) -> FloatArray:
    """Samples of an epoch that starts from ``base_mV``, shape (duration,).

    A ramp has left its start with its first sample and reaches its level with its last. A repeated shape gives whole
    periods; a pulse that still fits into the rest is given too, and what is left stays at the base.
    """
    n = np.arange(epoch.duration)
    rise = epoch.level_mV - base_mV
    if epoch.kind is Kind.STEP:
        return np.full(epoch.duration, epoch.level_mV)
    if epoch.kind is Kind.RAMP:
        return base_mV + rise * (n + 1) / max(epoch.duration, 1)
    if epoch.period <= 0:
        return np.full(epoch.duration, base_mV)
    rest = epoch.duration % epoch.period
    is_pulse = epoch.kind in (Kind.PULSES, Kind.BIPHASIC)
    until = epoch.duration if is_pulse and rest >= epoch.width else epoch.duration - rest
    return base_mV + rise * np.where(n < until, _unit_shape(epoch, n % epoch.period), 0.0)


def _unit_shape(epoch: AbfEpoch, n: NDArray[np.intp]) -> FloatArray:
    """Height of a repeated shape of amplitude 1 at sample ``n`` of its period."""
    period, width = epoch.period, min(epoch.width, epoch.period)
    if epoch.kind is Kind.COSINE:
        return (1 - np.cos(2 * np.pi * n / period)) / 2
    if epoch.kind is Kind.TRIANGLE:
        return np.where(n < width, n / max(width, 1), 1 - (n - width) / max(period - width, 1))
    if epoch.kind is Kind.PULSES:
        return np.where(n < width, 1.0, 0.0)
    return np.where(n < width // 2, 1.0, np.where(n < width, -1.0, 0.0))


def _check_sweep(output: AbfOutput, sweep: int, room: int) -> None:
    """Refuse a sweep that has no room for its epochs, or whose command the format leaves open.

    What a ramp or a train starts from after an epoch of no length was never seen; nor was what a sweep ends on.
    """
    epochs = [epoch for epoch in output.epochs_in(sweep) if epoch.kind is not Kind.DISABLED]
    durations = [epoch.duration for epoch in epochs]
    if min(durations, default=0) < 0 or sum(durations) > room:
        raise DomainError(
            f"epochs do not fit sweep {sweep}",
            found=durations,
            expected=f"durations of at least 0 that fill at most {room} samples",
        )
    depends = [*(follower.kind is not Kind.STEP for follower in epochs[1:]), output.last_level_between]
    for duration, is_start_of_next in zip(durations, depends, strict=False):
        if duration == 0 and is_start_of_next:
            raise DomainError(f"sweep {sweep} depends on the level of an epoch that has no length", found=durations)
