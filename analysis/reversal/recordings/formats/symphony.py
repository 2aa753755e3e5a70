"""Reader of Symphony files (HDF5, version 2 of its format).

An experiment has epoch groups, also inside each other; a group has epoch blocks, each a run of one protocol; a block
has epochs, each a sweep. An epoch has groups ``responses``, ``stimuli`` and ``backgrounds`` with one member for each
device. The ``data`` of a response are pairs of number and unit. A stimulus has its ``data``, or the ``parameters`` of
its generator: the pulse and the ramp of Symphony are generated again, others are not. Without a stimulus the command is
the background. ``channel`` is the number of the block, in the order of their starts, and the device: ``3/Amp1``.
Known from the source of Symphony; tested on files in this layout that were written for the tests. Never seen: files of
a rig; files of version 1. A holding potential that is set at the amplifier, not in Symphony, is not in the file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.choices.channel_choice import channel_of
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.command.waveform import expand
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.hdf5 import MAX_ELEMENTS, Hdf5
from reversal.recordings.formats.one_rate import is_same_rate, refuse_other_rates
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Epoch,
    Recording,
    RecordingRefused,
    Shape,
    Sweep,
    SweepCommand,
)
from reversal.recordings.recording.stored_samples import Samples, StoredSamples
from reversal.recordings.recording.units import CURRENT, VOLTAGE_TO_MV, factor_to_pA_or_mV, plain_unit

EXPERIMENT = "experiment-"
TICKS_PER_s, MAX_DEPTH, MAX_LISTED = 10_000_000, 20, 20
START, UUID_PARTS = "startTimeDotNetDateTimeOffsetTicks", 5
PULSE, RAMP = "symphonyui.builtin.stimuli.PulseGenerator", "symphonyui.builtin.stimuli.RampGenerator"


@dataclass(frozen=True, slots=True)
class Run:
    """The epochs of a block in which a device recorded a current. ``name`` is the value for ``channel``."""

    name: str
    device: str
    protocol: str
    epochs: tuple[Any, ...]


def is_symphony(file: Hdf5) -> bool:
    """True for a file of Symphony, by its only group."""
    return any(name.startswith(EXPERIMENT) for name in file.members(file.root))


def runs_in(file: Hdf5) -> list[str]:
    """Values of ``channel`` for every block and device with a current."""
    return [run.name for run in _runs(file)]


def read_symphony(path: Path, content: Content, file: Hdf5, options: ReadingOptions) -> Recording:
    """Read one run of a device. Raises RecordingRefused and CommandUnknown."""
    run = _chosen(_runs(file), options.channel, path)
    selection = select_sweeps(len(run.epochs), options.sweeps, path)
    epochs = [run.epochs[number] for number in selection.numbers]
    responses = [_member(file, epoch, "responses", run.device) for epoch in epochs]
    rates_Hz = [_rate_Hz(file, response) for response in responses]
    refuse_other_rates(rates_Hz, path)
    channel = _channel(file, responses[0], run.device)
    ticks = [_ticks(file, epoch) for epoch in epochs]
    sweeps = tuple(
        Sweep((tick - ticks[0]) / TICKS_PER_s, _samples(file, response, channel.unit))
        for tick, response in zip(ticks, responses, strict=True)
    )

    def commands() -> tuple[tuple[SweepCommand, ...], str]:
        found = [
            _command(file, epoch, run.device, sweep.current.size, rates_Hz[0])
            for epoch, sweep in zip(epochs, sweeps, strict=True)
        ]
        return _of_one_kind(found), "from the stimulus and the background of each epoch"

    command, warnings = chosen_command(sweeps, None, rates_Hz[0], options, path, commands, selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="Symphony",
        sample_rate_Hz=rates_Hz[0],
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        started=_started(ticks[0]),
        warnings=warnings,
        header={"protocol": run.protocol} if run.protocol else {},
        selection=selection,
    )


def _runs(file: Hdf5) -> list[Run]:
    """Runs in the order of the starts of their blocks."""
    experiments = [node for name, node in file.members(file.root).items() if name.startswith(EXPERIMENT)]
    blocks = [block for experiment in experiments for block in _blocks(file, experiment, 0)]
    runs = []
    for n, block in enumerate(sorted(blocks, key=lambda block: _ticks(file, block)), start=1):
        epochs = sorted(file.members(file.member(block, "epochs")).values(), key=lambda epoch: _ticks(file, epoch))
        protocol = str(file.attribute(block, "protocolID") or "")
        for device in _devices(file, epochs[0]) if epochs else []:
            with_response = tuple(e for e in epochs if _member(file, e, "responses", device) is not None)
            runs.append(Run(f"{n}/{device}", device, protocol, with_response))
    return runs


def _blocks(file: Hdf5, parent: Any, depth: int) -> Iterator[Any]:
    """Epoch blocks of the groups of a parent, and of the groups in these."""
    if depth > MAX_DEPTH:
        return
    for group in file.members(file.member(parent, "epochGroups")).values():
        yield from file.members(file.member(group, "epochBlocks")).values()
        yield from _blocks(file, group, depth + 1)


def _devices(file: Hdf5, epoch: Any) -> list[str]:
    """Devices that recorded a current in an epoch."""
    found = file.members(file.member(epoch, "responses"))
    return [name for key, node in found.items() if _channel(file, node, name := _device(key)).role == CURRENT]


def _device(key: str) -> str:
    """Name of a device in the name of a group: it is followed by a UUID of five parts."""
    return key.rsplit("-", UUID_PARTS)[0]


def _member(file: Hdf5, epoch: Any, kind: str, device: str) -> Any:
    """Response, stimulus or background of a device in an epoch; None without one."""
    found = [node for key, node in file.members(file.member(epoch, kind)).items() if _device(key) == device]
    return found[0] if len(found) == 1 else None


def _chosen(runs: Sequence[Run], wanted: str | None, path: Path) -> Run:
    if not runs:
        raise RecordingRefused("the Symphony file has no epochs with a current", file=path)
    if wanted is None and len(runs) == 1:
        return runs[0]
    found = [run for run in runs if wanted is not None and run.name.lower() == wanted.strip().lower()]
    if found:
        return found[0]
    listed = "; ".join(f"{run.name}: {run.protocol}, {len(run.epochs)} epochs" for run in runs[:MAX_LISTED])
    raise RecordingRefused(
        "the file has several epoch blocks" if wanted is None else f"there is no epoch block '{wanted}'",
        file=path,
        found=listed,
        expected="the name of one of them",
        remedy="Write it in the column 'channel' of the recording sheet. "
        + ("" if wanted is None else nearest(wanted, [run.name for run in runs])),
    )


def _damaged(file: Hdf5, what: str, found: object = None) -> RecordingRefused:
    return RecordingRefused(f"the Symphony file {what}", file=file.path, found=found)


def _ticks(file: Hdf5, node: Any) -> int:
    """Start of a block or an epoch in units of 100 ns."""
    found = file.attribute(node, START)
    if not isinstance(found, int | np.integer):
        raise _damaged(file, "does not give the start of an epoch", found)
    return int(found)


def _started(ticks: int) -> str | None:
    try:
        return (datetime(1, 1, 1) + timedelta(microseconds=ticks // 10)).isoformat(timespec="milliseconds")
    except OverflowError:
        return None


def _rate_Hz(file: Hdf5, node: Any) -> float:
    rate_Hz = file.number_of_attribute(node, "sampleRate", math.nan)
    if not (math.isfinite(rate_Hz) and rate_Hz > 0) or file.attribute(node, "sampleRateUnits") != "Hz":
        raise _damaged(file, "does not give a sampling rate in Hz", rate_Hz)
    return rate_Hz


def _measurements(file: Hdf5, node: Any) -> tuple[Any, np.dtype[Any]]:
    """Data set of pairs of number and unit, and their type."""
    data = file.member(node, "data")
    found = file.dtype(data)
    if len(file.shape(data)) != 1 or found.names is None or len(found.names) != 2 or found[0].kind != "f":
        raise _damaged(file, "has samples of another layout", found)
    return data, found


def _channel(file: Hdf5, response: Any, device: str) -> Channel:
    """Channel of a response, with the unit of its first sample."""
    data, _ = _measurements(file, response)
    unit = file.part(data, slice(0, 1))[0][1]
    return channel_of(device, unit.decode("ascii", errors="replace") if isinstance(unit, bytes) else str(unit))


def _samples(file: Hdf5, node: Any, unit: str) -> StoredSamples:
    """Samples of a response or a stimulus, shape (samples,) [pA or mV].

    When they are read, raises RecordingRefused for mixed units.
    """
    data, pair = _measurements(file, node)
    number, name_of_unit = pair.names or ()
    first, factor = file.part(data, slice(0, 1))[name_of_unit][0], factor_to_pA_or_mV(unit)

    def scaled(stored: NDArray[Any]) -> FloatArray:
        units = np.unique(stored[name_of_unit])
        if units.tolist() != [first]:
            raise _damaged(file, "has samples in different units", ", ".join(map(str, units[:5])))
        return np.asarray(stored[number], dtype=float) * factor

    return file.samples(data, scaled)


def _of_one_kind(commands: Sequence[SweepCommand | Samples]) -> tuple[SweepCommand, ...]:
    """Commands of all sweeps: those of generators as they are, or all by their samples if one has no more."""
    generated = [command for command in commands if isinstance(command, SweepCommand)]
    if len(generated) == len(commands):
        return tuple(generated)
    return commands_from_samples([_wave(one) for one in commands])


def _wave(command: SweepCommand | Samples) -> Samples:
    """Samples of a command, shape (samples,) [mV]."""
    return expand(command, command.epochs[-1].stop) if isinstance(command, SweepCommand) else command


def _command(file: Hdf5, epoch: Any, device: str, samples: int, rate_Hz: float) -> SweepCommand | Samples:
    """Command of an epoch, or its samples, shape (samples,) [mV]. Raises CommandUnknown."""
    stimulus = _member(file, epoch, "stimuli", device)
    if stimulus is None:
        return np.full(samples, _background_mV(file, _member(file, epoch, "backgrounds", device)))
    unit = plain_unit(str(file.attribute(stimulus, "units") or ""))
    if unit not in VOLTAGE_TO_MV or not is_same_rate(_rate_Hz(file, stimulus), rate_Hz):
        raise _unknown(file, "the stimulus is not a voltage at the rate of the current")
    if file.member(stimulus, "data") is not None:
        wave = _samples(file, stimulus, unit)
        _refuse_other_length(file, wave.size, samples)
        return wave
    command = _generated(file, stimulus, rate_Hz, VOLTAGE_TO_MV[unit])
    _refuse_other_length(file, command.epochs[-1].stop if command.epochs else 0, samples)
    return command


def _refuse_other_length(file: Hdf5, found: int, samples: int) -> None:
    if found != samples:
        raise _unknown(file, f"the stimulus has {found} samples, the current {samples}")


def _background_mV(file: Hdf5, background: Any) -> float:
    unit = "" if background is None else plain_unit(str(file.attribute(background, "valueUnits") or ""))
    if background is None or unit not in VOLTAGE_TO_MV:
        raise _unknown(file, "the device has neither a stimulus nor a background in mV or V")
    return file.number_of_attribute(background, "value", math.nan) * VOLTAGE_TO_MV[unit]


def _generated(file: Hdf5, stimulus: Any, rate_Hz: float, factor: float) -> SweepCommand:
    """Command of a generator from its parameters. ``factor`` is that of their unit to mV."""
    name = str(file.attribute(stimulus, "stimulusID") or "")
    if name not in (PULSE, RAMP):
        raise _unknown(file, f"the stimulus of the generator '{name}' is not understood")
    parameters = file.member(stimulus, "parameters")
    pre, stim, tail, amplitude, mean = (
        file.number_of_attribute(parameters, key, math.nan)
        for key in ("preTime", "stimTime", "tailTime", "amplitude", "mean")
    )
    lengths = [part_ms / 1e3 * rate_Hz for part_ms in (pre, stim, tail)]
    if not all(math.isfinite(value) for value in (*lengths, amplitude, mean)) or not 0 < sum(lengths) < MAX_ELEMENTS:
        raise _unknown(file, f"the generator '{name}' lacks a parameter")
    before, during, after = (max(math.floor(length + 0.5), 0) for length in lengths)
    rest_mV, peak_mV = mean * factor, (mean + amplitude) * factor
    # an epoch of a ramp reaches its level with its last sample; the generator starts it with the level before it
    first_mV = rest_mV - (peak_mV - rest_mV) / max(during - 1, 1) if name == RAMP else peak_mV
    stops = [before, before + during, before + during + after]
    parts = (
        Epoch("before", Shape.HOLD, 0, stops[0], rest_mV, rest_mV),
        Epoch("A", Shape.RAMP if name == RAMP else Shape.STEP, stops[0], stops[1], first_mV, peak_mV),
        Epoch("after", Shape.HOLD, stops[1], stops[2], rest_mV, rest_mV),
    )
    return SweepCommand(tuple(part for part in parts if part.stop > part.start))


def _unknown(file: Hdf5, why: str) -> CommandUnknown:
    return CommandUnknown(f"the command is not known: {why}", file=file.path, remedy=PROTOCOL_REMEDY)
