"""Reader of WinWCP files (".wcp"): header, sweeps with their marks, scaled samples.

The file starts with text, one ``NAME=value`` a line: the numbers of records (NR), of channels (NC), of bytes in this
header (NBH), and of blocks of 512 bytes with analysis (NBA) and data (NBD) in each record; name (YN), unit (YU), gain
(YG, volts per unit) and position in the data (YO) of each channel. Decimals can have a comma. Each record is a block of
analysis (status, type, group, start [s], sampling interval [s], range of each channel [V]) and a block of interleaved
16-bit samples. A sample is range / ADCMAX / gain times the integer.
A record with the status REJECTED, or of type LEAK (a sub-pulse for leak subtraction), is left out. TEST is the type of
an ordinary record. Tested on real files of version 9. Never tested: more than 8 channels, other versions.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.choices.channel_choice import channel_of, current_index, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.neo import read_segments
from reversal.recordings.formats.one_rate import refuse_other_rates
from reversal.recordings.recording.recording import Recording, RecordingRefused, Sweep
from reversal.recordings.recording.stored_samples import SampleSource, StoredSamples
from reversal.recordings.recording.units import OTHER, factor_to_pA_or_mV

START_BYTES = 1024
BLOCK_BYTES, MIN_HEADER_BYTES, MAX_RECORDS, MAX_CHANNELS = 512, 1024, 100_000, 128
STATUS, TYPE, NUMBERS = slice(0, 8), slice(8, 12), 12  # bytes of a block of analysis
MARKS = {b"REJECTED": "rejected", b"LEAK": "leak"}
MERIDIEM = re.compile(r"\s*\b([ap])\.?\s?m\.?$", re.IGNORECASE)  # PM, p.m., p. m.
TIME_FORMATS = (
    "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p", "%d-%m-%Y %I:%M:%S %p", "%Y-%m-%d %I:%M:%S %p",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WcpChannel:
    """A channel of the header. ``gain`` is in volts per unit, ``place`` the position in the interleaved samples."""

    name: str
    unit: str
    gain: float
    place: int


@dataclass(frozen=True, slots=True)
class WcpRecord:
    """A record: its mark or None, start and sampling interval [s], range of each channel [V], first byte of data."""

    mark: str | None
    start_s: float
    interval_s: float
    ranges_V: tuple[float, ...]
    data_start: int


@dataclass(frozen=True, slots=True)
class WcpHeader:
    """The header of a file. ``samples`` is the number of samples of a channel in a record."""

    facts: dict[str, str]
    channels: tuple[WcpChannel, ...]
    records: tuple[WcpRecord, ...]
    samples: int
    adc_max: float


def is_winwcp(content: Content) -> bool:
    """True if a file starts as a WinWCP header."""
    head = content[:START_BYTES]
    return head.startswith(b"VER=") and b"NR=" in head and b"NBH=" in head


def read_winwcp(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read a WinWCP file. Raises RecordingRefused and CommandUnknown."""
    header = _header(content, path)
    channels = tuple(channel_of(channel.name, channel.unit) for channel in header.channels)
    current, voltage = current_index(channels, options.channel, path), voltage_index(channels, None)
    marks = {n: record.mark for n, record in enumerate(header.records) if record.mark is not None}
    selection = select_sweeps(len(header.records), options.sweeps, path, marks)
    used = [header.records[number] for number in selection.numbers]
    refuse_other_rates([1.0 / record.interval_s for record in used], path)
    first_s = header.records[0].start_s
    sweeps = tuple(
        Sweep(
            record.start_s - first_s,
            _samples(content, header, record, current),
            None if voltage is None else _samples(content, header, record, voltage),
        )
        for record in used
    )
    rate_Hz = float(f"{1.0 / np.median([record.interval_s for record in used]):.6g}")  # single precision in the file
    voltage_channel = None if voltage is None else channels[voltage]
    command, warnings = chosen_command(sweeps, voltage_channel, rate_Hz, options, path, selection=selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="WinWCP",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channels[current],
        channels=channels,
        started=_start_time(header.facts.get("RTIME", "")),
        warnings=warnings,
        selection=selection,
    )


def difference_from_neo(path: Path, content: Content) -> float:
    """Largest difference from the samples that Neo reads, as a fraction of the largest value of the channel.

    Raises RecordingRefused if one of the two cannot read the file; Neo reads no clock of 12 hours.
    """
    segments = read_segments(path, content, "WinWCP", "WinWcpIO")
    header = _header(content, path)
    channels = [channel_of(channel.name, channel.unit) for channel in header.channels]
    used = [n for n, channel in enumerate(channels) if channel.role != OTHER]
    largest = 0.0
    for record, signals in zip(header.records, segments, strict=False):
        for n in used:
            ours = _samples(content, header, record, n)[:]
            other = signals[n].samples[:] * factor_to_pA_or_mV(signals[n].unit)
            size = min(ours.size, other.size)
            apart = np.max(np.abs(ours[:size] - other[:size])) / max(np.max(np.abs(other)), np.finfo(float).tiny)
            largest = max(largest, float(apart))
    return largest


def _header(content: Content, path: Path) -> WcpHeader:
    """The header, checked against the length of the file."""
    text = content[:START_BYTES].decode("latin-1").split("\0")[0]
    facts = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in text.splitlines())}
    try:
        records, channels, start = int(facts["NR"]), int(facts["NC"]), int(facts["NBH"])
        analysis, data = int(facts["NBA"]) * BLOCK_BYTES, int(facts["NBD"]) * BLOCK_BYTES
    except (KeyError, ValueError):
        raise RecordingRefused("the WinWCP header lacks its numbers of records and blocks", file=path) from None
    if records == 0:
        raise RecordingRefused("the WinWCP file has no records", file=path, remedy="Remove it from the recording sheet")
    counts_are_possible = 0 < records <= MAX_RECORDS and 0 < channels <= MAX_CHANNELS
    sizes_are_possible = start >= MIN_HEADER_BYTES and data > 0 and analysis > 0
    if not (counts_are_possible and sizes_are_possible) or start + records * (analysis + data) > len(content):
        raise RecordingRefused(
            "the file is shorter than its header states",
            file=path,
            found=f"{len(content)} bytes",
            expected=f"{records} records of {analysis + data} bytes after {start} bytes",
            remedy="The file is cut off or not yet copied completely: copy it again",
        )
    if NUMBERS + 4 * (3 + channels) > analysis:
        raise RecordingRefused("a WinWCP record has no room for the ranges of all channels", file=path, found=channels)
    places = range(start, start + records * (analysis + data), analysis + data)
    return WcpHeader(
        facts,
        _channels(facts, channels, path),
        tuple(_record(content, place, place + analysis, channels, path) for place in places),
        data // 2 // channels,
        _number(facts, "ADCMAX", path),
    )


def _channels(facts: dict[str, str], count: int, path: Path) -> tuple[WcpChannel, ...]:
    places = [facts.get(f"YO{n}", "") for n in range(count)]
    if sorted(places) != sorted(str(n) for n in range(count)):
        places = [str(n) for n in range(count)]
    return tuple(
        WcpChannel(facts.get(f"YN{n}", ""), facts.get(f"YU{n}", ""), _number(facts, f"YG{n}", path), int(places[n]))
        for n in range(count)
    )


def _record(content: Content, start: int, data_start: int, channels: int, path: Path) -> WcpRecord:
    block = content[start:data_start]
    status, kind = block[STATUS], block[TYPE]
    _, start_s, interval_s, *ranges = struct.unpack_from(f"<{3 + channels}f", block, NUMBERS)
    if not (np.isfinite(interval_s) and interval_s > 0 and np.isfinite(start_s)):
        raise RecordingRefused(
            "a record has an impossible start or sampling interval", file=path, found=f"{start_s:g} s, {interval_s:g} s"
        )
    return WcpRecord(MARKS.get(status) or MARKS.get(kind), start_s, interval_s, tuple(ranges), data_start)


def _samples(content: Content, header: WcpHeader, record: WcpRecord, channel: int) -> StoredSamples:
    """Samples of a channel of a record, shape (samples,) [pA or mV]."""
    used, count = header.channels[channel], len(header.channels)
    scale = record.ranges_V[channel] / header.adc_max / used.gain * factor_to_pA_or_mV(used.unit)

    def read(start: int, stop: int) -> SampleArray:
        stored = content[record.data_start + 2 * count * start : record.data_start + 2 * count * stop]
        return np.asarray(np.frombuffer(stored, "<i2")[used.place :: count] * scale)

    return StoredSamples(SampleSource(read, header.samples, np.dtype(np.float64)))


def _number(facts: dict[str, str], name: str, path: Path) -> float:
    """Number of the header that is not 0; a comma can be its decimal point."""
    try:
        value = float(facts.get(name, "").replace(",", "."))
    except ValueError:
        value = 0.0
    if not np.isfinite(value) or value == 0:
        raise RecordingRefused(
            f"the WinWCP header has no valid {name}", file=path, found=facts.get(name), expected="a number other than 0"
        )
    return value


def _start_time(text: str) -> str | None:
    """ISO 8601 time from a clock of 12 or 24 hours; None if it is neither, or if day and month are not clear.

    A clock of 24 hours has the day first. One of 12 hours can have the month first, as in the United States.
    """
    text = MERIDIEM.sub(lambda match: f" {match[1].upper()}M", re.sub(r"\s+", " ", text.strip()))
    found = {time for form in TIME_FORMATS if (time := _parsed(text, form)) is not None}
    return found.pop().isoformat(timespec="milliseconds") if len(found) == 1 else None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None
