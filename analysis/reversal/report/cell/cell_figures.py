"""The figures of a cell with their captions and descriptions, drawn once for the page and the PDF."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.report.cell.budget_figure import error_budget
from reversal.report.cell.cell_data import as_link, iv_csv, profiles_csv, reversals_csv
from reversal.report.cell.cell_story import CellStory, SeriesFigure
from reversal.report.cell.iv_figure import iv_family
from reversal.report.cell.profile_figure import ratio_profiles
from reversal.report.cell.series_figure import reversal_series
from reversal.report.cell.sweeps_figure import chosen_sweeps, raw_sweeps
from reversal.report.figure.changed_side import SeriesSide, against_changed_side
from reversal.report.text.labels import counted, ratio_name
from reversal.report.text.pages import Drawn
from reversal.report.text.tabulated import Table, reversal_text, summary_table

SWEEPS_CAPTION = (
    "Current (top) and command (bottom) of each recording; the current scale is the same in all panels. Each segment "
    "of a trace is drawn from its minimum to its maximum. Transients outside the common scale are clipped. "
    "Dashed line: zero current."
)
IV_CAPTION = (
    "I–V curves by {side} concentration, with the voltage corrected as declared. Crosses: points that are not used. "
    "Right: range near E_rev, with 95 % intervals as bars on the voltage axis."
)
CHOSEN_CAPTION = "Current and command{where}. Dashed line: zero current."
BUDGET_CAPTION = (
    "Standard deviations of E_rev by source; black: of each recording alone, blue: shared by the recordings. Orange: "
    "shift of E_rev by a leak of 0.1 nS that reverses at 0 mV (mV)."
)
SERIES_CAPTION = (
    "Reversal potential against {side} concentration. The 95 % intervals contain every error. An arrow at a point "
    "shows that its interval has no limit on that side. Dashed line: Nernst. Solid line: fitted GHK voltage equation. "
    "Bands: 95 % for the line itself, from the thermometer, an error of 1 % of each concentration, and the intervals "
    "of the ratios. Open symbols: flagged or extrapolated. Arrow without a point: E_rev is in its direction, from the "
    "last voltage at which the current differs from zero."
)
PROFILE_CAPTION = (
    "Profile likelihood of each ratio: how much worse the fit is with this value of the ratio, the other ratios fitted "
    "again. The values below the dashed limit are the 95 % interval (shaded); near a ratio of 0 the limit is lower. "
    "Blue: best value."
)


@dataclass(frozen=True, slots=True)
class SeriesDrawn:
    """Figures of one experiment and condition, with the values of the last one as a table.

    wide, narrow : of the full width, and half of it next to the table; empty if there is nothing to draw
    profiles : of the ratios, half of the width
    """

    title: str
    wide: tuple[Drawn, ...]
    narrow: tuple[Drawn, ...]
    profiles: tuple[Drawn, ...]
    summary: Table


@dataclass(frozen=True, slots=True)
class CellFigures:
    """All figures of a cell."""

    series: tuple[SeriesDrawn, ...]
    sweeps: tuple[Drawn, ...]
    chosen: tuple[Drawn, ...]
    budget: tuple[Drawn, ...]


def cell_figures(story: CellStory) -> CellFigures:
    """Draw the figures of a cell."""
    return CellFigures(
        tuple(_series(story.cell, number, series) for number, series in enumerate(story.series)),
        _sweeps(story),
        _chosen(story),
        _budget(story),
    )


def series_caption(seen: SeriesSide) -> str:
    """Caption of the figure of a series; with a line for each concentration of the other side if this changes too."""
    caption = SERIES_CAPTION.format(side=seen.side)
    return f"{caption} One line and colour for each {seen.other}." if seen.other else caption


def _chosen(story: CellStory) -> tuple[Drawn, ...]:
    drawing = chosen_sweeps(story.panels, "chosen")
    if drawing is None:
        return ()
    where = " at the lowest, a middle and the highest concentration" if len(story.panels) > 1 else ""
    svg = drawing.svg(f"Current and command of some recordings of cell {story.cell}")
    return (Drawn(svg, CHOSEN_CAPTION.format(where=where), "full"),)


def _budget(story: CellStory) -> tuple[Drawn, ...]:
    rows = [row for series in story.series for row in series.reversals if row.e_rev_mV is not None]
    drawing = error_budget(rows, "budget")
    if drawing is None:
        return ()
    return (Drawn(drawing.svg(f"Error budget of E_rev of cell {story.cell}"), BUDGET_CAPTION, "full"),)


def _sweeps(story: CellStory) -> tuple[Drawn, ...]:
    left_out = f" {story.panels_left_out} further recordings are not shown." if story.panels_left_out else ""
    described = f"Current and command of {counted(len(story.panels), 'recording')} of cell {story.cell}"
    drawings = raw_sweeps(story.panels, "sweeps")
    captions = [""] * (len(drawings) - 1) + [SWEEPS_CAPTION + left_out]
    return tuple(
        Drawn(drawing.svg(described), caption, "full") for drawing, caption in zip(drawings, captions, strict=False)
    )


def _series(cell: str, number: int, series: SeriesFigure) -> SeriesDrawn:
    wide, narrow = [], []
    seen = against_changed_side(series.reversals, series.curves, series.ion)
    if series.iv:
        described = f"Current-voltage curves of cell {cell}, {series.title}, by {seen.label}"
        drawing = iv_family(series.iv, seen.reversals, seen.label, f"iv{number}")
        files = (("CSV", as_link(iv_csv(series.iv)), f"{cell}_iv_{number}.csv"),)
        wide.append(Drawn(drawing.svg(described), IV_CAPTION.format(side=seen.side), "full", files))
    if any(row.out_mM for row in series.reversals):
        values = "; ".join(
            f"{row.out_mM:g} mM: {reversal_text(row)} mV" for row in seen.reversals if row.out_mM is not None
        )
        described = f"Reversal potential of cell {cell} against {seen.label}. {values}"
        drawing = reversal_series(seen, f"series{number}")
        files = (("CSV", as_link(reversals_csv(seen)), f"{cell}_reversals_{number}.csv"),)
        caption = series_caption(seen)
        narrow.append(Drawn(drawing.svg(described), caption, "half", files))
    profiles = ratio_profiles(series.profiles, series.ratios, f"profile{number}")
    below = []
    if profiles is not None:
        ratios = ", ".join(dict.fromkeys(ratio_name(point.ion, point.reference) for point in series.profiles))
        described = f"Profile likelihood of {ratios} of cell {cell}"
        files = (("CSV", as_link(profiles_csv(series.profiles)), f"{cell}_profiles_{number}.csv"),)
        below.append(Drawn(profiles.svg(described), PROFILE_CAPTION, "half", files))
    summary = summary_table(seen.reversals, seen.label, seen.other)
    return SeriesDrawn(series.title, tuple(wide), tuple(narrow), tuple(below), summary)
