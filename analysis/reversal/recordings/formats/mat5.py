"""Arrays of numbers in a MATLAB 5 file ("-v7" and older).

128 bytes of text end with the byte order ("IM" for little-endian). Then follow elements: type, size, content, padded to
8 bytes; up to 4 bytes of content can stand in the tag. Type 14 is an array: its flags with the class, its dimensions,
its name, its numbers, which can be stored in a smaller type than that of the class. Type 15 is an array compressed with
zlib. Arrays are stored column by column.
scipy is not used, because it ends the whole process on some damaged files. Tested on real files, and on files that
scipy wrote for the tests. Not numbers, and refused: cells, structures, text, sparse and complex arrays.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.recordings.recording.recording import RecordingRefused

HEADER_BYTES, ORDER_AT, TAG_BYTES, ALIGNED = 128, 126, 8, 8
MATRIX, COMPRESSED = 14, 15
NUMBER_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
NUMBER_CLASSES = range(6, 16)  # double, single, and the integers
CLASS_BITS, COMPLEX_BIT = 0xFF, 0x0800
MAX_DIMENSIONS, MAX_NAME_BYTES, MAX_HEADER_BYTES, MAX_VARIABLES = 32, 4096, 1 << 16, 10_000
REMEDY = "The file may be damaged: save or copy it again"


@dataclass(frozen=True, slots=True)
class MatVariable:
    """A variable: its name, shape, whether it is an array of real numbers, and where its element is."""

    name: str
    shape: tuple[int, ...]
    is_numbers: bool
    start: int
    size: int
    is_compressed: bool

    @property
    def bytes_as_double(self) -> float:
        """Size of the array in double precision [bytes]."""
        return 8 * float(np.prod([float(n) for n in self.shape]))


def mat_variables(content: bytes, path: Path) -> list[MatVariable]:
    """All variables of a file, in order. Raises RecordingRefused for a damaged file."""
    order = "<" if content[ORDER_AT : ORDER_AT + 2] == b"IM" else ">"
    found: list[MatVariable] = []
    start = HEADER_BYTES
    while start + TAG_BYTES <= len(content):
        kind, size = struct.unpack_from(f"{order}II", content, start)
        start += TAG_BYTES
        if kind == 0 or len(found) >= MAX_VARIABLES:  # no element has this type: the rest was never written
            break
        if size > len(content) - start:
            raise _damaged(path, f"an element of {size} bytes at byte {start}")
        if kind in (MATRIX, COMPRESSED):
            found.append(_variable(content, start, size, order, kind == COMPRESSED, path))
        start += size if kind == COMPRESSED else -(-size // ALIGNED) * ALIGNED
    return found


def mat_array(content: bytes, variable: MatVariable, max_bytes: int, path: Path) -> NDArray[Any]:
    """Numbers of a variable in its shape. Raises RecordingRefused if it has no real numbers, or is damaged."""
    if not variable.is_numbers:
        raise RecordingRefused("the array does not contain real numbers", file=path, place=variable.name)
    order = "<" if content[ORDER_AT : ORDER_AT + 2] == b"IM" else ">"
    matrix = _matrix(content, variable.start, variable.size, order, variable.is_compressed, max_bytes, path)
    parts = list(_parts(matrix, order, path))
    if len(parts) < 4 or parts[3][0] not in NUMBER_TYPES:
        raise _damaged(path, f"an array without numbers: {variable.name}")
    numbers = np.frombuffer(parts[3][1], dtype=f"{order}{NUMBER_TYPES[parts[3][0]]}")
    if numbers.size != int(np.prod(variable.shape, dtype=object)):
        raise _damaged(path, f"{numbers.size} numbers in an array of shape {variable.shape}")
    return numbers.reshape(variable.shape, order="F")


def _variable(content: bytes, start: int, size: int, order: str, is_compressed: bool, path: Path) -> MatVariable:
    head = _matrix(content, start, size, order, is_compressed, MAX_HEADER_BYTES, path, only_start=True)
    parts = _parts(head, order, path)
    try:
        (_, flags), (_, dimensions), (_, name) = next(parts), next(parts), next(parts)
        bits = struct.unpack_from(f"{order}I", flags)[0]
        count = len(dimensions) // 4
        shape = struct.unpack(f"{order}{count}i", dimensions[: 4 * count])
    except (StopIteration, struct.error):
        raise _damaged(path, f"an incomplete array at byte {start}") from None
    if not 1 <= len(shape) <= MAX_DIMENSIONS or min(shape) < 0 or len(name) > MAX_NAME_BYTES:
        raise _damaged(path, f"an array of shape {shape[:MAX_DIMENSIONS]}")
    is_numbers = bits & CLASS_BITS in NUMBER_CLASSES and not bits & COMPLEX_BIT
    text = name.split(b"\0")[0].decode("latin-1")
    return MatVariable(text, tuple(shape), is_numbers, start, size, is_compressed)


def _matrix(
    content: bytes,
    start: int,
    size: int,
    order: str,
    is_compressed: bool,
    max_bytes: int,
    path: Path,
    *,
    only_start: bool = False,
) -> bytes:
    """Content of an array element, or its first bytes."""
    if not is_compressed:
        return content[start : start + (min(size, max_bytes) if only_start else size)]
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(content[start : start + size], max_bytes + TAG_BYTES)
        is_whole = unpacker.eof or (not only_start and not unpacker.unconsumed_tail and unpacker.flush() == b"")
    except zlib.error as fault:
        raise _damaged(path, str(fault)) from None
    if len(unpacked) < TAG_BYTES or not (only_start or is_whole):
        raise _damaged(path, "an incomplete compressed array")
    kind, inner = struct.unpack_from(f"{order}II", unpacked)
    if kind != MATRIX or (not only_start and inner > len(unpacked) - TAG_BYTES):
        raise _damaged(path, f"a compressed element of type {kind} and {inner} bytes")
    return unpacked[TAG_BYTES : TAG_BYTES + inner]


def _parts(matrix: bytes, order: str, path: Path) -> Iterator[tuple[int, bytes]]:
    """Type and content of the elements within an array; the last one can be cut off."""
    start = 0
    while start + TAG_BYTES <= len(matrix):
        kind, size = struct.unpack_from(f"{order}II", matrix, start)
        if kind >> 16:  # up to 4 bytes in the tag itself
            kind, size = kind & 0xFFFF, kind >> 16
            if size > 4:
                raise _damaged(path, f"a short element of {size} bytes")
            yield kind, matrix[start + 4 : start + 4 + size]
            start += TAG_BYTES
        else:
            yield kind, matrix[start + TAG_BYTES : start + TAG_BYTES + size]
            start += TAG_BYTES + -(-size // ALIGNED) * ALIGNED


def _damaged(path: Path, found: str) -> RecordingRefused:
    return RecordingRefused("the MAT file cannot be read", file=path, found=found, remedy=REMEDY)
