"""Figures of one cell from its recordings and tables; only positions are computed here.

Each function returns the figure that it draws on: a new one, or the subfigure given as ``on``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reversal.recordings.recording import Recording
from reversal.report.figure.open_ends import draw_open_ends
from reversal.report.figure.style import (
    FULL_PAGE_INCH,
    GREY,
    HALF_PAGE_INCH,
    INK,
    MARKERS,
    axes_at_origin,
    bar_size,
    concentration_colours,
    new_figure,
    scale_bars,
    styled,
)
from reversal.report.figure.traces import command_line, shown_sweeps, thinned
from reversal.report.text.labels import plain
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED
from reversal.tables.curves_table import CurvePoint
from reversal.tables.iv_table import IVPoint
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

Colours = Mapping[float | None, str]
POINTS_A_FIGURE = 30_000
SWEEPS_A_PANEL = 25
PANELS_A_ROW = 3
ZOOM_mV = 12.0  # shown on both sides of the reversal potentials
TRANSIENT_PERCENTILES = (0.4, 99.6)
LEGEND: dict[str, Any] = {"labelspacing": 0.3, "title_fontsize": 7.5, "alignment": "left"}


class Panel:
    """A recording to draw, with title and colour."""

    __slots__ = ("colour", "recording", "title")

    def __init__(self, title: str, recording: Recording, colour: str) -> None:
        self.title, self.recording, self.colour = title, recording, colour


def raw_sweeps(panels: Sequence[Panel], on: FigureBase | None = None) -> FigureBase:
    """Current and command of every recording on a common current scale, with scale bars instead of axes.

    Traces are reduced to the minimum and maximum of each segment. Transients outside the common scale are clipped.
    """
    columns = min(PANELS_A_ROW, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = on if on is not None else new_figure(FULL_PAGE_INCH, 2.3 * rows)
    shown = sum(len(shown_sweeps(panel.recording, SWEEPS_A_PANEL)) for panel in panels)
    bins = int(np.clip(POINTS_A_FIGURE // (2 * max(shown, 1)), 40, 400))
    low, high = _common_range(panels)
    with styled():
        grid = figure.subplots(
            2 * rows, columns, squeeze=False, gridspec_kw={"height_ratios": [4, 1] * rows}, sharex=False
        )
        for place, panel in enumerate(panels):
            row, column = divmod(place, columns)
            _draw_currents(grid[2 * row][column], panel, bins, low, high)
            _draw_command(grid[2 * row + 1][column], panel)
        for place in range(len(panels), rows * columns):
            row, column = divmod(place, columns)
            grid[2 * row][column].set_axis_off()
            grid[2 * row + 1][column].set_axis_off()
    return figure


def iv_family(
    points: Sequence[IVPoint],
    reversals: Sequence[ReversalRow],
    ion_label: str,
    on: FigureBase | None = None,
) -> FigureBase:
    """I–V curves of one condition, one per recording, coloured by concentration: full range, and range near E_rev."""
    figure = on if on is not None else new_figure(FULL_PAGE_INCH, 3.1)
    out = {row.recording: row.out_mM for row in reversals}
    colours = concentration_colours(out.values())
    drawn = [(_volt(p), p.i_pA) for p in points]
    with styled():
        full, near = figure.subplots(1, 2, gridspec_kw={"width_ratios": [1.15, 1]})
        for axes in (full, near):
            for recording in sorted({p.recording for p in points}, key=lambda name: (out.get(name) or math.inf, name)):
                selected = [p for p in points if p.recording == recording]
                _draw_iv(axes, selected, colours[out.get(recording)], _amount(out.get(recording)))
        axes_at_origin(full, "V (mV)", "I (pA)", drawn)
        _zoom_on_reversals(near, points, reversals, colours)
        axes_at_origin(near, "V (mV)", "I (pA)", drawn)
        full.set_title("full range", pad=10)
        near.set_title("near E_rev", pad=10)
        handles, labels = full.get_legend_handles_labels()
        once = dict(zip(labels, handles, strict=True))  # baths of one concentration share a colour
        figure.legend(once.values(), once.keys(), title=f"{ion_label} (mM)", loc="outside right upper", **LEGEND)
    return figure


def reversal_series(
    reversals: Sequence[ReversalRow], curves: Sequence[CurvePoint], ion_label: str, on: FigureBase | None = None
) -> FigureBase:
    """E_rev against outside concentration (log axis) with 95 % intervals, and the Nernst and GHK curves."""
    figure = on if on is not None else new_figure(HALF_PAGE_INCH * 1.25, 3.3)
    with styled():
        axes = figure.subplots()
        draw_reversal_series(axes, reversals, curves, ion_label)
    return figure


def draw_reversal_series(
    axes: Axes, reversals: Sequence[ReversalRow], curves: Sequence[CurvePoint], ion_label: str
) -> None:
    """Draw the bath series of one condition; see :func:`reversal_series`."""
    axes.set_xscale("log")
    for kind, style, name in (("nernst", (0, (4, 2)), "Nernst"), ("ghk", "solid", "GHK fit")):
        line = [(point.out_mM, point.e_mV) for point in curves if point.kind == kind]
        if line:
            axes.plot(*zip(*line, strict=True), linestyle=style, color=GREY if kind == "nernst" else INK, label=name)
    colours = concentration_colours(row.out_mM for row in reversals)
    named: set[str] = set()
    for row in reversals:
        if row.out_mM is not None and row.out_mM > 0:
            _draw_reversal(axes, row, colours[row.out_mM], named)
    concentration_ticks(axes, [row.out_mM for row in reversals if row.out_mM])
    axes.set_xlabel(f"{ion_label} (mM)")
    axes.set_ylabel("Reversal potential (mV)")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best")


def _draw_currents(axes: Axes, panel: Panel, bins: int, low: float, high: float) -> None:
    recording = panel.recording
    ms = 1000.0 / recording.sample_rate_Hz
    longest = max((sweep.i_pA.size for sweep in recording.sweeps), default=0) * ms
    for number in shown_sweeps(recording, SWEEPS_A_PANEL):
        positions, current = thinned(recording.sweeps[number].i_pA, bins)
        axes.plot(positions * ms, current, color=panel.colour, linewidth=0.5)
    axes.axhline(0.0, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    axes.set_xlim(0.0, longest or 1.0)
    axes.set_ylim(low, high)
    axes.text(-0.01, 0.0, "0", transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=6.5, color=GREY)
    axes.set_title(plain(panel.title, 44), pad=3)
    scale_bars(axes, "ms", "pA", bar_size(longest), bar_size(high - low))


def _draw_command(axes: Axes, panel: Panel) -> None:
    recording = panel.recording
    ms = 1000.0 / recording.sample_rate_Hz
    longest = max((sweep.i_pA.size for sweep in recording.sweeps), default=0) * ms
    lowest, highest = math.inf, -math.inf
    for number in shown_sweeps(recording, SWEEPS_A_PANEL):
        if number >= len(recording.command.sweeps):
            continue
        positions, levels = command_line(recording.command.sweeps[number])
        if levels.size and np.isfinite(levels).any():
            axes.plot(positions * ms, levels, color=GREY, linewidth=0.6)
            lowest, highest = min(lowest, float(np.nanmin(levels))), max(highest, float(np.nanmax(levels)))
    axes.set_axis_off()
    axes.set_xlim(0.0, longest or 1.0)
    if math.isfinite(lowest):
        edge = max((highest - lowest) * 0.08, 1.0)
        axes.set_ylim(lowest - edge, highest + edge)
        words = f"{lowest:g} to {highest:g} mV" if highest > lowest else f"{lowest:g} mV"
    else:
        words = "command not known"
    axes.text(
        0.0,
        -0.05,
        words.replace("-", "\u2212"),
        transform=axes.transAxes,
        ha="left",
        va="top",
        fontsize=6.5,
        color=GREY,
    )


def _common_range(panels: Sequence[Panel]) -> tuple[float, float]:
    limits = [
        np.percentile(sweep.i_pA, TRANSIENT_PERCENTILES)
        for panel in panels
        for number in shown_sweeps(panel.recording, SWEEPS_A_PANEL)
        if (sweep := panel.recording.sweeps[number]).i_pA.size
    ]
    if not limits:
        return -1.0, 1.0
    low, high = min(0.0, *(pair[0] for pair in limits)), max(0.0, *(pair[1] for pair in limits))
    edge = max((high - low) * 0.06, 1.0)
    return float(low - edge), float(high + edge)


def _draw_iv(axes: Axes, points: Sequence[IVPoint], colour: str, label: str) -> None:
    used = sorted((p for p in points if p.used), key=lambda p: (_volt(p), p.sweep))
    left_out = [p for p in points if not p.used]
    axes.errorbar(
        [_volt(p) for p in used],
        [p.i_pA for p in used],
        yerr=[TWO_SIDED_95_ROUNDED * p.se_pA if p.se_pA is not None else 0.0 for p in used],
        color=colour,
        marker="o",
        markersize=3,
        linewidth=1.0,
        capsize=0,
        label=label,
        zorder=3,
    )
    if left_out:
        axes.plot([_volt(p) for p in left_out], [p.i_pA for p in left_out], "x", color=colour, markersize=3, zorder=3)


def _volt(point: IVPoint) -> float:
    return point.v_command_mV if point.v_membrane_mV is None else point.v_membrane_mV


def _zoom_on_reversals(
    axes: Axes, points: Sequence[IVPoint], reversals: Sequence[ReversalRow], colours: Colours
) -> None:
    """Limit the axes to the range of the reversal potentials, and mark each E_rev with its interval."""
    found = [(row, row.e_rev_mV) for row in reversals if row.e_rev_mV is not None]
    for row, e_rev_mV in found:
        colour = colours[row.out_mM]
        low = e_rev_mV - ZOOM_mV if row.ci_low_mV is None else row.ci_low_mV
        high = e_rev_mV + ZOOM_mV if row.ci_high_mV is None else row.ci_high_mV
        axes.plot([low, high], [0, 0], color=colour, linewidth=4, alpha=0.45, zorder=4)
        axes.plot([e_rev_mV], [0], marker="|", markersize=11, color=colour, zorder=5)
    if not found:
        return
    left, right = min(e for _, e in found) - ZOOM_mV, max(e for _, e in found) + ZOOM_mV
    reach = max((_nearby_pA(points, row.recording, e_rev_mV) for row, e_rev_mV in found), default=1.0)
    axes.set_xlim(left, right if right < -3.0 or left > 3.0 else max(right, 6.0))
    axes.set_ylim(-1.5 * reach, 1.5 * reach)


def _nearby_pA(points: Sequence[IVPoint], recording: str, e_rev_mV: float) -> float:
    """Absolute current at the closest point more than 6 mV from the reversal potential [pA], at least 1."""
    distant = [p for p in points if p.recording == recording and abs(_volt(p) - e_rev_mV) > 6.0 and p.used]
    return max(abs(min(distant, key=lambda p: abs(_volt(p) - e_rev_mV)).i_pA), 1.0) if distant else 1.0


def _draw_reversal(axes: Axes, row: ReversalRow, colour: str, named: set[str]) -> None:
    if row.out_mM is None or row.e_rev_mV is None:
        _draw_bound(axes, row, colour, named)
        return
    reliable = row.status is Status.OK and row.crossing is Crossing.BRACKETED
    name = "measured, 95 % interval" if reliable else "flagged or extrapolated"
    draw_open_ends(axes, [(row.out_mM, row)], colour)
    low = row.e_rev_mV if row.ci_low_mV is None else row.ci_low_mV
    high = row.e_rev_mV if row.ci_high_mV is None else row.ci_high_mV
    axes.errorbar(
        [row.out_mM],
        [row.e_rev_mV],
        yerr=[[max(row.e_rev_mV - low, 0.0)], [max(high - row.e_rev_mV, 0.0)]],
        fmt=MARKERS[0],
        color=colour,
        markerfacecolor=colour if reliable else "white",
        label=None if name in named else name,
        zorder=3,
    )
    named.add(name)


def _draw_bound(axes: Axes, row: ReversalRow, colour: str, named: set[str]) -> None:
    """Draw an arrow from the last voltage with a current that differs from zero towards the reversal potential."""
    if row.out_mM is None or row.bound is None or row.bound_mV is None:
        return
    name = "bound only"
    tip_mV = row.bound_mV + (9.0 if row.bound == "above" else -9.0)
    look = {"arrowstyle": "->", "color": colour, "linewidth": 1.2}
    axes.annotate("", (row.out_mM, tip_mV), (row.out_mM, row.bound_mV), arrowprops=look, zorder=3)
    label = None if name in named else name
    axes.plot([row.out_mM], [row.bound_mV], marker="_", color=colour, linestyle="none", label=label)
    axes.plot([row.out_mM], [tip_mV], alpha=0.0)  # keeps the arrow inside the axes
    named.add(name)


def concentration_ticks(axes: Axes, levels_mM: Sequence[float]) -> None:
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


def _amount(level_mM: float | None) -> str:
    return "not known" if level_mM is None else f"{level_mM:g}"


def figure_of(drawn: FigureBase) -> Figure:
    """The top-level figure of a drawing."""
    from matplotlib.figure import Figure

    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure
