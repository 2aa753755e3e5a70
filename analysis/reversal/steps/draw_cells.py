"""Figures of the cells of one job as files."""

from __future__ import annotations

from pathlib import Path

from reversal.experiment.step_settings import CellsToReport, CellToReport
from reversal.recordings.recording.store import read_recordings
from reversal.report.cell.cell_story import CellStory, cell_story
from reversal.report.cell.figure_files import cell_figure_files
from reversal.steps.cell_files import CellFiles
from reversal.steps.night import provenance
from reversal.steps.step_record import for_each_cell
from reversal.tables.results import CellFits, CellMeasures, read_results


def draw_cells(batch: CellsToReport, results: Path, reports: Path) -> list[Path]:
    """Draw the figures of each cell; the files.

    Raises Refusal at the end if a cell ended with an error.
    """
    files = [CellFiles(one.settings.cell, results, reports) for one in batch.cells]
    drawn: list[Path] = []

    def draw(place: int) -> None:
        drawn.extend(cell_figure_files(story_of(batch.cells[place], files[place]), files[place].figures))

    for_each_cell([of.cell for of in files], draw)
    return drawn


def story_of(cell: CellToReport, files: CellFiles) -> CellStory:
    """Content of the report of a cell, from its files."""
    measures = read_results(CellMeasures, files.tables_of(CellMeasures))
    return cell_story(
        files.cell,
        read_recordings(files.recordings),
        measures,
        read_results(CellFits, files.tables_of(CellFits)),
        cell.settings,
        provenance(cell.configuration_hash, measures.recordings, cell.labels),
    )
