"""Stimulus protocols as an Axon epoch table, and the command they produce.

A sweep starts at holding for 1/64 of its length, which pClamp inserts before the first epoch. The epochs follow in
order, then holding (or the last level, if the protocol sets it) until the end of the sweep. Durations are in samples
per channel. Levels and durations can change by a fixed increment from sweep to sweep.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError


class EpochKind(IntEnum):
    """Type of an epoch, with its number in an ABF header."""

    DISABLED = 0
    STEP = 1
    RAMP = 2
    PULSES = 3
    TRIANGLE = 4
    COSINE = 5
    BIPHASIC = 7


class UserListTarget(IntEnum):
    """Entry of the epoch table that a user list replaces, with its block of parameter codes in an ABF header."""

    LEVEL = 1
    DURATION = 2
    PERIOD = 3
    WIDTH = 4


@dataclass(frozen=True, slots=True)
class AbfEpoch:
    """One column of an epoch table.

    level_mV, level_step_mV : level in sweep 0 and its increment by sweep
    duration, duration_step : samples in sweep 0 and their increment by sweep
    period, width : of the repeated shape in the epoch [samples]
    """

    kind: EpochKind
    level_mV: float
    duration: int
    level_step_mV: float = 0.0
    duration_step: int = 0
    period: int = 0
    width: int = 0

    def level_in(self, sweep: int) -> float:
        """Level in a sweep [mV]."""
        return self.level_mV + self.level_step_mV * sweep

    def fixed_in(self, sweep: int) -> AbfEpoch:
        """The epoch of one sweep, with its increments applied."""
        level_mV, duration = self.level_in(sweep), self.duration + self.duration_step * sweep
        return replace(self, level_mV=level_mV, duration=duration, level_step_mV=0.0, duration_step=0)


@dataclass(frozen=True, slots=True)
class SimulatedUserList:
    """Values that replace one entry of the epoch table, one value a sweep. The entry's increment is not applied.

    A list with fewer values than sweeps starts again if it repeats; otherwise its last value is used.

    target : the entry;  epoch : number of the epoch, from 0;  values : [mV] or samples

    Raises DomainError for a list without values, and for times that are not whole samples.
    """

    target: UserListTarget
    epoch: int
    values: tuple[float, ...]
    repeats: bool = False

    def __post_init__(self) -> None:
        whole = self.target is UserListTarget.LEVEL or all(float(value).is_integer() for value in self.values)
        if not self.values or not whole:
            raise DomainError("a user list needs values, and whole samples if it sets times", found=self.values)

    def applied(self, epoch: AbfEpoch, sweep: int) -> AbfEpoch:
        """The epoch of a sweep with the value of the list in its target."""
        index = sweep % len(self.values) if self.repeats else min(sweep, len(self.values) - 1)
        value = self.values[index]
        if self.target is UserListTarget.LEVEL:
            return replace(epoch, level_mV=value)
        if self.target is UserListTarget.DURATION:
            return replace(epoch, duration=int(value))
        if self.target is UserListTarget.PERIOD:
            return replace(epoch, period=int(value))
        return replace(epoch, width=int(value))


@dataclass(frozen=True, slots=True)
class AbfOutput:
    """An analog output: its epoch table, its holding level, and its name in the header.

    waveform : False keeps the output at holding and ignores its table
    last_level_between : the output stays at the level of the last epoch between sweeps, not at holding
    mV_per_V : command per volt of the converter, in the unit of the output
    """

    epochs: tuple[AbfEpoch, ...]
    holding_mV: float
    waveform: bool = True
    last_level_between: bool = False
    user_list: SimulatedUserList | None = None
    name: str = "Cmd 0"
    unit: str = "mV"
    mV_per_V: float = 20.0

    def epochs_in(self, sweep: int) -> list[AbfEpoch]:
        """Epochs of a sweep with their levels and durations; a disabled epoch has duration 0."""
        fixed = [epoch.fixed_in(sweep) for epoch in self.epochs]
        if self.user_list is not None:
            fixed[self.user_list.epoch] = self.user_list.applied(fixed[self.user_list.epoch], sweep)
        return [epoch if epoch.kind is not EpochKind.DISABLED else replace(epoch, duration=0) for epoch in fixed]

    def command(self, sweeps: int, samples: int, holding_samples: int) -> FloatArray:
        """Command of every sweep, shape (sweeps, samples); the first epoch starts at sample ``holding_samples``."""
        command = np.full((sweeps, samples), self.holding_mV)
        if not self.waveform:
            return command
        between = self.holding_mV
        for sweep in range(sweeps):
            level, start = between, holding_samples
            command[sweep, :holding_samples] = between
            for epoch in self.epochs_in(sweep):
                if epoch.kind is EpochKind.DISABLED:
                    continue
                stop = start + epoch.duration
                command[sweep, start:stop] = epoch_command_mV(epoch, level)
                level, start = epoch.level_mV, stop
            between = level if self.last_level_between else self.holding_mV
            command[sweep, start:] = between
        return command


@dataclass(frozen=True, slots=True)
class AbfProtocol:
    """An episodic stimulation.

    epochs, holding_mV, last_level_between, user_list, waveform : of the first output, which is the command of the cell
    sweeps, samples : number of sweeps, and of samples per sweep and channel
    interval_s : from start to start of sweeps [s]; 0 for sweeps without a gap
    channels : number of recorded channels; it sets the samples before the first epoch
    other_outputs : outputs after the first

    Raises DomainError for numbers that are not above 0, for epochs that do not fit the sweep, and for a user list of
    an epoch that does not exist.
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
    user_list: SimulatedUserList | None = None
    waveform: bool = True
    other_outputs: tuple[AbfOutput, ...] = ()

    def __post_init__(self) -> None:
        if self.sweeps < 1 or self.samples < 1 or self.channels < 1 or not self.sample_rate_Hz > 0:
            raise DomainError("a protocol needs at least one sweep, sample and channel and a rate above 0 Hz")
        for output in self.outputs:
            if output.user_list is not None and not 0 <= output.user_list.epoch < len(output.epochs):
                raise DomainError("a user list has an epoch that does not exist", found=output.user_list.epoch)
            for sweep in range(self.sweeps):
                _check_sweep(output, sweep, self.samples - self.holding_samples)

    @property
    def outputs(self) -> tuple[AbfOutput, ...]:
        """All analog outputs; the first is the command of the cell."""
        first = AbfOutput(self.epochs, self.holding_mV, self.waveform, self.last_level_between, self.user_list)
        return (first, *self.other_outputs)

    @property
    def holding_samples(self) -> int:
        """Samples per channel at holding before the first epoch.

        1/64 of the samples of a sweep over all channels, rounded down to a multiple of the number of channels.
        """
        all_channels = self.samples * self.channels // 64
        return max(all_channels - all_channels % self.channels, self.channels) // self.channels

    @property
    def interval_or_length_s(self) -> float:
        """From start to start of sweeps [s]."""
        return max(self.interval_s, self.samples / self.sample_rate_Hz)

    def start_s(self) -> FloatArray:
        """Start of each sweep after the start of the recording, shape (sweeps,) [s]."""
        return np.arange(self.sweeps, dtype=np.float64) * self.interval_or_length_s

    def edges(self, sweep: int, output: int = 0) -> list[tuple[int, int]]:
        """(first sample, sample after the last) of each epoch of a sweep, in the order of the table."""
        durations = [epoch.duration for epoch in self.outputs[output].epochs_in(sweep)]
        bounds = self.holding_samples + np.cumsum([0, *durations])
        return list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))

    def command_mV(self, output: int = 0) -> FloatArray:
        """Command of every sweep, shape (sweeps, samples), in the unit of the output (mV)."""
        return self.outputs[output].command(self.sweeps, self.samples, self.holding_samples)


def epoch_command_mV(epoch: AbfEpoch, base_mV: float) -> FloatArray:
    """Samples of an epoch that starts from ``base_mV``, shape (duration,) [mV].

    The first sample of a ramp is already one increment from its start; the last sample is at its level. A repeated
    shape has whole periods. A last pulse that fits into the remaining samples is included; the others are at the base.
    """
    n = np.arange(epoch.duration)
    rise = epoch.level_mV - base_mV
    if epoch.kind is EpochKind.STEP:
        return np.full(epoch.duration, epoch.level_mV)
    if epoch.kind is EpochKind.RAMP:
        return base_mV + rise * (n + 1) / max(epoch.duration, 1)
    if epoch.period <= 0:
        return np.full(epoch.duration, base_mV)
    remainder = epoch.duration % epoch.period
    is_pulse = epoch.kind in (EpochKind.PULSES, EpochKind.BIPHASIC)
    until = epoch.duration if is_pulse and remainder >= epoch.width else epoch.duration - remainder
    return base_mV + rise * np.where(n < until, _unit_shape(epoch, n % epoch.period), 0.0)


def _unit_shape(epoch: AbfEpoch, n: NDArray[np.intp]) -> FloatArray:
    """Value at sample ``n`` of its period of a repeated shape with amplitude 1, same shape as ``n``."""
    period, width = epoch.period, min(epoch.width, epoch.period)
    if epoch.kind is EpochKind.COSINE:
        return (1 - np.cos(2 * np.pi * n / period)) / 2
    if epoch.kind is EpochKind.TRIANGLE:
        return np.where(n < width, n / max(width, 1), 1 - (n - width) / max(period - width, 1))
    if epoch.kind is EpochKind.PULSES:
        return np.where(n < width, 1.0, 0.0)
    return np.where(n < width // 2, 1.0, np.where(n < width, -1.0, 0.0))


def _check_sweep(output: AbfOutput, sweep: int, room: int) -> None:
    """Raise DomainError for a sweep with too many samples in its epochs, or with a command that is not defined.

    No recorded file shows the level from which a ramp or a train starts after an epoch of duration 0, or the level at
    which a sweep ends after one.
    """
    epochs = [epoch for epoch in output.epochs_in(sweep) if epoch.kind is not EpochKind.DISABLED]
    durations = [epoch.duration for epoch in epochs]
    if min(durations, default=0) < 0 or sum(durations) > room:
        raise DomainError(
            f"epochs do not fit sweep {sweep}",
            found=durations,
            expected=f"durations of at least 0 that fill at most {room} samples",
        )
    depends = [*(follower.kind is not EpochKind.STEP for follower in epochs[1:]), output.last_level_between]
    for duration, sets_next_start in zip(durations, depends, strict=False):
        if duration == 0 and sets_next_start:
            raise DomainError(f"sweep {sweep} depends on the level of an epoch of duration 0", found=durations)
