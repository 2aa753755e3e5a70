"""Reads every recording of a project, as a run does, and reports why a run could not measure it."""

from __future__ import annotations

from pathlib import Path

from reversal.cli.progress import Progress
from reversal.cli.trial import tried
from reversal.errors import Refusal
from reversal.experiment.fault_list import numbered
from reversal.experiment.project import Project
from reversal.experiment.step_settings import ReadingSettings, SheetEntry
from reversal.recordings.ingest_cell import reading_options
from reversal.recordings.read_recording import read_recording


def reading_faults(project: Project) -> list[str]:
    """One message per reason for which recordings cannot be read or measured, with their rows."""
    rows = [row for row in project.sheet_rows if row.entry is not None and row.entry.file and row.entry.exclude is None]
    settings = {cell: project.reading_settings(cell) for cell in project.cells}
    found: dict[str, list[int]] = {}
    with Progress(len(rows), "recordings") as progress:
        for row in rows:
            assert row.entry is not None
            reason = _reason(row.entry, project, settings[row.entry.cell])
            if reason is not None:
                found.setdefault(reason, []).append(row.row)
            progress.done_one(row.recording)
    sheet = project.configuration.recordings
    return [f"{sheet}, {numbered(lines)}: {reason}" for reason, lines in sorted(found.items(), key=_most_rows)]


def _most_rows(item: tuple[str, list[int]]) -> int:
    return -len(item[1])


def _reason(entry: SheetEntry, project: Project, settings: ReadingSettings) -> str | None:
    try:
        recording = read_recording(Path(settings.raw_dir) / entry.file, reading_options(settings, entry.recording))
        tried(recording, entry.window_in(project.configuration.experiments[entry.experiment].window), entry)
    except Refusal as refusal:
        return str(refusal)
    return None
