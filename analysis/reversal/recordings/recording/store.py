"""All recordings of a cell in one HDF5 file: lossless traces, the command with its evidence, header facts.

One group per recording, numbered in the order of the sheet. Traces of equal length and type are one data set (sweeps,
samples), if possible of whole numbers with a second data set of their values (:mod:`counts`); other traces are one data
set per sweep. Everything else is one JSON text per recording. Array types are kept and nothing is rounded. Samples are
written and read block by block, so that a file larger than the memory can be used.
"""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.errors import ProgramError, Refusal, bugs_as_refusals
from reversal.recordings.recording.counts import Counts, ValueTable
from reversal.recordings.recording.recording import (
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
from reversal.recordings.recording.stored_samples import (
    BLOCK_SAMPLES,
    Samples,
    SampleSource,
    StoredSamples,
    blocks_of,
    hold_in_memory,
    in_rows,
    rows_at_once,
)
from reversal.tables.whole_file import whole_file

LAYOUT_VERSION = 6
READABLE_LAYOUTS = (4, 5, 6)  # 4: without whole numbers; 5: with values of numbers that no sample has
OPEN_FILES = 4
HELD_BYTES = 1 << 25  # of the samples of a cell that stay in memory after they were written
PACKED = {"track_times": False, "compression": "gzip", "compression_opts": 1, "shuffle": True}


@dataclass(frozen=True, slots=True)
class Ingested:
    """A recording of the sheet: its content, or the reason why it could not be read.

    failure : if there is a content too, it is that of an earlier run, because the file can no longer be read
    sha256 : hash of the file, even if its content could not be read; None if there is no file
    request : what it was read by: file, channel and declared protocol
    others : sizes of the other files that it was read from, None for one that is missing
    by_bug : whether the reason is an error of this program
    """

    recording_id: str
    recording: Recording | None
    failure: str | None
    sha256: str | None = None
    request: str = ""
    others: tuple[int | None, ...] = ()
    by_bug: bool = False

    @property
    def is_copy(self) -> bool:
        """Whether the content is that of an earlier run."""
        return self.recording is not None and self.failure is not None


def without_recording(outcome: Ingested, refusal: Refusal) -> Ingested:
    """The same row with the reason why its recording could not be read."""
    return replace(outcome, recording=None, failure=str(refusal), by_bug=isinstance(refusal, ProgramError))


Instead = Callable[[Ingested, Refusal], Ingested]


def write_recordings(path: Path, outcomes: Iterable[Ingested], instead: Instead = without_recording) -> list[Ingested]:
    """Write the recordings of a cell, whole or not at all. Equal recordings give equal bytes.

    instead : what is stored for a recording whose samples can no longer be read when they are written

    Returns the recordings as :func:`read_recordings` does; few samples are still in memory, so that none is unpacked.
    """
    written, left = [], HELD_BYTES
    with whole_file(path) as target:
        with _new_store(target) as store:
            store.attrs["layout"] = LAYOUT_VERSION
            for n, outcome in enumerate(outcomes):
                left -= _bytes_of(outcome)
                written.append(_write_outcome(store, f"{n:05d}", outcome, instead, hold=left >= 0))
        _opened.cache_clear()  # on Windows an open file cannot be replaced
    return written if left >= 0 else read_recordings(path)


def _bytes_of(outcome: Ingested) -> int:
    return sum(one.size * one.dtype.itemsize for one in _traces(outcome.recording))


def _traces(recording: Recording | None) -> Iterator[Samples]:
    if recording is not None:
        every = [(sweep.current, sweep.voltage) for sweep in recording.sweeps]
        of_command = [(sweep.samples,) for sweep in recording.command.sweeps]
        yield from (one for some in (*every, *of_command) for one in some if one is not None)


class _Stream(io.FileIO):
    """A file for HDF5, which ends the whole process if a write fails: the first fault is kept, and raised later."""

    fault: OSError | None = None

    def write(self, content: Any) -> int:
        """Write all bytes, or nothing after a fault."""
        rest = memoryview(content)
        while rest and self.fault is None:
            rest = rest[self._kept(partial(super().write, rest)) or 0 :]
        return len(content)

    def truncate(self, size: int | None = None) -> int:
        """Set the size of the file, unless there was a fault."""
        return self._kept(partial(super().truncate, size)) or 0

    def _kept(self, call: Callable[[], int | None]) -> int | None:
        if self.fault is None:
            try:
                return call()
            except OSError as fault:
                self.fault = fault
        return None


@contextmanager
def _new_store(path: Path) -> Iterator[Any]:
    """An empty HDF5 file. Raises OSError if it cannot be written, for example because the disk is full."""
    import h5py

    with _Stream(path, "r+b") as stream:
        try:
            with h5py.File(stream, "w", track_order=True) as store:
                yield store
        finally:
            if stream.fault is not None:
                raise stream.fault


def read_recordings(path: Path) -> list[Ingested]:
    """Recordings that :func:`write_recordings` wrote, in the same order."""
    import h5py

    with h5py.File(path, "r") as store:
        return [_outcome(store[name]) for name in sorted(store)]


def has_recording(path: Path, request: str) -> bool:
    """Whether a file of this layout contains a recording that was read by the same request."""
    return any(_is_requested(facts, request) for _, facts in _all_facts(path))


def copy_of(path: Path, recording_id: str, request: str) -> Ingested | None:
    """The recording that was read by the same request in an earlier run; None if the file does not contain it."""
    import h5py

    for name, facts in _all_facts(path):
        if _is_requested(facts, request):
            with h5py.File(path, "r") as store:
                return replace(_outcome(store[name]), recording_id=recording_id)
    return None


def _all_facts(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Group and facts of every recording; empty if the file is missing, incomplete, or has another layout."""
    import h5py

    try:
        with h5py.File(path, "r") as store:
            if store.attrs.get("layout") not in READABLE_LAYOUTS:
                return []
            return [(name, json.loads(store[name].attrs["facts"])) for name in sorted(store)]
    except OSError:
        return []


def _is_requested(facts: Mapping[str, Any], request: str) -> bool:
    return facts["recording"] is not None and facts["request"] == request


def _facts(outcome: Ingested) -> dict[str, Any]:
    facts: dict[str, Any] = {"recording_id": outcome.recording_id, "failure": outcome.failure, "recording": None}
    facts |= {"sha256": outcome.sha256, "request": outcome.request}
    facts |= {"others": outcome.others, "by_bug": outcome.by_bug}
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


def _write_outcome(store: Any, name: str, outcome: Ingested, instead: Instead, *, hold: bool) -> Ingested:
    """Write a recording, or what takes its place if its samples cannot be read; what was written.

    hold : whether the samples stay in memory
    """
    group = store.create_group(name)
    if outcome.recording is not None:
        try:
            with bugs_as_refusals():  # samples are read only now
                for samples in _traces(outcome.recording) if hold else ():
                    hold_in_memory(samples)
                _write_traces(group, outcome.recording)
        except Refusal as refusal:
            del store[name]
            other = without_recording(outcome, refusal) if outcome.is_copy else instead(outcome, refusal)
            return _write_outcome(store, name, other, instead, hold=hold)
    group.attrs["facts"] = json.dumps(_facts(outcome), ensure_ascii=False)
    return outcome


def _write_traces(group: Any, found: Recording) -> None:
    _write_samples(group, "i_pA", [sweep.current for sweep in found.sweeps])
    _write_samples(group, "v_mV", [sweep.voltage for sweep in found.sweeps])
    _write_samples(group, "command_mV", [sweep.samples for sweep in found.command.sweeps])


def _write_samples(group: Any, name: str, traces: Sequence[Samples | None]) -> None:
    """Write the traces of all sweeps: stacked if length and type are equal, else one by one without missing ones."""
    present = [trace for trace in traces if trace is not None]
    if not present:
        return
    are_alike = len(present) == len(traces) and len({(trace.size, trace.dtype.str) for trace in present}) == 1
    if are_alike and present[0].size:
        if not _write_counts(group, name, present):
            stored = _data_set_of(group, name, present, present[0].dtype)
            for where, samples in _parts(present):
                stored[where] = samples
        return
    by_sweep = group.create_group(name)
    for n, one in enumerate(traces):
        if one is not None:
            of_sweep = by_sweep.create_dataset(f"{n:05d}", (one.size,), one.dtype, track_times=False)
            for k, block in enumerate(blocks_of(one)):
                of_sweep[k * BLOCK_SAMPLES : k * BLOCK_SAMPLES + block.size] = block


def _data_set_of(group: Any, name: str, traces: Sequence[Samples], dtype: Any) -> Any:
    """An empty data set for traces of equal length."""
    size = traces[0].size
    return group.create_dataset(name, (len(traces), size), dtype, chunks=(1, min(size, BLOCK_SAMPLES)), **PACKED)


def _parts(traces: Sequence[Samples]) -> Iterator[tuple[tuple[slice, slice], SampleArray]]:
    """Traces of equal length in parts, each with its sweeps and samples."""
    rows = rows_at_once(traces[0].size)
    for first in range(0, len(traces), rows):
        some = traces[first : first + rows]
        for k, blocks in enumerate(zip(*map(blocks_of, some), strict=True)):
            stop = k * BLOCK_SAMPLES + blocks[0].size
            yield (slice(first, first + len(some)), slice(k * BLOCK_SAMPLES, stop)), np.stack(blocks)


def _write_counts(group: Any, name: str, traces: Sequence[Samples]) -> bool:
    """Write traces as whole numbers with their values; whether this is possible."""
    counts = Counts.of(next(_parts(traces))[1])
    if counts is None:
        return False
    stored = _data_set_of(group, name, traces, np.int16)
    for where, samples in _parts(traces):
        numbers = counts.numbers(samples)
        if numbers is None:
            del group[name]
            return False
        stored[where] = numbers
    table = counts.table()
    rows = np.empty(table.numbers.size, [("number", table.numbers.dtype), ("value", table.values.dtype)])
    rows["number"], rows["value"] = table.numbers, table.values
    group.create_dataset(_values_of(name), data=rows, **PACKED)
    return True


def _values_of(name: str) -> str:
    return f"{name} by number"


def _stored_samples(group: Any, name: str, count: int) -> list[StoredSamples | None]:
    stored = group.get(name)
    if stored is None:
        return [None] * count
    if not hasattr(stored, "keys"):
        values = group.get(_values_of(name))
        dtype = (stored if values is None else values).dtype
        dtype = dtype["value"] if dtype.names else dtype  # of a table of numbers and values
        taken = _samples_of(stored, values)
        rows, samples = stored.shape
        return list(in_rows(lambda *where: taken(where), rows, samples, dtype))
    names = [f"{n:05d}" for n in range(count)]
    return [_in_data_set(stored[name]) if name in stored else None for name in names]


def _samples_of(stored: Any, values: Any) -> Callable[[Any], SampleArray]:
    """The samples at a place of a data set, also after its file was closed."""
    data_set, values_of = _data_set(stored), None if values is None else _data_set(values)

    @cache
    def table() -> ValueTable | None:
        return None if values_of is None else _value_table(values_of())

    def taken(where: Any) -> SampleArray:
        found, known = data_set()[where], table()
        return found if known is None else known.of(found)

    return taken


def _value_table(stored: Any) -> ValueTable:
    rows = stored[:]
    if rows.dtype.names is None:  # layout 5
        lowest = int(stored.attrs["lowest"])
        return ValueTable(np.arange(lowest, lowest + rows.size).astype(np.int16), rows)
    return ValueTable(rows["number"], rows["value"])


def _in_data_set(stored: Any) -> StoredSamples:
    """Samples of a data set of one sweep."""
    taken = _samples_of(stored, None)

    def read(start: int, stop: int) -> SampleArray:
        return taken(slice(start, stop))

    return StoredSamples(SampleSource(read, int(stored.shape[-1]), stored.dtype))


def _data_set(stored: Any) -> Callable[[], Any]:
    """The data set, also after its file was closed."""
    path, place = Path(stored.file.filename), stored.name
    state = _state(path)
    return lambda: _opened(path, state)[place]


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=OPEN_FILES)
def _opened(path: Path, state: tuple[int, int]) -> Any:
    """The file that had a state when a recording was taken from it. Raises OSError if it was replaced since then."""
    import h5py

    if _state(path) != state:
        raise OSError(errno.ESTALE, "the file was replaced while it was used", str(path))
    return h5py.File(path, "r")


def _outcome(group: Any) -> Ingested:
    facts = json.loads(group.attrs["facts"])
    found = facts["recording"]
    recording = None if found is None else _recording(found, group)
    named = {name: facts[name] for name in ("recording_id", "failure", "sha256", "request")}
    others, by_bug = tuple(facts.get("others", ())), facts.get("by_bug", False)  # earlier versions did not store them
    return Ingested(recording=recording, others=others, by_bug=by_bug, **named)


def _recording(facts: Mapping[str, Any], group: Any) -> Recording:
    starts, rows = facts["starts_s"], facts["command"]["epochs"]
    currents = _stored_samples(group, "i_pA", len(starts))
    voltages = _stored_samples(group, "v_mV", len(starts))
    commands = _stored_samples(group, "command_mV", len(rows))
    return Recording(
        file=facts["file"],
        sha256=facts["sha256"],
        format=facts["format"],
        sample_rate_Hz=facts["sample_rate_Hz"],
        sweeps=tuple(
            Sweep(start, current, voltage)
            for start, current, voltage in zip(starts, currents, voltages, strict=True)
            if current is not None
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
