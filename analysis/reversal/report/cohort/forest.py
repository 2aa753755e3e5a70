"""Figures of all cells: reversal potentials, and forest plots of permeability ratios and slopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reversal.report.figure.open_ends import draw_open_ends
from reversal.report.figure.style import (
    BLUE,
    FULL_PAGE_INCH,
    GREY,
    INK,
    ORANGE,
    PALE,
    category_styles,
    new_figure,
    styled,
)
from reversal.report.text.labels import VERDICT_WORDS, outside, plain, ratio_name
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow, Selection
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TALLEST_INCH = 11.0
ROW_INCH = 0.2
DASH = 1.1  # half-width of a dash, as a factor of concentration
APART = 1.06  # largest horizontal offset of a cell, as a factor
MEAN_OF = {Selection.ALL: "cells", Selection.UNFLAGGED: "unflagged cells"}
LABELLED_ROWS = 60  # above this number the names of cells do not fit next to their intervals


@dataclass(frozen=True, slots=True)
class ForestLine:
    """One line of a forest plot: a label and an estimate with its limits.

    A missing value with one limit is a bound; without any limit there is no result.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    colour: str = INK
    filled: bool = True


def reversals_of_all(rows: Sequence[ReversalRow], ion: str, z: int | None) -> Figure:
    """E_rev against [ion]ₒ of all cells with 95 % intervals; points of a cell are joined and offset horizontally."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    figure = new_figure(FULL_PAGE_INCH * 0.75, 3.8)
    shift = _offsets(rows)
    used = [row for row in rows if row.out_mM and row.e_rev_mV is not None]
    with styled():
        axes = figure.subplots()
        axes.set_xscale("log")
        nernst = _by_cell(((row, row.e_nernst_mV) for row in rows), {})
        axes.add_collection(LineCollection(nernst, colors=GREY, linewidths=0.8, linestyles=(0, (4, 2)), zorder=1))
        joined = _by_cell(((row, row.e_rev_mV) for row in used), shift)
        axes.add_collection(LineCollection(joined, colors=PALE, linewidths=0.7, zorder=0))
        handles: list[Any] = [
            Line2D([], [], color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), label="Nernst (measured temperatures)")
        ]
        for condition, (colour, marker) in category_styles(row.condition for row in used).items():
            for sound in (True, False):
                selected = [r for r in used if r.condition == condition and (r.status is Status.OK) is sound]
                if selected:
                    name = plain(condition, 30) + ("" if sound else ", flagged")
                    handles.append(_draw_points(axes, selected, shift, (colour, marker), name, sound))
        axes.autoscale_view()
        _concentration_ticks(axes, [row.out_mM for row in rows if row.out_mM])
        axes.set_xlabel(f"{outside(ion, z)} (mM)")
        axes.set_ylabel("Reversal potential (mV)")
        figure.legend(handles=handles, loc="outside upper left", ncols=min(len(handles), 3))
    return figure


def ratio_forest(rows: Sequence[PermeabilityRow], pooled: Sequence[PooledRow]) -> Figure:
    """Permeability ratio of each cell with 95 % interval on a log axis; bounds are arrows, means are last."""
    many = len({row.condition for row in rows}) > 1
    estimates = [
        ForestLine(
            f"{row.cell} · {row.condition}" if many else row.cell,
            None if row.bound in (Bound.UPPER, Bound.LOWER) else row.p_ratio,
            None if row.bound is Bound.UPPER else row.ci_low,
            None if row.bound is Bound.LOWER else row.ci_high,
            filled=row.status is Status.OK,
        )
        for row in rows
    ]
    first = rows[0]
    figure, axes = _forest(estimates, _means(pooled, many), log=True)
    with styled():
        axes.set_xlabel(f"{ratio_name(first.ion, first.reference)}, 95 % interval")
    return figure


def slope_forest(rows: Sequence[NernstRow], pooled: Sequence[PooledRow]) -> Figure:
    """Slope ratio of each cell with 95 % interval, and the equivalence margin as a band."""
    many = len({row.condition for row in rows}) > 1
    colours = {Verdict.EQUIVALENT: BLUE, Verdict.DIFFERENT: ORANGE, Verdict.UNDECIDED: GREY, None: GREY}
    estimates = [
        ForestLine(
            f"{row.cell} · {row.condition}" if many else row.cell,
            row.slope_ratio,
            row.ratio_ci_low,
            row.ratio_ci_high,
            colours[row.verdict],
            filled=row.verdict in (Verdict.EQUIVALENT, Verdict.DIFFERENT),
        )
        for row in rows
    ]
    figure, axes = _forest(estimates, _means(pooled, many), log=False)
    with styled():
        _mark_equivalence(axes, rows, colours)
        axes.set_xlabel("E_rev slope / Nernst slope, 95 % interval")
    return figure


def _mark_equivalence(axes: Axes, rows: Sequence[NernstRow], colours: Mapping[Verdict | None, str]) -> None:
    """Draw the line of the Nernst slope, the equivalence margins, and the legend of the verdicts."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    axes.axvline(1.0, color=INK, linewidth=0.8, zorder=0)
    margins = {row.margin for row in rows if row.margin is not None}
    handles: list[Line2D | Patch] = []
    for margin in sorted(margins):
        axes.axvspan(1 - margin, 1 + margin, color=PALE, alpha=0.6, zorder=-1, linewidth=0)
        handles.append(Patch(color=PALE, alpha=0.6, label=f"equivalence margin: ±{margin * 100:g} %"))
    for verdict in dict.fromkeys(row.verdict for row in rows if row.verdict is not None):
        face = "white" if verdict is Verdict.UNDECIDED else colours[verdict]
        handles.append(
            Line2D(
                [],
                [],
                marker="o",
                linestyle="none",
                color=colours[verdict],
                markerfacecolor=face,
                label=VERDICT_WORDS[verdict],
            )
        )
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=max(len(handles), 1))


def _forest(estimates: Sequence[ForestLine], means: Sequence[ForestLine], log: bool) -> tuple[Figure, Axes]:
    """Forest plot with the first line on top and the means below a separating line."""
    lines = [*estimates, *means]
    height = min(0.9 + ROW_INCH * len(lines), TALLEST_INCH)
    figure = new_figure(FULL_PAGE_INCH * 0.75, max(height, 1.6))
    with styled():
        axes = figure.subplots()
        if log:
            axes.set_xscale("log")
        left, right = _limits(lines, log)
        axes.set_xlim(left, right)
        small = len(lines) > LABELLED_ROWS
        for place, line in enumerate(lines):
            _draw_estimate(axes, line, place, place >= len(estimates), 2.0 if small else 4.5)
        if means:
            axes.axhline(len(estimates) - 0.5, color=PALE, linewidth=0.8)
        axes.set_ylim(len(lines) - 0.4, -0.6)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        if small:
            axes.set_yticks([])
            axes.set_ylabel(f"{len(estimates)} cells, in order of the table")
        else:
            axes.set_yticks(range(len(lines)), [plain(line.label, 34) for line in lines])
        if log:
            _ratio_ticks(axes)
    return figure, axes


def _draw_estimate(axes: Axes, line: ForestLine, place: int, mean: bool, size: float) -> None:
    left, right = axes.get_xlim()
    colour = line.colour
    if line.value is None and line.low is None and line.high is None:
        transform = axes.get_yaxis_transform()
        axes.text(0.01, place, "no result", transform=transform, va="center", color=GREY, fontsize=7, style="italic")
        return
    low = left if line.low is None else line.low
    high = right if line.high is None else line.high
    axes.plot([low, high], [place, place], color=colour, linewidth=1.8 if mean else 1.1, solid_capstyle="butt")
    if line.value is None and (line.low is None) != (line.high is None):
        open_end, bound, marker = (left, high, "<") if line.low is None else (right, low, ">")
        axes.plot([open_end], [place], marker, color=colour, markersize=size, clip_on=False)
        axes.plot([bound], [place], "|", color=colour, markersize=size + 3)
        return
    if line.value is not None:
        face = colour if line.filled else "white"
        shape = "D" if mean else "o"
        axes.plot([line.value], [place], shape, color=colour, markerfacecolor=face, markersize=size, zorder=3)


def _limits(lines: Sequence[ForestLine], log: bool) -> tuple[float, float]:
    known = [x for line in lines for x in (line.value, line.low, line.high) if x is not None and (x > 0 or not log)]
    if not known:
        return (0.01, 1.0) if log else (0.5, 1.5)
    if log:
        return min(known) / 1.6, max(known) * 1.6
    low, high = min(*known, 0.94), max(*known, 1.06)
    edge = 0.06 * (high - low)
    return low - edge, high + edge


def _ratio_ticks(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter

    left, right = axes.get_xlim()
    wide = right / left > 200
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def _means(pooled: Sequence[PooledRow], many: bool) -> list[ForestLine]:
    return [
        ForestLine(
            f"mean of {row.n_cells} {MEAN_OF[row.selection]}" + (f" · {row.condition}" if many else ""),
            row.estimate,
            row.ci_low,
            row.ci_high,
        )
        for row in pooled
    ]


def _concentration_ticks(axes: Axes, levels_mM: Sequence[float]) -> None:
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    levels = sorted(set(levels_mM))
    apart = [level for n, level in enumerate(levels) if n == 0 or level / levels[n - 1] > 1.15]
    if not apart:
        return
    axes.xaxis.set_major_locator(FixedLocator(apart))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, levels[0] / 1.5), max(right, levels[-1] * 1.5))


def _draw_points(
    axes: Axes,
    rows: Sequence[ReversalRow],
    shift: Mapping[str, float],
    look: tuple[str, str],
    name: str,
    sound: bool,
) -> Any:
    colour, marker = look
    values = [((row.out_mM or 0.0) * shift[row.cell], row.e_rev_mV or 0.0) for row in rows]
    draw_open_ends(axes, ((x, row) for (x, _), row in zip(values, rows, strict=True)), colour)
    below = [max((row.e_rev_mV or 0.0) - _or(row.ci_low_mV, row.e_rev_mV), 0.0) for row in rows]
    above = [max(_or(row.ci_high_mV, row.e_rev_mV) - (row.e_rev_mV or 0.0), 0.0) for row in rows]
    return axes.errorbar(
        [x for x, _ in values],
        [e for _, e in values],
        yerr=[below, above],
        fmt=marker,
        color=colour,
        markerfacecolor=colour if sound else "white",
        markersize=3.5,
        elinewidth=0.9,
        capsize=0,
        label=name,
        zorder=3,
    )


def _or(value: float | None, otherwise: float | None) -> float:
    return (otherwise or 0.0) if value is None else value


def _by_cell(
    points: Iterator[tuple[ReversalRow, float | None]], shift: Mapping[str, float]
) -> list[list[tuple[float, float]]]:
    """One polyline per cell and condition, by rising concentration; a single point becomes a short dash."""
    lines: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row, e_mV in points:
        if row.out_mM and e_mV is not None:
            lines.setdefault((row.cell, row.condition), []).append((row.out_mM * shift.get(row.cell, 1.0), e_mV))
    return [
        sorted(line) if len(line) > 1 else [(line[0][0] / DASH, line[0][1]), (line[0][0] * DASH, line[0][1])]
        for line in lines.values()
    ]


def _offsets(rows: Sequence[ReversalRow]) -> dict[str, float]:
    """Factor on the concentration of each cell, so that intervals at one concentration do not overlap."""
    cells = list(dict.fromkeys(row.cell for row in rows))
    return {cell: APART ** (2 * n / max(len(cells) - 1, 1) - 1) for n, cell in enumerate(cells)}
