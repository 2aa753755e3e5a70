"""Reads every recording of a project, as a run does: why a run could not measure it, or would flag its protocol."""

from __future__ import annotations

from pathlib import Path

from reversal.cli.junction_warnings import one_per_kind
from reversal.cli.progress import Progress
from reversal.cli.trial import tried
from reversal.errors import Refusal
from reversal.experiment.fault_list import numbered
from reversal.experiment.project import Project
from reversal.experiment.step_settings import ReadingSettings, SheetEntry, SheetRow
from reversal.measure.protocol.declared_protocol import declared_protocol
from reversal.recordings.ingest_cell import reading_options
from reversal.recordings.read_recording import read_recording
from reversal.tables.findings.finding import Finding
from reversal.tables.status import Severity


def read_all(project: Project) -> tuple[list[str], tuple[str, ...]]:
    """Faults and warnings: one message per reason for which recordings cannot be read or measured, with their rows,
    and one per kind of finding about declared protocols.
    """
    rows = [row for row in project.sheet_rows if row.entry is not None and row.entry.file and row.entry.exclude is None]
    settings = {cell: project.reading_settings(cell) for cell in project.cells}
    refused: dict[str, list[int]] = {}
    findings: list[tuple[SheetRow, Finding]] = []
    with Progress(len(rows), "recordings") as progress:
        for row in rows:
            assert row.entry is not None
            try:
                found = _findings(row.entry, project, settings[row.entry.cell])
            except Refusal as refusal:
                refused.setdefault(str(refusal), []).append(row.row)
            else:
                findings += [(row, one) for one in found if one.severity is not Severity.NOTE]
            progress.done_one(row.recording)
    sheet = project.configuration.recordings
    faults = [f"{sheet}, {numbered(lines)}: {reason}" for reason, lines in sorted(refused.items(), key=_most_rows)]
    return faults, one_per_kind(project, findings)


def _most_rows(item: tuple[str, list[int]]) -> int:
    return -len(item[1])


def _findings(entry: SheetEntry, project: Project, settings: ReadingSettings) -> tuple[Finding, ...]:
    """Findings about the declared protocol of a recording. Raises Refusal if it cannot be read or measured."""
    recording = read_recording(Path(settings.raw_dir) / entry.file, reading_options(settings, entry.recording))
    tried(recording, entry.window_in(project.configuration.experiments[entry.experiment].window), entry)
    return declared_protocol(recording)
