"""Which channel is the current of the cell and which one is its voltage, by name and unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reversal.errors import nearest
from reversal.recordings.recording.recording import Channel, RecordingRefused
from reversal.recordings.recording.units import CURRENT, VOLTAGE, plain_unit, role_of

NUMBERED_OUTPUT = re.compile(r"(?:Cmd|OUT|AO) ?#?(\d{1,9})", re.IGNORECASE)
AUXILIARY = re.compile(r"(?:Adc|AD|Aux|Digital|Trig(?:ger)?|TTL|Photo)[ #_-]?\d*(?:\s*\(.*\))?", re.IGNORECASE)
COMMAND_COPY = re.compile(r"(?:Cmd|OUT|AO|DAC) ?[#_]?\d*|V?_?(?:cmd|com|command|stim)", re.IGNORECASE)


def channel_of(name: str, unit: str) -> Channel:
    """Channel with the role that its unit implies."""
    return Channel(name, plain_unit(unit), role_of(unit))


def current_index(channels: Sequence[Channel], wanted: str | None, file: Path) -> int:
    """Index of the current channel: the one named ``wanted``, else the only one with a unit of current.

    Raises RecordingRefused for an unknown name, for a file without a current, and for several currents without a name.
    """
    if wanted is not None:
        return _index_of_name(channels, wanted, file)
    currents = [n for n, channel in enumerate(channels) if channel.role == CURRENT]
    listed = ", ".join(f"{channel.name or '(no name)'} [{channel.unit or 'no unit'}]" for channel in channels)
    if not currents:
        raise RecordingRefused(
            "no channel has a unit of current: this is not a voltage-clamp recording, or its units are wrong",
            file=file,
            found=listed,
            expected="a channel in fA, pA, nA, uA or A",
        )
    if len(currents) > 1:
        raise RecordingRefused(
            "the file has several current channels",
            file=file,
            found=listed,
            expected="the name of one of them",
            remedy="Write the name of the cell's channel in the column 'channel' of the recording sheet",
        )
    return currents[0]


def _index_of_name(channels: Sequence[Channel], wanted: str, file: Path) -> int:
    matches = [n for n, channel in enumerate(channels) if channel.name.lower() == wanted.strip().lower()]
    if len(matches) != 1:
        raise RecordingRefused(
            f"several channels have the name '{wanted}'" if matches else f"there is no channel '{wanted}'",
            file=file,
            remedy=nearest(wanted, [channel.name for channel in channels]),
        )
    if channels[matches[0]].role != CURRENT:
        raise RecordingRefused(
            f"channel '{wanted}' is not a current",
            file=file,
            found=f"unit '{channels[matches[0]].unit}'",
            expected="a unit of current",
        )
    return matches[0]


def voltage_index(channels: Sequence[Channel], output_name: str | None) -> int | None:
    """Index of the voltage channel: the only one, or the one with the number of the output; None if it is not clear.

    output_name : name of the output that drives the cell, such as "Cmd 1", or None

    A voltage in V counts only in a file in SI units, with the current in A. In other files it is a trigger, or the
    output of an amplifier before its gain. So is an input of the converter that has no other name, such as "Adc-3".
    """
    units = ("mV", "uV", "V") if any(channel.unit == "A" for channel in channels) else ("mV", "uV")
    voltages = [
        n
        for n, channel in enumerate(channels)
        if channel.role == VOLTAGE and channel.unit in units and not is_auxiliary(channel)
    ]
    if len(voltages) < 2 or output_name is None:
        return voltages[0] if len(voltages) == 1 else None
    number = number_in_name(NUMBERED_OUTPUT, output_name)
    matches = [
        n for n in voltages if number is not None and number_in_name(NUMBERED_OUTPUT, channels[n].name) == number
    ]
    return matches[0] if len(matches) == 1 else None


def is_auxiliary(channel: Channel) -> bool:
    """True for an input of the converter in V without a name of its own: what is connected to it is not known."""
    return channel.unit == "V" and AUXILIARY.fullmatch(channel.name.strip()) is not None


def is_command_copy(channel: Channel) -> bool:
    """True if the name of a voltage channel shows that it records the command, not the membrane voltage."""
    return COMMAND_COPY.fullmatch(channel.name.strip()) is not None


def number_in_name(pattern: re.Pattern[str], name: str) -> int | None:
    """Number in a default channel name such as "IN 1" or "Cmd 1"; None for other names."""
    match = pattern.fullmatch(name.strip())
    return int(match.group(1)) if match else None
