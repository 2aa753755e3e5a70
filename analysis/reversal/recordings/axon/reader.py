"""Reader of ABF files: samples scaled as by pyABF; sweeps and times from the header; command computed from the header.

ABF 1 and ABF 2 have different headers (:mod:`abf1`, :mod:`abf2`) but the same content (:mod:`header`): inputs, outputs
with epoch tables, sweeps with their starts, tags. One input is the current of the cell, one output commands its voltage
(:mod:`channel_pairs`). The command is not stored as samples. It is computed from the epoch table of the output
(:mod:`epoch_table`) or read from the stimulus file that was played (:mod:`stimulus_file`).
Tested on real files of versions 1.2.9.9 to 1.84 and 2.0 to 2.9; the modules of the headers list what was never tested.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from reversal.recordings.axon.channel_pairs import axon_current_index, driving_output, refuse_current_clamp
from reversal.recordings.axon.epoch_table import epoch_table_commands
from reversal.recordings.axon.header import MODES, AxonHeader, AxonInput
from reversal.recordings.axon.read_header import read_header
from reversal.recordings.axon.samples import AxonSamples, axon_samples, compare_with_neo
from reversal.recordings.axon.stimulus_file import plays_stimulus_file, stimulus_file_commands
from reversal.recordings.choices.channel_choice import channel_of, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.recording.units import CURRENT, factor_to_pA_or_mV
from reversal.recordings.recordings_constants import MAX_REPORTED_RS_MOhm


def read_axon(path: Path, content: FileContent, options: ReadingOptions) -> Recording:
    """Read an ABF file of either version. Raises RecordingRefused and CommandUnknown."""
    header = read_header(content, path)
    channels = tuple(channel_of(used.name, used.unit) for used in header.inputs)
    index = axon_current_index(header, channels, options.channel, path)
    current = header.inputs[index]
    refuse_current_clamp(header, current, path, options.output)
    samples = axon_samples(content, header)
    if options.compare_readers:
        compare_with_neo(header, samples, path)
    voltage = voltage_index(channels, _output_name(header, current, options.output, path))
    selection = select_sweeps(len(header.sweeps), options.sweeps, path)
    sweeps = _sweeps(header, selection.numbers, channels, index, voltage, samples)
    rate_Hz = 1e6 / header.sample_interval_us
    command, command_warnings = chosen_command(
        sweeps,
        None if voltage is None else channels[voltage],
        rate_Hz,
        options,
        path,
        lambda: _header_commands(header, current, selection.numbers, options, path),
        selection,
    )
    return Recording(
        file=path.name,
        sha256=content.sha256(),
        format=f"ABF {header.version_text}",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channels[index],
        channels=channels,
        telegraph=telegraph_of(current),
        tags=header.tags,
        started=header.started,
        digitiser_limit_pA=_limit_pA(current) if header.integers else None,
        warnings=(*_header_warnings(header, channels, index), *command_warnings),
        header=header_facts(header),
        selection=selection,
    )


def _sweeps(
    header: AxonHeader,
    numbers: tuple[int, ...],
    channels: tuple[Channel, ...],
    current: int,
    voltage: int | None,
    samples: AxonSamples,
) -> tuple[Sweep, ...]:
    """Sweeps of these numbers with the current in pA and, if it was recorded, the voltage in mV."""
    to_pA = factor_to_pA_or_mV(channels[current].unit)
    to_mV = 1.0 if voltage is None else factor_to_pA_or_mV(channels[voltage].unit)
    used = [header.sweeps[number] for number in numbers]
    currents = samples.of_sweeps(used, current, to_pA)
    voltages = [None] * len(used) if voltage is None else samples.of_sweeps(used, voltage, to_mV)
    return tuple(Sweep(sweep.start_s, i_pA, v_mV) for sweep, i_pA, v_mV in zip(used, currents, voltages, strict=True))


def _output_name(header: AxonHeader, current: AxonInput, wanted: str | None, path: Path) -> str | None:
    try:
        return driving_output(header, current, path, wanted).name
    except RecordingRefused:
        return None


def _header_commands(
    header: AxonHeader, current: AxonInput, numbers: tuple[int, ...], options: ReadingOptions, path: Path
) -> tuple[tuple[SweepCommand, ...], str]:
    """Commands of the output that drives the cell, for the sweeps of these numbers, and how they are known."""
    if not header.has_protocol:
        raise CommandUnknown(
            "the command is not known: the file contains no protocol (it was converted, or is of an old version)",
            file=path,
            remedy=PROTOCOL_REMEDY,
        )
    output = driving_output(header, current, path, options.output)
    if plays_stimulus_file(header, output):
        commands = stimulus_file_commands(header, output, path, options)
    else:
        commands = epoch_table_commands(header, output, path)
    chosen = tuple(commands[number] for number in numbers)
    return chosen, f"from the protocol of output '{output.name}' in the header"


def telegraph_of(current: AxonInput) -> Telegraph:
    """Values that the amplifier telegraphed. Zero and impossible values count as not telegraphed."""
    if not current.telegraphed:
        return Telegraph()

    def positive(value: float) -> float | None:
        """Value as the shortest decimal number of the single precision of the header; None if not above 0."""
        return float(str(np.float32(value))) if math.isfinite(value) and value > 0 else None

    return Telegraph(
        rs_MOhm=positive(current.telegraph_rs_MOhm) if current.telegraph_rs_MOhm < MAX_REPORTED_RS_MOhm else None,
        cm_pF=positive(current.telegraph_cm_pF),
        gain=positive(current.telegraph_gain),
        lowpass_Hz=positive(current.telegraph_filter_Hz),
    )


def header_facts(header: AxonHeader) -> dict[str, str]:
    """Facts of the header that reports show, by name."""
    facts = {
        "version": header.version_text,
        "mode": MODES.get(header.mode, str(header.mode)),
        "creator": header.creator,
        "protocol": header.protocol_path,
        "comment": header.comment,
        "start to start [s]": f"{header.start_to_start_s:g}" if header.start_to_start_s else "",
    }
    return {name: value for name, value in facts.items() if value}


def _header_warnings(header: AxonHeader, channels: tuple[Channel, ...], current: int) -> tuple[str, ...]:
    """Warnings about the file that do not prevent its use."""
    warnings = [
        f"P/N leak subtraction (type {output.leak_subtraction}, {output.leak_pulses} sub-pulses) was on for output "
        f"'{output.name}': the sub-pulses are not in this file, and the header does not show whether the current is "
        "leak-subtracted"
        for output in header.outputs
        if output.leak_subtraction
    ]
    if header.averaged:
        warnings.append("the sweeps are averages of several runs")
    others = [other.name for n, other in enumerate(channels) if n != current and other.role == CURRENT]
    if others:
        warnings.append(f"other current channels are not used: {', '.join(others)}")
    if header.started is None:
        warnings.append("the header has no valid date of the recording")
    return tuple(warnings)


def _limit_pA(current: AxonInput) -> float | None:
    if current.limit is None or not math.isfinite(current.limit) or current.limit <= 0:
        return None
    return current.limit * factor_to_pA_or_mV(current.unit)
