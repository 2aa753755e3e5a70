"""Lines of a text file, and the table of numbers in them, read piece by piece.

The numbers of a long table are written to a file on disk, from which each column is read.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.files.file_content import Content
from reversal.recordings.files.scratch_file import ScratchFile
from reversal.recordings.formats.stored_array import Bands, StoredArray
from reversal.recordings.recording.recording import RecordingRefused

PIECE_BYTES = 4 << 20
MAX_LINE_LETTERS = 1_000_000
UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}  # by the mark at the start of the file

Lines = list[str]


def encoding_of(content: Content) -> str:
    """UTF-16 by its mark, UTF-8 if all of the text is, else that of Western Windows."""
    if content[:2] in UTF_16:
        return UTF_16[content[:2]]
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece, is_last in _pieces(content):
            decoder.decode(piece, final=is_last)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def blocks_of_lines(content: Content, encoding: str, path: Path) -> Iterator[Lines]:
    """Lines of a text in order, some megabytes at a time. Raises RecordingRefused for a line without end."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    for piece, is_last in _pieces(content, 2 if encoding in UTF_16.values() else 0):
        lines = (rest + decoder.decode(piece, final=is_last)).splitlines(keepends=True)
        rest = lines.pop() if lines and not is_last else ""  # it may go on, or its end may
        if len(rest) > MAX_LINE_LETTERS:
            expected = f"at most {MAX_LINE_LETTERS} letters in a line"
            raise RecordingRefused("the text has a line without an end", file=path, expected=expected)
        if lines:
            yield [line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029") for line in lines]


def table_of(
    blocks: Iterable[Lines], delimiter: str | None, path: Path, refusal: Callable[[str], RecordingRefused]
) -> StoredArray:
    """Table of numbers in blocks of lines, shape (rows, columns). Raises the refusal for words or unequal rows."""
    tables = (numbers for lines in blocks if (numbers := _numbers(lines, delimiter, refusal)) is not None)
    first = next(tables, None)
    if first is None:
        raise refusal("no numbers")
    second = next(tables, None)
    if second is None:
        return StoredArray.of(first, path)
    bands = Bands(ScratchFile(path))
    for numbers in chain((first, second), tables):
        if numbers.shape[1] != first.shape[1]:
            raise refusal(f"rows with {first.shape[1]} and with {numbers.shape[1]} numbers")
        bands.append(numbers.T)
    stored = (first.shape[1], bands.samples)
    return StoredArray(lambda where: bands.part(*where), stored, (1, 0), (1, 1), path)


def _numbers(lines: Lines, delimiter: str | None, refusal: Callable[[str], RecordingRefused]) -> FloatArray | None:
    """Numbers of some lines, shape (rows, columns); None if all are empty or comments."""
    if not any(line.partition("#")[0].strip() for line in lines):
        return None
    try:
        return np.loadtxt(lines, delimiter=delimiter, ndmin=2, dtype=float)
    except ValueError as fault:
        raise refusal(str(fault)) from None


def _pieces(content: Content, start: int = 0) -> Iterator[tuple[bytes, bool]]:
    """Bytes in order, and whether they are the last."""
    for first in range(start, len(content), PIECE_BYTES):
        yield content[first : first + PIECE_BYTES], first + PIECE_BYTES >= len(content)
