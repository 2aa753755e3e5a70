"""All recordings of a cell in one HDF5 file: lossless traces, the command with its evidence, header facts.

One group a recording, named by its place in the sheet's order. Traces of equal length and type are one data set
(sweeps, samples), others one data set a sweep; everything else is one JSON text a recording. The types of arrays are
kept, nothing is rounded; ``None`` stays None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
    Tag,
    Telegraph,
)
from reversal.tables.files import whole_file

LAYOUT = 2
TRACES = ("i_pA", "v_mV", "command_mV")


@dataclass(frozen=True, slots=True)
class Ingested:
    """A recording of the sheet: what was read, or why it could not be.

    sha256 : of the file's bytes, also of a file that could not be read; None where there is no file
    """

    recording_id: str
    recording: Recording | None
    failure: str | None
    sha256: str | None = None


def write_recordings(path: Path, outcomes: Sequence[Ingested]) -> None:
    """Write the recordings of a cell, whole or not at all. The same outcomes give the same bytes."""
    import h5py

    with whole_file(path) as target, h5py.File(target, "w", track_order=True) as store:
        store.attrs["layout"] = LAYOUT
        for n, outcome in enumerate(outcomes):
            group = store.create_group(f"{n:05d}")
            group.attrs["facts"] = json.dumps(_facts(outcome), ensure_ascii=False)
            if outcome.recording is not None:
                _write_traces(group, outcome.recording)


def read_recordings(path: Path) -> list[Ingested]:
    """Read what :func:`write_recordings` wrote, in its order."""
    import h5py

    with h5py.File(path, "r") as store:
        return [_outcome(store[name]) for name in sorted(store)]


def _facts(outcome: Ingested) -> dict[str, Any]:
    facts: dict[str, Any] = {"recording_id": outcome.recording_id, "failure": outcome.failure, "recording": None}
    facts["sha256"] = outcome.sha256
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
            "because": found.command.because,
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
    """Keep arrays of sweeps: stacked where all are alike, else one by one; a missing one is left out."""
    there = [array for array in arrays if array is not None]
    if not there:
        return
    how = {"track_times": False, "compression": "gzip", "compression_opts": 1, "shuffle": True}
    if len(there) == len(arrays) and len({(array.size, array.dtype.str) for array in there}) == 1 and there[0].size:
        group.create_dataset(name, data=np.stack(there), chunks=(1, there[0].size), **how)
        return
    each = group.create_group(name)
    for n, array in enumerate(arrays):
        if array is not None:
            each.create_dataset(f"{n:05d}", data=array, track_times=False)


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
    return Ingested(facts["recording_id"], recording, facts["failure"], facts["sha256"])


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
                SweepCommand(tuple(_epoch(row) for row in of_sweep), samples)
                for of_sweep, samples in zip(rows, commands, strict=True)
            ),
            Evidence(facts["command"]["evidence"]),
            facts["command"]["because"],
        ),
        current_channel=Channel(**facts["current_channel"]),
        channels=tuple(Channel(**channel) for channel in facts["channels"]),
        telegraph=Telegraph(**facts["telegraph"]),
        tags=tuple(Tag(**tag) for tag in facts["tags"]),
        started=facts["started"],
        digitiser_limit_pA=facts["digitiser_limit_pA"],
        warnings=tuple(facts["warnings"]),
        header=facts["header"],
    )
