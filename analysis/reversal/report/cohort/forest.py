"""Forest plots: an estimate of each cell with its 95 % interval, and the means below a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.key import KeyEntry, draw_key
from reversal.report.figure.markers import draw_marker
from reversal.report.figure.scale import Scale, apart, log_ticks, round_ticks, tick_label
from reversal.report.figure.style import BLUE, GREY, INK, ORANGE, PALE, FigureSize
from reversal.report.text.labels import VERDICT_WORDS, one_line, ratio_name
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow, Selection
from reversal.tables.status import Status

ROW, SMALLEST_ROW = 11.0, 8.6  # height of a line of the plot
AXIS = 30.0  # room for the scale below the lines
ROWS_A_COLUMN = 45  # of a figure whose height is free
COLUMN = 140.0  # least width of a column with names
LONGEST_NAME = 34  # characters
WIDEST_NAME = 0.42  # of its column
NAME_SIZE, SMALL_NAME_SIZE = 7.5, 6.5
BETWEEN = 10.0  # columns
RADIUS = 2.3
MEAN_OF = {Selection.ALL: "cells", Selection.UNFLAGGED: "unflagged cells"}
VERDICT_COLOURS = {Verdict.EQUIVALENT: BLUE, Verdict.DIFFERENT: ORANGE, Verdict.UNDECIDED: GREY, None: GREY}


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
    mean: bool = False


@dataclass(frozen=True, slots=True)
class Forest:
    """Content of a forest plot: its lines, the name of its scale, and equivalence margins around 1.

    without_result : cells that have no line
    """

    lines: tuple[ForestLine, ...]
    scale_name: str
    log: bool
    margins: tuple[float, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    without_result: int = 0


def ratio_forest(rows: Sequence[PermeabilityRow], pooled: Sequence[PooledRow]) -> Forest:
    """Permeability ratio of each cell on a log scale; bounds are arrows, means are last."""
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
    name = f"{ratio_name(first.ion, first.reference)}, 95 % interval"
    return Forest((*estimates, *_means(pooled, many)), name, log=True)


def slope_forest(rows: Sequence[NernstRow], pooled: Sequence[PooledRow]) -> Forest:
    """Slope ratio of each cell, with the equivalence margin as a band."""
    many = len({row.condition for row in rows}) > 1
    estimates = [
        ForestLine(
            f"{row.cell} · {row.condition}" if many else row.cell,
            row.slope_ratio,
            row.ratio_ci_low,
            row.ratio_ci_high,
            VERDICT_COLOURS[row.verdict],
            filled=row.verdict in (Verdict.EQUIVALENT, Verdict.DIFFERENT),
        )
        for row in rows
    ]
    margins = sorted({row.margin for row in rows if row.margin is not None})
    verdicts = tuple(
        dict.fromkeys(row.verdict for row in rows if row.verdict is not None and row.slope_ratio is not None)
    )
    lines = (*estimates, *_means(pooled, many))
    return Forest(lines, "E_rev slope / Nernst slope, 95 % interval", False, tuple(margins), verdicts)


def drawn_forest(forest: Forest, name: str, size: FigureSize) -> Drawing:
    """Draw a forest plot, in columns if it has many lines; without names if a fixed size has no room for them."""
    places = _places(forest, size)
    if not places.names:
        forest = _by_value(forest)
        places = _places(forest, size, named=False)
    drawing = Drawing(name, size.width, places.height)
    draw_key(drawing, _key(drawing, forest), 4.0)
    for number in range(places.columns):
        lines = forest.lines[number * places.rows : (number + 1) * places.rows]
        left = number * (places.width + BETWEEN)
        _draw_column(drawing, forest, lines, places, left)
    return drawing


def _by_value(forest: Forest) -> Forest:
    """Lines by rising value, or by their only limit, then the means; those without a result are counted."""

    def known(line: ForestLine) -> float | None:
        return next((x for x in (line.value, line.high, line.low) if x is not None), None)

    cells = [line for line in forest.lines if not line.mean and known(line) is not None]
    means = [line for line in forest.lines if line.mean]
    without = len(forest.lines) - len(cells) - len(means)
    ordered = sorted(cells, key=lambda line: known(line) or 0.0)
    return replace(forest, lines=(*ordered, *means), without_result=without)


@dataclass(frozen=True, slots=True)
class _Places:
    """Layout of a forest plot: columns, lines of each, and sizes [pt].

    names : width of the labels; 0 without labels
    """

    columns: int
    rows: int
    width: float
    row: float
    names: float
    top: float
    height: float


def _places(forest: Forest, size: FigureSize, named: bool = True) -> _Places:
    count = max(len(forest.lines), 1)
    top = _key_height(forest, size.width) + 4.0
    most = max(int(size.width // COLUMN), 1)
    room = size.height - top - AXIS
    if size.fixed:
        columns = math.ceil(count / max(int(room // SMALLEST_ROW), 1))
        if columns > most or not named:
            means = sum(line.mean for line in forest.lines)
            row = max(room - means * ROW, 0.0) / max(count - means, 1)
            return _Places(1, count, size.width - 4.0, row, 0.0, top, size.height)
        rows = math.ceil(count / columns)
        row = min(room / rows, 1.4 * ROW)
    else:
        columns = min(math.ceil(count / ROWS_A_COLUMN), most)
        rows, row = math.ceil(count / columns), ROW
    width = (size.width - (columns - 1) * BETWEEN) / columns
    font = NAME_SIZE if row >= ROW else SMALL_NAME_SIZE
    longest = max((text_width(one_line(line.label, LONGEST_NAME), font) for line in forest.lines), default=0.0)
    return _Places(columns, rows, width, row, min(longest, WIDEST_NAME * width) + 6.0, top, top + rows * row + AXIS)


def _draw_column(drawing: Drawing, forest: Forest, lines: Sequence[ForestLine], places: _Places, left: float) -> None:
    heights = [places.row if places.names or not line.mean else ROW for line in lines]
    bottom = places.top + sum(heights)
    across = Scale(*_limits(forest), left + places.names + 8.0, left + places.width - 10.0, log=forest.log)
    _draw_equivalence(drawing, forest, across, places.top, bottom)
    for number, line in enumerate(lines):
        y = places.top + sum(heights[:number]) + heights[number] / 2
        if line.mean and (number == 0 or not lines[number - 1].mean):
            drawing.line([left, across.stop], [y - heights[number] / 2] * 2, GREY, 0.6)
        if places.names:
            size = NAME_SIZE if places.row >= ROW else SMALL_NAME_SIZE
            fits = min(LONGEST_NAME, max(round((places.names - 6.0) / text_width("m", size)), 6))
            look = TextLook(size=size, anchor="end", bold=line.mean)
            drawing.text(left + places.names, y, one_line(line.label, fits), look)
        _draw_estimate(drawing, line, y, across, min(RADIUS, max(heights[number] / 3, 0.6)))
        if line.mean and not places.names:
            right = across.start if line.high is None else _inside(across, line.high)
            drawing.text(right + 6.0, y, one_line(line.label, LONGEST_NAME), TextLook(size=6.5, bold=True))
    _draw_scale(drawing, forest, across, bottom)
    if not places.names:
        without = f"; {forest.without_result} without a result" if forest.without_result else ""
        number_of = f"{sum(not line.mean for line in lines)} cells, in order of their values{without}"
        drawing.text(across.start, bottom + 26.0, number_of, TextLook(size=6.5, colour=GREY))


def _draw_estimate(drawing: Drawing, line: ForestLine, y: float, across: Scale, radius: float) -> None:
    if line.value is None and line.low is None and line.high is None:
        drawing.text(across.start + 3, y, "no result", TextLook(size=6.5, colour=GREY))
        return
    left = across.start if line.low is None else _inside(across, line.low)
    right = across.stop if line.high is None else _inside(across, line.high)
    drawing.line([left, right], [y, y], line.colour, 1.8 if line.mean else min(1.1, radius))
    if line.value is not None and across.contains(line.value):
        shape = "diamond" if line.mean else "circle"
        draw_marker(drawing, shape, across.at(line.value), y, radius, line.colour, filled=line.filled)
    elif line.value is not None:  # 0 on a log scale
        _draw_arrow(drawing, left, y, -1.0, line.colour)
    elif line.low is None:
        _draw_arrow(drawing, left, y, -1.0, line.colour)
        drawing.line([right, right], [y - 3.0, y + 3.0], line.colour, 1.2)
    elif line.high is None:
        _draw_arrow(drawing, right, y, 1.0, line.colour)
        drawing.line([left, left], [y - 3.0, y + 3.0], line.colour, 1.2)


def _draw_arrow(drawing: Drawing, tip: float, y: float, side: float, colour: str) -> None:
    """Head of an arrow at the end of a line: the interval, or a value, is beyond the scale."""
    drawing.lines(
        [(np.array([tip - side * 4.0, tip, tip - side * 4.0]), np.array([y - 2.2, y, y + 2.2]))], colour, filled=True
    )


def _inside(across: Scale, value: float) -> float:
    """Position of a value, at the end of the scale if it is outside: a limit of 0 has no place on a log scale."""
    return across.at(min(max(value, across.low), across.high))


def _draw_equivalence(drawing: Drawing, forest: Forest, across: Scale, top: float, bottom: float) -> None:
    """Bands of the equivalence margins, and the line of a slope ratio of 1."""
    for margin in forest.margins:
        low, high = across.at(max(1 - margin, across.low)), across.at(min(1 + margin, across.high))
        band = np.array([low, high, high, low]), np.array([top, top, bottom, bottom])
        drawing.lines([band], PALE, filled=True, opacity=0.6)
    if not forest.log and across.contains(1.0):
        drawing.line([across.at(1.0)] * 2, [top, bottom], INK, 0.8)


def _draw_scale(drawing: Drawing, forest: Forest, across: Scale, bottom: float) -> None:
    drawing.line([across.start, across.stop], [bottom, bottom], INK, 0.8)
    ticks = _ticks(across)
    room = max((text_width(tick_label(tick)) for tick in ticks), default=0.0) + 5
    for tick in ticks:
        drawing.line([across.at(tick)] * 2, [bottom, bottom + 3.0], INK, 0.8)
    for tick in apart(ticks, across, room):
        drawing.text(across.at(tick), bottom + 9.0, tick_label(tick), TextLook(anchor="middle"))
    half = text_width(forest.scale_name, 8.0) / 2
    middle = min((across.start + across.stop) / 2, max(across.stop + 8.0 - half, half))
    drawing.text(middle, bottom + 20.0, forest.scale_name, TextLook(size=8.0, anchor="middle"))


def _ticks(across: Scale) -> tuple[float, ...]:
    if not across.log:
        return round_ticks(across.low, across.high, max(int((across.stop - across.start) / 40.0), 2)).labelled
    return log_ticks(across.low, across.high)


def _limits(forest: Forest) -> tuple[float, float]:
    numbers = [x for line in forest.lines for x in (line.value, line.low, line.high) if x is not None]
    known = [x for x in numbers if math.isfinite(x) and (x > 0 or not forest.log)]
    if not known:
        return (0.01, 1.0) if forest.log else (0.5, 1.5)
    if forest.log:
        return min(known) / 1.6, max(known) * 1.6
    low, high = min(*known, 0.94), max(*known, 1.06)
    edge = 0.06 * (high - low)
    return low - edge, high + edge


def _means(pooled: Sequence[PooledRow], many: bool) -> list[ForestLine]:
    return [
        ForestLine(
            f"mean of {row.n_cells} {MEAN_OF[row.selection]}" + (f" · {row.condition}" if many else ""),
            row.estimate,
            row.ci_low,
            row.ci_high,
            mean=True,
        )
        for row in pooled
    ]


def _key(drawing: Drawing, forest: Forest) -> list[KeyEntry]:
    """Key of a plot of slopes: margins and verdicts. A plot of ratios has none."""
    entries = []
    for margin in forest.margins:
        band = _band(drawing)
        entries.append(KeyEntry(f"equivalence margin ±{margin * 100:g} %", band))
    for verdict in forest.verdicts:
        entries.append(KeyEntry(VERDICT_WORDS[verdict], _sign(drawing, verdict)))
    return entries


def _band(drawing: Drawing) -> Callable[[float, float], None]:
    def draw(x: float, y: float) -> None:
        band = np.array([x - 7, x + 7, x + 7, x - 7]), np.array([y - 4, y - 4, y + 4, y + 4])
        drawing.lines([band], PALE, filled=True, opacity=0.6)

    return draw


def _sign(drawing: Drawing, verdict: Verdict) -> Callable[[float, float], None]:
    def draw(x: float, y: float) -> None:
        drawing.line([x - 7, x + 7], [y, y], VERDICT_COLOURS[verdict], 1.1)
        filled = verdict is not Verdict.UNDECIDED
        draw_marker(drawing, "circle", x, y, RADIUS, VERDICT_COLOURS[verdict], filled=filled)

    return draw


def _key_height(forest: Forest, width: float) -> float:
    drawing = Drawing("key", width, 0.0)
    return draw_key(drawing, _key(drawing, forest), 4.0)
