"""Recordings and I–V of the cell that the slides show as an example."""

from __future__ import annotations

from pathlib import Path

from reversal.recordings.recording.store import read_recordings
from reversal.report.cohort.example_cell import ExampleCell, chosen_series
from reversal.report.inputs import Night
from reversal.steps.cell_files import CellFiles
from reversal.tables.results import CellMeasures, read_results


def example_of(night: Night, results: Path, reports: Path) -> ExampleCell | None:
    """Read the example of a night; None if no cell has a sound reversal potential."""
    chosen = chosen_series(night.tables)
    if chosen is None:
        return None
    files = CellFiles(chosen[0], results, reports)
    measures = read_results(CellMeasures, files.tables_of(CellMeasures))
    read = {one.recording_id: one.recording for one in read_recordings(files.recordings) if one.recording is not None}
    return ExampleCell(
        chosen[0],
        read,
        [point for point in measures.iv if (point.cell, point.experiment, point.condition) == chosen],
        [row for row in measures.reversals if (row.cell, row.experiment, row.condition) == chosen],
    )
