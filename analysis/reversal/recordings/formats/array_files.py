"""Arrays of numbers from MAT, NumPy and text files, with limits on what a damaged file can allocate.

MAT 5 (MATLAB up to version 7) is read with scipy, NPZ and NPY with NumPy. NPZ is a ZIP archive of NPY files; an NPY
file is a short header with shape and type, then the numbers. A text file is a table of numbers that commas, semicolons,
tabs or blanks separate; lines of words before it are ignored. MATLAB 7.3 files are HDF5 (see :mod:`nwb`).
Tested on real MAT and CSV files, and on NPZ, NPY and TXT files written for the tests. Never tested: complex or sparse
arrays (refused).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.recording import RecordingRefused

MAT_SIGNATURE = b"MATLAB 5.0 MAT-file"
NPZ_SIGNATURE, NPY_SIGNATURE = b"PK\x03\x04", b"\x93NUMPY"
MAX_ARRAY_BYTES = 400 << 20
MAX_LINES_BEFORE_TABLE = 200
MAX_LINE_LETTERS = 1_000_000
START_BYTES = 65536  # looked at to recognise a text file


def array_in_mat(path: Path, content: bytes, variable: str | None) -> FloatArray:
    """The array of a MATLAB 5 file with a name, or its only array."""
    from scipy.io import loadmat, whosmat

    def listed() -> list[tuple[str, tuple[int, ...]]]:
        return [(name, shape) for name, shape, _ in whosmat(_stream(content))]

    shapes = dict(_with_library(listed, path, "MAT"))
    name = _chosen_name(list(shapes), variable, path)
    _check_size(float(np.prod([float(n) for n in shapes[name]])) * 8, path)
    found = _with_library(lambda: loadmat(_stream(content), variable_names=[name])[name], path, "MAT")
    return _numbers(found, path)


def array_in_numpy(path: Path, content: bytes, variable: str | None) -> FloatArray:
    """The array of an NPY file, or the array of an NPZ file with a name, or its only array."""
    if content.startswith(NPY_SIGNATURE):
        return _numbers(_with_library(lambda: _npy(content, path), path, "NPY"), path)

    def members() -> dict[str, int]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = [entry for entry in archive.infolist() if entry.filename.endswith(".npy")]
            return {entry.filename.removesuffix(".npy"): entry.file_size for entry in arrays}

    sizes = _with_library(members, path, "NPZ")
    name = _chosen_name(list(sizes), variable, path)
    _check_size(sizes[name], path)

    def member() -> NDArray[Any]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = {entry.removesuffix(".npy"): entry for entry in archive.namelist()}
            return _npy(archive.read(inside[name]), path)

    return _numbers(_with_library(member, path, "NPZ"), path)


def numbers_in_text(path: Path, content: bytes) -> FloatArray:
    """Table of numbers in a text file; lines of words before it are ignored."""
    text = content.decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines[:MAX_LINES_BEFORE_TABLE]) if _is_row(line)), None)
    if first is None:
        raise RecordingRefused("the text file contains no table of numbers", file=path, found=text[:40])
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in lines[first]), None)
    try:
        return np.loadtxt(lines[first:], delimiter=delimiter, ndmin=2, dtype=float)
    except ValueError as fault:
        raise RecordingRefused(
            "the table of numbers is incomplete or has words in it", file=path, found=str(fault)
        ) from None


def looks_like_table(content: bytes) -> bool:
    """True if the start of a file is text with a row of numbers."""
    head = content[:START_BYTES]
    if b"\0" in head or sum(byte < 9 for byte in head[:4096]) > 0:
        return False
    return any(
        _is_row(line) for line in head.decode("utf-8-sig", errors="replace").splitlines()[:MAX_LINES_BEFORE_TABLE]
    )


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


def _stream(content: bytes) -> Any:
    return io.BytesIO(content)  # scipy accepts streams, but its type stubs do not


def _npy(content: bytes, path: Path) -> NDArray[Any]:
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.hasobject or float(np.prod([float(n) for n in shape])) * dtype.itemsize > len(content):
        raise RecordingRefused("the array is larger than its file, or does not contain numbers", file=path, found=shape)
    stream.seek(0)
    return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))


def _with_library(call: Callable[[], Any], path: Path, kind: str) -> Any:
    try:
        return call()
    except RecordingRefused:
        raise
    except Exception as fault:  # on damaged bytes a library can raise any exception; only its code runs here
        raise RecordingRefused(
            f"the {kind} file cannot be read",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy="The file may be damaged: save or copy it again",
        ) from fault


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
