"""The command waveform an Axon header asks for: from epoch tables, increments and user lists to epochs in samples.

The rules are those by which pClamp itself builds the waveform; where a header asks for something whose rule is not
known here, the answer is :class:`CommandUnknown` with the name of that something, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from reversal.recordings.axon.header import (
    EPISODIC,
    EPOCH_TABLE,
    MODES,
    STIMULUS_FILE,
    AxonEpoch,
    AxonHeader,
    AxonOutput,
)
from reversal.recordings.axon.stimulus_file import stimulus_commands
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording import DECLARE, CommandUnknown, Epoch, Shape, SweepCommand
from reversal.recordings.units import VOLTAGE, factor_to_fixed, role_of

KINDS = {
    1: Shape.STEP,
    2: Shape.RAMP,
    3: Shape.PULSES,
    4: Shape.TRIANGLE,
    5: Shape.COSINE,
    7: Shape.BIPHASIC,
}
DISABLED, RESISTANCE_TEST = 0, 6
OUTPUTS_IN_VERSION_1 = 2
HOLDING_FRACTION = 64  # a sweep begins with 1/64 of its samples at holding
FIRST_EPOCH_PARAMETER = 11  # of a user list; before it come pulses of a conditioning train, timing, holding, P/N
GAP_TOLERANCE = 0.02  # of the interval between sweeps
HARMLESS_PARAMETERS = {7, 9, 10}  # start-to-start time, digital holding, number of P/N pulses
CONDITIONING_PARAMETERS = range(7)  # they vary the train before the sweep; its end is checked on its own
INACTIVE_HOLDING = 8
LONGEST_LISTED = 32767  # samples of a listed duration as version 1 delivers it (seen: 40000 lasts so long)


def sweep_commands(
    header: AxonHeader, output: AxonOutput, file: Path, stimulus_dirs: Sequence[Path] = ()
) -> tuple[SweepCommand, ...]:
    """Command of every sweep of one output, as epochs [mV, samples per channel].

    stimulus_dirs : folders in which a stimulus file is looked up, after the recording's own

    Raises CommandUnknown where the header uses something whose rule is not known.
    """
    if header.version < (2, 0, 0, 0) and output.number >= OUTPUTS_IN_VERSION_1:
        raise CommandUnknown(
            "the command is not known: an ABF 1 header keeps the waveforms of two outputs only",
            file=file,
            place=f"output '{output.name}'",
            remedy=DECLARE,
        )
    if _plays_a_file(header, output):
        return stimulus_commands(header, output, file, stimulus_dirs)
    table = _Table(header, output, file)
    commands = tuple(table.sweep(n) for n in range(len(header.sweeps)))
    left_out = _sweep_after_a_gap(header)
    if left_out is not None and any(command.epochs != commands[0].epochs for command in commands):
        raise CommandUnknown(
            "the command is not known: sweeps seem to be left out of the file, so levels cannot be counted",
            file=file,
            place=f"sweep {left_out}",
            found=f"{header.sweeps[left_out].start_s - header.sweeps[left_out - 1].start_s:g} s after the one before",
            expected=f"{header.start_to_start_s:g} s",
            remedy="Read the file with all its sweeps, or declare the protocol with one level a sweep",
        )
    return commands


def pre_epoch_samples(samples_per_channel: int, channels: int) -> int:
    """Samples per channel at holding before the first epoch: 1/64 of all channels' samples in whole scans."""
    count = samples_per_channel * channels // HOLDING_FRACTION
    return max(count - count % channels, channels) // channels


def user_list_target(parameter: int, version: tuple[int, int, int, int]) -> tuple[str, int] | None:
    """Field and epoch that a user list's parameter code names; None for one that leaves the command as it is.

    Codes count in blocks of EPOCHCOUNT: digital pattern, level, duration, train period, train width. EPOCHCOUNT is 10
    up to version 2.0 and 50 in 2.9; what versions between use was never seen.
    """
    if parameter in HARMLESS_PARAMETERS:
        return None
    if parameter < FIRST_EPOCH_PARAMETER:
        raise KeyError(f"parameter {parameter} of the conditioning train or of the inactive output")
    if (2, 0, 99, 99) < version < (2, 9, 0, 0):
        raise KeyError(f"parameter {parameter} of ABF version {version[0]}.{version[1]}")
    epochs = 50 if version >= (2, 9, 0, 0) else 10
    block, epoch = divmod(parameter - FIRST_EPOCH_PARAMETER, epochs)
    if block > 4:
        raise KeyError(f"parameter {parameter}")
    field = (None, "level", "duration", "period", "width")[block]
    return None if field is None else (field, epoch)


@dataclass(slots=True)
class _Table:
    """The epoch table of one output while its sweeps are laid out."""

    header: AxonHeader
    output: AxonOutput
    file: Path

    def sweep(self, n: int) -> SweepCommand:
        """Lay out sweep ``n`` (from 0)."""
        samples = self.header.sweeps[n].count // len(self.header.inputs)
        if not self._has_waveform():
            return SweepCommand((self._hold("before", 0, samples, self.output.holding),))
        if samples != self.header.samples_per_sweep:
            raise self._unknown(
                f"sweep {n} has {samples} samples, the protocol asks for {self.header.samples_per_sweep}"
            )
        if self.header.first_episode > 1:
            raise self._unknown(f"the protocol's first sweep is number {self.header.first_episode}")
        if 0 < self.header.sweeps_per_run <= n:
            raise self._unknown(f"sweep {n} is not part of the protocol's {self.header.sweeps_per_run} sweeps")
        level = self._level_before(n)
        stop = pre_epoch_samples(samples, len(self.header.inputs))
        laid = [self._hold("before", 0, stop, level)]
        for epoch in self._enabled():
            now = self._in_sweep(epoch, n)
            if now.duration <= 0:
                continue
            start, stop = stop, stop + now.duration
            if stop > samples:
                raise self._unknown(f"epoch {epoch_name(epoch.number)} of sweep {n} ends after the sweep")
            laid.append(self._laid(now, start, stop, level, n))
            level = now.level
        after = level if self.output.stays_at_last_level else self.output.holding
        if stop < samples:
            laid.append(self._hold("after", stop, samples, after))
        return SweepCommand(tuple(laid))

    def _has_waveform(self) -> bool:
        if self.header.mode != EPISODIC:
            raise self._unknown(
                f"it was recorded in the mode '{MODES.get(self.header.mode, self.header.mode)}', "
                "in which the file does not keep the command"
            )
        if not self.output.waveform_enabled or self.output.waveform_source == 0:
            return False
        if self.output.waveform_source != EPOCH_TABLE:
            raise self._unknown(f"waveform source {self.output.waveform_source}")
        return True

    def _enabled(self) -> list[AxonEpoch]:
        return [epoch for epoch in self.output.epochs if epoch.kind != DISABLED]

    def _level_before(self, n: int) -> float:
        if self.output.conditioning:
            if self.output.user_list and self.output.user_list.parameter in (5, 6):
                raise self._unknown("a user list of the level after the conditioning train")
            return self.output.post_train_level if self.output.post_train_ms > 0 else self.output.holding
        enabled = self._enabled()
        if n == 0 or not self.output.stays_at_last_level or not enabled:
            return self.output.holding
        return self._in_sweep(enabled[-1], n - 1).level

    def _in_sweep(self, epoch: AxonEpoch, n: int) -> AxonEpoch:
        """Level, duration, period and width that an epoch has in sweep ``n``."""
        now = replace(
            epoch,
            level=epoch.level + epoch.level_step * n,
            duration=epoch.duration + epoch.duration_step * n,
        )
        target = self._list_target()
        if target is None or target[1] != epoch.number:
            return now
        field = target[0]
        if field != "level" and self.header.active_output != self.output.number:
            return now  # lists of times act on the output that also drives the digital pattern
        value = self._listed(n)
        if field == "level":
            return replace(now, level=value)
        if value != round(value):
            raise self._unknown(f"the user list's {field} {value} is no whole number of samples")
        if field == "duration" and self.header.version < (2, 0, 0, 0):
            value = min(value, LONGEST_LISTED)
        return replace(now, **{field: round(value)})

    def _list_target(self) -> tuple[str, int] | None:
        lists = [other.user_list for other in self.header.outputs if other.user_list]
        if any(listed.parameter == INACTIVE_HOLDING for listed in lists):
            raise self._unknown("a user list of the holding level of the inactive output")
        if self.output.user_list is None:
            return None
        if self.output.user_list.parameter in CONDITIONING_PARAMETERS:
            return None
        try:
            return user_list_target(self.output.user_list.parameter, self.header.version)
        except KeyError as fault:
            raise self._unknown(f"a user list of {fault.args[0]}") from None

    def _listed(self, n: int) -> float:
        listed = self.output.user_list
        assert listed is not None
        words = [word for word in listed.values.replace(",", " ").split() if word]
        if not words:
            raise self._unknown("an empty user list")
        word = words[n % len(words) if listed.repeat else min(n, len(words) - 1)]
        try:
            return float(word)
        except ValueError:
            raise self._unknown(f"the entry '{word}' of the user list") from None

    def _laid(self, epoch: AxonEpoch, start: int, stop: int, before: float, n: int) -> Epoch:
        name = epoch_name(epoch.number)
        if self._rests(n):
            return replace(self._hold(name, start, stop, self._level_before(n)), shape=Shape.STEP)
        if epoch.kind not in KINDS:
            kind = "resistance test" if epoch.kind == RESISTANCE_TEST else f"kind {epoch.kind}"
            raise self._unknown(f"epoch {name} is a {kind}")
        shape = KINDS[epoch.kind]
        mv = self._to_mV
        if shape in (Shape.STEP, Shape.RAMP):
            from_level = epoch.level if shape is Shape.STEP else before
            return Epoch(name, shape, start, stop, mv(from_level), mv(epoch.level))
        least = 1 if shape is Shape.COSINE else epoch.width + (1 if shape is Shape.TRIANGLE else 0)
        if epoch.period < max(least, 1) or (shape is not Shape.COSINE and epoch.width < 1):
            raise self._unknown(f"epoch {name} repeats every {epoch.period} samples with a width of {epoch.width}")
        return Epoch(name, shape, start, stop, mv(before), mv(epoch.level), epoch.period, epoch.width)

    def _rests(self, n: int) -> bool:
        """With alternating outputs the first is silent in every second sweep, the second in the others."""
        return self.header.alternating and self.output.number in (0, 1) and n % 2 != self.output.number

    def _hold(self, name: str, start: int, stop: int, level: float) -> Epoch:
        return Epoch(name, Shape.HOLD, start, stop, self._to_mV(level), self._to_mV(level))

    def _to_mV(self, level: float) -> float:
        return level * factor_to_fixed(self.output.unit)

    def _unknown(self, what: str) -> CommandUnknown:
        return CommandUnknown(
            f"the command is not known: {what}", file=self.file, place=f"output '{self.output.name}'", remedy=DECLARE
        )


def _sweep_after_a_gap(header: AxonHeader) -> int | None:
    """Return the first sweep that begins a whole number of intervals too late, as after sweeps that were deleted."""
    if not header.start_to_start_s > 0:
        return None
    for n, (before, after) in enumerate(pairwise(header.sweeps), start=1):
        intervals = (after.start_s - before.start_s) / header.start_to_start_s
        if round(intervals) >= 2 and abs(intervals - round(intervals)) < GAP_TOLERANCE:
            return n
    return None


def _plays_a_file(header: AxonHeader, output: AxonOutput) -> bool:
    return header.mode == EPISODIC and output.waveform_enabled and output.waveform_source == STIMULUS_FILE


def voltage_outputs(outputs: Sequence[AxonOutput]) -> list[AxonOutput]:
    """Outputs that can command a membrane voltage: those in mV, or in V where none is in mV."""
    in_mv = [output for output in outputs if output.unit == "mV"]
    return in_mv or [output for output in outputs if role_of(output.unit) == VOLTAGE]
