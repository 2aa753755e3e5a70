"""Values decoded from the bytes of an ABF header, checked before anything is allocated."""

from __future__ import annotations

import datetime
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reversal.recordings.axon.header import VARIABLE_LENGTH, AxonSweep
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.recording.recording import RecordingRefused

BLOCK_BYTES = 512  # the sections of both versions start on blocks
MAX_CHANNELS, MAX_OUTPUTS, MAX_EPOCHS, MAX_SWEEPS, MAX_TAGS = 64, 16, 64 * 16, 1_000_000, 100_000
FIRST_YEAR, LAST_YEAR = 1980, 2099
DAY_MS = 86_400_000


class HeaderFields:
    """Numbers and texts at given byte offsets. An offset outside the file raises RecordingRefused."""

    def __init__(self, content: bytes | FileContent, file: Path) -> None:
        self.content = content
        self.file = file

    def many(self, form: str, offset: int) -> tuple[Any, ...]:
        """Little-endian values at a byte offset; ``form`` is a :mod:`struct` format."""
        size = struct.calcsize("<" + form)
        if offset < 0 or offset + size > len(self.content):
            raise RecordingRefused(
                "the header refers to bytes outside the file",
                file=self.file,
                place=f"byte {offset}",
                found=f"{len(self.content)} bytes",
                remedy="The file is damaged or not yet copied completely: copy it again",
            )
        return struct.unpack("<" + form, self.content[offset : offset + size])

    def one(self, form: str, offset: int) -> Any:
        """One little-endian value at a byte offset."""
        return self.many(form, offset)[0]

    def text(self, offset: int, size: int) -> str:
        """Text of fixed width, without padding."""
        return clean_text(self.many(f"{size}s", offset)[0].split(b"\0")[0])


def clean_text(raw: bytes) -> str:
    """Decode a text in the Windows code page, without padding and control characters, with u for micro."""
    text = raw.decode("cp1252", errors="replace").replace("µ", "u")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def checked_count(value: int, maximum: int, what: str, file: Path) -> int:
    """Return a count if a real file can have it. Raises RecordingRefused otherwise."""
    if not 0 <= value <= maximum:
        raise RecordingRefused(
            f"the header gives an impossible number of {what}",
            file=file,
            found=int(value),
            expected=f"0 to {maximum}",
            remedy="The file is damaged: copy it again from the rig",
        )
    return int(value)


def input_limit(range_V: float, volts_per_unit: float) -> float | None:
    """Largest value that a converter of a voltage range can record; None for an invalid gain."""
    is_valid = math.isfinite(volts_per_unit) and volts_per_unit != 0 and math.isfinite(range_V)
    return abs(range_V / volts_per_unit) if is_valid else None


def sweeps_of_table(entries: Sequence[int], interval_us: float, unit_us: float, mode: int) -> tuple[AxonSweep, ...]:
    """Sweeps of a synchronisation table.

    entries : start and length of each sweep in turn
    interval_us : time between samples of any channel [µs]
    unit_us : unit of the starts and, for events, of the lengths [µs]; 0 if both count samples
    """
    sweeps, first = [], 0
    for start, length in zip(entries[0::2], entries[1::2], strict=True):
        is_event = mode == VARIABLE_LENGTH and unit_us > 0 and interval_us > 0
        samples = max(round(length * unit_us / interval_us) if is_event else length, 0)
        sweeps.append(AxonSweep(first, samples, start * (unit_us or interval_us) * 1e-6))
        first += samples
    return tuple(sweeps)


def start_time(date: int, milliseconds: float) -> str | None:
    """ISO 8601 time from a date as YYYYMMDD and the milliseconds of the day; None if the date is impossible."""
    try:
        day = datetime.datetime(date // 10000, date // 100 % 100, date % 100)
    except ValueError:
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR or not 0 <= milliseconds < 2 * DAY_MS:
        return None
    return (day + datetime.timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")
