"""MATLAB 5 files that scipy wrote are read bit by bit; damaged ones are read or refused, without scipy."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from scipy.io import savemat

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats.mat5 import mat_array, mat_variables
from reversal.recordings.formats.plain_arrays import read_mat
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.test_damaged_files import ARRAY

FILE = Path("file.mat")
LIMIT = 1 << 20


def saved(arrays: dict[str, object], *, compressed: bool) -> bytes:
    stream = io.BytesIO()
    savemat(stream, arrays, do_compression=compressed)
    return stream.getvalue()


@given(
    st.sampled_from(["f8", "f4", "i1", "u2", "i4", "u8"]),
    array_shapes(max_dims=3, max_side=6),
    st.booleans(),
    st.sampled_from(["T", "a_name_longer_than_a_tag"]),
)
def test_arrays_are_read_as_scipy_wrote_them(kind: str, shape: tuple[int, ...], compressed: bool, name: str) -> None:
    array = (np.arange(np.prod(shape)) * 7 % 100).reshape(shape).astype(kind)
    content = saved({"text": "words", name: array, "z": np.array([1j])}, compressed=compressed)
    found = {one.name: one for one in mat_variables(content, FILE)}
    assert [found[other].is_numbers for other in ("text", name, "z")] == [False, True, False]
    read = mat_array(content, found[name], LIMIT, FILE)
    np.testing.assert_array_equal(read.reshape(shape), array)
    with pytest.raises(RecordingRefused, match="does not contain real numbers"):
        mat_array(content, found["z"], LIMIT, FILE)


def test_numbers_stored_in_a_smaller_type_are_the_same_numbers() -> None:
    """MATLAB stores whole doubles as integers: here two bytes each, in a tag and after one."""
    for numbers in ([1, -2], [300, -300, 7, 8]):
        kind = "<i2"
        body = np.array(numbers, kind).tobytes()
        data = (
            np.array([len(body) << 16 | 3], "<u4").tobytes() + body.ljust(4, b"\0")
            if len(body) <= 4
            else np.array([3, len(body)], "<u4").tobytes() + body.ljust(8, b"\0")
        )
        parts = np.array([6, 8, 6, 0, 5, 8, len(numbers), 1], "<u4").tobytes()
        parts += np.array([1 << 16 | 1], "<u4").tobytes() + b"T\0\0\0" + data
        content = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\x01IM" + np.array([14, len(parts)], "<u4").tobytes() + parts
        (variable,) = mat_variables(content, FILE)
        assert mat_array(content, variable, LIMIT, FILE).ravel().tolist() == numbers


@given(st.booleans(), st.floats(0, 1), st.binary(min_size=1, max_size=8))
def test_damaged_files_are_read_or_refused(compressed: bool, place: float, new: bytes) -> None:
    content = bytearray(saved({"T": np.sin(np.arange(300.0)).reshape(3, 100)}, compressed=compressed))
    start = int(place * (len(content) - len(new)))
    content[start : start + len(new)] = new
    with contextlib.suppress(RecordingRefused):
        read_mat(FILE, bytes(content), ReadingOptions(protocol=ARRAY))
    with contextlib.suppress(RecordingRefused):
        read_mat(FILE, bytes(content[:start]), ReadingOptions(protocol=ARRAY))
