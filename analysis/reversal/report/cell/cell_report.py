"""Report of one cell: HTML page and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reversal.experiment.step_settings import CellSettings
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_pdf import cell_pdf
from reversal.report.cell.cell_story import cell_story
from reversal.report.inputs import Provenance
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.whole_file import whole_files

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
    """Write the report of a cell as a self-contained page and as an A4 PDF; the same input gives the same bytes.

    html, pdf : files in one folder
    """
    story = cell_story(cell, outcomes, measures, fits, settings, provenance)
    figures = cell_figures(story)
    with whole_files([html, pdf]) as (page, printed):
        page.write_text(cell_page(story, figures), encoding="utf-8")
        printed.write_bytes(cell_pdf(story, figures))
