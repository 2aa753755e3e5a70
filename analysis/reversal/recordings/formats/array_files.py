"""Arrays of numbers from MAT, NumPy and text files, with limits on what a damaged file can allocate.

MAT 5 (MATLAB up to version 7) is read by :mod:`mat5`, NPZ and NPY with NumPy. NPZ is a ZIP archive of NPY files; an NPY
file is a short header with shape and type, then the numbers. MAT 7.3 is HDF5 after 512 bytes of text, and stores the
dimensions of an array in reverse order. A text file is a table of numbers that commas, semicolons, tabs or blanks
separate; lines before it can give titles. Where commas do not separate, they can be decimal points. The text can be
UTF-8, UTF-16 or that of Western Windows.
Tested on real MAT and CSV files, and on NPZ, NPY and TXT files written for the tests. Never tested: complex or sparse
arrays (refused).
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.files.file_content import MB, Content, stream_of, whole
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.formats.mat5 import mat_array, mat_variables
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.formats.text_lines import (
    MAX_LINE_LETTERS,
    UTF_16,
    Lines,
    blocks_of_lines,
    encoding_of,
    table_of,
)
from reversal.recordings.formats.title_words import title_words
from reversal.recordings.recording.recording import RecordingRefused

Result = TypeVar("Result")

DAMAGED = "The file may be damaged: save or copy it again"

MAT_SIGNATURE, MAT_73_SIGNATURE = b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"
MATLAB_NUMBERS = ("double", "single", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
NPZ_SIGNATURE, NPY_SIGNATURE = b"PK\x03\x04", b"\x93NUMPY"
MAX_ARRAY_BYTES, PART_BYTES = 100 * MB, 16 * MB
MAX_LINES_BEFORE_TABLE, MAX_TITLE_LINES = 200, 20
MIN_TABLE_ROWS = 20  # of a table of samples in a text file whose name does not say that it is one
START_BYTES = 65536  # looked at to recognise a text file
MAX_ROWS_WITH_COMMAS = 20  # looked at to tell decimal commas from commas that separate
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
WHOLE = re.compile(r"[-+]?\d+(?:[eE][-+]?\d+)?")
WORD_WITH_UNIT = re.compile(r"[^\s(\[]+(?:\s*[(\[][^)\]]*[)\]])?")  # in a line that blanks divide


def array_in_mat(path: Path, content: bytes, variable: str | None) -> StoredArray:
    """The array of a MATLAB 5 file with a name, or its only array."""
    variables = {one.name: one for one in mat_variables(content, path)}
    chosen = variables[_chosen_name(list(variables), variable, path)]
    _check_size(chosen.bytes_as_double, path)
    return StoredArray.of(_numbers(mat_array(content, chosen, MAX_ARRAY_BYTES, path), path), path)


def array_in_mat_73(path: Path, content: Content, variable: str | None) -> StoredArray:
    """The array of a MATLAB 7.3 file with a name, or its only array, with the dimensions as MATLAB shows them."""
    file = Hdf5(content, path)
    arrays = {name: node for name, node in file.members(file.root).items() if _is_matlab_array(file, node)}
    return file.stored_array(arrays[_chosen_name(list(arrays), variable, path)]).T


def _is_matlab_array(file: Hdf5, node: Any) -> bool:
    return not file.is_group(node) and file.attribute(node, "MATLAB_class") in (None, *MATLAB_NUMBERS)


def array_in_numpy(path: Path, content: Content, variable: str | None) -> StoredArray:
    """The array of an NPY file, or the array of an NPZ file with a name, or its only array."""
    if content.startswith(NPY_SIGNATURE):
        return _npy(content, path, "NPY")
    content = whole(content)
    archive = _with_library(lambda: zipfile.ZipFile(io.BytesIO(content)), path, "NPZ")
    sizes = {
        entry.filename.removesuffix(".npy"): entry.file_size
        for entry in archive.infolist()
        if entry.filename.endswith(".npy")
    }
    name = _chosen_name(list(sizes), variable, path)
    _check_size(sizes[name], path)
    member = _with_library(lambda: archive.read(f"{name}.npy"), path, "NPZ")
    return _npy(member, path, "NPZ")


@dataclass(frozen=True, slots=True)
class TextTable:
    """Table of numbers in a text file.

    numbers : shape (rows, columns)
    titles : words of the lines before the table that have as many words as it has columns
    lines_before : all lines before the table
    """

    numbers: StoredArray
    titles: tuple[tuple[str, ...], ...]
    lines_before: tuple[str, ...]


def table_in_text(path: Path, content: Content) -> TextTable:
    """Table of numbers in a text file, with the lines before it."""
    blocks = blocks_of_lines(content, encoding_of(content), path)
    lines = next(blocks, [])
    first = next((n for n, line in enumerate(lines[:MAX_LINES_BEFORE_TABLE]) if _is_row(line)), None)
    if first is None:
        raise RecordingRefused("the text file contains no table of numbers", file=path, found="\n".join(lines)[:40])
    delimiter, has_decimal_commas = _delimiter(lines[first:])

    def refusal(found: str) -> RecordingRefused:
        return RecordingRefused("the table of numbers is incomplete or has words in it", file=path, found=found)

    rows = (_plain_rows(block, delimiter, has_decimal_commas) for block in chain([lines[first:]], blocks))
    numbers = table_of(rows, delimiter, path, refusal)
    before = tuple(line for line in lines[:first] if line.strip())
    return TextTable(numbers, _titles(before, delimiter, numbers.shape[1], path), before)


def _plain_rows(rows: Lines, delimiter: str | None, has_decimal_commas: bool) -> Lines:
    """Rows with decimal points, and without the delimiter with which some programs end each row."""
    if has_decimal_commas:
        rows = [line.replace(",", ".") for line in rows]
    if delimiter is not None and all(row.rstrip(" ").endswith(delimiter) for row in rows if row.strip()):
        return [row.rstrip(" ").removesuffix(delimiter) for row in rows]
    return rows


def _delimiter(rows: Sequence[str]) -> tuple[str | None, bool]:
    """What separates the numbers of a row (None for blanks), and whether commas are decimal points."""
    mark = next((mark for mark in ("\t", ";") if mark in rows[0]), None)
    divided = [[word.strip() for word in row.split(mark) if word.strip()] for row in rows[:MAX_ROWS_WITH_COMMAS]]
    words = [word for row in divided for word in row]
    are_numbers = all(DECIMAL_COMMA.fullmatch(word) or WHOLE.fullmatch(word) for word in words)
    is_divided = mark is not None or all(len(row) > 1 for row in divided if row)
    if are_numbers and is_divided and any("," in word for word in words):
        return mark, True
    return mark or ("," if "," in rows[0] else None), False


def _titles(lines: Sequence[str], delimiter: str | None, columns: int, path: Path) -> tuple[tuple[str, ...], ...]:
    """Words of the lines that have a word for each column, in order."""
    divided = (_words(line.strip().lstrip("#%").strip(), delimiter, columns, path) for line in lines[-MAX_TITLE_LINES:])
    return tuple(words for words in divided if len(words) == columns)


def _words(line: str, delimiter: str | None, columns: int, path: Path) -> tuple[str, ...]:
    """Words of a line; a delimiter in quotes does not divide."""
    if columns == 1:
        found = [line.rstrip(delimiter or " ")]
    elif delimiter is None:
        found = WORD_WITH_UNIT.findall(line)
    else:
        found = title_words(line, delimiter, path)
    words = tuple(word.strip().strip("\"'").strip() for word in found)
    return words[:-1] if len(words) == columns + 1 and not words[-1] else words


def looks_like_text(content: Content) -> bool:
    """True if the start of a file has no control characters, which text does not contain."""
    head = content[:START_BYTES]
    return head[:2] in UTF_16 or not (b"\0" in head or any(byte < 9 for byte in head[:4096]))


def table_rows(content: Content) -> int:
    """Number of rows of numbers at the start of a text, if each row has as many numbers as the one before."""
    lines = _first_lines(content)
    rows = [line for line in lines[:-1] if _is_row(line)]
    widths = {len(re.split(r"[\s,;]+", row.strip().strip(",;"))) for row in rows}
    return len(rows) if len(widths) == 1 and 2 * len(rows) > len(lines) else 0


def looks_like_table(content: Content) -> bool:
    """True if the start of a file is text with a row of numbers."""
    if not looks_like_text(content):
        return False
    return any(_is_row(line) for line in _first_lines(content)[:MAX_LINES_BEFORE_TABLE])


def _first_lines(content: Content) -> Lines:
    """Lines at the start of a text; the last one can be incomplete."""
    start = content[:START_BYTES]
    return [line for lines in blocks_of_lines(start, encoding_of(start), Path()) for line in lines]


_ROW = re.compile(r"\s*[-+.\d]\S*(?:[\s,;]+[-+.\dnN]\S*)*\s*")


def _is_row(line: str) -> bool:
    if len(line) > MAX_LINE_LETTERS or not _ROW.fullmatch(line[:200].rsplit(",", 1)[0] if len(line) > 200 else line):
        return False
    words = re.split(r"[\s,;]+", line.strip().strip(",;"))
    try:
        [float(word) for word in words[:20]]
    except ValueError:
        return False
    return True


def _npy(content: Content, path: Path, kind: str) -> StoredArray:
    """Array of an NPY file or of a member of an NPZ file."""
    stream = stream_of(content)
    version = _with_library(lambda: np.lib.format.read_magic(stream), path, kind)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, is_reversed, dtype = _with_library(lambda: read(stream), path, kind)
    start = stream.tell()
    stream.close()
    if dtype.hasobject or start + float(np.prod([float(n) for n in shape])) * dtype.itemsize > len(content):
        what = "the array is larger than its file, or does not contain numbers"
        raise RecordingRefused(what, file=path, found=shape, remedy=DAMAGED)
    _check_numbers(dtype, path)
    stored = tuple(reversed(shape)) if is_reversed else tuple(shape)
    array = StoredArray(
        lambda where: _npy_part(content, start, dtype, stored, where),
        stored,
        tuple(range(len(stored))),
        (1,) * len(stored),
        path,
    )
    return array.T if is_reversed else array


def _npy_part(
    content: Content, start: int, dtype: np.dtype[Any], shape: tuple[int, ...], where: tuple[slice, ...]
) -> NDArray[Any]:
    """Elements in ranges of the dimensions of an array whose bytes start at a place of the file."""
    inner = math.prod(shape[1:])
    first, last = where[0].start, where[0].stop
    if len(shape) > 1 and last - first == 1:
        place = start + first * inner * dtype.itemsize
        return _npy_part(content, place, dtype, shape[1:], where[1:])[None]
    at_once = max(PART_BYTES // (inner * dtype.itemsize), 1)
    parts = [np.empty((0, *shape[1:]), dtype)[:, *where[1:]]]
    for n in range(first, last, at_once):
        stop = min(n + at_once, last)
        part = content[start + n * inner * dtype.itemsize : start + stop * inner * dtype.itemsize]
        parts.append(np.frombuffer(part, dtype).reshape(stop - n, *shape[1:])[:, *where[1:]].copy())
    return np.concatenate(parts)


def _with_library(call: Callable[[], Result], path: Path, kind: str) -> Result:
    return library_call(call, f"the {kind} file cannot be read", path, DAMAGED)


def _chosen_name(names: list[str], variable: str | None, path: Path) -> str:
    if variable is not None and variable in names:
        return variable
    if variable is None and len(names) == 1:
        return names[0]
    what = f"the file has no array '{variable}'" if variable else "the file has several arrays, or none"
    raise RecordingRefused(
        what, file=path, remedy=f"Name the array in 'variable' of the protocol. {nearest(variable or '', names)}"
    )


def _check_size(size: float, path: Path) -> None:
    if not 0 < size <= MAX_ARRAY_BYTES:
        raise RecordingRefused(
            "the array is empty or too large to be read as a whole",
            file=path,
            found=f"{size / MB:g} MB in double precision",
            expected=f"at most {MAX_ARRAY_BYTES / MB:.0f} MB",
            remedy="Save it as MATLAB 7.3 (save with '-v7.3') or as NPY, which are read in parts",
        )


def _numbers(found: Any, path: Path) -> FloatArray:
    array = np.asarray(found)
    _check_numbers(array.dtype, path)
    return array.astype(float)


def _check_numbers(dtype: np.dtype[Any], path: Path) -> None:
    if dtype.kind not in "iuf":
        raise RecordingRefused("the array does not contain real numbers", file=path, found=str(dtype))
