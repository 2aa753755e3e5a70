"""Writer of Axon Binary Format 2 files (pCLAMP 10 and later), episodic stimulation, 16-bit samples.

A file starts with a header of one 512-byte block, which has a table of sections. Each section starts on a block:
protocol, inputs (ADC), outputs (DAC), epochs, epochs by output, strings, samples, tags, and start and length of sweeps.
Names and units are in the strings section; other sections refer to them by their number, counted from 1. Field names
are the vendor's. Written: version 2.9, fixed-length episodes. Not written: gap-free, event-driven, float data.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.simulate.abf2_layout import (
    ADC,
    DAC,
    EPOCH,
    EPOCH_BY_DAC,
    HEADER,
    PROTOCOL,
    SECTIONS,
    SYNCH,
    TAG,
    USER_LIST,
    packed,
    size_of,
)
from reversal.simulate.abf_content import (
    BLOCK,
    EPOCH_TABLE,
    FIRST_EPOCH_PARAMETER,
    FIXED_LENGTH_EPISODES,
    INSTRUMENT_MULTICLAMP,
    FileNotes,
    InputChannel,
    SYNCH_UNIT_us,
    interleaved_samples,
    list_text,
    sweep_starts,
    tag_entries,
)
from reversal.simulate.amplifier import COUNTS, RANGE_V, Amplifier, Counts
from reversal.simulate.stimulus_protocol import AbfOutput, AbfProtocol, SimulatedUserList
from reversal.tables.whole_file import whole_file

VERSION = (0, 0, 9, 2)  # 2.9.0.0, least significant first
EPOCHS_PER_LIST_BLOCK = 50  # in version 2.9


def write_abf2(
    path: Path,
    protocol: AbfProtocol,
    counts: Counts,
    amplifier: Amplifier,
    notes: FileNotes,
    other_inputs: Sequence[InputChannel] = (),
) -> None:
    """Write a recorded current and its protocol as an ABF2 file, whole or not at all.

    counts : samples of the current as the converter stores them, shape (sweeps, samples)
    other_inputs : channels recorded after the current

    Raises DomainError if the shape or the number of channels of the samples differs from the protocol.
    """
    with whole_file(path) as target:
        target.write_bytes(abf2_bytes(protocol, counts, amplifier, notes, other_inputs))


def abf2_bytes(
    protocol: AbfProtocol,
    counts: Counts,
    amplifier: Amplifier,
    notes: FileNotes,
    other_inputs: Sequence[InputChannel] = (),
) -> bytes:
    """Content of the file that :func:`write_abf2` writes."""
    samples = interleaved_samples(protocol, counts, other_inputs)
    strings = _Strings()
    creator = strings.add("Clampex")
    path = strings.add(f"C:\\protocols\\{protocol.name}.pro")
    comment = strings.add(notes.comment) if notes.comment else 0
    inputs = [_current_input(amplifier, notes, strings), *(_other_input(channel, strings) for channel in other_inputs)]
    for number, fields in enumerate(inputs):
        fields |= {"nADCNum": number, "nADCPtoLChannelMap": number, "nADCSamplingSeq": number}
    outputs = [_output(number, output, strings) for number, output in enumerate(protocol.outputs)]
    epochs = max(len(output.epochs) for output in protocol.outputs)
    lists = [
        _user_list(number, output.user_list, strings)
        for number, output in enumerate(protocol.outputs)
        if output.user_list is not None
    ]
    section = {
        "Protocol": _entries(PROTOCOL, [_protocol(protocol, comment)]),
        "ADC": _entries(ADC, inputs),
        "DAC": _entries(DAC, outputs),
        "Epoch": _entries(EPOCH, [{"nEpochNum": number} for number in range(epochs)]),
        "EpochPerDAC": _entries(EPOCH_BY_DAC, _epochs_by_output(protocol)),
        "UserList": _entries(USER_LIST, lists),
        "Strings": strings.section(),
        "Data": _Section(samples.astype("<i2").tobytes(), 2, samples.size),
        "Tag": _Section(b"".join(tag_entries(notes)), size_of(TAG), len(notes.tags)),
        "SynchArray": _entries(SYNCH, [{"lStart": start, "lLength": n} for start, n in sweep_starts(protocol)]),
    }
    header = _header(protocol, notes, creator, path, hashlib.sha256(samples.tobytes()).digest()[:16])
    return _assembled(header, section)


@dataclass(frozen=True, slots=True)
class _Section:
    """Bytes of a section, bytes of one entry, number of entries."""

    content: bytes
    size: int
    count: int


def _entries(layout: str, rows: Sequence[Mapping[str, object]]) -> _Section:
    return _Section(b"".join(packed(layout, row) for row in rows), size_of(layout), len(rows))


def _assembled(header: Mapping[str, object], sections: Mapping[str, _Section]) -> bytes:
    """Bytes of the file: header block with its table of sections, then each section from a new block."""
    body, block = b"", 1
    places: dict[str, tuple[int, int, int]] = {}
    for name, section in sections.items():
        if not section.count:
            continue
        places[name] = (block, section.size, section.count)
        body += section.content + bytes(-len(section.content) % BLOCK)
        block = 1 + len(body) // BLOCK
    table = b"".join(struct.pack("<IIq", *places.get(name, (0, 0, 0))) for name in SECTIONS)
    whole = (packed(HEADER, header) + table).ljust(BLOCK, b"\0") + body
    # some readers read size × number of strings bytes of the strings section: the file must be that long
    first_block, size, count = places["Strings"]
    return whole.ljust(first_block * BLOCK + size * count, b"\0")


class _Strings:
    """Texts of the strings section, numbered from 1 in the order they are added."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []

    def add(self, text: str) -> int:
        """Add a text and return its number."""
        self.texts.append(text.encode("cp1252"))
        return len(self.texts)

    def section(self) -> _Section:
        """The strings section with its head."""
        joined = b"".join(text + b"\0" for text in self.texts)
        longest = max(map(len, self.texts))
        head = b"SSCH" + struct.pack("<IIII", 1, len(self.texts), longest, len(joined)) + bytes(24)
        return _Section(head + joined, len(head + joined), len(self.texts))


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
        "uCreatorVersion": bytes((3, 0, 0, 11)),
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


def _current_input(amplifier: Amplifier, notes: FileNotes, strings: _Strings) -> dict[str, object]:
    return {
        **_INPUT,
        "nTelegraphEnable": 1,
        "nTelegraphInstrument": INSTRUMENT_MULTICLAMP,
        "fTelegraphFilter": amplifier.lowpass_Hz,
        "fTelegraphMembraneCap": notes.cm_pF,
        "fTelegraphAccessResistance": amplifier.rs_MOhm,
        "fInstrumentScaleFactor": amplifier.mV_per_pA / 1000.0,
        "fSignalLowpassFilter": amplifier.lowpass_Hz,
        "lADCChannelNameIndex": strings.add("Im_primary"),
        "lADCUnitsIndex": strings.add("pA"),
    }


def _other_input(channel: InputChannel, strings: _Strings) -> dict[str, object]:
    return {
        **_INPUT,
        "fInstrumentScaleFactor": channel.volts_per_unit,
        "lADCChannelNameIndex": strings.add(channel.name),
        "lADCUnitsIndex": strings.add(channel.unit),
    }


_INPUT = {
    "fTelegraphAdditGain": 1.0,
    "fADCProgrammableGain": 1.0,
    "fADCDisplayAmplification": 1.0,
    "fSignalGain": 1.0,
    "fPostProcessLowpassFilter": 100000.0,
}


def _output(number: int, output: AbfOutput, strings: _Strings) -> dict[str, object]:
    return {
        "nDACNum": number,
        "fDACScaleFactor": output.mV_per_V,
        "fDACHoldingLevel": output.holding_mV,
        "fDACCalibrationFactor": 1.0,
        "lDACChannelNameIndex": strings.add(output.name),
        "lDACChannelUnitsIndex": strings.add(output.unit),
        "nWaveformEnable": int(output.waveform),
        "nWaveformSource": EPOCH_TABLE,
        "nInterEpisodeLevel": int(output.last_level_between),
        "fDACFileScale": 1.0,
        "nPNPolarity": 1,
        "nPNNumPulses": 4,
    }


def _user_list(number: int, user_list: SimulatedUserList, strings: _Strings) -> dict[str, object]:
    return {
        "nListNum": number,
        "nULEnable": 1,
        "nULParamToVary": FIRST_EPOCH_PARAMETER + int(user_list.target) * EPOCHS_PER_LIST_BLOCK + user_list.epoch,
        "nULRepeat": int(user_list.repeats),
        "lULParamValueListIndex": strings.add(list_text(user_list.values)),
    }


def _epochs_by_output(protocol: AbfProtocol) -> list[dict[str, object]]:
    return [
        {
            "nEpochNum": number,
            "nDACNum": output_number,
            "nEpochType": int(epoch.kind),
            "fEpochInitLevel": epoch.level_mV,
            "fEpochLevelInc": epoch.level_step_mV,
            "lEpochInitDuration": epoch.duration,
            "lEpochDurationInc": epoch.duration_step,
            "lEpochPulsePeriod": epoch.period,
            "lEpochPulseWidth": epoch.width,
        }
        for output_number, output in enumerate(protocol.outputs)
        for number, epoch in enumerate(output.epochs)
    ]
