"""Which Axon input records the current of the cell, and which output commands its voltage.

The vendor gives an input and the output of the same headstage the same default number ("IN 1" and "Cmd 1").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reversal.errors import nearest
from reversal.recordings.axon.header import CLAMP_MODES, AxonHeader, AxonInput, AxonOutput
from reversal.recordings.choices.channel_choice import NUMBERED_OUTPUT, current_index, number_in_name
from reversal.recordings.recording.recording import PROTOCOL_REMEDY, Channel, CommandUnknown, RecordingRefused
from reversal.recordings.recording.units import CURRENT, VOLTAGE, role_of

NUMBERED_INPUT = re.compile(r"(?:IN|AI) ?#?(\d{1,9})", re.IGNORECASE)


def voltage_outputs(outputs: Sequence[AxonOutput]) -> list[AxonOutput]:
    """Outputs that can command a membrane voltage: those in mV, or those in V if none is in mV."""
    in_mV = [output for output in outputs if output.unit == "mV"]
    return in_mV or [output for output in outputs if role_of(output.unit) == VOLTAGE]


def axon_current_index(header: AxonHeader, channels: Sequence[Channel], wanted: str | None, file: Path) -> int:
    """Index of the current channel.

    If the file has several currents and no name is given, the current whose own output has a waveform, if only one has.
    """
    currents = [n for n, channel in enumerate(channels) if channel.role == CURRENT]
    if wanted is None and len(currents) > 1:
        with_waveform = [n for n in currents if _own_output_has_waveform(header, header.inputs[n])]
        numbered = [n for n in currents if number_in_name(NUMBERED_INPUT, header.inputs[n].name) is not None]
        if len(with_waveform) == 1 and len(numbered) == len(currents):
            return with_waveform[0]
    return current_index(channels, wanted, file)


def _own_output_has_waveform(header: AxonHeader, current: AxonInput) -> bool:
    return any(output.waveform_enabled for output in _outputs_of_input(voltage_outputs(header.outputs), current))


def _outputs_of_input(outputs: Sequence[AxonOutput], current: AxonInput) -> list[AxonOutput]:
    """Outputs whose default name has the number of the input."""
    number = number_in_name(NUMBERED_INPUT, current.name)
    return [o for o in outputs if number is not None and number_in_name(NUMBERED_OUTPUT, o.name) == number]


def driving_output(header: AxonHeader, current: AxonInput, file: Path, wanted: str | None = None) -> AxonOutput:
    """Output that commands the voltage of the cell whose current is recorded on an input.

    In this order: the output named ``wanted``, the only voltage output with a waveform (if only one current is
    recorded), the voltage output with the number of the input, the only voltage output. Raises CommandUnknown if
    none of these exists.
    """
    if wanted is not None:
        return _named_output(header, wanted, file)
    candidates = voltage_outputs(header.outputs)
    refuse_current_clamp(header, current, file)
    with_waveform = [output for output in candidates if output.waveform_enabled]
    several_currents = sum(role_of(other.unit) == CURRENT for other in header.inputs) > 1
    if len(with_waveform) == 1 and not several_currents:
        return with_waveform[0]
    own = _outputs_of_input(candidates, current)
    if len(own) == 1:
        return own[0]
    if len(candidates) == 1:
        return candidates[0]
    raise CommandUnknown(
        f"the command is not known: the header does not show which output drives channel '{current.name}'",
        file=file,
        found=", ".join(f"{o.name} [{o.unit}]{' with a waveform' if o.waveform_enabled else ''}" for o in candidates),
        expected="one voltage output with a waveform, or an output with the number of the channel",
        remedy=f"Write the output of the cell in the column 'output' of the recording sheet. {PROTOCOL_REMEDY}",
    )


def _named_output(header: AxonHeader, wanted: str, file: Path) -> AxonOutput:
    """Output with a name. Raises RecordingRefused if there is none, or if it is not a voltage."""
    matches = [output for output in header.outputs if output.name.lower() == wanted.strip().lower()]
    if len(matches) != 1:
        raise RecordingRefused(
            f"several outputs have the name '{wanted}'" if matches else f"there is no output '{wanted}'",
            file=file,
            remedy=nearest(wanted, [output.name for output in header.outputs]),
        )
    if role_of(matches[0].unit) != VOLTAGE:
        raise RecordingRefused(
            f"output '{wanted}' does not command a voltage",
            file=file,
            found=f"unit '{matches[0].unit}'",
            expected="a unit of voltage",
        )
    return matches[0]


def refuse_current_clamp(header: AxonHeader, current: AxonInput, file: Path, wanted_output: str | None = None) -> None:
    """Raise RecordingRefused if the amplifier telegraphed current clamp, or if the driven output is a current.

    If the sheet names the output of the cell, other outputs that command a current do not matter.
    """
    if current.telegraphed and current.telegraph_mode in CLAMP_MODES:
        raise RecordingRefused(
            f"the amplifier telegraphed {CLAMP_MODES[current.telegraph_mode]}",
            file=file,
            place=f"channel '{current.name}' in {current.unit}",
            remedy="Exclude the recording",
        )
    if wanted_output is not None:
        return
    driven = [output for output in header.outputs if output.waveform_enabled]
    driven_currents = [output for output in driven if role_of(output.unit) == CURRENT]
    own = _outputs_of_input(driven_currents, current)
    no_voltage_is_driven = not any(output.unit == "mV" for output in driven)
    if own or (driven_currents and no_voltage_is_driven):
        output = (own or driven_currents)[0]
        raise RecordingRefused(
            "the command is a current: this is a current-clamp recording, or its units are wrong",
            file=file,
            found=f"output '{output.name}' in {output.unit}, channel '{current.name}' in {current.unit}",
            expected="a command in mV and a current in pA",
            remedy="Correct the units in the acquisition protocol, or exclude the recording",
        )
