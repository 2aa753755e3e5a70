"""Writer of Axon Binary Format 1 files (version 1.84, as of pCLAMP 9), episodic stimulation, 16-bit samples.

The header has 6144 bytes, with every field at a fixed place. Samples, sweep starts and tags follow, each from a new
block of 512 bytes. Two analog outputs have an epoch table of ten epochs. Names are padded with blanks. Field names are
the vendor's.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from reversal.errors import DomainError
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
from reversal.simulate.stimulus_protocol import AbfOutput, AbfProtocol
from reversal.tables.whole_file import whole_file

HEADER_BYTES = 6144
VERSION = 1.84
INPUTS, OUTPUTS_WITH_TABLE, EPOCHS, LIST_BYTES = 16, 2, 10, 256


def write_abf1(
    path: Path,
    protocol: AbfProtocol,
    counts: Counts,
    amplifier: Amplifier,
    notes: FileNotes,
    other_inputs: Sequence[InputChannel] = (),
) -> None:
    """Write a recorded current and its protocol as an ABF1 file, whole or not at all.

    counts : samples of the current as the converter stores them, shape (sweeps, samples)
    other_inputs : channels recorded after the current

    Raises DomainError if the samples do not fit the protocol or the protocol does not fit the format.
    """
    with whole_file(path) as target:
        target.write_bytes(abf1_bytes(protocol, counts, amplifier, notes, other_inputs))


def abf1_bytes(
    protocol: AbfProtocol,
    counts: Counts,
    amplifier: Amplifier,
    notes: FileNotes,
    other_inputs: Sequence[InputChannel] = (),
) -> bytes:
    """Content of the file that :func:`write_abf1` writes."""
    samples = interleaved_samples(protocol, counts, other_inputs)
    outputs = protocol.outputs
    if len(outputs) > OUTPUTS_WITH_TABLE or max(len(output.epochs) for output in outputs) > EPOCHS:
        raise DomainError(
            "the protocol does not fit an ABF1 file",
            found=[len(output.epochs) for output in outputs],
            expected=f"at most {OUTPUTS_WITH_TABLE} outputs of at most {EPOCHS} epochs",
        )
    for listed in [output.user_list for output in outputs if output.user_list is not None]:
        if len(list_text(listed.values)) >= LIST_BYTES:
            raise DomainError("the user list does not fit an ABF1 file", expected=f"less than {LIST_BYTES} characters")
    sections = [
        samples.astype("<i2").tobytes(),
        b"".join(struct.pack("<ii", *start) for start in sweep_starts(protocol)),
        b"".join(tag_entries(notes)),
    ]
    header, body = _Header(), b""
    places = []
    for section in sections:
        places.append((HEADER_BYTES + len(body)) // BLOCK if section else 0)
        body += section + bytes(-len(section) % BLOCK)
    _write_file(header, protocol, notes, samples.size, places)
    _write_current(header, amplifier, notes)
    for number, channel in enumerate(other_inputs, start=1):
        _write_input(header, number, channel.name, channel.unit, channel.volts_per_unit)
    for number, output in enumerate(outputs):
        _write_output(header, number, output)
    return bytes(header.content) + body


class _Header:
    """Bytes of the header, filled field by field."""

    def __init__(self) -> None:
        self.content = bytearray(HEADER_BYTES)

    def put(self, place: int, kind: str, *values: object) -> None:
        """Write values at a byte; ``kind`` in the letters of :mod:`struct`."""
        struct.pack_into("<" + kind, self.content, place, *values)

    def text(self, place: int, length: int, text: str) -> None:
        """Write a text at a byte, padded with blanks or cut to ``length``."""
        self.put(place, f"{length}s", text.encode("cp1252").ljust(length)[:length])


def _write_file(header: _Header, protocol: AbfProtocol, notes: FileNotes, size: int, places: Sequence[int]) -> None:
    data, starts, tags = places
    seconds = notes.started.hour * 3600 + notes.started.minute * 60 + notes.started.second
    header.put(0, "4s", b"ABF ")
    header.put(4, "f", VERSION)  # fFileVersionNumber
    header.put(8, "hi", FIXED_LENGTH_EPISODES, size)  # nOperationMode, lActualAcqLength
    header.put(
        16, "iii", protocol.sweeps, int(notes.started.strftime("%Y%m%d")), seconds
    )  # lActualEpisodes, date, time
    header.put(32, "fh", VERSION, 1)  # fHeaderVersionNumber, nFileType
    header.put(40, "iii", data, tags, len(notes.tags))  # lDataSectionPtr, lTagSectionPtr, lNumTagEntries
    header.put(92, "ii", starts, protocol.sweeps)  # lSynchArrayPtr, lSynchArraySize
    # nADCNumChannels; fADCSampleInterval is the time between samples of any channel
    header.put(120, "hf", protocol.channels, 1e6 / protocol.sample_rate_Hz / protocol.channels)
    header.put(130, "f", SYNCH_UNIT_us)
    header.put(138, "iii", protocol.samples * protocol.channels, 16 * protocol.channels, protocol.sweeps)
    header.put(150, "ii", 1, 1)  # lRunsPerTrial, lNumberOfTrials
    header.put(178, "f", protocol.interval_s)  # fEpisodeStartToStart
    header.put(244, "ffii", RANGE_V, RANGE_V, COUNTS, COUNTS)  # ranges and resolutions of ADC and DAC
    header.text(294, 16, "Clampex")
    header.text(310, 56, notes.comment)
    header.put(366, "h", notes.started.microsecond // 1000)
    header.put(378, f"{INPUTS}h", *range(INPUTS))  # nADCPtoLChannelMap
    header.put(410, f"{INPUTS}h", *range(protocol.channels), *[-1] * (INPUTS - protocol.channels))  # nADCSamplingSeq
    header.text(4898, 256, f"C:\\protocols\\{protocol.name}.pro")
    header.text(5154, 128, notes.comment)


def _write_current(header: _Header, amplifier: Amplifier, notes: FileNotes) -> None:
    """Describe the first input and its telegraphs. ABF1 has no field for the access resistance."""
    _write_input(header, 0, "Im_primary", "pA", amplifier.mV_per_pA / 1000.0)
    header.put(4512, "h", 1)  # nTelegraphEnable
    header.put(4544, "h", INSTRUMENT_MULTICLAMP)
    header.put(4576, "f", 1.0)  # fTelegraphAdditGain
    header.put(4640, "f", amplifier.lowpass_Hz)
    header.put(4704, "f", notes.cm_pF)


def _write_input(header: _Header, number: int, name: str, unit: str, volts_per_unit: float) -> None:
    header.text(442 + 10 * number, 10, name)
    header.text(602 + 8 * number, 8, unit)
    header.put(730 + 4 * number, "f", 1.0)  # fADCProgrammableGain
    header.put(922 + 4 * number, "f", volts_per_unit)  # fInstrumentScaleFactor
    header.put(1050 + 4 * number, "f", 1.0)  # fSignalGain


def _write_output(header: _Header, number: int, output: AbfOutput) -> None:
    header.text(1306 + 10 * number, 10, output.name)
    header.text(1346 + 8 * number, 8, output.unit)
    header.put(1378 + 4 * number, "f", output.mV_per_V)  # fDACScaleFactor
    header.put(1394 + 4 * number, "f", output.holding_mV)
    header.put(2074 + 4 * number, "f", 1.0)  # fDACCalibrationFactor
    header.put(2296 + 2 * number, "h", output.waveform)  # nWaveformEnable
    header.put(2300 + 2 * number, "h", EPOCH_TABLE)  # nWaveformSource
    header.put(2304 + 2 * number, "h", output.last_level_between)  # nInterEpisodeLevel
    header.put(2708 + 4 * number, "f", 1.0)  # fDACFileScale
    for column, epoch in enumerate(output.epochs):
        place = number * EPOCHS + column
        header.put(2136 + 4 * place, "i", epoch.period)
        header.put(2216 + 4 * place, "i", epoch.width)
        header.put(2308 + 2 * place, "h", int(epoch.kind))
        header.put(2348 + 4 * place, "f", epoch.level_mV)
        header.put(2428 + 4 * place, "f", epoch.level_step_mV)
        header.put(2508 + 4 * place, "i", epoch.duration)
        header.put(2588 + 4 * place, "i", epoch.duration_step)
    if output.user_list is not None:
        code = FIRST_EPOCH_PARAMETER + int(output.user_list.target) * EPOCHS + output.user_list.epoch
        header.put(3360 + 2 * number, "h", 1)  # nULEnable
        header.put(3368 + 2 * number, "h", code)
        header.put(3376 + LIST_BYTES * number, f"{LIST_BYTES}s", list_text(output.user_list.values).encode("ascii"))
        header.put(4400 + 2 * number, "h", output.user_list.repeats)
