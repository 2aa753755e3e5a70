"""Small ABF 1 files: the simulator writes a valid file, then single fields of its header are changed."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reversal.simulate.abf_content import FileNotes, InputChannel, SYNCH_UNIT_us
from reversal.simulate.amplifier import Amplifier, Counts
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfOutput, AbfProtocol, EpochKind
from reversal.simulate.write_abf1 import abf1_bytes

RATE_Hz = 10000.0
HOLDING_mV = -80.0
COUNTS_PER_UNIT = 32768 / 1000  # of every input: 10 V at 0.01 V per pA or mV
STEPS = (AbfEpoch(EpochKind.STEP, -60.0, 100), AbfEpoch(EpochKind.STEP, -120.0, 200, level_step_mV=20.0))

# fields of the header by the vendor's names: struct format and offset; of arrays, the offset of element 0
FIELDS: dict[str, tuple[str, int]] = {
    "nOperationMode": ("h", 8),
    "lActualEpisodes": ("i", 16),
    "nFileType": ("h", 36),
    "fADCSecondSampleInterval": ("f", 126),
    "lNumSamplesPerEpisode": ("i", 138),
    "lEpisodesPerRun": ("i", 146),
    "lFirstEpisode": ("h", 162),
    "lClockChange": ("i", 194),
    "sADCChannelName": ("10s", 442),
    "sADCUnits": ("8s", 602),
    "sDACChannelUnits": ("8s", 1346),
    "nActiveDACChannel": ("h", 1440),
    "nPNNumPulses": ("h", 1938),
    "nWaveformEnable": ("h", 2296),
    "nWaveformSource": ("h", 2300),
    "nEpochType": ("h", 2308),
    "lEpochInitDuration": ("i", 2508),
    "sDACFilePath": ("256s", 2736),
    "nConditEnable": ("h", 3260),
    "fPostTrainPeriod": ("f", 3304),
    "fPostTrainLevel": ("f", 3312),
    "nULEnable": ("h", 3360),
    "nULParamToVary": ("h", 3368),
    "sULParamValueList": ("256s", 3376),
    "nLeakSubtractType": ("h", 4456),
    "nTelegraphEnable": ("h", 4512),
    "nTelegraphMode": ("h", 4768),
    "nAlternateDACOutputState": ("h", 5876),
}
SWEEP_TABLE = ("i", 92)  # lSynchArrayPtr
BLOCK_BYTES = 512

Changes = Mapping[str | tuple[str, int], Any]


def protocol(epochs: Sequence[AbfEpoch] = STEPS, sweeps: int = 3, samples: int = 640, **settings: Any) -> AbfProtocol:
    """Protocol held at −80 mV, sampled at 10 kHz, one sweep every 2 s."""
    settings = {"holding_mV": HOLDING_mV, "sample_rate_Hz": RATE_Hz, "interval_s": 2.0, **settings}
    return AbfProtocol(tuple(epochs), sweeps=sweeps, samples=samples, **settings)


def second_output(epochs: Sequence[AbfEpoch] = STEPS, holding_mV: float = HOLDING_mV) -> tuple[AbfOutput, ...]:
    """An output 'Cmd 1', for the setting ``other_outputs`` of a protocol."""
    return (AbfOutput(tuple(epochs), holding_mV, name="Cmd 1"),)


def noise(sweeps: int, samples: int, channels: int = 1) -> Counts:
    """Counts of a quiet amplifier, shape (sweeps, samples, channels)."""
    return np.random.default_rng(1).integers(-300, 300, (sweeps, samples, channels)).astype(np.int16)


def abf1_content(
    played: AbfProtocol,
    counts: Counts | None = None,
    *,
    inputs: Sequence[tuple[str, str]] = (("IN 0", "pA"),),
    changes: Changes | None = None,
    starts_s: Sequence[float] | None = None,
) -> bytes:
    """Content of a file with the protocol.

    counts : shape (sweeps, samples, inputs); default noise
    inputs : name and unit of each input
    changes : values of header fields by name, or by name and index
    starts_s : start of each sweep [s]; default from the protocol
    """
    samples = noise(played.sweeps, played.samples, len(inputs)) if counts is None else counts
    others = [InputChannel(name, unit, 0.01, samples[:, :, n]) for n, (name, unit) in enumerate(inputs) if n]
    notes = FileNotes(dt.datetime(2026, 11, 19, 21), cm_pF=14.0)
    content = bytearray(abf1_bytes(played, samples[:, :, 0], Amplifier(mV_per_pA=10.0), notes, others))
    first = {("sADCChannelName", 0): inputs[0][0].ljust(10), ("sADCUnits", 0): inputs[0][1].ljust(8)}
    for field, value in {**first, **(changes or {})}.items():
        _change(content, *(field if isinstance(field, tuple) else (field, 0)), value)
    for n, start_s in enumerate(starts_s or ()):
        table = struct.unpack_from("<" + SWEEP_TABLE[0], content, SWEEP_TABLE[1])[0] * BLOCK_BYTES
        struct.pack_into("<i", content, table + 8 * n, round(start_s * 1e6 / SYNCH_UNIT_us))
    return bytes(content)


def _change(content: bytearray, field: str, index: int, value: Any) -> None:
    form, offset = FIELDS[field]
    packed = value.encode("cp1252") if isinstance(value, str) else value
    struct.pack_into("<" + form, content, offset + struct.calcsize("<" + form) * index, packed)
