"""An ABF file as a Recording: samples through pyABF, sweeps and times from the header's own table, command ours."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.axon.epoch_table import sweep_commands
from reversal.recordings.axon.header import MODES, AxonHeader, AxonInput, read_header
from reversal.recordings.axon.samples import axon_samples, must_agree_with_neo
from reversal.recordings.channel_choice import (
    described,
    driven_current_input,
    driving_output,
    not_current_clamp,
    voltage_input,
)
from reversal.recordings.command.choose import command_of
from reversal.recordings.recording import (
    DECLARE,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.request import Reading
from reversal.recordings.units import factor_to_fixed

SIGNATURES = (b"ABF ", b"ABF2")
HIGHEST_RS_MOhm = 1000.0  # above it the number is in another unit, or nonsense


def read_axon(path: Path, content: bytes, how: Reading) -> Recording:
    """Read an ABF file of either version. Raises RecordingRefused and CommandUnknown."""
    header = read_header(content, path)
    channels = tuple(described(used.name, used.unit) for used in header.inputs)
    index = driven_current_input(header, channels, how.channel, path)
    not_current_clamp(header, header.inputs[index], path)
    samples = axon_samples(path, header)
    if how.compare_readers:
        must_agree_with_neo(header, samples, path)
    sweeps, voltage = _sweeps(header, channels, index, samples, path)
    rate_Hz = 1e6 / header.sample_interval_us
    command, heard = command_of(
        sweeps,
        None if voltage is None else channels[voltage],
        rate_Hz,
        how,
        path,
        lambda: _from_header(header, index, how, path),
    )
    used = header.inputs[index]
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format=f"ABF {header.version_text}",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channels[index],
        channels=channels,
        telegraph=telegraph_of(used),
        tags=header.tags,
        started=header.started,
        digitiser_limit_pA=_limit_pA(used) if header.integers else None,
        warnings=(*_oddities(header, channels, index), *heard),
        header=header_facts(header),
    )


def _sweeps(
    header: AxonHeader, channels: tuple[Channel, ...], index: int, samples: SampleArray, path: Path
) -> tuple[tuple[Sweep, ...], int | None]:
    """Sweeps with the current in pA and, where one voltage was recorded, that voltage in mV; its channel's index."""
    count = len(channels)
    voltage = voltage_input(channels, _output_name(header, index, path))
    to_pA = factor_to_fixed(channels[index].unit)
    to_mV = 1.0 if voltage is None else factor_to_fixed(channels[voltage].unit)
    sweeps = []
    for sweep in header.sweeps:
        span = slice(sweep.first // count, (sweep.first + sweep.count) // count)
        v_mV = None if voltage is None else _scaled(samples[voltage, span], to_mV)
        sweeps.append(Sweep(sweep.start_s, _scaled(samples[index, span], to_pA), v_mV))
    return tuple(sweeps), voltage


def _scaled(values: SampleArray, factor: float) -> SampleArray:
    return values.copy() if factor == 1.0 else values * values.dtype.type(factor)


def _output_name(header: AxonHeader, index: int, path: Path) -> str | None:
    try:
        return driving_output(header, header.inputs[index], path).name
    except RecordingRefused:
        return None


def _from_header(header: AxonHeader, index: int, how: Reading, path: Path) -> tuple[tuple[SweepCommand, ...], str]:
    """Commands of the output that drives a channel, and how they are known."""
    if not header.has_protocol:
        raise CommandUnknown(
            "the command is not known: the file carries no protocol (a converted or very old file)",
            file=path,
            remedy=DECLARE,
        )
    output = driving_output(header, header.inputs[index], path)
    commands = sweep_commands(header, output, path, how.stimulus_dirs)
    return commands, f"rebuilt from the header's protocol of output '{output.name}'"


def telegraph_of(used: AxonInput) -> Telegraph:
    """What the amplifier told; zero and nonsense count as nothing told."""
    if not used.telegraphed:
        return Telegraph()

    def told(value: float) -> float | None:
        """The number the amplifier sent: the shortest one that the header's single precision holds."""
        return float(str(np.float32(value))) if math.isfinite(value) and value > 0 else None

    return Telegraph(
        rs_MOhm=told(used.telegraph_rs_MOhm) if used.telegraph_rs_MOhm < HIGHEST_RS_MOhm else None,
        cm_pF=told(used.telegraph_cm_pF),
        gain=told(used.telegraph_gain),
        lowpass_Hz=told(used.telegraph_filter_Hz),
    )


def header_facts(header: AxonHeader) -> dict[str, str]:
    """Facts of the header worth keeping, name to printable value."""
    facts: dict[str, Any] = {
        "version": header.version_text,
        "mode": MODES.get(header.mode, str(header.mode)),
        "creator": header.creator,
        "protocol": header.protocol_path,
        "comment": header.comment,
        "start to start [s]": f"{header.start_to_start_s:g}" if header.start_to_start_s else "",
    }
    return {name: value for name, value in facts.items() if value}


def _oddities(header: AxonHeader, channels: tuple[Channel, ...], index: int) -> tuple[str, ...]:
    """Sentences on what is odd about the file but does not forbid its use."""
    said = []
    for output in header.outputs:
        if output.leak_subtraction:
            said.append(
                f"leak subtraction (type {output.leak_subtraction}, {output.leak_pulses} sub-pulses) was on for "
                f"output '{output.name}': the sub-pulses are not sweeps of this file, and the header does not tell "
                "whether the stored current is the subtracted one"
            )
    if header.averaged:
        said.append("the sweeps are averages over several runs")
    others = [other.name for n, other in enumerate(channels) if n != index and other.role == "current"]
    if others:
        said.append(f"other current channels are left aside: {', '.join(others)}")
    if header.started is None:
        said.append("the header gives no possible date of the recording")
    return tuple(said)


def _limit_pA(used: AxonInput) -> float | None:
    if used.limit is None or not math.isfinite(used.limit) or used.limit <= 0:
        return None
    return used.limit * factor_to_fixed(used.unit)


__all__ = ["SIGNATURES", "header_facts", "read_axon", "telegraph_of"]
