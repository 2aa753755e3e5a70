"""Recordings of an earlier run: they stay in use when their files can no longer be read.

A recording is found by what it was read by (file, channel, sweeps, declared protocol), in the cell of its row or in any
other cell that used the file: a cell may have another name since then.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from reversal.experiment.configuration import Configuration
from reversal.experiment.step_settings import ReadingSettings, RecordingFile, SheetEntry
from reversal.recordings.recording.store import Ingested, copy_of, has_recording
from reversal.tables.files import as_written


def earlier_copy(results: Path, settings: ReadingSettings, name: str) -> Ingested | None:
    """The recording of a row as an earlier run read it; None if none did."""
    request = settings.request(name)
    copies = (copy_of(path, name, request) for path in _stores(results, settings.cell, settings.files[name].file))
    return next((copy for copy in copies if copy is not None), None)


def was_read(configuration: Configuration, entry: SheetEntry) -> bool:
    """Whether an earlier run read the recording of a row by the same file, channel, sweeps and declared protocol."""
    settings = ReadingSettings(
        cell=entry.cell,
        raw_dir=str(configuration.raw_dir),
        files={entry.recording: RecordingFile.of(entry)},
        protocols=configuration.protocols,
    )
    request = settings.request(entry.recording)
    return any(has_recording(path, request) for path in _stores(configuration.results_dir, entry.cell, entry.file))


def cells_of_files(results: Path) -> Mapping[str, tuple[str, ...]]:
    """Cells in which the last complete run could read each file, by the path of the file in raw_dir."""
    table = results / "cohort" / "recordings.csv"
    try:
        return _cells_of_files(table, table.stat().st_mtime_ns)
    except (OSError, ValueError, csv.Error):  # no complete run yet, or a damaged table
        return {}


@lru_cache(maxsize=1)
def _cells_of_files(table: Path, modified_ns: int) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG001 - read again then
    found: dict[str, dict[str, None]] = {}
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row.get("format"):
                found.setdefault(as_written(row["file"]), {})[row["cell"]] = None
    return {file: tuple(cells) for file, cells in found.items()}


def _stores(results: Path, cell: str, file: str) -> Iterator[Path]:
    """Files that may contain a recording of a file, that of its cell first; read only as far as they are needed."""
    yield results / "cells" / cell / "recordings.h5"
    for other in cells_of_files(results).get(file, ()):
        if other != cell:
            yield results / "cells" / other / "recordings.h5"
