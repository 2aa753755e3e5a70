"""The figures of a cell as files: for a column of a journal and a slide, as SVG, PDF and PNG, with their numbers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.report.cell.budget_figure import error_budget
from reversal.report.cell.cell_data import budget_csv, iv_csv, profiles_csv, reversals_csv, traces_csv
from reversal.report.cell.cell_figures import (
    BUDGET_CAPTION,
    CHOSEN_CAPTION,
    IV_CAPTION,
    PROFILE_CAPTION,
    series_caption,
)
from reversal.report.cell.cell_story import CellStory, SeriesFigure
from reversal.report.cell.iv_figure import iv_family
from reversal.report.cell.profile_figure import ratio_profiles
from reversal.report.cell.series_figure import reversal_series
from reversal.report.cell.sweeps_figure import chosen_panels, chosen_sweeps
from reversal.report.cohort.cohort_figures import files_of
from reversal.report.figure.changed_side import SeriesSide, against_changed_side
from reversal.report.figure.drawing import Drawing
from reversal.report.figure.style import COLUMN_SIZE, SLIDE_SIZE, FigureSize
from reversal.tables.iv_table import IVPoint
from reversal.tables.whole_file import whole_file

SIZES = (COLUMN_SIZE, SLIDE_SIZE)


@dataclass(frozen=True, slots=True)
class CellFigure:
    """A figure of a cell: name of its files, description, drawing of a size, and its numbers as CSV."""

    name: str
    described: str
    draw: Callable[[FigureSize], Drawing | None]
    data: str


def cell_figure_files(story: CellStory, folder: Path) -> list[Path]:
    """Write every figure of a cell anew into a folder of its own; what an earlier run left there is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = []
    for one in _figures(story):
        for size in SIZES:
            drawing = one.draw(size)
            if drawing is not None:
                written += files_of(drawing, one.described, folder / f"{one.name}{size.ending}")
        with whole_file(folder / f"{one.name}.csv") as target:
            target.write_text(one.data, encoding="utf-8")
        written.append(folder / f"{one.name}.csv")
    return written


def _figures(story: CellStory) -> Iterator[CellFigure]:
    if story.panels:
        yield CellFigure(
            "sweeps",
            f"Cell {story.cell}. {CHOSEN_CAPTION}",
            lambda size: chosen_sweeps(story.panels, "sweeps", size.width),
            traces_csv(chosen_panels(story.panels)),
        )
    for number, series in enumerate(story.series):
        end = f"_{number + 1}" if len(story.series) > 1 else ""
        yield from _of_series(story.cell, series, end)


def _of_series(cell: str, series: SeriesFigure, end: str) -> Iterator[CellFigure]:
    about = f"Cell {cell}, {series.title}. "
    seen = against_changed_side(series.reversals, series.curves, series.ion)
    if series.iv:
        yield CellFigure(
            f"iv{end}",
            about + IV_CAPTION.format(side=seen.side),
            lambda size: _iv(series.iv, seen, size),
            iv_csv(series.iv),
        )
    if any(row.out_mM for row in series.reversals):
        yield CellFigure(
            f"reversals{end}",
            about + series_caption(seen),
            lambda size: reversal_series(seen, "reversals", (size.width, size.height)),
            reversals_csv(seen, seen.curves),
        )
    if series.profiles:
        yield CellFigure(
            f"profiles{end}",
            about + PROFILE_CAPTION,
            lambda size: ratio_profiles(series.profiles, series.ratios, "profiles", size.width),
            profiles_csv(series.profiles),
        )
    rows = [row for row in series.reversals if row.e_rev_mV is not None]
    if error_budget(rows, "budget") is not None:
        yield CellFigure(
            f"error_budget{end}",
            about + BUDGET_CAPTION,
            lambda size: error_budget(rows, "budget", size.width) if size is SLIDE_SIZE else None,  # too wide otherwise
            budget_csv(rows),
        )


def _iv(points: Sequence[IVPoint], seen: SeriesSide, size: FigureSize) -> Drawing:
    return iv_family(points, seen.reversals, seen.label, "iv", (size.width, size.height))
