"""The page of one cell: self-contained HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reversal.report.cell.answers import counts_sentence
from reversal.report.cell.cell_figures import figure_of, iv_family, raw_sweeps, reversal_series
from reversal.report.figure.svg import inline_svg
from reversal.report.text.pages import Drawn, rendered
from reversal.report.text.tabulated import (
    reversal_text,
)
from reversal.tables.status import Status

if TYPE_CHECKING:
    pass

from reversal.report.cell.cell_story import CellStory, SeriesFigure

SWEEPS_CAPTION = (
    "Current over command, all panels on one scale. Each stretch of a trace is drawn from its lowest to its highest "
    "sample; transients above the common scale are cut off. Dashed: zero current."
)
IV_CAPTION = (
    "I–V by outside concentration, voltage corrected as declared; crosses are points left out. "
    "Right: near the reversal, with 95 % intervals as bars on the axis."
)
SERIES_CAPTION = (
    "Reversal potential against outside concentration with 95 % intervals, without the error that all of them share "
    "(junction, temperature). Dashed: Nernst; line: fitted GHK voltage "
    "equation. Open symbols are flagged or extrapolated; an arrow starts at the end of the tested range."
)


def cell_page(story: CellStory) -> str:
    """Return the report as one HTML document."""
    left_out = f" {story.panels_left_out} further recordings are not drawn." if story.panels_left_out else ""
    sweeps = []
    if story.panels:
        drawing = inline_svg(
            figure_of(raw_sweeps(story.panels)),
            "sweeps",
            f"Raw current sweeps of {len(story.panels)} recordings of cell {story.cell} with their commands",
        )
        sweeps.append(Drawn(drawing, SWEEPS_CAPTION + left_out))
    return rendered(
        "cell.html.j2",
        cell=story.cell,
        counts=counts_sentence(story.recordings),
        troubles=story.troubles,
        something_failed=any(trouble.status is Status.FAILED for trouble in story.troubles),
        facts=story.facts,
        all_series=[{"title": s.title, "figures": _drawn(story.cell, n, s)} for n, s in enumerate(story.series)],
        sweeps=sweeps,
        numbers=story.numbers,
        cross_checks=story.cross_checks,
        quality=story.quality,
        origins=story.origins,
        warnings=story.warnings,
        provenance=story.provenance,
    )


def _drawn(cell: str, number: int, series: SeriesFigure) -> list[Drawn]:
    figures = []
    if series.iv:
        figure = figure_of(iv_family(series.iv, series.reversals, series.ion_label))
        described = f"Current-voltage curves of cell {cell}, {series.title}, by {series.ion_label}"
        figures.append(Drawn(inline_svg(figure, f"iv{number}", described), IV_CAPTION))
    if any(row.out_mM for row in series.reversals):
        figure = figure_of(reversal_series(series.reversals, series.curves, series.ion_label))
        values = "; ".join(
            f"{row.out_mM:g} mM: {reversal_text(row)} mV" for row in series.reversals if row.out_mM is not None
        )
        described = f"Reversal potential of cell {cell} against {series.ion_label}. {values}"
        figures.append(Drawn(inline_svg(figure, f"series{number}", described), SERIES_CAPTION, "narrow"))
    return figures
