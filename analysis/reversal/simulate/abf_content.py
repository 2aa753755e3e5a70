"""Content of an ABF file that does not depend on the version: channels, samples, notes and tags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.simulate.abf2_layout import TAG, packed
from reversal.simulate.amplifier import COUNTS, RANGE_V, Counts
from reversal.simulate.stimulus_protocol import AbfProtocol

BLOCK = 512
FIXED_LENGTH_EPISODES = 5
INSTRUMENT_MULTICLAMP = 24
EPOCH_TABLE = 1
FIRST_EPOCH_PARAMETER = 11  # code of a user list; then a block of epochs for each of digital pattern, level, …
TAG_COMMENT = 1
SYNCH_UNIT_us = 10.0


@dataclass(frozen=True, slots=True)
class TagNote:
    """A comment set during a recording, ``time_s`` [s] after its start."""

    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class FileNotes:
    """Facts about a recording that an acquisition program writes into the header.

    started : date and time of the start;  cm_pF : whole-cell capacitance telegraphed by the amplifier
    """

    started: dt.datetime
    cm_pF: float
    comment: str = ""
    tags: tuple[TagNote, ...] = ()


@dataclass(frozen=True, slots=True)
class InputChannel:
    """A recorded channel other than the current, such as the command recorded through an input.

    volts_per_unit : volts at the converter for one unit of the signal
    counts : shape (sweeps, samples)
    """

    name: str
    unit: str
    volts_per_unit: float
    counts: Counts


def command_monitor(name: str, command_mV: FloatArray, volts_per_mV: float = 0.01) -> InputChannel:
    """The command recorded through an input.

    command_mV : shape (sweeps, samples) [mV];  volts_per_mV : scale of the input [V/mV]
    """
    counts = np.rint(command_mV * volts_per_mV / RANGE_V * COUNTS)
    return InputChannel(name, "mV", volts_per_mV, np.clip(counts, -COUNTS, COUNTS - 1).astype(np.int16))


def interleaved_samples(protocol: AbfProtocol, counts: Counts, other_inputs: Sequence[InputChannel]) -> Counts:
    """Samples in the order of the file, shape (sweeps, samples, channels): the current first, then the other inputs.

    counts : samples of the current, shape (sweeps, samples)

    Raises DomainError if the shapes or the number of channels differ from the protocol.
    """
    shapes = {counts.shape, *(channel.counts.shape for channel in other_inputs)}
    if shapes != {(protocol.sweeps, protocol.samples)} or protocol.channels != 1 + len(other_inputs):
        raise DomainError(
            "samples do not fit the protocol",
            found=f"{1 + len(other_inputs)} channels of {sorted(shapes)}",
            expected=f"{protocol.channels} channels of {protocol.sweeps} sweeps by {protocol.samples} samples",
        )
    return np.stack([counts, *(channel.counts for channel in other_inputs)], axis=-1)


def tag_entries(notes: FileNotes) -> list[bytes]:
    """Bytes of each tag, 64 a tag, the same in both versions of the format."""
    return [
        packed(
            TAG,
            {
                "lTagTime": round(tag.time_s * 1e6 / SYNCH_UNIT_us),
                "sComment": tag.text.encode("cp1252").ljust(56)[:56],
                "nTagType": TAG_COMMENT,
            },
        )
        for tag in notes.tags
    ]


def sweep_starts(protocol: AbfProtocol) -> list[tuple[int, int]]:
    """(start in units of SYNCH_UNIT_us, length in samples over all channels) of each sweep."""
    length = protocol.samples * protocol.channels
    return [(round(start_s * 1e6 / SYNCH_UNIT_us), length) for start_s in protocol.start_s()]


def list_text(values: Sequence[float]) -> str:
    """Text of a user list as the header stores it."""
    return ",".join(f"{value:.9g}" for value in values)
