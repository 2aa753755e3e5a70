"""ABF version 2 (Clampex 10 and 11): a directory of sections, each with its block, entry size and number of entries.

Little-endian, blocks of 512 bytes; the directory begins at byte 76, 16 bytes a section. Texts are kept in one section
(after 44 bytes of its own) and named by their number, counted from 1; 0 is no text.
Seen: 2.0, 2.3, 2.5, 2.6, 2.9. Never seen: compressed files, waveforms on more than four outputs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from reversal.recordings.axon.header import (
    MOST_CHANNELS,
    MOST_EPOCHS,
    MOST_OUTPUTS,
    MOST_SWEEPS,
    AxonEpoch,
    AxonHeader,
    AxonInput,
    AxonOutput,
    AxonSweep,
    Fields,
    UserList,
    began,
    clean,
    counted,
    largest_value,
    listed_sweeps,
)
from reversal.recordings.recording import RecordingRefused, Tag

BLOCK = 512
SECTIONS = (
    "protocol", "input", "output", "epoch", "input_per_output", "epoch_per_output", "user_list", "statistics_region",
    "math", "strings", "data", "tag", "scope", "delta", "voice_tag", "sweep", "annotation", "statistics",
)  # fmt: skip
TEXT_HEADER = 44
MOST_TEXTS = 10_000
MOST_ENTRIES = defaultdict(lambda: MOST_TEXTS, sweep=MOST_SWEEPS, tag=100_000)


@dataclass(frozen=True, slots=True)
class Section:
    """Where a section begins [bytes], how large an entry is, and how many there are."""

    place: int
    size: int
    count: int

    def entries(self) -> range:
        """Byte position of each entry."""
        return range(self.place, self.place + self.size * self.count, self.size) if self.size else range(0)


def read_version_2(fields: Fields) -> AxonHeader:
    """Read a version 2 header."""
    sections = {name: _section(fields, n) for n, name in enumerate(SECTIONS)}
    texts = _texts(fields, sections["strings"])
    _bounded(sections["epoch"], MOST_EPOCHS, "epochs", fields)
    protocol = sections["protocol"].place
    if protocol <= 0:
        raise RecordingRefused("the header has no protocol section", file=fields.file)
    if fields.one("b", protocol + 6) != 0:
        raise RecordingRefused("the samples are compressed", file=fields.file, expected="a file that is not")
    inputs = _inputs(fields, sections["input"], protocol, texts)
    channels = max(len(inputs), 1)
    interval, unit_us = fields.one("f", protocol + 2), fields.one("f", protocol + 14)
    mode = fields.one("h", protocol)
    data = sections["data"]
    build, fix, minor, major = fields.many("4B", 4)
    tick_us = unit_us or interval / channels
    return AxonHeader(
        version=(major, minor, fix, build),
        mode=mode,
        experiment_type=fields.one("h", protocol + 126),
        integers=fields.one("H", 30) == 0,
        data_start=data.place,
        data_count=counted(data.count, 1 << 40, "samples", fields.file),
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
        tags=tuple(
            Tag(fields.one("i", place) * tick_us * 1e-6, fields.text(place + 4, 56))
            for place in _bounded(sections["tag"], 100_000, "tags", fields).entries()
        ),
        started=began(fields.one("I", 16), fields.one("I", 20)),
        creator=_text(texts, fields.one("I", 60)),
        protocol_path=_text(texts, fields.one("I", 72)),
        comment=_text(texts, fields.one("i", protocol + 132)),
    )


def _section(fields: Fields, n: int) -> Section:
    block, size, count = fields.many("IIq", 76 + 16 * n)
    if SECTIONS[n] != "data":  # also where the section is not there: pyABF allocates by the count all the same
        counted(count, MOST_ENTRIES[SECTIONS[n]], f"entries of section {SECTIONS[n]}", fields.file)
    return Section(block * BLOCK, size, count if block else 0)


def _bounded(section: Section, most: int, what: str, fields: Fields) -> Section:
    counted(section.count, most, what, fields.file)
    counted(section.size, 1 << 16, f"bytes per entry of {what}", fields.file)
    return section


def _texts(fields: Fields, section: Section) -> list[str]:
    counted(section.count, MOST_TEXTS, "texts", fields.file)
    length = counted(section.size, 1 << 20, "bytes of text", fields.file)
    block = fields.many(f"{length}s", section.place)[0]
    if block[:4] != b"SSCH" or len(block) <= TEXT_HEADER:
        raise RecordingRefused("the header's texts are not where they should be", file=fields.file, found=block[:4])
    return ["", *(clean(text) for text in block[TEXT_HEADER:].split(b"\0"))]


def _text(texts: list[str], number: int) -> str:
    return texts[number] if 0 <= number < len(texts) else ""


def _inputs(fields: Fields, section: Section, protocol: int, texts: list[str]) -> tuple[AxonInput, ...]:
    volts = fields.one("f", protocol + 110)
    places = _bounded(section, MOST_CHANNELS, "channels", fields).entries()
    return tuple(_input(fields, place, volts, texts) for place in places)


def _input(fields: Fields, place: int, volts: float, texts: list[str]) -> AxonInput:
    telegraphed = fields.one("h", place + 2) == 1
    gain = fields.one("f", place + 40) * fields.one("f", place + 48) * fields.one("f", place + 28)
    if telegraphed:
        gain *= fields.one("f", place + 6)
    return AxonInput(
        number=fields.one("h", place),
        name=_text(texts, fields.one("i", place + 74)),
        unit=_text(texts, fields.one("i", place + 78)),
        limit=largest_value(volts, gain),
        telegraphed=telegraphed,
        telegraph_mode=fields.one("h", place + 18),
        telegraph_gain=fields.one("f", place + 6),
        telegraph_filter_Hz=fields.one("f", place + 10),
        telegraph_cm_pF=fields.one("f", place + 14),
        telegraph_rs_MOhm=fields.one("f", place + 20),
    )


def _outputs(fields: Fields, sections: dict[str, Section], texts: list[str]) -> tuple[AxonOutput, ...]:
    epochs: dict[int, list[AxonEpoch]] = {}
    for place in _bounded(sections["epoch_per_output"], MOST_EPOCHS, "epochs", fields).entries():
        number, output, kind, level, step, duration, longer, period, width = fields.many("hhhffiiii", place)
        epochs.setdefault(output, []).append(AxonEpoch(number, kind, level, step, duration, longer, period, width))
    lists = {}
    for place in _bounded(sections["user_list"], MOST_OUTPUTS, "user lists", fields).entries():
        output, _, parameter, repeat = fields.many("hhhh", place)
        lists[output] = UserList(parameter, _text(texts, fields.one("i", place + 8)), repeat != 0)
    found = []
    for place in _bounded(sections["output"], MOST_OUTPUTS, "outputs", fields).entries():
        number = fields.one("h", place)
        ordered = tuple(sorted(epochs.get(number, ()), key=lambda epoch: epoch.number))
        found.append(_output(fields, place, ordered, lists.get(number), texts))
    return tuple(found)


def _output(
    fields: Fields, place: int, epochs: tuple[AxonEpoch, ...], user_list: UserList | None, texts: list[str]
) -> AxonOutput:
    return AxonOutput(
        number=fields.one("h", place),
        name=_text(texts, fields.one("i", place + 24)),
        unit=_text(texts, fields.one("i", place + 28)),
        holding=fields.one("f", place + 12),
        waveform_enabled=fields.one("h", place + 40) != 0,
        waveform_source=fields.one("h", place + 42),
        stays_at_last_level=fields.one("h", place + 44) != 0,
        epochs=epochs,
        user_list=user_list,
        conditioning=fields.one("h", place + 60) != 0,
        post_train_ms=fields.one("f", place + 82),
        post_train_level=fields.one("f", place + 86),
        leak_subtraction=fields.one("h", place + 92),
        leak_pulses=fields.one("h", place + 104),
        stimulus_path=_text(texts, fields.one("i", place + 118)),
        stimulus_scale=fields.one("f", place + 46),
        stimulus_offset=fields.one("f", place + 50),
        stimulus_sweep=fields.one("i", place + 54),
        stimulus_channel=fields.one("h", place + 58),
    )


def _sweeps(
    fields: Fields, sections: dict[str, Section], mode: int, interval_us: float, unit_us: float
) -> tuple[AxonSweep, ...]:
    """Sweeps of the synchronisation section; without one (gap free) the whole file is one."""
    section = _bounded(sections["sweep"], MOST_SWEEPS, "sweeps", fields)
    if not section.count:
        return (AxonSweep(0, max(sections["data"].count, 0), 0.0),)
    return listed_sweeps(fields.many(f"{2 * section.count}i", section.place), interval_us, unit_us, mode)
