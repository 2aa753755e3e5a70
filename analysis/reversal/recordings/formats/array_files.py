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

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.files.file_content import Content
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.formats.mat5 import mat_array, mat_variables
from reversal.recordings.recording.recording import RecordingRefused

Result = TypeVar("Result")

MAT_SIGNATURE, MAT_73_SIGNATURE = b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"
MATLAB_NUMBERS = ("double", "single", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}  # by the mark at the start of the file
NPZ_SIGNATURE, NPY_SIGNATURE = b"PK\x03\x04", b"\x93NUMPY"
MAX_ARRAY_BYTES = 400 << 20
MAX_LINES_BEFORE_TABLE, MAX_TITLE_LINES = 200, 20
MAX_LINE_LETTERS = 1_000_000
MIN_TABLE_ROWS = 20  # of a table of samples in a text file whose name does not say that it is one
START_BYTES = 65536  # looked at to recognise a text file
MAX_ROWS_WITH_COMMAS = 20  # looked at to tell decimal commas from commas that separate
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
WHOLE = re.compile(r"[-+]?\d+(?:[eE][-+]?\d+)?")
WORD_WITH_UNIT = re.compile(r"[^\s(\[]+(?:\s*[(\[][^)\]]*[)\]])?")  # in a line that blanks divide


def array_in_mat(path: Path, content: bytes, variable: str | None) -> FloatArray:
    """The array of a MATLAB 5 file with a name, or its only array."""
    variables = {one.name: one for one in mat_variables(content, path)}
    chosen = variables[_chosen_name(list(variables), variable, path)]
    _check_size(chosen.bytes_as_double, path)
    return _numbers(mat_array(content, chosen, MAX_ARRAY_BYTES, path), path)


def array_in_mat_73(path: Path, content: Content, variable: str | None) -> FloatArray:
    """The array of a MATLAB 7.3 file with a name, or its only array, with the dimensions as MATLAB shows them."""
    file = Hdf5(content, path)
    arrays = {name: node for name, node in file.members(file.root).items() if _is_matlab_array(file, node)}
    name = _chosen_name(list(arrays), variable, path)
    return _numbers(file.array(arrays[name], MAX_ARRAY_BYTES).T, path)


def _is_matlab_array(file: Hdf5, node: Any) -> bool:
    return not file.is_group(node) and file.attribute(node, "MATLAB_class") in (None, *MATLAB_NUMBERS)


def array_in_numpy(path: Path, content: bytes, variable: str | None) -> FloatArray:
    """The array of an NPY file, or the array of an NPZ file with a name, or its only array."""
    if content.startswith(NPY_SIGNATURE):
        return _numbers(_npy(content, path, "NPY"), path)
    archive = _with_library(lambda: zipfile.ZipFile(io.BytesIO(content)), path, "NPZ")
    sizes = {
        entry.filename.removesuffix(".npy"): entry.file_size
        for entry in archive.infolist()
        if entry.filename.endswith(".npy")
    }
    name = _chosen_name(list(sizes), variable, path)
    _check_size(sizes[name], path)
    member = _with_library(lambda: archive.read(f"{name}.npy"), path, "NPZ")
    return _numbers(_npy(member, path, "NPZ"), path)


@dataclass(frozen=True, slots=True)
class TextTable:
    """Table of numbers in a text file.

    numbers : shape (rows, columns)
    titles : words of the lines before the table that have as many words as it has columns
    lines_before : all lines before the table
    """

    numbers: FloatArray
    titles: tuple[tuple[str, ...], ...]
    lines_before: tuple[str, ...]


def table_in_text(path: Path, content: bytes) -> TextTable:
    """Table of numbers in a text file, with the lines before it."""
    text = _decoded(content)
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines[:MAX_LINES_BEFORE_TABLE]) if _is_row(line)), None)
    if first is None:
        raise RecordingRefused("the text file contains no table of numbers", file=path, found=text[:40])
    delimiter, has_decimal_commas = _delimiter(lines[first:])
    rows = [line.replace(",", ".") for line in lines[first:]] if has_decimal_commas else lines[first:]
    if delimiter is not None and all(row.rstrip(" ").endswith(delimiter) for row in rows if row.strip()):
        rows = [row.rstrip(" ").removesuffix(delimiter) for row in rows]  # as some programs end each row
    try:
        numbers = np.loadtxt(rows, delimiter=delimiter, ndmin=2, dtype=float)
    except ValueError as fault:
        raise RecordingRefused(
            "the table of numbers is incomplete or has words in it", file=path, found=str(fault)
        ) from None
    before = tuple(line for line in lines[:first] if line.strip())
    return TextTable(numbers, _titles(before, delimiter, numbers.shape[1]), before)


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


def _decoded(content: bytes) -> str:
    if content[:2] in UTF_16:
        return content[2:].decode(UTF_16[content[:2]], errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _titles(lines: Sequence[str], delimiter: str | None, columns: int) -> tuple[tuple[str, ...], ...]:
    """Words of the lines that have a word for each column, in order."""
    divided = (_words(line.strip().lstrip("#%").strip(), delimiter, columns) for line in lines[-MAX_TITLE_LINES:])
    return tuple(words for words in divided if len(words) == columns)


def _words(line: str, delimiter: str | None, columns: int) -> tuple[str, ...]:
    """Words of a line; a delimiter in quotes does not divide."""
    if columns == 1:
        found = [line.rstrip(delimiter or " ")]
    elif delimiter is None:
        found = WORD_WITH_UNIT.findall(line)
    else:
        found = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    words = tuple(word.strip().strip("\"'").strip() for word in found)
    return words[:-1] if len(words) == columns + 1 and not words[-1] else words


def looks_like_text(content: Content) -> bool:
    """True if the start of a file has no control characters, which text does not contain."""
    head = content[:START_BYTES]
    return head[:2] in UTF_16 or not (b"\0" in head or any(byte < 9 for byte in head[:4096]))


def table_rows(content: Content) -> int:
    """Number of rows of numbers at the start of a text, if each row has as many numbers as the one before."""
    lines = _decoded(content[:START_BYTES]).splitlines()
    rows = [line for line in lines[:-1] if _is_row(line)]
    widths = {len(re.split(r"[\s,;]+", row.strip().strip(",;"))) for row in rows}
    return len(rows) if len(widths) == 1 and 2 * len(rows) > len(lines) else 0


def looks_like_table(content: Content) -> bool:
    """True if the start of a file is text with a row of numbers."""
    if not looks_like_text(content):
        return False
    return any(_is_row(line) for line in _decoded(content[:START_BYTES]).splitlines()[:MAX_LINES_BEFORE_TABLE])


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


def _npy(content: bytes, path: Path, kind: str) -> NDArray[Any]:
    """Array of an NPY file or of a member of an NPZ file."""
    stream = io.BytesIO(content)
    version = _with_library(lambda: np.lib.format.read_magic(stream), path, kind)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = _with_library(lambda: read(stream), path, kind)
    if dtype.hasobject or float(np.prod([float(n) for n in shape])) * dtype.itemsize > len(content):
        raise RecordingRefused("the array is larger than its file, or does not contain numbers", file=path, found=shape)
    stream.seek(0)
    return np.asarray(_with_library(lambda: np.lib.format.read_array(stream, allow_pickle=False), path, kind))


def _with_library(call: Callable[[], Result], path: Path, kind: str) -> Result:
    return library_call(call, f"the {kind} file cannot be read", path, "The file may be damaged: save or copy it again")


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
            "the array is empty or too large",
            file=path,
            found=f"{size:g} bytes",
            expected=f"1 to {MAX_ARRAY_BYTES} bytes",
        )


def _numbers(found: Any, path: Path) -> FloatArray:
    array = np.asarray(found)
    if array.dtype.kind not in "iuf":
        raise RecordingRefused("the array does not contain real numbers", file=path, found=str(array.dtype))
    return array.astype(float)
