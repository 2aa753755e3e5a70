"""Which dimension of an array has the samples, which the sweeps, and which of its traces are the recorded voltage.

An array does not say it. What a declared protocol says must fit: the length of a sweep, the number of levels, the
duration of its epochs at the declared rate. If no dimension fits, the longest one has the samples, and the command then
refuses what does not fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.experiment.protocols import Level, Levels, Protocol
from reversal.recordings.command.declared import declared_commands
from reversal.recordings.command.waveform import expand
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.recording.recording import CommandUnknown, RecordingRefused, SweepCommand, SweepSelection
from reversal.recordings.recording.stored_samples import Samples, every
from reversal.recordings.recordings_constants import NEAR_COMMAND_FRACTION, MAX_VOLTAGE_DIFFERENCE_mV

CURRENT_AND_VOLTAGE = 2


def sweeps_by_samples(array: StoredArray, protocol: Protocol, rate_Hz: float, path: Path) -> StoredArray:
    """The array with one sweep in each row, shape (sweeps, samples)."""
    ways = [way for way in (array, array.T) if _fits(way.shape[0], way.shape[1], protocol, rate_Hz)]
    if len(ways) == 1:
        return ways[0]
    if len(ways) == 2:
        raise _not_clear(array, path)
    return array if array.shape[1] >= array.shape[0] else array.T


def channels_by_sweeps(array: StoredArray, protocol: Protocol, rate_Hz: float, path: Path) -> StoredArray:
    """An array of three dimensions with the channels first, then the sweeps, shape (channels, sweeps, samples)."""
    ways = [
        array.transposed(axes)
        for axes in permutations(range(3))
        if _fits(array.shape[axes[1]], array.shape[axes[2]], protocol, rate_Hz)
    ]
    if len(ways) != 1 or _level_count(protocol) is None:
        raise _not_clear(array, path)
    return ways[0]


def _fits(sweeps: int, samples: int, protocol: Protocol, rate_Hz: float) -> bool:
    """Whether a protocol can have so many sweeps of so many samples. Each sweep can have a voltage next to it."""
    levels = _level_count(protocol)
    if levels is not None and sweeps not in (levels, CURRENT_AND_VOLTAGE * levels):
        return False
    if protocol.sweep_samples is not None:
        return samples == protocol.sweep_samples
    return samples >= math.floor(sum(epoch.ms for epoch in protocol.epochs) * 1e-3 * rate_Hz)


def _level_count(protocol: Protocol) -> int | None:
    """Number of sweeps of a protocol with a list of levels; None if every level is the same in all sweeps."""
    levels: list[Level] = []
    for epoch in protocol.epochs:
        levels += [epoch.step] if epoch.step is not None else []
        levels += [epoch.ramp.start_mV, epoch.ramp.stop_mV] if epoch.ramp is not None else []
    counts = {len(level.by_sweep()) if isinstance(level, Levels) else np.size(level) for level in levels} - {1}
    return int(max(counts)) if counts else None


def divided_traces(
    traces: Sequence[Samples], protocol: Protocol, rate_Hz: float, path: Path
) -> tuple[list[Samples], list[Samples], str]:
    """Currents, recorded voltages and the unit of the voltages; no voltages if the traces have no such half.

    The voltages are the half of the traces with the numbers of the declared command: the last or the first half, or
    every second trace.
    """
    half = len(traces) // 2
    if len(traces) == 0 or len(traces) % 2:
        return list(traces), [], ""
    try:
        selection = SweepSelection(half, tuple(range(half)))
        commands = declared_commands(protocol, [t.size for t in traces[:half]], rate_Hz, path, selection)
    except CommandUnknown:
        return list(traces), [], ""

    def waves() -> Iterator[FloatArray]:  # one after another: together they may need much memory
        return (looked_at(command, trace.size) for command, trace in zip(commands, traces, strict=False))

    for first, second in ((traces[:half], traces[half:]), (traces[::2], traces[1::2])):
        for currents, voltages in ((first, second), (second, first)):
            unit = _unit_of_voltages(voltages, waves)
            if unit and not _unit_of_voltages(currents, waves):
                return list(currents), list(voltages), unit
    return list(traces), [], ""


def looked_at(command: SweepCommand, samples: int) -> FloatArray:
    """Command at the samples that are looked at of a sweep of so many [mV]."""
    return expand(command, samples, every(samples))


def _unit_of_voltages(traces: Sequence[Samples], waves: Callable[[], Iterator[FloatArray]]) -> str:
    """Unit in which all traces have the numbers of the command; empty if there is none."""
    if not any(float(np.ptp(wave)) >= MAX_VOLTAGE_DIFFERENCE_mV for wave in waves()):
        return ""
    for unit, to_mV in (("mV", 1.0), ("V", 1e3)):
        pairs = zip(traces, waves(), strict=True)
        if all(_is_near(trace[:: every(trace.size)] * to_mV, wave) for trace, wave in pairs):
            return unit
    return ""


def follows_command(values: SampleArray, command_mV: FloatArray) -> bool:
    """True if values follow a command that changes: most of them are near to it."""
    return float(np.ptp(command_mV)) >= MAX_VOLTAGE_DIFFERENCE_mV and _is_near(values, command_mV)


def _is_near(values: SampleArray, command_mV: FloatArray) -> bool:
    if values.size != command_mV.size:
        return False
    return float(np.quantile(np.abs(values - command_mV), NEAR_COMMAND_FRACTION)) < MAX_VOLTAGE_DIFFERENCE_mV


def _not_clear(array: StoredArray, path: Path) -> RecordingRefused:
    return RecordingRefused(
        "the protocol does not show which dimension of the array has the sweeps",
        file=path,
        found=array.shape,
        expected="one dimension with the samples of a sweep, and one with a sweep for each level",
        remedy="Add sweep_samples to the protocol, and a level for each sweep",
    )
