"""Numbers out of MAT, NumPy and text files, with limits on what a damaged one may ask for."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.errors import nearest
from reversal.recordings.recording import RecordingRefused

LARGEST_ARRAY_BYTES = 400 << 20


def array_in_mat(path: Path, content: bytes, variable: str | None) -> NDArray[np.float64]:
    """Return the array of a MATLAB 5 file by name, or the only one it has."""
    from scipy.io import loadmat, whosmat

    def listed() -> list[tuple[str, tuple[int, ...]]]:
        return [(name, shape) for name, shape, _ in whosmat(_stream(content))]

    there = _by_foreign_parser(listed, path, "MAT")
    name = _chosen([name for name, _ in there], variable, path)
    _fits(float(np.prod([float(n) for n in dict(there)[name]])) * 8, path)
    found = _by_foreign_parser(lambda: loadmat(_stream(content), variable_names=[name])[name], path, "MAT")
    return _numbers(found, path)


def array_in_npz(path: Path, content: bytes, variable: str | None) -> NDArray[np.float64]:
    """Return the array of an NPZ file by name (or the only one), or the array of an NPY file."""
    if content[:6] == b"\x93NUMPY":
        return _numbers(_by_foreign_parser(lambda: _npy(content, path), path, "NPY"), path)

    def members() -> dict[str, int]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = [entry for entry in archive.infolist() if entry.filename.endswith(".npy")]
            return {entry.filename.removesuffix(".npy"): entry.file_size for entry in arrays}

    sizes = _by_foreign_parser(members, path, "NPZ")
    name = _chosen(list(sizes), variable, path)
    _fits(sizes[name], path)

    def member() -> NDArray[Any]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = {entry.removesuffix(".npy"): entry for entry in archive.namelist()}
            return _npy(archive.read(inside[name]), path)

    return _numbers(_by_foreign_parser(member, path, "NPZ"), path)


def numbers_in_text(path: Path, content: bytes) -> NDArray[np.float64]:
    """Table of a text file, separated by commas, semicolons, tabs or blanks; words before it are passed over."""
    text = content.decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines[:200]) if _is_row(line)), None)
    if first is None:
        raise RecordingRefused("no table of numbers is in this text", file=path, found=text[:40])
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in lines[first]), None)
    try:
        return np.loadtxt(lines[first:], delimiter=delimiter, ndmin=2, dtype=float)
    except ValueError as fault:
        raise RecordingRefused("the table of numbers breaks off", file=path, found=str(fault)) from None


def looks_like_text(content: bytes) -> bool:
    """Tell whether the begin of a file is text with a row of numbers in it."""
    head = content[:65536]
    if b"\0" in head or sum(byte < 9 for byte in head[:4096]) > 0:
        return False
    return any(_is_row(line) for line in head.decode("utf-8-sig", errors="replace").splitlines()[:200])


_ROW = re.compile(r"\s*[-+.\d]\S*(?:[\s,;]+[-+.\dnN]\S*)*\s*")


def _is_row(line: str) -> bool:
    if len(line) > 1_000_000 or not _ROW.fullmatch(line[:200].rsplit(",", 1)[0] if len(line) > 200 else line):
        return False
    words = re.split(r"[\s,;]+", line.strip().strip(",;"))
    try:
        [float(word) for word in words[:20]]
    except ValueError:
        return False
    return True


def _stream(content: bytes) -> Any:
    return io.BytesIO(content)  # scipy takes streams; its stubs do not know


def _npy(content: bytes, path: Path) -> NDArray[Any]:
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.hasobject or float(np.prod([float(n) for n in shape])) * dtype.itemsize > len(content):
        raise RecordingRefused("the array is larger than its file, or is no array of numbers", file=path, found=shape)
    stream.seek(0)
    return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))


def _by_foreign_parser(call: Callable[[], Any], path: Path, kind: str) -> Any:
    try:
        return call()
    except RecordingRefused:
        raise
    except Exception as fault:  # a foreign parser can raise anything on damaged bytes; nothing of ours runs inside
        raise RecordingRefused(
            f"this {kind} file cannot be read",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy="Save it again",
        ) from fault


def _chosen(names: list[str], variable: str | None, path: Path) -> str:
    if variable is not None and variable in names:
        return variable
    if variable is None and len(names) == 1:
        return names[0]
    what = f"the array '{variable}' is not there" if variable else "there are several arrays, or none"
    raise RecordingRefused(
        what, file=path, remedy=f"Name one as 'variable' of the protocol. {nearest(variable or '', names)}"
    )


def _fits(size: float, path: Path) -> None:
    if not 0 < size <= LARGEST_ARRAY_BYTES:
        raise RecordingRefused(
            "the array is empty or too large",
            file=path,
            found=f"{size:g} bytes",
            expected=f"up to {LARGEST_ARRAY_BYTES}",
        )


def _numbers(found: Any, path: Path) -> NDArray[np.float64]:
    array = np.asarray(found)
    if array.dtype.kind not in "iuf":
        raise RecordingRefused("the array is not one of real numbers", file=path, found=str(array.dtype))
    return array.astype(float)
