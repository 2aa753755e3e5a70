"""What an Axon Binary Format header says, in one shape for versions 1 and 2.

Fields keep the vendor's meaning (levels in the unit of the output, durations in samples per channel); their names are
ours. The layouts are in :mod:`axon1` and :mod:`axon2`, the command they describe in :mod:`axon_command`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reversal.recordings.recording import RecordingRefused, Tag

EPISODIC = 5  # nOperationMode: waveform fixed-length, one command waveform per sweep
GAP_FREE = 3
VARIABLE_LENGTH = 1
MODES = {1: "events, variable length", 2: "events, fixed length", 3: "gap free", 4: "high-speed scope", 5: "episodic"}

EPOCH_TABLE, STIMULUS_FILE = 1, 2  # nWaveformSource
CLAMP_MODES = {1: "current clamp", 2: "current clamp without current (I=0)"}  # nTelegraphMode; 0 is voltage clamp
MOST_CHANNELS, MOST_OUTPUTS, MOST_EPOCHS, MOST_SWEEPS = 64, 16, 64 * 16, 1_000_000


@dataclass(frozen=True, slots=True)
class AxonEpoch:
    """One column of an epoch table; increments are per sweep, period and width in samples per channel."""

    number: int
    kind: int
    level: float
    level_step: float
    duration: int
    duration_step: int
    period: int
    width: int


@dataclass(frozen=True, slots=True)
class UserList:
    """A list that replaces one parameter of the epoch table, sweep by sweep."""

    parameter: int
    values: str
    repeat: bool


@dataclass(frozen=True, slots=True)
class AxonOutput:
    """One analog output (DAC) and the command it was asked to give."""

    number: int
    name: str
    unit: str
    holding: float
    waveform_enabled: bool
    waveform_source: int
    stays_at_last_level: bool
    epochs: tuple[AxonEpoch, ...]
    user_list: UserList | None = None
    conditioning: bool = False
    post_train_ms: float = 0.0
    post_train_level: float = 0.0
    leak_subtraction: int = 0
    leak_pulses: int = 0
    stimulus_path: str = ""
    stimulus_scale: float = 1.0
    stimulus_offset: float = 0.0
    stimulus_sweep: int = 0
    stimulus_channel: int = 0
    input_name: str = ""


@dataclass(frozen=True, slots=True)
class AxonInput:
    """One sampled input (ADC). ``limit`` : largest value the digitiser can give, in ``unit``."""

    number: int
    name: str
    unit: str
    limit: float | None
    telegraphed: bool
    telegraph_mode: int
    telegraph_gain: float
    telegraph_filter_Hz: float
    telegraph_cm_pF: float
    telegraph_rs_MOhm: float


@dataclass(frozen=True, slots=True)
class AxonSweep:
    """First sample and number of samples of a sweep (all channels), and when it began [s]."""

    first: int
    count: int
    start_s: float


@dataclass(frozen=True, slots=True)
class AxonHeader:
    """An ABF header of either version.

    samples_per_sweep : samples per channel of a sweep as the protocol asked for
    episodes : sweeps by the header's own count, 0 where there is one stretch
    """

    version: tuple[int, int, int, int]
    mode: int
    experiment_type: int
    integers: bool
    data_start: int
    data_count: int
    sample_interval_us: float
    samples_per_sweep: int
    first_episode: int
    sweeps_per_run: int
    episodes: int
    start_to_start_s: float
    sweeps: tuple[AxonSweep, ...]
    inputs: tuple[AxonInput, ...]
    outputs: tuple[AxonOutput, ...]
    active_output: int
    alternating: bool
    has_protocol: bool
    averaged: bool
    tags: tuple[Tag, ...]
    started: str | None
    creator: str
    protocol_path: str
    comment: str

    @property
    def version_text(self) -> str:
        """Version as people write it."""
        return ".".join(str(part) for part in self.version)


class Fields:
    """Numbers and texts at known places of a file's bytes; a place outside them is a refusal, not a crash."""

    def __init__(self, content: bytes, file: Path) -> None:
        self.content = content
        self.file = file

    def many(self, form: str, place: int) -> tuple[Any, ...]:
        """Unpack little-endian values at a byte position."""
        size = struct.calcsize("<" + form)
        if place < 0 or place + size > len(self.content):
            raise RecordingRefused(
                "the header asks for bytes that the file does not have",
                file=self.file,
                place=f"byte {place}",
                found=f"{len(self.content)} bytes",
                remedy="It may be damaged or still being copied: copy it again",
            )
        return struct.unpack_from("<" + form, self.content, place)

    def one(self, form: str, place: int) -> Any:
        """Unpack one value."""
        return self.many(form, place)[0]

    def text(self, place: int, size: int) -> str:
        """Text of fixed width without its padding."""
        return clean(self.many(f"{size}s", place)[0].split(b"\0")[0])


def clean(raw: bytes) -> str:
    """Decode a text of a header: the micro and degree signs of Windows, no padding, no control characters."""
    text = raw.decode("cp1252", errors="replace").replace("µ", "u")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def counted(value: int, most: int, what: str, file: Path) -> int:
    """Hold a count of a header to what a real file can have, before anything is allocated or looped over."""
    if not 0 <= value <= most:
        raise RecordingRefused(
            f"the header's number of {what} is not possible",
            file=file,
            found=int(value),
            expected=f"0 to {most}",
            remedy="The file is damaged: copy it again from the rig",
        )
    return int(value)


def largest_value(volts: float, gain: float) -> float | None:
    """Largest value a converter of a range of ``volts`` gives behind a gain; None for a gain that cannot be."""
    return abs(volts / gain) if math.isfinite(gain) and gain != 0 and math.isfinite(volts) else None


def listed_sweeps(entries: Sequence[int], interval_us: float, unit_us: float, mode: int) -> tuple[AxonSweep, ...]:
    """Sweeps of a synchronisation table: starts and lengths in turn.

    interval_us : between samples of any channel
    unit_us : of the starts, and of the lengths of events; 0: both count samples
    """
    sweeps, first = [], 0
    for start, length in zip(entries[0::2], entries[1::2], strict=True):
        is_event = mode == VARIABLE_LENGTH and unit_us > 0 and interval_us > 0
        samples = max(round(length * unit_us / interval_us) if is_event else length, 0)
        sweeps.append(AxonSweep(first, samples, start * (unit_us or interval_us) * 1e-6))
        first += samples
    return tuple(sweeps)


def began(date: int, milliseconds: float) -> str | None:
    """ISO 8601 time from a date as YYYYMMDD and milliseconds of the day; None where it is no date of a recording."""
    import datetime

    try:
        day = datetime.datetime(date // 10000, date // 100 % 100, date % 100)
    except ValueError:
        return None
    if not 1980 <= day.year < 2100 or not 0 <= milliseconds < 2 * 86_400_000:
        return None
    return (day + datetime.timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")


def read_header(content: bytes, file: Path) -> AxonHeader:
    """Read the header of an ABF file of either version."""
    from reversal.recordings.axon.abf1 import read_version_1
    from reversal.recordings.axon.abf2 import read_version_2

    fields = Fields(content, file)
    header = read_version_2(fields) if content[:4] == b"ABF2" else read_version_1(fields)
    _must_be_whole(header, fields)
    return header


def _must_be_whole(header: AxonHeader, fields: Fields) -> None:
    if not 0.1 <= header.sample_interval_us <= 1e8:
        raise RecordingRefused(
            "the header's sampling interval is not possible",
            file=fields.file,
            found=header.sample_interval_us,
            expected="0.1 µs to 100 s",
        )
    if not header.inputs:
        raise RecordingRefused("the header names no recorded channel", file=fields.file)
    if not 0 <= header.episodes <= len(header.sweeps):
        raise RecordingRefused(
            "the header's number of sweeps does not fit its table of sweeps",
            file=fields.file,
            found=header.episodes,
            expected=f"at most {len(header.sweeps)}",
        )
    bytes_each = 2 if header.integers else 4
    ends = header.data_start + header.data_count * bytes_each
    if ends > len(fields.content):
        raise RecordingRefused(
            "the file is shorter than its header says",
            file=fields.file,
            found=f"{len(fields.content)} bytes",
            expected=f"{ends} bytes",
            remedy="It may still be being copied, or was cut off: wait, or copy it again",
        )
    if sum(sweep.count for sweep in header.sweeps) > header.data_count or not header.sweeps:
        raise RecordingRefused(
            "the table of sweeps does not fit the samples of the file",
            file=fields.file,
            found=f"{len(header.sweeps)} sweeps of {sum(s.count for s in header.sweeps)} samples",
            expected=f"{header.data_count} samples",
        )
