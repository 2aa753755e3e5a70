"""Traces of a MAT file that HEKA Patchmaster exported: one variable for each trace.

A variable has the name ``Trace_<group>_<series>_<sweep>_<trace>``, numbers from 1, and two columns: time [s] and value
in SI units. Names and units of the traces are not in the file. One recording is one series: ``channel: "group/series"``
selects it, ``"group/series/trace"`` one of its traces. Tested on files written for the tests in this layout.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.errors import nearest
from reversal.recordings.formats.mat5 import MatVariable, mat_array, mat_variables
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recording.stored_samples import Samples
from reversal.recordings.recordings_constants import DECLARED_RATE_TOLERANCE

TRACE_NAME = re.compile(r"Trace_(\d{1,9})_(\d{1,9})_(\d{1,9})_(\d{1,9})")
MAX_BYTES = 150_000_000
MAX_LISTED = 20
MAX_TRACES = 2  # a current and its voltage

Place = tuple[int, int, int, int]  # numbers of group, series, sweep and trace


def patchmaster_names(path: Path, content: bytes) -> dict[Place, MatVariable]:
    """The variable of each trace; empty if the file has other variables."""
    matches = [(TRACE_NAME.fullmatch(one.name), one) for one in mat_variables(content, path)]
    found = {tuple(int(number) for number in match.groups()): one for match, one in matches if match is not None}
    return {(g, s, n, c): found[g, s, n, c] for g, s, n, c in sorted(found)}


def patchmaster_traces(
    path: Path, content: bytes, names: dict[Place, MatVariable], channel: str | None, rate_Hz: float
) -> list[Samples]:
    """Samples of the traces of one series, all sweeps of a trace after each other."""
    wanted = [names[place] for place in _chosen(list(names), channel, path)]
    if sum(one.bytes_as_double for one in wanted) > MAX_BYTES:
        raise RecordingRefused("the series is too large", file=path, expected=f"at most {MAX_BYTES} bytes")
    return [_values(mat_array(content, one, MAX_BYTES, path), one.name, rate_Hz, path) for one in wanted]


def _chosen(places: list[Place], channel: str | None, path: Path) -> list[Place]:
    """Traces of the chosen series, ordered by trace, then by sweep."""
    wanted = [] if channel is None else channel.strip().split("/")
    found = [
        place
        for place in places
        if all(str(number) == word for number, word in zip((*place[:2], place[3]), wanted, strict=False))
    ]
    series = list(dict.fromkeys(f"{group}/{number}" for group, number, _, _ in found))
    if len(series) != 1 or len(wanted) > 3:
        known = list(dict.fromkeys(f"{group}/{number}" for group, number, _, _ in places))
        raise RecordingRefused(
            "the file has several series" if channel is None else f"the file has no series '{channel}'",
            file=path,
            found=", ".join(known[:MAX_LISTED]),
            expected="the group and series of one of them",
            remedy=f"Write it in the column 'channel' of the recording sheet. {nearest(channel or '', known)}",
        )
    traces = sorted({place[3] for place in found})
    if len(traces) > MAX_TRACES:
        raise RecordingRefused(
            "the series has several traces",
            file=path,
            found=", ".join(f"{series[0]}/{trace}" for trace in traces),
            expected="the current of the cell",
            remedy="Write its path in the column 'channel' of the recording sheet",
        )
    return sorted(found, key=lambda place: (place[3], place[2]))


def _values(array: Any, name: str, rate_Hz: float, path: Path) -> SampleArray:
    """Values of a trace, whose times must have the declared rate."""
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind != "f":
        raise RecordingRefused("a trace is not a table of time and value", file=path, place=name, found=array.shape)
    step_s = even_step(array[:, 0])
    if step_s is None or abs(step_s * rate_Hz - 1) > DECLARED_RATE_TOLERANCE:
        raise RecordingRefused(
            "the times of a trace and the declared sampling rate disagree",
            file=path,
            place=name,
            found="uneven times" if step_s is None else f"{1 / step_s:g} Hz",
            expected=f"{rate_Hz:g} Hz",
            remedy="Correct sample_rate_Hz of the protocol",
        )
    return np.asarray(array[:, 1], dtype=float)
