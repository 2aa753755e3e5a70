"""What an ABF file holds beside its protocol: samples by channel, notes and tags, and how they are packed."""

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
FIRST_EPOCH_PARAMETER = 11  # of a user list; then blocks of epochs: digital pattern, level, duration, train
TAG_COMMENT = 1
SYNCH_UNIT_us = 10.0


@dataclass(frozen=True, slots=True)
class TagNote:
    """A comment set while recording, ``time_s`` after its begin."""

    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class FileNotes:
    """What an acquisition program writes about a recording beside its samples.

    cm_pF : whole-cell capacitance telegraphed by the amplifier
    """

    started: dt.datetime
    cm_pF: float
    comment: str = ""
    tags: tuple[TagNote, ...] = ()


@dataclass(frozen=True, slots=True)
class InputChannel:
    """A recorded channel beside the current, such as the command or the membrane potential fed back.

    volts_per_unit : volts at the converter for one unit of the signal
    counts : shape (sweeps, samples)
    """

    name: str
    unit: str
    volts_per_unit: float
    counts: Counts


def monitor(name: str, command_mV: FloatArray, volts_per_mV: float = 0.01) -> InputChannel:
    """Record the command itself, shape (sweeps, samples) [mV], as a rig does that feeds it back to an input."""
    counts = np.rint(command_mV * volts_per_mV / RANGE_V * COUNTS)
    return InputChannel(name, "mV", volts_per_mV, np.clip(counts, -COUNTS, COUNTS - 1).astype(np.int16))


def interleaved(protocol: AbfProtocol, counts: Counts, further: Sequence[InputChannel]) -> Counts:
    """Samples in the order of the file: sweep by sweep, channels side by side; shape (sweeps, samples, channels).

    Raises DomainError where they do not have the protocol's shape or its number of channels.
    """
    shapes = {counts.shape, *(channel.counts.shape for channel in further)}
    if shapes != {(protocol.sweeps, protocol.samples)} or protocol.channels != 1 + len(further):
        raise DomainError(
            "samples do not fit the protocol",
            found=f"{1 + len(further)} channels of {sorted(shapes)}",
            expected=f"{protocol.channels} channels of {protocol.sweeps} sweeps by {protocol.samples} samples",
        )
    return np.stack([counts, *(channel.counts for channel in further)], axis=-1)


def tag_entries(notes: FileNotes) -> list[bytes]:
    """Return the tags as both versions of the format store them, 64 bytes each."""
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
    """Start of each sweep in units of SYNCH_UNIT_us, and its length in samples over all channels."""
    length = protocol.samples * protocol.channels
    return [(round(start_s * 1e6 / SYNCH_UNIT_us), length) for start_s in protocol.start_s()]


def list_text(values: Sequence[float]) -> str:
    """Return a user list as its header writes it."""
    return ",".join(f"{value:.9g}" for value in values)
