"""Profile likelihood of each permeability ratio: which values agree with the reversal potentials of the cell."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.scale import Scale, apart, log_ticks, round_ticks, tick_label
from reversal.report.figure.style import BLUE, GREY, INK, PALE, HALF_WIDTH_pt
from reversal.report.text.labels import ratio_name
from reversal.report.text.rounding import interval_ratio, ratio
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.profiles_table import ProfilePoint

PANELS_A_ROW = 2
HEIGHT, TOP, FOOT = 142.0, 32.0, 34.0
LEFT, RIGHT, BETWEEN = 26.0, 8.0, 14.0
TICK, TICKS = 3.0, 4
SHOWN_LIMITS = 2.2  # highest likelihood ratio that is drawn, over the limit
LINEAR_RANGE = 4.0  # quotient of the ends below which the ticks are round numbers and not powers of ten


def ratio_profiles(
    points: Sequence[ProfilePoint], rows: Sequence[PermeabilityRow], name: str, whole: float = HALF_WIDTH_pt
) -> Drawing | None:
    """A panel for each ratio with a profile: likelihood ratio against the ratio, its limit, and the 95 % interval.

    whole : width of the drawing [pt]
    """
    profiles = [(row, [p for p in points if (p.ion, p.reference) == (row.ion, row.reference)]) for row in rows]
    shown = [(row, some) for row, some in profiles if len(some) > 1]
    if not shown:
        return None
    columns = min(PANELS_A_ROW, len(shown))
    drawing = Drawing(name, whole, math.ceil(len(shown) / columns) * HEIGHT)
    width = (whole - (columns - 1) * BETWEEN) / columns
    for place, (row, some) in enumerate(shown):
        line, column = divmod(place, columns)
        _draw_panel(drawing, row, some, column * (width + BETWEEN), line * HEIGHT, width)
    return drawing


def _draw_panel(
    drawing: Drawing, row: PermeabilityRow, points: Sequence[ProfilePoint], left: float, top: float, width: float
) -> None:
    p_ratio, likelihood, limit = np.array([(p.p_ratio, p.likelihood_ratio, p.limit) for p in points]).T
    across = Scale(float(p_ratio[0]), float(p_ratio[-1]), left + LEFT, left + width - RIGHT, log=True)
    down = Scale(0.0, SHOWN_LIMITS * float(limit.max()), top + HEIGHT - FOOT, top + TOP)
    label = ratio_name(row.ion, row.reference)
    drawing.text(left, top + 6.0, label, TextLook(size=8.0, bold=True))
    drawing.text(left, top + 18.0, _words(row), TextLook(size=7.0, colour=GREY))
    _draw_interval(drawing, row, across, down)
    x = across(p_ratio)
    drawing.lines([(x, down(limit))], GREY, 0.9, dash="3 2")
    clip = drawing.clip(across.start, down.stop, across.stop, down.start + 1.0)
    drawing.lines([(x, down(np.minimum(likelihood, 2 * down.high)))], INK, 1.2, clip=clip, smooth=True)
    _draw_axes(drawing, across, down, label)


def _words(row: PermeabilityRow) -> str:
    interval = interval_ratio(row.p_ratio, row.ci_low, row.ci_high)
    if row.p_ratio is None or interval[:1] in "<>":
        return interval
    return f"{ratio(row.p_ratio, row.ci_low, row.ci_high)} ({interval})"


def _draw_interval(drawing: Drawing, row: PermeabilityRow, across: Scale, down: Scale) -> None:
    """Shade the values of the 95 % interval, and draw a line at the best value."""
    low, high = (
        end if bound is None else across.at(min(max(bound, across.low), across.high))
        for bound, end in ((row.ci_low, across.start), (row.ci_high, across.stop))
    )
    area = np.array([low, high, high, low]), np.array([down.stop, down.stop, down.start, down.start])
    drawing.lines([area], PALE, filled=True, opacity=0.55)
    if row.p_ratio is not None and across.contains(row.p_ratio):
        drawing.line([across.at(row.p_ratio)] * 2, [down.stop, down.start], BLUE, 1.0)


def _draw_axes(drawing: Drawing, across: Scale, down: Scale, label: str) -> None:
    bottom = down.start
    drawing.line([across.start, across.start, across.stop], [down.stop, bottom, bottom], INK, 0.8)
    for tick in round_ticks(down.low, down.high, TICKS).labelled:
        y = down.at(tick)
        drawing.line([across.start - TICK, across.start], [y, y], INK, 0.8)
        drawing.text(across.start - TICK - 2, y, tick_label(tick), TextLook(size=7.0, anchor="end"))
    ticks = (
        round_ticks(across.low, across.high, TICKS).labelled
        if across.high < LINEAR_RANGE * across.low
        else log_ticks(across.low, across.high)
    )
    for tick in ticks:
        drawing.line([across.at(tick)] * 2, [bottom, bottom + TICK], INK, 0.8)
    room = max((text_width(tick_label(tick), 7.0) for tick in ticks), default=0.0) + 4
    for tick in apart(ticks, across, room):
        drawing.text(across.at(tick), bottom + TICK + 6, tick_label(tick), TextLook(size=7.0, anchor="middle"))
    drawing.text((across.start + across.stop) / 2, bottom + TICK + 18, label, TextLook(anchor="middle"))
    upright = TextLook(size=7.0, anchor="middle", upright=False)
    drawing.text(across.start - LEFT + 6.0, (bottom + down.stop) / 2, "likelihood ratio", upright)
