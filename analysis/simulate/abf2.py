"""Writer of Axon Binary Format 2 files (pCLAMP 10 and later), episodic stimulation, 16-bit samples.

A file is a header of one 512-byte block with a table of sections, each section starting on a block: protocol, inputs
(ADC), outputs (DAC), epochs, epochs by output, strings, samples, tags, and the start and length of each sweep. Names
and units are stored once in the strings section and referred to by their place, counted from 1. Field names are the
vendor's. Written: version 2.6, fixed-length episodes; never seen or written here: gap-free, event-driven, float data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.simulate.abf2_layout import ADC, DAC, EPOCH, EPOCH_BY_DAC, HEADER, PROTOCOL, SECTIONS, TAG, packed
from analysis.simulate.amplifier import COUNTS, RANGE_V, Amplifier, Counts
from analysis.simulate.protocol import AbfProtocol
from analysis.tables import whole_file

BLOCK = 512
VERSION = (0, 0, 6, 2)  # 2.6.0.0, least significant first
FIXED_LENGTH_EPISODES = 5
EPISODIC_SWEEPS = 1
TAG_COMMENT = 1
INSTRUMENT_MULTICLAMP = 24
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


def write_abf2(path: Path, protocol: AbfProtocol, counts: Counts, amplifier: Amplifier, notes: FileNotes) -> None:
    """Write one recorded current with its protocol as an ABF2 file, whole or not at all.

    counts : samples as the converter gave them, shape (sweeps, samples)
    """
    with whole_file(path) as target:
        target.write_bytes(abf2_bytes(protocol, counts, amplifier, notes))


def abf2_bytes(protocol: AbfProtocol, counts: Counts, amplifier: Amplifier, notes: FileNotes) -> bytes:
    """Content of the file that :func:`write_abf2` writes."""
    strings = _Strings()
    creator = strings.place("Clampex")
    path = strings.place(f"C:\\protocols\\{protocol.name}.pro")
    comment = strings.place(notes.comment) if notes.comment else 0
    adc = packed(ADC, _input(amplifier, notes, strings))
    dac = packed(DAC, _output(protocol, strings))
    start_us = [sweep * protocol.interval_or_length_s * 1e6 for sweep in range(protocol.sweeps)]
    synch = b"".join(struct.pack("<ii", round(us / SYNCH_UNIT_us), protocol.samples) for us in start_us)
    tags = b"".join(packed(TAG, _tag(tag)) for tag in notes.tags)
    content: dict[str, tuple[bytes, int, int]] = {  # bytes, size of an entry, number of entries
        "Protocol": (packed(PROTOCOL, _protocol(protocol, comment)), 512, 1),
        "ADC": (adc, 128, 1),
        "DAC": (dac, 256, 1),
        "Epoch": (_epochs(protocol), 32, len(protocol.epochs)),
        "EpochPerDAC": (_epochs_by_output(protocol), 48, len(protocol.epochs)),
        "Strings": (strings.section(), len(strings.section()), len(strings.texts)),
        "Data": (counts.astype("<i2").tobytes(), 2, counts.size),
        "Tag": (tags, 64, len(notes.tags)),
        "SynchArray": (synch, 8, protocol.sweeps),
    }
    header = _header(protocol, notes, creator, path, hashlib.sha256(counts.tobytes()).digest()[:16])
    return _assembled(header, content)


def _assembled(header: Mapping[str, object], content: Mapping[str, tuple[bytes, int, int]]) -> bytes:
    """Lay the sections on whole blocks behind the header block and fill in its table of sections."""
    table, body, block = b"", b"", 1
    places: dict[str, tuple[int, int, int]] = {}
    for name, (data, size, count) in content.items():
        if not count:
            continue
        places[name] = (block, size, count)
        padded = data + bytes(-len(data) % BLOCK)
        body += padded
        block += len(padded) // BLOCK
    for name in SECTIONS:
        table += struct.pack("<IIq", *places.get(name, (0, 0, 0)))
    # readers take the strings section to be as many times its size as it has strings: leave room for that look
    room = places["Strings"][0] * BLOCK + places["Strings"][1] * places["Strings"][2]
    whole = (packed(HEADER, header) + table).ljust(BLOCK, b"\0") + body
    return whole.ljust(room, b"\0")


class _Strings:
    """Texts of the strings section in the order they were first needed."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []

    def place(self, text: str) -> int:
        """Return the place of a text, counted from 1."""
        self.texts.append(text.encode("cp1252"))
        return len(self.texts)

    def section(self) -> bytes:
        joined = b"".join(text + b"\0" for text in self.texts)
        longest = max(map(len, self.texts))
        return b"SSCH" + struct.pack("<IIII", 1, len(self.texts), longest, len(joined)) + bytes(24) + joined


def _header(protocol: AbfProtocol, notes: FileNotes, creator: int, path: int, guid: bytes) -> dict[str, object]:
    midnight = notes.started.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "fFileSignature": b"ABF2",
        "fFileVersionNumber": bytes(VERSION),
        "uFileInfoSize": BLOCK,
        "lActualEpisodes": protocol.sweeps,
        "uFileStartDate": int(notes.started.strftime("%Y%m%d")),
        "uFileStartTimeMS": round((notes.started - midnight).total_seconds() * 1000),
        "nFileType": 1,
        "FileGUID": guid,
        "uCreatorVersion": bytes((0, 7, 0, 10)),
        "uCreatorNameIndex": creator,
        "uProtocolPathIndex": path,
    }


def _protocol(protocol: AbfProtocol, comment: int) -> dict[str, object]:
    return {
        "nOperationMode": FIXED_LENGTH_EPISODES,
        "fADCSequenceInterval": 1e6 / protocol.sample_rate_Hz,
        "uFileCompressionRatio": 1,
        "fSynchTimeUnit": SYNCH_UNIT_us,
        "lNumSamplesPerEpisode": protocol.samples * protocol.channels,
        "lPreTriggerSamples": 16,
        "lEpisodesPerRun": protocol.sweeps,
        "lRunsPerTrial": 1,
        "lNumberOfTrials": 1,
        "fEpisodeStartToStart": protocol.interval_s,
        "lAverageCount": 1,
        "fADCRange": RANGE_V,
        "fDACRange": RANGE_V,
        "lADCResolution": COUNTS,
        "lDACResolution": COUNTS,
        "nExperimentType": 0,
        "nCommentsEnable": int(comment > 0),
        "lFileCommentIndex": comment,
        "nDigitizerADCs": 16,
        "nDigitizerDACs": 4,
        "nDigitizerTotalDigitalOuts": 16,
        "nDigitizerSynchDigitalOuts": 8,
        "nDigitizerType": 6,
    }


def _input(amplifier: Amplifier, notes: FileNotes, strings: _Strings) -> dict[str, object]:
    return {
        "nTelegraphEnable": 1,
        "nTelegraphInstrument": INSTRUMENT_MULTICLAMP,
        "fTelegraphAdditGain": 1.0,
        "fTelegraphFilter": amplifier.lowpass_Hz,
        "fTelegraphMembraneCap": notes.cm_pF,
        "fTelegraphAccessResistance": amplifier.rs_MOhm,
        "fADCProgrammableGain": 1.0,
        "fADCDisplayAmplification": 1.0,
        "fInstrumentScaleFactor": amplifier.mV_per_pA / 1000.0,
        "fSignalGain": 1.0,
        "fSignalLowpassFilter": amplifier.lowpass_Hz,
        "fPostProcessLowpassFilter": 100000.0,
        "lADCChannelNameIndex": strings.place("Im_primary"),
        "lADCUnitsIndex": strings.place("pA"),
    }


def _output(protocol: AbfProtocol, strings: _Strings) -> dict[str, object]:
    return {
        "fDACScaleFactor": 20.0,
        "fDACHoldingLevel": protocol.holding_mV,
        "fDACCalibrationFactor": 1.0,
        "lDACChannelNameIndex": strings.place("Cmd 0"),
        "lDACChannelUnitsIndex": strings.place("mV"),
        "nWaveformEnable": int(bool(protocol.epochs)),
        "nWaveformSource": 1,
        "nInterEpisodeLevel": int(protocol.last_level_between),
        "fDACFileScale": 1.0,
        "nPNPolarity": 1,
        "nPNNumPulses": 4,
    }


def _tag(tag: TagNote) -> dict[str, object]:
    return {
        "lTagTime": round(tag.time_s * 1e6 / SYNCH_UNIT_us),
        "sComment": tag.text.encode("cp1252").ljust(56)[:56],
        "nTagType": TAG_COMMENT,
    }


def _epochs(protocol: AbfProtocol) -> bytes:
    return b"".join(packed(EPOCH, {"nEpochNum": number}) for number in range(len(protocol.epochs)))


def _epochs_by_output(protocol: AbfProtocol) -> bytes:
    rows: Sequence[dict[str, object]] = [
        {
            "nEpochNum": number,
            "nEpochType": int(epoch.kind),
            "fEpochInitLevel": epoch.level_mV,
            "fEpochLevelInc": epoch.level_step_mV,
            "lEpochInitDuration": epoch.duration,
            "lEpochDurationInc": epoch.duration_step,
            "lEpochPulsePeriod": epoch.period,
            "lEpochPulseWidth": epoch.width,
        }
        for number, epoch in enumerate(protocol.epochs)
    ]
    return b"".join(packed(EPOCH_BY_DAC, row) for row in rows)
