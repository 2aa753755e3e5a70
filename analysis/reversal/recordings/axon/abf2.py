"""The header of ABF version 2: Clampex 10 and 11.

A directory of sections, little-endian, from byte 76: for each section its first block (of 512 bytes), the size of an
entry and the number of entries, 16 bytes in all. Entries with fixed fields describe the protocol, the inputs, the
outputs, the epochs of each output, user lists, sweeps (start and length) and tags. The samples are 16-bit integers or
32-bit floats, channels interleaved.
All texts are in one section, after 44 bytes of its own, separated by zero bytes. Other entries refer to a text by its
number from 1; 0 means no text.
Tested on real files of versions 2.0, 2.3, 2.5, 2.6 and 2.9.
Never tested: compressed samples (refused), waveforms on more than four outputs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from reversal.recordings.axon.header import AxonEpoch, AxonHeader, AxonInput, AxonOutput, AxonSweep, UserList
from reversal.recordings.axon.header_fields import (
    BLOCK_BYTES,
    MAX_CHANNELS,
    MAX_EPOCHS,
    MAX_OUTPUTS,
    MAX_SWEEPS,
    MAX_TAGS,
    HeaderFields,
    checked_count,
    clean_text,
    input_limit,
    start_time,
    sweeps_of_table,
)
from reversal.recordings.recording.recording import RecordingRefused, Tag

DIRECTORY_OFFSET, DIRECTORY_ENTRY_BYTES = 76, 16
SECTIONS = (
    "protocol", "input", "output", "epoch", "input_per_output", "epoch_per_output", "user_list", "statistics_region",
    "math", "strings", "data", "tag", "scope", "delta", "voice_tag", "sweep", "annotation", "statistics",
)  # fmt: skip
TEXT_SIGNATURE, TEXT_HEADER_BYTES = b"SSCH", 44
MAX_SAMPLES, MAX_TEXTS, MAX_TEXT_BYTES, MAX_ENTRY_BYTES = 1 << 40, 10_000, 1 << 20, 1 << 16
MAX_ENTRIES = defaultdict(lambda: MAX_TEXTS, sweep=MAX_SWEEPS, tag=MAX_TAGS)


@dataclass(frozen=True, slots=True)
class HeaderSection:
    """Byte offset of a section, size of its entries [bytes], and their number."""

    offset: int
    size: int
    count: int

    def entries(self) -> range:
        """Byte position of each entry."""
        return range(self.offset, self.offset + self.size * self.count, self.size) if self.size else range(0)


def read_version_2(fields: HeaderFields) -> AxonHeader:
    """Header of a version 2 file. Raises RecordingRefused."""
    sections = {name: _section(fields, n) for n, name in enumerate(SECTIONS)}
    texts = _texts(fields, sections["strings"])
    _bounded(sections["epoch"], MAX_EPOCHS, "epochs", fields)
    protocol = sections["protocol"].offset
    if protocol <= 0:
        raise RecordingRefused("the header has no protocol section", file=fields.file)
    if fields.one("b", protocol + 6) != 0:
        raise RecordingRefused(
            "the samples are compressed",
            file=fields.file,
            expected="uncompressed samples",
            remedy="Save the file uncompressed in the acquisition software",
        )
    inputs = _inputs(fields, sections["input"], protocol, texts)
    channels = max(len(inputs), 1)
    interval, unit_us = fields.one("f", protocol + 2), fields.one("f", protocol + 14)
    mode = fields.one("h", protocol)
    data = sections["data"]
    build, fix, minor, major = fields.many("4B", 4)
    return AxonHeader(
        version=(major, minor, fix, build),
        mode=mode,
        integers=fields.one("H", 30) == 0,
        data_start=data.offset,
        data_count=checked_count(data.count, MAX_SAMPLES, "samples", fields.file),
        sample_interval_us=interval,
        samples_per_sweep=fields.one("i", protocol + 22) // channels,
        episodes=fields.one("I", 12),
        first_episode=fields.one("h", protocol + 46),
        sweeps_per_run=fields.one("i", protocol + 30),
        start_to_start_s=fields.one("f", protocol + 62),
        sweeps=_sweeps(fields, sections, mode, interval / channels, unit_us),
        inputs=inputs,
        outputs=_outputs(fields, sections, texts),
        active_output=fields.one("h", protocol + 142),
        alternating=fields.one("h", protocol + 182) != 0,
        has_protocol=True,
        averaged=fields.one("h", protocol + 42) != 0 and fields.one("i", protocol + 70) > 1,
        tags=_tags(fields, sections["tag"], unit_us or interval / channels),
        started=start_time(fields.one("I", 16), fields.one("I", 20)),
        creator=_text(texts, fields.one("I", 60)),
        protocol_path=_text(texts, fields.one("I", 72)),
        comment=_text(texts, fields.one("i", protocol + 132)),
    )


def _tags(fields: HeaderFields, section: HeaderSection, unit_us: float) -> tuple[Tag, ...]:
    offsets = _bounded(section, MAX_TAGS, "tags", fields).entries()
    return tuple(Tag(fields.one("i", at) * unit_us * 1e-6, fields.text(at + 4, 56)) for at in offsets)


def _section(fields: HeaderFields, n: int) -> HeaderSection:
    block, size, count = fields.many("IIq", DIRECTORY_OFFSET + DIRECTORY_ENTRY_BYTES * n)
    if SECTIONS[n] != "data":  # checked even for a missing section, because pyABF allocates by the count
        checked_count(count, MAX_ENTRIES[SECTIONS[n]], f"entries of section {SECTIONS[n]}", fields.file)
    return HeaderSection(block * BLOCK_BYTES, size, count if block else 0)


def _bounded(section: HeaderSection, maximum: int, what: str, fields: HeaderFields) -> HeaderSection:
    """Return a section if its number and size of entries are possible."""
    checked_count(section.count, maximum, what, fields.file)
    checked_count(section.size, MAX_ENTRY_BYTES, f"bytes per entry of {what}", fields.file)
    return section


def _texts(fields: HeaderFields, section: HeaderSection) -> list[str]:
    checked_count(section.count, MAX_TEXTS, "texts", fields.file)
    length = checked_count(section.size, MAX_TEXT_BYTES, "bytes of text", fields.file)
    block = fields.many(f"{length}s", section.offset)[0]
    if block[:4] != TEXT_SIGNATURE or len(block) <= TEXT_HEADER_BYTES:
        raise RecordingRefused(
            "the section of texts in the header is damaged",
            file=fields.file,
            found=block[:4],
            expected=repr(TEXT_SIGNATURE),
        )
    return ["", *(clean_text(text) for text in block[TEXT_HEADER_BYTES:].split(b"\0"))]


def _text(texts: list[str], number: int) -> str:
    return texts[number] if 0 <= number < len(texts) else ""


def _inputs(fields: HeaderFields, section: HeaderSection, protocol: int, texts: list[str]) -> tuple[AxonInput, ...]:
    range_V = fields.one("f", protocol + 110)
    offsets = _bounded(section, MAX_CHANNELS, "channels", fields).entries()
    return tuple(_input(fields, offset, range_V, texts) for offset in offsets)


def _input(fields: HeaderFields, offset: int, range_V: float, texts: list[str]) -> AxonInput:
    telegraphed = fields.one("h", offset + 2) == 1
    gain = fields.one("f", offset + 40) * fields.one("f", offset + 48) * fields.one("f", offset + 28)
    if telegraphed:
        gain *= fields.one("f", offset + 6)
    return AxonInput(
        number=fields.one("h", offset),
        name=_text(texts, fields.one("i", offset + 74)),
        unit=_text(texts, fields.one("i", offset + 78)),
        limit=input_limit(range_V, gain),
        telegraphed=telegraphed,
        telegraph_mode=fields.one("h", offset + 18),
        telegraph_gain=fields.one("f", offset + 6),
        telegraph_filter_Hz=fields.one("f", offset + 10),
        telegraph_cm_pF=fields.one("f", offset + 14),
        telegraph_rs_MOhm=fields.one("f", offset + 20),
    )


def _outputs(fields: HeaderFields, sections: dict[str, HeaderSection], texts: list[str]) -> tuple[AxonOutput, ...]:
    epochs: dict[int, list[AxonEpoch]] = {}
    for offset in _bounded(sections["epoch_per_output"], MAX_EPOCHS, "epochs", fields).entries():
        number, output, kind, level, level_step, duration, duration_step, period, width = fields.many(
            "hhhffiiii", offset
        )
        epochs.setdefault(output, []).append(
            AxonEpoch(number, kind, level, level_step, duration, duration_step, period, width)
        )
    lists = {}
    for offset in _bounded(sections["user_list"], MAX_OUTPUTS, "user lists", fields).entries():
        output, _, parameter, repeat = fields.many("hhhh", offset)
        lists[output] = UserList(parameter, _text(texts, fields.one("i", offset + 8)), repeat != 0)
    found = []
    for offset in _bounded(sections["output"], MAX_OUTPUTS, "outputs", fields).entries():
        number = fields.one("h", offset)
        ordered = tuple(sorted(epochs.get(number, ()), key=lambda epoch: epoch.number))
        found.append(_output(fields, offset, ordered, lists.get(number), texts))
    return tuple(found)


def _output(
    fields: HeaderFields, offset: int, epochs: tuple[AxonEpoch, ...], user_list: UserList | None, texts: list[str]
) -> AxonOutput:
    return AxonOutput(
        number=fields.one("h", offset),
        name=_text(texts, fields.one("i", offset + 24)),
        unit=_text(texts, fields.one("i", offset + 28)),
        holding=fields.one("f", offset + 12),
        waveform_enabled=fields.one("h", offset + 40) != 0,
        waveform_source=fields.one("h", offset + 42),
        stays_at_last_level=fields.one("h", offset + 44) != 0,
        epochs=epochs,
        user_list=user_list,
        conditioning=fields.one("h", offset + 60) != 0,
        post_train_ms=fields.one("f", offset + 82),
        post_train_level=fields.one("f", offset + 86),
        leak_subtraction=fields.one("h", offset + 92),
        leak_pulses=fields.one("h", offset + 104),
        stimulus_path=_text(texts, fields.one("i", offset + 118)),
        stimulus_scale=fields.one("f", offset + 46),
        stimulus_offset=fields.one("f", offset + 50),
        stimulus_sweep=fields.one("i", offset + 54),
        stimulus_channel=fields.one("h", offset + 58),
    )


def _sweeps(
    fields: HeaderFields, sections: dict[str, HeaderSection], mode: int, interval_us: float, unit_us: float
) -> tuple[AxonSweep, ...]:
    """Sweeps of the synchronisation section; without it (gap-free mode) the whole file is one sweep."""
    section = _bounded(sections["sweep"], MAX_SWEEPS, "sweeps", fields)
    if not section.count:
        return (AxonSweep(0, max(sections["data"].count, 0), 0.0),)
    return sweeps_of_table(fields.many(f"{2 * section.count}i", section.offset), interval_us, unit_us, mode)
