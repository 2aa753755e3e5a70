"""The slides, with recordings and I–V of one cell as an example."""

from __future__ import annotations

import logging
from pathlib import Path

from reversal.errors import ProgramError, bugs_as_refusals
from reversal.recordings.recording.store import read_recordings
from reversal.report.cohort.deck import lab_meeting_deck
from reversal.report.cohort.example_cell import ExampleCell, chosen_series
from reversal.report.inputs import Night
from reversal.steps.cell_files import CellFiles
from reversal.tables.results import CellMeasures, read_results

log = logging.getLogger("reversal")


def write_deck(path: Path, night: Night, results: Path, reports: Path) -> None:
    """Write the slides; without the example if a bug ends its drawing, because they concern all cells."""
    try:
        with bugs_as_refusals():
            lab_meeting_deck(path, night, example_of(night, results, reports))
    except ProgramError as bug:
        log.warning("the example of the slides: %s", bug, exc_info=bug)
        lab_meeting_deck(path, night)


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
