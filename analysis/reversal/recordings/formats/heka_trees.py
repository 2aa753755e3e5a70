"""The trees of a HEKA bundle: checked before myokit reads them, and the kind of every trace.

A tree is a signature, the number of levels and the bytes of a record at each level; then the records, each followed by
the number of its children. The kind of a trace is a set of bits in its record, which myokit does not read.
"""

from __future__ import annotations

import struct
from pathlib import Path

from reversal.recordings.files.file_content import Content
from reversal.recordings.recording.recording import RecordingRefused

DIRECTORY_OFFSET, DIRECTORY_ENTRY_BYTES, DIRECTORY_ENTRIES = 64, 16, 12
DIRECTORY_BYTES = DIRECTORY_ENTRIES * DIRECTORY_ENTRY_BYTES
PULSED = b".pul"
TREE_EXTENSIONS = (PULSED, b".pgf", b".amp")
BYTE_ORDER = {b"Tree": ">", b"eerT": "<"}  # by the first bytes of a tree
MIN_RECORD_BYTES, MAX_RECORD_BYTES, MAX_RECORDS, MAX_LEVELS = 16, 1 << 16, 100_000, 8
TRACE_LEVEL, KIND_OFFSET = 4, 64  # levels: root, group, series, sweep, trace
KIND_BITS = {1: "leak", 2: "virtual"}  # IsLeak, IsVirtual; the others are byte order, current, voltage, clipped

TracePlace = tuple[int, int, int, int]  # numbers of group, series, sweep and trace, from 0


def marked_traces(content: Content, path: Path) -> dict[TracePlace, str]:
    """Traces that are not a recorded current or voltage of the cell, with their kind.

    Raises RecordingRefused if a tree of the bundle has impossible sizes or counts.
    """
    found: dict[TracePlace, str] = {}
    directory = content[DIRECTORY_OFFSET : DIRECTORY_OFFSET + DIRECTORY_BYTES].ljust(DIRECTORY_BYTES, b"\0")
    for n in range(DIRECTORY_ENTRIES):
        start, size, extension = struct.unpack_from("<ii8s", directory, n * DIRECTORY_ENTRY_BYTES)
        extension = extension.rstrip(b"\0")
        if size == 0 or extension not in TREE_EXTENSIONS:
            continue
        order = BYTE_ORDER.get(content[start : start + 4] if start >= 0 else b"")
        if order is None:
            raise _damaged(path, f"no tree at byte {start}")
        records = _tree_records(content, start, order, path)
        if extension == PULSED:
            found |= _kinds(content, records, order)
    return found


def _kinds(content: Content, records: list[tuple[int, int]], order: str) -> dict[TracePlace, str]:
    """Marked traces among the records of the tree of recordings."""
    found: dict[TracePlace, str] = {}
    counts = [0] * MAX_LEVELS
    for level, start in records:
        counts[level] += 1
        counts[level + 1 :] = [0] * (MAX_LEVELS - level - 1)
        if level == TRACE_LEVEL and start + KIND_OFFSET + 2 <= len(content):
            (bits,) = struct.unpack(order + "H", content[start + KIND_OFFSET : start + KIND_OFFSET + 2])
            kind = next((name for bit, name in KIND_BITS.items() if bits >> bit & 1), None)
            if kind is not None:
                group, series, sweep, trace = (count - 1 for count in counts[1 : TRACE_LEVEL + 1])
                found[group, series, sweep, trace] = kind
    return found


def _tree_records(content: Content, start: int, order: str, path: Path) -> list[tuple[int, int]]:
    """Level and first byte of every record of a tree. Every record is followed by its number of children."""
    try:
        (levels,) = struct.unpack(order + "i", content[start + 4 : start + 8])
        if not 1 <= levels <= MAX_LEVELS:
            raise _damaged(path, f"{levels} levels")
        sizes = struct.unpack(f"{order}{levels}i", content[start + 8 : start + 8 + 4 * levels])
        if not all(MIN_RECORD_BYTES <= size <= MAX_RECORD_BYTES for size in sizes):
            raise _damaged(path, f"records of {sizes} bytes")
        offset, remaining = start + 8 + 4 * levels, [1]  # records that remain at each open level
        records: list[tuple[int, int]] = []
        while remaining:
            if remaining[-1] == 0:
                remaining.pop()
                continue
            remaining[-1] -= 1
            level = len(remaining) - 1
            records.append((level, offset))
            (children,) = struct.unpack(order + "i", content[offset + sizes[level] : offset + sizes[level] + 4])
            offset += sizes[level] + 4
            has_children = children and level + 1 == levels
            if not 0 <= children <= MAX_RECORDS or len(records) > MAX_RECORDS or has_children:
                raise _damaged(path, f"{children} records at byte {offset}")
            remaining.append(children)
    except struct.error:
        raise _damaged(path, "an incomplete tree") from None
    return records


def _damaged(path: Path, found: str) -> RecordingRefused:
    return RecordingRefused("the HEKA file is damaged", file=path, found=found, remedy="Copy it again from the rig")
