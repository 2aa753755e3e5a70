"""All recordings of a cell in one HDF5 file: lossless traces, the command with its evidence, header facts.

One group per recording, numbered in the order of the sheet. Traces of equal length and type are one data set (sweeps,
samples); other traces are one data set per sweep. Everything else is one JSON text per recording. Array types are kept
and nothing is rounded.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    MarkedSweep,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
    SweepSelection,
    Tag,
    Telegraph,
)
from reversal.tables.whole_file import whole_file

LAYOUT_VERSION = 4


@dataclass(frozen=True, slots=True)
class Ingested:
    """A recording of the sheet: its content, or the reason why it could not be read.

    sha256 : hash of the file, even if its content could not be read; None if there is no file
    request : what it was read by: file, channel and declared protocol
    is_copy : whether the file is missing and the content is that of an earlier run
    """

    recording_id: str
    recording: Recording | None
    failure: str | None
    sha256: str | None = None
    request: str = ""
    is_copy: bool = False


def write_recordings(path: Path, outcomes: Sequence[Ingested]) -> None:
    """Write the recordings of a cell, whole or not at all. Equal recordings give equal bytes."""
    import h5py

    content = io.BytesIO()  # HDF5 ends the whole process if the disk is full; Python's write does not
    with h5py.File(content, "w", track_order=True) as store:
        store.attrs["layout"] = LAYOUT_VERSION
        for n, outcome in enumerate(outcomes):
            group = store.create_group(f"{n:05d}")
            group.attrs["facts"] = json.dumps(_facts(outcome), ensure_ascii=False)
            if outcome.recording is not None:
                _write_traces(group, outcome.recording)
    with whole_file(path) as target:
        target.write_bytes(content.getbuffer())


def read_recordings(path: Path) -> list[Ingested]:
    """Recordings that :func:`write_recordings` wrote, in the same order."""
    import h5py

    with h5py.File(path, "r") as store:
        return [_outcome(store[name]) for name in sorted(store)]


def has_recording(path: Path, recording_id: str, request: str) -> bool:
    """Whether a file of this layout contains a recording that was read by the same request."""
    return any(_is_requested(facts, recording_id, request) for _, facts in _all_facts(path))


def copy_of(path: Path, recording_id: str, request: str) -> Ingested | None:
    """The recording that was read by the same request in an earlier run; None if the file does not contain it."""
    import h5py

    for name, facts in _all_facts(path):
        if _is_requested(facts, recording_id, request):
            with h5py.File(path, "r") as store:
                return replace(_outcome(store[name]), is_copy=True)
    return None


def _all_facts(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Group and facts of every recording; empty if the file is missing, incomplete, or has another layout."""
    import h5py

    try:
        with h5py.File(path, "r") as store:
            if store.attrs.get("layout") != LAYOUT_VERSION:
                return []
            return [(name, json.loads(store[name].attrs["facts"])) for name in sorted(store)]
    except OSError:
        return []


def _is_requested(facts: Mapping[str, Any], recording_id: str, request: str) -> bool:
    return facts["recording"] is not None and (facts["recording_id"], facts["request"]) == (recording_id, request)


def _facts(outcome: Ingested) -> dict[str, Any]:
    facts: dict[str, Any] = {"recording_id": outcome.recording_id, "failure": outcome.failure, "recording": None}
    facts |= {"sha256": outcome.sha256, "request": outcome.request, "is_copy": outcome.is_copy}
    found = outcome.recording
    if found is None:
        return facts
    facts["recording"] = {
        "file": found.file,
        "sha256": found.sha256,
        "format": found.format,
        "sample_rate_Hz": found.sample_rate_Hz,
        "starts_s": [sweep.start_s for sweep in found.sweeps],
        "command": {
            "evidence": found.command.evidence.value,
            "basis": found.command.basis,
            "epochs": [[_epoch_row(epoch) for epoch in sweep.epochs] for sweep in found.command.sweeps],
        },
        "current_channel": asdict(found.current_channel),
        "channels": [asdict(channel) for channel in found.channels],
        "telegraph": asdict(found.telegraph),
        "tags": [asdict(tag) for tag in found.tags],
        "started": found.started,
        "digitiser_limit_pA": found.digitiser_limit_pA,
        "warnings": list(found.warnings),
        "header": dict(found.header),
        "selection": None if found.selection is None else asdict(found.selection),
    }
    return facts


def _epoch_row(epoch: Epoch) -> list[Any]:
    shape = (epoch.start, epoch.stop, epoch.from_mV, epoch.level_mV, epoch.period, epoch.width)
    return [epoch.name, epoch.shape.value, *shape]


def _epoch(row: list[Any]) -> Epoch:
    name, shape, *rest = row
    return Epoch(name, Shape(shape), *rest)


def _write_traces(group: Any, found: Recording) -> None:
    _write_arrays(group, "i_pA", [sweep.i_pA for sweep in found.sweeps])
    _write_arrays(group, "v_mV", [sweep.v_mV for sweep in found.sweeps])
    _write_arrays(group, "command_mV", [sweep.samples_mV for sweep in found.command.sweeps])


def _write_arrays(group: Any, name: str, arrays: Sequence[SampleArray | None]) -> None:
    """Write the arrays of all sweeps: stacked if length and type are equal, else one by one without missing ones."""
    present = [array for array in arrays if array is not None]
    if not present:
        return
    options = {"track_times": False, "compression": "gzip", "compression_opts": 1, "shuffle": True}
    are_alike = len(present) == len(arrays) and len({(array.size, array.dtype.str) for array in present}) == 1
    if are_alike and present[0].size:
        group.create_dataset(name, data=np.stack(present), chunks=(1, present[0].size), **options)
        return
    by_sweep = group.create_group(name)
    for n, array in enumerate(arrays):
        if array is not None:
            by_sweep.create_dataset(f"{n:05d}", data=array, track_times=False)


def _read_arrays(group: Any, name: str, count: int) -> list[SampleArray | None]:
    if name not in group:
        return [None] * count
    stored = group[name]
    if hasattr(stored, "keys"):
        return [stored[f"{n:05d}"][()] if f"{n:05d}" in stored else None for n in range(count)]
    return list(stored[()])


def _outcome(group: Any) -> Ingested:
    facts = json.loads(group.attrs["facts"])
    found = facts["recording"]
    recording = None if found is None else _recording(found, group)
    named = {name: facts[name] for name in ("recording_id", "failure", "sha256", "request", "is_copy")}
    return Ingested(recording=recording, **named)


def _recording(facts: Mapping[str, Any], group: Any) -> Recording:
    starts, rows = facts["starts_s"], facts["command"]["epochs"]
    currents = _read_arrays(group, "i_pA", len(starts))
    voltages = _read_arrays(group, "v_mV", len(starts))
    commands = _read_arrays(group, "command_mV", len(rows))
    return Recording(
        file=facts["file"],
        sha256=facts["sha256"],
        format=facts["format"],
        sample_rate_Hz=facts["sample_rate_Hz"],
        sweeps=tuple(
            Sweep(start, i_pA, v_mV)
            for start, i_pA, v_mV in zip(starts, currents, voltages, strict=True)
            if i_pA is not None
        ),
        command=Command(
            tuple(
                SweepCommand(tuple(_epoch(row) for row in sweep_rows), samples)
                for sweep_rows, samples in zip(rows, commands, strict=True)
            ),
            Evidence(facts["command"]["evidence"]),
            facts["command"]["basis"],
        ),
        current_channel=Channel(**facts["current_channel"]),
        channels=tuple(Channel(**channel) for channel in facts["channels"]),
        telegraph=Telegraph(**facts["telegraph"]),
        tags=tuple(Tag(**tag) for tag in facts["tags"]),
        started=facts["started"],
        digitiser_limit_pA=facts["digitiser_limit_pA"],
        warnings=tuple(facts["warnings"]),
        header=facts["header"],
        selection=_selection(facts["selection"]),
    )


def _selection(facts: Mapping[str, Any] | None) -> SweepSelection | None:
    if facts is None:
        return None
    marked = tuple(MarkedSweep(**sweep) for sweep in facts["marked"])
    return SweepSelection(facts["in_file"], tuple(facts["numbers"]), marked)
