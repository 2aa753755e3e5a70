"""Which channel is the cell's current, which one shows its voltage, and which output drives it: by name and unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reversal.errors import nearest
from reversal.recordings.axon.epoch_table import voltage_outputs
from reversal.recordings.axon.header import CLAMP_MODES, AxonHeader, AxonInput, AxonOutput
from reversal.recordings.recording import DECLARE, Channel, CommandUnknown, RecordingRefused
from reversal.recordings.units import CURRENT, VOLTAGE, canonical, role_of

_NUMBERED_INPUT = re.compile(r"(?:IN|AI) ?#?(\d+)", re.IGNORECASE)
_NUMBERED_OUTPUT = re.compile(r"(?:Cmd|OUT|AO) ?#?(\d+)", re.IGNORECASE)
_COPY_OF_OUTPUT = re.compile(r"(?:Cmd|OUT|AO|DAC) ?[#_]?\d*|V?_?(?:cmd|com|command|stim)", re.IGNORECASE)


def described(name: str, unit: str) -> Channel:
    """Name, unit and role of a channel."""
    return Channel(name, canonical(unit), role_of(unit))


def current_channel(channels: Sequence[Channel], wanted: str | None, file: Path) -> int:
    """Index of the current channel: the one asked for by name, else the only one in a unit of current.

    Raises RecordingRefused for a name that is not there, no current at all, or several with none asked for.
    """
    if wanted is not None:
        return _named(channels, wanted, file)
    currents = [n for n, channel in enumerate(channels) if channel.role == CURRENT]
    listed = ", ".join(f"{channel.name or '(no name)'} [{channel.unit or 'no unit'}]" for channel in channels)
    if not currents:
        raise RecordingRefused(
            "no channel is in a unit of current, so this is no voltage clamp recording (or its units are wrong)",
            file=file,
            found=listed,
            expected="a channel in fA, pA, nA, uA or A",
        )
    if len(currents) > 1:
        raise RecordingRefused(
            "there are several current channels",
            file=file,
            found=listed,
            expected="one to be named",
            remedy="Give the column 'channel' of the recording sheet the name of the cell's channel",
        )
    return currents[0]


def _named(channels: Sequence[Channel], wanted: str, file: Path) -> int:
    fits = [n for n, channel in enumerate(channels) if channel.name.lower() == wanted.strip().lower()]
    if len(fits) != 1:
        raise RecordingRefused(
            f"the channel '{wanted}' is {'not there' if not fits else 'there more than once'}",
            file=file,
            remedy=nearest(wanted, [channel.name for channel in channels]),
        )
    if channels[fits[0]].role != CURRENT:
        raise RecordingRefused(
            f"the channel '{wanted}' is in '{channels[fits[0]].unit}'", file=file, expected="a unit of current"
        )
    return fits[0]


def driven_current_input(header: AxonHeader, channels: Sequence[Channel], wanted: str | None, file: Path) -> int:
    """Index of the current channel, also where several are recorded and just one has a waveform on its own output."""
    currents = [n for n, channel in enumerate(channels) if channel.role == CURRENT]
    if wanted is None and len(currents) > 1:
        driven = [n for n in currents if _has_own_waveform(header, header.inputs[n])]
        paired = [n for n in currents if _number(_NUMBERED_INPUT, header.inputs[n].name) is not None]
        if len(driven) == 1 and len(paired) == len(currents):
            return driven[0]
    return current_channel(channels, wanted, file)


def _has_own_waveform(header: AxonHeader, used: AxonInput) -> bool:
    number = _number(_NUMBERED_INPUT, used.name)
    return any(
        output.waveform_enabled and number is not None and _number(_NUMBERED_OUTPUT, output.name) == number
        for output in voltage_outputs(header.outputs)
    )


def driving_output(header: AxonHeader, used: AxonInput, file: Path) -> AxonOutput:
    """Return the output that commands the voltage behind a current input.

    Its partner of the same default name ("IN 1" and "Cmd 1") where several outputs could be it; else the only one in a
    unit of voltage that has a waveform, else the only one in a unit of voltage. Raises CommandUnknown where none is.
    """
    possible = voltage_outputs(header.outputs)
    not_current_clamp(header, used, file)
    with_waveform = [output for output in possible if output.waveform_enabled]
    several_currents = sum(role_of(other.unit) == CURRENT for other in header.inputs) > 1
    if len(with_waveform) == 1 and not several_currents:
        return with_waveform[0]
    number = _number(_NUMBERED_INPUT, used.name)
    partners = [o for o in possible if number is not None and _number(_NUMBERED_OUTPUT, o.name) == number]
    if len(partners) == 1:
        return partners[0]
    if len(possible) == 1:
        return possible[0]
    raise CommandUnknown(
        f"the command is not known: the output that drives channel '{used.name}' is not stated",
        file=file,
        found=", ".join(f"{o.name} [{o.unit}]{' with a waveform' if o.waveform_enabled else ''}" for o in possible),
        expected="one output of voltage with a waveform, or names with the same number as the channel's",
        remedy=DECLARE,
    )


def not_current_clamp(header: AxonHeader, used: AxonInput, file: Path) -> None:
    """Refuse a recording whose amplifier told of current clamp, or whose driven output is a current."""
    if used.telegraphed and used.telegraph_mode in CLAMP_MODES:
        raise RecordingRefused(
            f"the amplifier told that it was in {CLAMP_MODES[used.telegraph_mode]}",
            file=file,
            place=f"channel '{used.name}' in {used.unit}",
            remedy="Leave the recording out",
        )
    driven = [output for output in header.outputs if output.waveform_enabled]
    as_current = [output for output in driven if role_of(output.unit) == CURRENT]
    number = _number(_NUMBERED_INPUT, used.name)
    own = [o for o in as_current if number is not None and _number(_NUMBERED_OUTPUT, o.name) == number]
    only = as_current and not any(role_of(output.unit) == VOLTAGE and output.unit == "mV" for output in driven)
    if own or only:
        wrong = (own or as_current)[0]
        raise RecordingRefused(
            "the command is a current, so this is a current-clamp recording or its units are wrong",
            file=file,
            found=f"output '{wrong.name}' in {wrong.unit}, channel '{used.name}' in {used.unit}",
            expected="a command in mV and a current in pA",
            remedy="Correct the units in the rig's protocol, or leave the recording out",
        )


def voltage_input(channels: Sequence[Channel], output_name: str | None) -> int | None:
    """Index of the channel that shows the cell's voltage: the only one, or the one that names the driving output."""
    voltages = [n for n, channel in enumerate(channels) if channel.role == VOLTAGE and channel.unit in ("mV", "uV")]
    if len(voltages) < 2 or output_name is None:
        return voltages[0] if len(voltages) == 1 else None
    number = _number(_NUMBERED_OUTPUT, output_name)
    named = [n for n in voltages if number is not None and _number(_NUMBERED_OUTPUT, channels[n].name) == number]
    return named[0] if len(named) == 1 else None


def is_copy_of_output(channel: Channel) -> bool:
    """Tell whether a recorded voltage is the command itself, by its name, and not the membrane's voltage."""
    return _COPY_OF_OUTPUT.fullmatch(channel.name.strip()) is not None


def _number(pattern: re.Pattern[str], name: str) -> int | None:
    fits = pattern.fullmatch(name.strip())
    return int(fits.group(1)) if fits else None
