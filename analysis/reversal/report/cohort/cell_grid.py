"""Cells as a grid of small plots with common scales: E_rev against log concentration, and the Nernst line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reversal.report.figure.changed_side import nernst_lines
from reversal.report.figure.drawing import Drawing, TextLook
from reversal.report.figure.scale import Scale, round_ticks, tick_label, with_edges
from reversal.report.figure.style import GREY, INK, ORANGE, PALE, SLIDE_SIZE
from reversal.report.text.labels import one_line
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

COLUMNS, ROWS = 6, 3
CELLS_A_GRID = COLUMNS * ROWS
TITLE, GAP, LEFT, FOOT = 10.0, 8.0, 22.0, 9.0
NAME_CHARACTERS = 16
MOST_TICKS = 3  # of the potential


def cell_grid(cells: Sequence[Sequence[ReversalRow]], name: str) -> Drawing:
    """Small plots of cells: rows with a concentration and a reversal potential of one cell each."""
    drawing = Drawing(name, SLIDE_SIZE.width, SLIDE_SIZE.height)
    rows = [row for cell in cells for row in cell]
    levels = [row.out_mM for row in rows if row.out_mM]
    ends = [end for row in rows for end in (row.e_rev_mV, row.e_nernst_mV) if end is not None]
    columns = min(COLUMNS, math.ceil(math.sqrt(2 * len(cells))))
    width = (SLIDE_SIZE.width - LEFT) / columns
    height = SLIDE_SIZE.height / math.ceil(len(cells) / columns)
    low, high = with_edges(ends, 0.08)
    for place, cell in enumerate(cells):
        line, column = divmod(place, columns)
        left, top = LEFT + column * width, line * height
        across = Scale(min(levels) / 1.3, max(levels) * 1.3, left, left + width - GAP, log=True)
        down = Scale(low, high, top + height - FOOT, top + TITLE)
        drawing.text(left, top + 5.0, one_line(cell[0].cell, NAME_CHARACTERS), TextLook(size=6.5, bold=True))
        _draw_cell(drawing, cell, across, down)
        if column == 0:
            for tick in round_ticks(low, high, MOST_TICKS).labelled:
                look = TextLook(size=5.5, colour=GREY, anchor="end")
                drawing.line([left - 2.0, left], [down.at(tick)] * 2, PALE, 0.8)
                drawing.text(left - 3.5, down.at(tick), tick_label(tick), look)
        for anchor, end in (("start", min(levels)), ("end", max(levels))):
            look = TextLook(size=5.5, colour=GREY, anchor=anchor)
            drawing.text(across.start if anchor == "start" else across.stop, down.start + 5.0, f"{end:g}", look)
    return drawing


def _draw_cell(drawing: Drawing, rows: Sequence[ReversalRow], across: Scale, down: Scale) -> None:
    drawing.line([across.start, across.start, across.stop], [down.stop, down.start, down.start], PALE, 0.8)
    for line in nernst_lines(rows):
        if len(line) > 1:
            x, y = np.array(line).T
            drawing.lines([(across(x), down(y))], GREY, 0.7, dash="3 2")
    for row in rows:
        x, y = across.at(row.out_mM or 1.0), down.at(row.e_rev_mV or 0.0)
        sound = row.status is Status.OK
        colour = INK if sound else ORANGE
        limits = [end for end in (row.ci_low_mV, row.ci_high_mV) if end is not None]
        ends = [down.at(min(max(end, down.low), down.high)) for end in limits]
        drawing.line([x] * (len(ends) + 1), sorted([y, *ends]), colour, 0.8)
        drawing.circles(np.array([x]), np.array([y]), 1.5, colour, fill=None if sound else "#fff")
