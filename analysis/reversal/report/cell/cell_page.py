"""Page of one cell as self-contained HTML."""

from __future__ import annotations

from reversal.report.cell.answers import NO_USABLE_REVERSAL, counts_sentence
from reversal.report.cell.cell_figures import figure_of, iv_family, raw_sweeps, reversal_series
from reversal.report.cell.cell_story import CellStory, SeriesFigure
from reversal.report.figure.svg import inline_svg
from reversal.report.text.labels import counted
from reversal.report.text.pages import Drawn, rendered
from reversal.report.text.tabulated import reversal_text
from reversal.tables.status import Status

SWEEPS_CAPTION = (
    "Current (top) and command (bottom) of each recording; the current scale is the same in all panels. Each segment "
    "of a trace is drawn from its minimum to its maximum. Transients outside the common scale are clipped. "
    "Dashed line: zero current."
)
IV_CAPTION = (
    "I–V curves by outside concentration, with the voltage corrected as declared. Crosses: points that are not used. "
    "Right: range near E_rev, with 95 % intervals as bars on the voltage axis."
)
SERIES_CAPTION = (
    "Reversal potential against outside concentration. The 95 % intervals contain every error. An arrow at a point "
    "shows that its interval has no limit on that side. Dashed line: Nernst. Solid line: fitted GHK voltage equation. "
    "Open symbols: flagged or extrapolated. Arrow without a point: E_rev is in its direction, from the last voltage "
    "at which the current differs from zero."
)


def cell_page(story: CellStory) -> str:
    """The report as an HTML document."""
    left_out = f" {story.panels_left_out} further recordings are not shown." if story.panels_left_out else ""
    sweeps = []
    if story.panels:
        drawing = inline_svg(
            figure_of(raw_sweeps(story.panels)),
            "sweeps",
            f"Current and command of {counted(len(story.panels), 'recording')} of cell {story.cell}",
        )
        sweeps.append(Drawn(drawing, SWEEPS_CAPTION + left_out))
    return rendered(
        "cell.html.j2",
        cell=story.cell,
        counts=counts_sentence(story.recordings),
        troubles=story.troubles,
        something_failed=any(trouble.status is Status.FAILED for trouble in story.troubles),
        facts=story.facts,
        no_facts=NO_USABLE_REVERSAL,
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
