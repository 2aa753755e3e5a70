"""The command of each sweep, computed from the epoch table, increments and user lists of an Axon header.

The rules are those of pClamp. If the header uses a feature whose rule is not known, the command is refused with
:class:`CommandUnknown`, which names the feature. Nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from reversal.recordings.axon.header import EPISODIC, EPOCH_TABLE, MODES, AxonEpoch, AxonHeader, AxonOutput
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording.recording import PROTOCOL_REMEDY, CommandUnknown, Epoch, Shape, SweepCommand
from reversal.recordings.recording.units import factor_to_pA_or_mV
from reversal.recordings.recordings_constants import GAP_TOLERANCE

SHAPE_OF_KIND = {
    1: Shape.STEP,
    2: Shape.RAMP,
    3: Shape.PULSES,
    4: Shape.TRIANGLE,
    5: Shape.COSINE,
    7: Shape.BIPHASIC,
}
DISABLED, RESISTANCE_TEST = 0, 6  # kinds of epoch
OUTPUTS_IN_VERSION_1 = 2
HOLDING_FRACTION = 64  # a sweep starts with 1/64 of its samples at holding

# parameter codes of user lists
CONDITIONING_PARAMETERS = range(7)  # conditioning train before the sweep
AFTER_TRAIN_PARAMETERS = (5, 6)  # duration and level after the conditioning train
NEUTRAL_PARAMETERS = {7, 9, 10}  # start-to-start time, digital holding, number of P/N pulses
INACTIVE_HOLDING = 8
FIRST_EPOCH_PARAMETER = 11
MAX_LISTED_SAMPLES = 32767  # longest duration from a list in version 1; in a real file, 40000 lasts this long


def epoch_table_commands(header: AxonHeader, output: AxonOutput, file: Path) -> tuple[SweepCommand, ...]:
    """Command of every sweep of one output, as epochs [mV, samples per channel].

    Raises CommandUnknown if the header uses a feature whose rule is not known.
    """
    if header.version < (2, 0, 0, 0) and output.number >= OUTPUTS_IN_VERSION_1:
        raise CommandUnknown(
            "the command is not known: an ABF 1 header contains the waveforms of two outputs only",
            file=file,
            place=f"output '{output.name}'",
            remedy=PROTOCOL_REMEDY,
        )
    table = _Table(header, output, file)
    commands = tuple(table.sweep(n) for n in range(len(header.sweeps)))
    after_gap = _sweep_after_gap(header)
    if after_gap is not None and any(command.epochs != commands[0].epochs for command in commands):
        start_s, previous_s = header.sweeps[after_gap].start_s, header.sweeps[after_gap - 1].start_s
        raise CommandUnknown(
            "the command is not known: sweeps seem to be deleted from the file, so the sweep numbers are uncertain",
            file=file,
            place=f"sweep {after_gap}",
            found=f"{start_s - previous_s:g} s after the previous sweep",
            expected=f"{header.start_to_start_s:g} s",
            remedy="Use the original file with all sweeps, or declare the protocol with one level per sweep",
        )
    return commands


def pre_epoch_samples(samples_per_channel: int, channels: int) -> int:
    """Samples per channel at holding before the first epoch: 1/64 of the samples of all channels, in whole scans."""
    count = samples_per_channel * channels // HOLDING_FRACTION
    return max(count - count % channels, channels) // channels


def user_list_target(parameter: int, version: tuple[int, int, int, int]) -> tuple[str, int] | None:
    """Field and epoch of a parameter code of a user list; None if it does not change the command.

    Codes of epochs start at 11, in blocks of EPOCHCOUNT: digital pattern, level, duration, train period, train width.
    EPOCHCOUNT is 10 up to version 2.0 and 50 in version 2.9. It is not known for the versions between.
    Raises KeyError for a code that is not known.
    """
    if parameter in NEUTRAL_PARAMETERS:
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
    """The epoch table of one output, from which the command of each sweep is built."""

    header: AxonHeader
    output: AxonOutput
    file: Path

    def sweep(self, n: int) -> SweepCommand:
        """Command of sweep ``n``, counted from 0."""
        samples = self.header.sweeps[n].count // len(self.header.inputs)
        if not self._has_waveform():
            return SweepCommand((self._hold("before", 0, samples, self.output.holding),))
        if samples != self.header.samples_per_sweep:
            raise self._unknown(
                f"sweep {n} has {samples} samples, but the protocol has {self.header.samples_per_sweep}"
            )
        if self.header.first_episode > 1:
            raise self._unknown(f"the first sweep of the protocol has the number {self.header.first_episode}")
        if 0 < self.header.sweeps_per_run <= n:
            raise self._unknown(f"sweep {n} is outside the {self.header.sweeps_per_run} sweeps of the protocol")
        level = self._level_before(n)
        stop = pre_epoch_samples(samples, len(self.header.inputs))
        epochs = [self._hold("before", 0, stop, level)]
        for epoch in self._enabled():
            now = self._in_sweep(epoch, n)
            if now.duration <= 0:
                continue
            start, stop = stop, stop + now.duration
            if stop > samples:
                raise self._unknown(f"epoch {epoch_name(epoch.number)} of sweep {n} ends after the end of the sweep")
            epochs.append(self._epoch(now, start, stop, level, n))
            level = now.level
        after = level if self.output.stays_at_last_level else self.output.holding
        if stop < samples:
            epochs.append(self._hold("after", stop, samples, after))
        return SweepCommand(tuple(epochs))

    def _has_waveform(self) -> bool:
        if self.header.mode != EPISODIC:
            raise self._unknown(
                f"it was recorded in the mode '{MODES.get(self.header.mode, self.header.mode)}', "
                "whose files do not contain the command"
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
            if self.output.user_list and self.output.user_list.parameter in AFTER_TRAIN_PARAMETERS:
                raise self._unknown("a user list of the level after the conditioning train")
            return self.output.post_train_level if self.output.post_train_ms > 0 else self.output.holding
        enabled = self._enabled()
        if n == 0 or not self.output.stays_at_last_level or not enabled:
            return self.output.holding
        return self._in_sweep(enabled[-1], n - 1).level

    def _in_sweep(self, epoch: AxonEpoch, n: int) -> AxonEpoch:
        """Epoch with its level, duration, period and width in sweep ``n``."""
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
            return now  # lists of times act only on the output that drives the digital pattern
        value = self._listed(n)
        if field == "level":
            return replace(now, level=value)
        if value != round(value):
            raise self._unknown(f"the {field} {value} in the user list is not a whole number of samples")
        if field == "duration" and self.header.version < (2, 0, 0, 0):
            value = min(value, MAX_LISTED_SAMPLES)
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

    def _epoch(self, epoch: AxonEpoch, start: int, stop: int, before: float, n: int) -> Epoch:
        name = epoch_name(epoch.number)
        if self._is_silent(n):
            return replace(self._hold(name, start, stop, self._level_before(n)), shape=Shape.STEP)
        if epoch.kind not in SHAPE_OF_KIND:
            kind = "the kind 'resistance test'" if epoch.kind == RESISTANCE_TEST else f"kind {epoch.kind}"
            raise self._unknown(f"epoch {name} is of {kind}")
        shape = SHAPE_OF_KIND[epoch.kind]
        if shape in (Shape.STEP, Shape.RAMP):
            from_level = epoch.level if shape is Shape.STEP else before
            return Epoch(name, shape, start, stop, self._to_mV(from_level), self._to_mV(epoch.level))
        min_period = 1 if shape is Shape.COSINE else epoch.width + (1 if shape is Shape.TRIANGLE else 0)
        if epoch.period < max(min_period, 1) or (shape is not Shape.COSINE and epoch.width < 1):
            raise self._unknown(f"epoch {name} has pulses of {epoch.width} samples every {epoch.period} samples")
        return Epoch(name, shape, start, stop, self._to_mV(before), self._to_mV(epoch.level), epoch.period, epoch.width)

    def _is_silent(self, n: int) -> bool:
        """With alternating outputs, output 0 is silent in odd sweeps and output 1 in even sweeps (counted from 0)."""
        return self.header.alternating and self.output.number in (0, 1) and n % 2 != self.output.number

    def _hold(self, name: str, start: int, stop: int, level: float) -> Epoch:
        return Epoch(name, Shape.HOLD, start, stop, self._to_mV(level), self._to_mV(level))

    def _to_mV(self, level: float) -> float:
        return level * factor_to_pA_or_mV(self.output.unit)

    def _unknown(self, what: str) -> CommandUnknown:
        return CommandUnknown(
            f"the command is not known: {what}",
            file=self.file,
            place=f"output '{self.output.name}'",
            remedy=PROTOCOL_REMEDY,
        )


def _sweep_after_gap(header: AxonHeader) -> int | None:
    """First sweep that starts a whole number of intervals too late, as happens when sweeps were deleted before it."""
    if not header.start_to_start_s > 0:
        return None
    for n, (before, after) in enumerate(pairwise(header.sweeps), start=1):
        intervals = (after.start_s - before.start_s) / header.start_to_start_s
        if round(intervals) >= 2 and abs(intervals - round(intervals)) < GAP_TOLERANCE:
            return n
    return None
