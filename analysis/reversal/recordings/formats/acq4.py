"""Reader of recordings of acq4 (".ma", MetaArray in HDF5): a file for each sweep, in numbered folders.

``/data`` has channels and samples; ``/info/0`` the names and units of the channels (``command``, ``primary``),
``/info/1`` the times [s], ``/info/2`` what acq4 knew of the amplifier (``ClampState``). Texts are Python literals; the
library MetaArray evaluates them as code, here they are only parsed. ``command`` is what acq4 sent to the amplifier. The
holding potential of a MultiClamp is added there, so that the command is their sum. The column ``sweeps`` joins the
folders 000, 001, … of a protocol (:mod:`sweep_files`).
Known from the source of acq4; tested on files that MetaArray 2.2.2 wrote. Never seen: files of a rig. Refused: current
clamp, MetaArray files of version 1 (not HDF5). Without a holding potential of the amplifier a command must be declared.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray, SampleArray
from reversal.recordings.choices.channel_choice import channel_of, current_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.files.file_content import Content, FileContent, sha256_of_content
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.files.sweep_files import sweep_files
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.formats.one_rate import refuse_other_rates
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    SweepSelection,
    Telegraph,
)
from reversal.recordings.recording.stored_samples import StoredSamples
from reversal.recordings.recording.units import VOLTAGE, VOLTAGE_TO_MV, factor_to_pA_or_mV

MARK, COMMAND, VOLTAGE_CLAMP = "MetaArray", "command", "VC"
MAX_TEXT = 1000
FIRST_DATE_s = 100_000_000  # a smaller time is one since the start of the computer


@dataclass(frozen=True, slots=True)
class ClampFile:
    """One sweep: channels, the samples of each, rate, start [s], state of the amplifier."""

    channels: tuple[Channel, ...]
    samples: tuple[StoredSamples, ...]
    rate_Hz: float
    start_s: float
    state: dict[str, Any]

    @property
    def holding_mV(self) -> float | None:
        """Holding potential that the amplifier adds to the command [mV]; None if it is not known."""
        enabled, level_V = self.state.get("HoldingEnable"), self.state.get("Holding")
        if enabled is None or not isinstance(level_V, int | float | np.number) or not np.isfinite(level_V):
            return None
        return float(level_V) * VOLTAGE_TO_MV["V"] if bool(enabled) else 0.0


def is_acq4(file: Hdf5) -> bool:
    """True for a MetaArray file."""
    return file.attribute(file.root, MARK) is not None


def read_acq4(path: Path, content: Content, file: Hdf5, options: ReadingOptions) -> Recording:
    """Read one sweep, or those that the sheet joins. Raises RecordingRefused and CommandUnknown."""
    files = sweep_files(path, options.sweeps)
    others = {number: other for number, other in files.items() if other != path}
    found = {number: _sweep(Hdf5(FileContent(other, options.max_file_MB), other)) for number, other in others.items()}
    found |= {number: _sweep(file) for number, other in files.items() if other == path} or {0: _sweep(file)}
    parts = [found[number] for number in sorted(found)]
    selection = SweepSelection(len(files), tuple(files)) if files else select_sweeps(1, options.sweeps, path)
    refuse_other_rates([part.rate_Hz for part in parts], path)
    current = current_index(parts[0].channels, options.channel, path)
    _refuse_other_channels(parts, path)
    channel = parts[0].channels[current]
    to_pA = factor_to_pA_or_mV(channel.unit)
    sweeps = tuple(
        Sweep(part.start_s - parts[0].start_s, part.samples[current].changed(lambda amperes: amperes * to_pA))
        for part in parts
    )
    rate_Hz = parts[0].rate_Hz
    command, warnings = chosen_command(sweeps, None, rate_Hz, options, path, lambda: _commands(parts, path), selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="acq4",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=parts[0].channels,
        telegraph=_telegraph(parts[0].state),
        started=_started(parts[0].start_s),
        warnings=warnings,
        selection=selection,
    )


def _commands(parts: Sequence[ClampFile], path: Path) -> tuple[tuple[SweepCommand, ...], str]:
    """Commands of the sweeps, and a sentence on how they are known."""
    waves: list[StoredSamples] = []
    for part in parts:
        names = [channel.name for channel in part.channels]
        holding_mV = part.holding_mV
        if COMMAND not in names or part.channels[names.index(COMMAND)].role != VOLTAGE or holding_mV is None:
            what = "no channel 'command' in V" if holding_mV is not None else "no holding potential of the amplifier"
            raise CommandUnknown(f"the command is not known: the file has {what}", file=path, remedy=PROTOCOL_REMEDY)
        n = names.index(COMMAND)
        waves.append(
            part.samples[n].changed(partial(_with_holding, factor_to_pA_or_mV(part.channels[n].unit), holding_mV))
        )
    return commands_from_samples(waves), "from the command that acq4 sent and the holding potential of the amplifier"


def _with_holding(to_mV: float, holding_mV: float, command: SampleArray) -> SampleArray:
    return command * to_mV + holding_mV


def _sweep(file: Hdf5) -> ClampFile:
    """Content of one file. Raises RecordingRefused."""
    info = file.member(file.root, "info")
    axes = [file.member(info, name) for name in ("0", "1")]
    state = _values(file, file.member(info, "2", "ClampState"))
    if [_value(file, axis, "name") for axis in axes] != ["Channel", "Time"] or not state:
        raise RecordingRefused(
            "the MetaArray file is not a recording of a patch clamp amplifier",
            file=file.path,
            found=", ".join(str(_value(file, axis, "name")) for axis in axes),
            expected="the axes Channel and Time, and ClampState",
        )
    if state.get("mode") != VOLTAGE_CLAMP:
        raise RecordingRefused("the recording is not in voltage clamp", file=file.path, found=state.get("mode"))
    columns = file.members(file.member(axes[0], "cols"))
    by_number = [columns[name] for name in sorted(columns, key=lambda name: (len(name), name))]
    channels = tuple(
        channel_of(*(str(_value(file, column, name) or "") for name in ("name", "units"))) for column in by_number
    )
    data, times_s = file.member(file.root, "data"), file.samples(file.member(axes[1], "values"), _as_floats)
    step_s, shape = even_step(times_s), file.shape(data)
    if shape != (len(channels), times_s.size) or step_s is None:
        raise RecordingRefused(
            "the samples of the acq4 file do not fit its channels and times",
            file=file.path,
            found=f"{shape} samples, {len(channels)} channels, {times_s.size} times",
        )
    start_s = _value(file, file.member(info, "2"), "startTime")
    is_known = isinstance(start_s, int | float | np.number) and np.isfinite(start_s)
    amplifier = _values(file, file.member(info, "2", "ClampState", "ClampParams"))
    rate_Hz = float(f"{1.0 / step_s:.9g}")
    samples = tuple(file.samples(data, _as_floats, n) for n in range(len(channels)))
    return ClampFile(channels, samples, rate_Hz, float(start_s) if is_known else 0.0, amplifier)


def _as_floats(stored: NDArray[Any]) -> FloatArray:
    return stored.astype(float)


def _refuse_other_channels(parts: Sequence[ClampFile], path: Path) -> None:
    if any(part.channels != parts[0].channels for part in parts):
        raise RecordingRefused("the files of the sweeps have different channels", file=path)


def _values(file: Hdf5, group: Any) -> dict[str, Any]:
    """Attributes of a group by name, as values; empty without a group."""
    names = [] if group is None or not file.is_group(group) else file.attribute_names(group)
    return {name: _value(file, group, name) for name in names}


def _value(file: Hdf5, group: Any, name: str) -> Any:
    """Value of an attribute; texts are Python literals. None if it is missing or is no literal."""
    found = None if group is None else file.attribute(group, name)
    if not isinstance(found, str):
        return found
    if len(found) > MAX_TEXT:
        return None
    try:
        return library_call(lambda: ast.literal_eval(found), "a text of the file is not a value", file.path)
    except RecordingRefused:
        return None


def _telegraph(state: dict[str, Any]) -> Telegraph:
    is_compensated, is_cancelled = (bool(state.get(name)) for name in ("RsCompEnable", "WholeCellCompEnable"))
    return Telegraph(
        rs_MOhm=_positive(state.get("WholeCellCompResist"), 1e-6) if is_cancelled else None,
        rs_compensation=_positive(state.get("RsCompCorrection"), 1e-2) if is_compensated else None,
        cm_pF=_positive(state.get("WholeCellCompCap"), 1e12) if is_cancelled else None,
        lowpass_Hz=_positive(state.get("PrimarySignalLPF"), 1.0),
    )


def _positive(value: Any, factor: float) -> float | None:
    is_number = isinstance(value, int | float | np.number) and np.isfinite(value) and value > 0
    return float(f"{float(value) * factor:.9g}") if is_number else None


def _started(start_s: float) -> str | None:
    """ISO 8601 time of a start that is given in s since 1970 (UTC); None if it is a clock of the computer."""
    try:
        return (
            datetime.fromtimestamp(start_s, UTC).isoformat(timespec="milliseconds") if start_s > FIRST_DATE_s else None
        )
    except (ValueError, OverflowError, OSError):
        return None
