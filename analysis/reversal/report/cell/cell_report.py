"""Report of one cell: HTML page and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reversal.experiment.step_settings import CellSettings
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_pdf import write_pdf
from reversal.report.cell.cell_story import cell_story
from reversal.report.inputs import Provenance
from reversal.report.text.pages import write_page
from reversal.tables.results import CellFits, CellMeasures

if TYPE_CHECKING:
    from reversal.recordings.recording.store import Ingested


def cell_report(
    cell: str,
    outcomes: Sequence[Ingested],
    measures: CellMeasures,
    fits: CellFits,
    settings: CellSettings,
    provenance: Provenance,
    *,
    html: Path,
    pdf: Path,
) -> None:
    """Write the report of a cell as a self-contained page and as an A4 PDF; the same input gives the same bytes."""
    story = cell_story(cell, outcomes, measures, fits, settings, provenance)
    figures = cell_figures(story)
    write_page(html, cell_page(story, figures))
    write_pdf(pdf, story, figures)
