"""Reversal potential against the concentration that changes, with the Nernst and GHK curves.

If both sides change, there is a curve for each concentration of the other side, in the colour of its points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.report.figure.changed_side import SeriesSide
from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.scale import Scale, apart, round_ticks, tick_label, with_edges
from reversal.report.figure.style import GREY, INK, HALF_WIDTH_pt, concentration_colours
from reversal.tables.curves_table import CurvePoint
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status

HEIGHT = 205.0
BOTTOM, RIGHT = 30.0, 8.0
KEY_ROW, KEY_LINE = 11.0, 18.0
TICK, MOST_TICKS = 3.0, 7
EDGE = 2.0  # between a label and the end of the drawing
RADIUS = 2.3
ARROW_mV = 8.0  # at an open end: without it, an interval without a limit looks like one that ends at its value
BOUND_mV = 9.0  # length of the arrow from the last voltage with a current that differs from zero
BAND_OPACITY = 0.2
WIDEST_BAND = 0.25  # of the range of points and lines, shown beyond it; the rest of a wide band is cut off
CONCENTRATION_EDGE = 1.5  # factor of concentration at both ends of the axis
MEASURED, UNRELIABLE, BOUND_ONLY = "measured, 95 % interval", "flagged or extrapolated", "bound only"
KeyText = tuple[str, str | None, str]  # text, dash of a line or None for a point, colour
CURVES = (("nernst", "4 2", GREY, "Nernst"), ("ghk", "", INK, "GHK fit"))


def reversal_series(seen: SeriesSide, name: str, size: tuple[float, float] = (HALF_WIDTH_pt, HEIGHT)) -> Drawing:
    """E_rev against concentration (log axis) with 95 % intervals; Nernst and GHK curves with their bands.

    size : width and height [pt]
    """
    drawing = Drawing(name, *size)
    rows = [row for row in seen.reversals if row.out_mM is not None and row.out_mM > 0]
    points = [point for point in seen.curves if point.out_mM > 0]
    colours = concentration_colours(seen.other_mM(row) if seen.other else row.out_mM for row in seen.reversals)
    lines = _lines(seen, points, colours)
    top = _draw_key(drawing, rows, points, _levels_in_key(seen, colours))
    across, down = _scales(drawing, rows, points, top)
    draw_concentration_axes(drawing, across, down, [row.out_mM or 0.0 for row in rows], seen.label)
    for line in lines:
        _draw_band(drawing, line.points, across, down, line.colour)
    for line in lines:
        x, y = np.array([(point.out_mM, point.e_mV) for point in line.points]).T
        drawing.lines([(across(x), down(y))], line.colour, 1.2, dash=line.dash, smooth=True)
    for row in rows:
        colour = colours[seen.other_mM(row) if seen.other else row.out_mM]
        if row.e_rev_mV is None:
            _draw_bound(drawing, row, across, down, colour)
        else:
            _draw_reversal(drawing, row, row.e_rev_mV, across, down, colour)
    return drawing


@dataclass(frozen=True, slots=True)
class _Line:
    """A curve to draw."""

    points: Sequence[CurvePoint]
    dash: str
    colour: str


def _lines(seen: SeriesSide, points: Sequence[CurvePoint], colours: Mapping[float | None, str]) -> list[_Line]:
    """Curves of each kind, of each condition, and for each concentration of the other side if this changes too."""
    found: dict[tuple[str, str, str, float | None], list[CurvePoint]] = {}
    for point in points:
        found.setdefault((point.kind, point.experiment, point.condition, point.in_mM), []).append(point)
    looks = {kind: (dash, colour) for kind, dash, colour, _ in CURVES}
    order = sorted(found, key=lambda line: list(looks).index(line[0]))
    return [
        _Line(found[line], looks[line[0]][0], colours[line[3]] if seen.other else looks[line[0]][1]) for line in order
    ]


def _levels_in_key(seen: SeriesSide, colours: Mapping[float | None, str]) -> list[KeyText]:
    """Concentrations of the other side with their colours, if this changes too."""
    return [
        (f"{seen.other} {level:g} mM", None, colour)
        for level, colour in colours.items()
        if seen.other and level is not None
    ]


def _draw_band(drawing: Drawing, points: Sequence[CurvePoint], across: Scale, down: Scale, colour: str) -> None:
    """Fill the 95 % band of a line."""
    known = [(p.out_mM, p.low_mV, p.high_mV) for p in points if p.low_mV is not None and p.high_mV is not None]
    if not known:
        return
    x, low, high = np.array(known).T
    area = np.concatenate([across(x), across(x)[::-1]]), np.concatenate([down(low), down(high)[::-1]])
    clip = drawing.clip(across.start, down.stop, across.stop, down.start)
    drawing.lines([area], colour, filled=True, opacity=BAND_OPACITY, smooth=True, clip=clip)


def is_reliable(row: ReversalRow) -> bool:
    """Whether a reversal potential is drawn filled."""
    return row.status is Status.OK and row.crossing is Crossing.BRACKETED


def _scales(
    drawing: Drawing, rows: Sequence[ReversalRow], points: Sequence[CurvePoint], top: float
) -> tuple[Scale, Scale]:
    levels = [row.out_mM or 0.0 for row in rows]
    mM = [*(x / CONCENTRATION_EDGE for x in levels), *(x * CONCENTRATION_EDGE for x in levels)]
    mM += [point.out_mM for point in points]
    shown = [*(point.e_mV for point in points), *_ends_mV(rows)] or [0.0]
    most_mV = WIDEST_BAND * (max(shown) - min(shown)) + 1.0
    band = [end for point in points for end in (point.low_mV, point.high_mV) if end is not None]
    shown += [min(max(end, min(shown) - most_mV), max(shown) + most_mV) for end in band]
    low_mV, high_mV = with_edges(shown, 0.05)
    widest = max((text_width(tick_label(tick)) for tick in _voltage_ticks(low_mV, high_mV)), default=0.0)
    across = Scale(min(mM), max(mM), 14.0 + widest + TICK + 3, drawing.width - RIGHT, log=True)
    return across, Scale(low_mV, high_mV, drawing.height - BOTTOM, top)


def _ends_mV(rows: Sequence[ReversalRow]) -> list[float]:
    """Voltages that are drawn for these rows: values, ends of intervals, tips of arrows."""
    ends: list[float | None] = []
    for row in rows:
        if row.e_rev_mV is not None:
            ends += [row.e_rev_mV, row.ci_low_mV, row.ci_high_mV, *(tip for tip in _open_ends_mV(row))]
        elif row.bound is not None and row.bound_mV is not None:
            ends += [row.bound_mV, row.bound_mV + _towards_mV(row)]
    return [end for end in ends if end is not None]


def _open_ends_mV(row: ReversalRow) -> list[float]:
    """Tips of the arrows on the sides on which the interval of a reversal potential has no limit."""
    if row.e_rev_mV is None or (row.ci_low_mV is None and row.ci_high_mV is None):
        return []
    sides = ((row.ci_low_mV, -ARROW_mV), (row.ci_high_mV, ARROW_mV))
    return [row.e_rev_mV + towards for end, towards in sides if end is None]


def _towards_mV(row: ReversalRow) -> float:
    return BOUND_mV if row.bound == "above" else -BOUND_mV


def _voltage_ticks(low_mV: float, high_mV: float) -> tuple[float, ...]:
    return round_ticks(low_mV, high_mV, MOST_TICKS).labelled


def draw_concentration_axes(
    drawing: Drawing, across: Scale, down: Scale, levels_mM: Sequence[float], ion_label: str
) -> None:
    """Draw axes of potential and of log concentration; the ticks are the concentrations of the baths."""
    left, bottom = across.start, down.start
    drawing.line([left, left, across.stop], [down.stop, bottom, bottom], INK, 0.8)
    for tick in _voltage_ticks(down.low, down.high):
        y = down.at(tick)
        drawing.line([left - TICK, left], [y, y], INK, 0.8)
        drawing.text(left - TICK - 2, y, tick_label(tick), TextLook(anchor="end"))
    for level in sorted(set(levels_mM)):
        x = across.at(level)
        drawing.line([x, x], [bottom, bottom + TICK], INK, 0.8)
    room = max(text_width(tick_label(level)) for level in levels_mM) + 3
    for level in apart(levels_mM, across, room):
        x = min(across.at(level), drawing.width - text_width(tick_label(level)) / 2 - EDGE)
        drawing.text(x, bottom + TICK + 6, tick_label(level), TextLook(anchor="middle"))
    middle = TextLook(size=8.0, anchor="middle")
    drawing.text((left + across.stop) / 2, bottom + TICK + 19, f"{ion_label} (mM)", middle)
    aside = TextLook(size=8.0, anchor="middle", upright=False)
    drawing.text(7.0, (bottom + down.stop) / 2, "Reversal potential (mV)", aside)


def _draw_reversal(
    drawing: Drawing, row: ReversalRow, e_rev_mV: float, across: Scale, down: Scale, colour: str
) -> None:
    x, y = across.at(row.out_mM or 0.0), down.at(e_rev_mV)
    for tip_mV in _open_ends_mV(row):
        _arrow(drawing, x, y, down.at(tip_mV), colour, filled=True)
    ends = [down.at(end) for end in (row.ci_low_mV, row.ci_high_mV) if end is not None]
    for end in ends:
        drawing.line([x - 2, x + 2], [end, end], colour, 1.0)
    drawing.line([x] * (len(ends) + 1), sorted([y, *ends]), colour, 1.0)
    fill = None if is_reliable(row) else "#fff"
    drawing.circles(np.array([x]), np.array([y]), RADIUS, colour, fill=fill)


def _draw_bound(drawing: Drawing, row: ReversalRow, across: Scale, down: Scale, colour: str) -> None:
    """Draw an arrow from the last voltage with a current that differs from zero towards the reversal potential."""
    if row.bound is None or row.bound_mV is None:
        return
    x, y = across.at(row.out_mM or 0.0), down.at(row.bound_mV)
    drawing.line([x - 3, x + 3], [y, y], colour, 1.2)
    _arrow(drawing, x, y, down.at(row.bound_mV + _towards_mV(row)), colour, filled=False)


def _arrow(drawing: Drawing, x: float, start: float, tip: float, colour: str, filled: bool) -> None:
    """Vertical arrow; a filled head is for an interval without a limit, an open one for a bound."""
    back = tip + (4.0 if start > tip else -4.0)
    drawing.line([x, x], [start, back if filled else tip], colour, 1.0)
    head = (np.array([x - 2.2, x, x + 2.2]), np.array([back, tip, back]))
    drawing.lines([head], colour, 1.0, filled=filled)


def _draw_key(
    drawing: Drawing, rows: Sequence[ReversalRow], points: Sequence[CurvePoint], levels: Sequence[KeyText]
) -> float:
    """Draw the key in rows above the plot. Returns where the plot begins [pt]."""
    kinds = {point.kind for point in points}
    lines = [(text, dash, colour) for kind, dash, colour, text in CURVES if kind in kinds]
    found = [row for row in rows if row.e_rev_mV is not None]
    bounds = [row for row in rows if row.e_rev_mV is None and row.bound_mV is not None]
    symbols = [MEASURED] * any(map(is_reliable, found)) + [UNRELIABLE] * any(not is_reliable(row) for row in found)
    symbols += [BOUND_ONLY] * bool(bounds)
    x, y = 30.0, 6.0
    for text, dash, colour in [*lines, *((text, None, INK) for text in symbols), *levels]:
        width = KEY_LINE + text_width(text) + 8
        if x + width > drawing.width and x > 30.0:
            x, y = 30.0, y + KEY_ROW
        _draw_sign(drawing, x, y, text, dash, colour)
        drawing.text(x + KEY_LINE, y, text)
        x += width
    return y + KEY_ROW


def _draw_sign(drawing: Drawing, x: float, y: float, text: str, dash: str | None, colour: str) -> None:
    if dash is not None:
        band = np.array([x, x + KEY_LINE - 4, x + KEY_LINE - 4, x]), y + np.array([-3.0, -3.0, 3.0, 3.0])
        drawing.lines([band], colour, filled=True, opacity=BAND_OPACITY)
        drawing.line([x, x + KEY_LINE - 4], [y, y], colour, 1.2, dash=dash)
    elif text == BOUND_ONLY:
        drawing.line([x + 4, x + 10], [y + 3.5, y + 3.5], colour, 1.2)
        _arrow(drawing, x + 7, y + 3.5, y - 4, colour, filled=False)
    else:
        drawing.line([x + 7, x + 7], [y - 4, y + 4], colour, 1.0)
        fill = "#fff" if text == UNRELIABLE else None
        drawing.circles(np.array([x + 7]), np.array([y]), RADIUS, colour, fill=fill)
