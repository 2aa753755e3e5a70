"""Reader of CED Signal files (".cfs", CED Filing System).

The header (178 bytes) has the signature, its sizes, the numbers of channels, variables and sections, and the place of a
table with the place of each section. A channel has a name, units of its samples and of its
steps, a type of numbers, a kind (0 evenly spaced) and the bytes from a sample to the next. A section is a sweep; its
header has the place of its samples and for each channel offset, number, scale and offset of the samples, scale and
offset of the times. Text has its length before it. A section has no command: it is a recorded voltage, or declared.
Known from the source of the library that CED publishes; tested on files that this library wrote, and on files in the
same layout that were written for the tests. Never seen: a file of Signal with recordings of a cell; variables of the
program, such as its states and pulses, are not used. Refused: files that were not closed, matrix channels.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.choices.channel_choice import channel_of, current_index, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.column_titles import known_unit
from reversal.recordings.formats.one_rate import refuse_other_rates
from reversal.recordings.recording.recording import Channel, Recording, RecordingRefused, Sweep
from reversal.recordings.recording.stored_samples import SampleSource, StoredSamples
from reversal.recordings.recording.units import TIME_TO_S, factor_to_pA_or_mV

SIGNATURE = b"CEDFILE"
HEAD, HEAD_BYTES = struct.Struct("<hhhhhiHH"), 178
HEAD_AT, TABLE_AT, SIZE_AT = 42, 134, 22
CHANNEL = struct.Struct("<22s10s10sBBhh")
SECTION, SECTION_CHANNEL = struct.Struct("<iiiH16x"), struct.Struct("<ii4f")
TYPES = ("<i1", "<u1", "<i2", "<u2", "<i4", "<f4", "<f8")  # by number; 7 is text
EVENLY_SPACED, MAX_CHANNELS = 0, 100


@dataclass(frozen=True, slots=True)
class CfsChannel:
    """A channel of the header. ``dtype`` is None for text and for samples that are not evenly spaced."""

    channel: Channel
    step_unit: str
    dtype: str | None
    spacing: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Samples of a channel in one section, shape (samples,), and their rate."""

    samples: StoredSamples
    rate_Hz: float


def read_cfs(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read the sections of a CFS file as sweeps. Raises RecordingRefused and CommandUnknown."""
    channels, sections = _header(content, path)
    names = [one.channel for one in channels]
    current = current_index(names, options.channel, path)
    voltage = voltage_index(names, None)
    selection = select_sweeps(len(sections), options.sweeps, path)
    currents = [_trace(content, channels[current], current, sections[n], path) for n in selection.numbers]
    refuse_other_rates([trace.rate_Hz for trace in currents], path)
    voltages = None
    if voltage is not None:
        found = [_trace(content, channels[voltage], voltage, sections[n], path) for n in selection.numbers]
        if all(_is_beside(one, other) for one, other in zip(currents, found, strict=True)):
            voltages = [trace.samples for trace in found]
    rate_Hz = currents[0].rate_Hz
    sweeps = tuple(
        Sweep(number * trace.samples.size / rate_Hz, trace.samples, None if voltages is None else voltages[n])
        for n, (number, trace) in enumerate(zip(selection.numbers, currents, strict=True))
    )
    recorded = None if voltages is None or voltage is None else names[voltage]
    command, warnings = chosen_command(sweeps, recorded, rate_Hz, options, path, selection=selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="CED Signal",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=names[current],
        channels=tuple(names),
        warnings=(*warnings, "the start of sweeps is not read: they count as recorded one after another"),
        selection=selection,
    )


def _damaged(path: Path, what: str, found: object = None) -> RecordingRefused:
    return RecordingRefused(
        f"the CFS file {what}", file=path, found=found, remedy="The file is damaged or cut off: copy it again"
    )


def _is_beside(one: Trace, other: Trace) -> bool:
    return one.samples.size == other.samples.size and abs(one.rate_Hz / other.rate_Hz - 1) < 1e-6


def _header(content: Content, path: Path) -> tuple[list[CfsChannel], list[int]]:
    """Channels, and the place of the header of each section."""
    head = content[:HEAD_BYTES]
    if len(head) < HEAD_BYTES:
        raise _damaged(path, "ends within its header", f"{len(head)} bytes")
    count, _, _, _, _, _, sections, _ = HEAD.unpack_from(head, HEAD_AT)
    (size,), (table,) = (struct.unpack_from("<i", head, place) for place in (SIZE_AT, TABLE_AT))
    if not 0 < count <= MAX_CHANNELS:
        raise _damaged(path, "has an impossible number of channels", count)
    if table == 0:
        raise RecordingRefused(
            "the CFS file was not closed: it has no table of its sections",
            file=path,
            remedy="Open it in Signal and save it again",
        )
    if size > len(content) or not 0 < table <= len(content) - 4 * sections or sections == 0:
        raise _damaged(path, "is shorter than its header states, or has no sections", f"{len(content)} bytes")
    described = content[HEAD_BYTES : HEAD_BYTES + count * CHANNEL.size]
    if len(described) != count * CHANNEL.size:
        raise _damaged(path, "ends within its header", f"{len(content)} bytes")
    channels = [_channel(CHANNEL.unpack_from(described, n * CHANNEL.size)) for n in range(count)]
    return channels, np.frombuffer(content[table : table + 4 * sections], "<i4").tolist()


def _channel(fields: tuple[bytes, bytes, bytes, int, int, int, int]) -> CfsChannel:
    name, unit, step_unit, kind_of_number, kind, spacing, _ = fields
    is_read = kind == EVENLY_SPACED and kind_of_number < len(TYPES) and spacing > 0
    stated = _text(unit)
    channel = channel_of(_text(name), known_unit(stated) or stated)
    return CfsChannel(channel, _text(step_unit), TYPES[kind_of_number] if is_read else None, spacing)


def _text(field: bytes) -> str:
    """Text of a field; its first byte is the number of letters."""
    return field[1 : 1 + min(field[0], len(field) - 2)].split(b"\0")[0].decode("latin-1").strip()


def _trace(content: Content, channel: CfsChannel, n: int, place: int, path: Path) -> Trace:
    """Samples of the n-th channel in the section at a place of the file [pA or mV]."""
    if channel.dtype is None:
        raise _damaged(path, "has a channel that is not evenly spaced", channel.channel.name)
    head = content[place : place + SECTION.size + (n + 1) * SECTION_CHANNEL.size]
    if place < 0 or len(head) != SECTION.size + (n + 1) * SECTION_CHANNEL.size:
        raise _damaged(path, "has a section outside the file", place)
    _, start, size, _ = SECTION.unpack_from(head)
    offset, count, scale, zero, step, _ = SECTION_CHANNEL.unpack_from(head, SECTION.size + n * SECTION_CHANNEL.size)
    width = np.dtype(channel.dtype).itemsize
    stop = offset + (count - 1) * channel.spacing + width
    if count <= 0 or offset < 0 or start < 0 or stop > size or start + size > len(content):
        raise _damaged(path, "has samples outside their section", f"{count} samples at {offset}")
    unit_s = TIME_TO_S.get(known_unit(channel.step_unit) or channel.step_unit)
    if unit_s is None or not (np.isfinite(step) and step > 0):
        raise _damaged(path, "does not give the interval of its samples", f"{step:g} {channel.step_unit}")
    factor, dtype = factor_to_pA_or_mV(channel.channel.unit), np.dtype(channel.dtype)

    def read(first: int, last: int) -> FloatArray:
        place = start + offset + first * channel.spacing
        block = np.frombuffer(content[place : place + (last - first - 1) * channel.spacing + width], np.uint8)
        rows = np.lib.stride_tricks.as_strided(block, (last - first, width), (channel.spacing, 1), writeable=False)
        stored = np.ascontiguousarray(rows).view(dtype)[:, 0].astype(float)
        return np.asarray((stored * scale + zero) * factor)

    samples = StoredSamples(SampleSource(read, count, np.dtype(np.float64)))
    return Trace(samples, float(f"{1.0 / (step * unit_s):.7g}"))
