"""Error budget of E_rev as bars: standard deviation by source, and the shift by a small leak."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.scale import Scale
from reversal.report.figure.style import BLUE, GREY, INK, ORANGE, PALE, FULL_WIDTH_pt
from reversal.report.text.labels import one_line
from reversal.report.text.rounding import significant
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.sides import solution_names

ROW, TOP, FOOT = 11.0, 26.0, 4.0
LONGEST_NAME = 30
NUMBER = 26.0  # room for a number after its bar
GAP = 10.0
MOST_ROWS = 40
Source = Callable[[ReversalRow], float | None]


def _own_sd_mV(row: ReversalRow) -> float | None:
    """Standard deviation of the I–V alone: what coarse steps, R_s and drift do not explain of its error."""
    if row.se_mV is None:
        return None
    known = (row.steps_sd_mV, row.series_sd_mV, row.drift_sd_mV)
    return math.sqrt(max(row.se_mV**2 - sum((sd or 0.0) ** 2 for sd in known), 0.0))


SOURCES: tuple[tuple[str, Source], ...] = (
    ("I–V points", _own_sd_mV),
    ("coarse steps", lambda row: row.steps_sd_mV),
    ("R_s", lambda row: row.series_sd_mV),
    ("drift", lambda row: row.drift_sd_mV),
    ("junction", lambda row: row.junction_sd_mV),
    ("leak", lambda row: row.leak_sd_mV),
)


def error_budget(rows: Sequence[ReversalRow], name: str, whole: float = FULL_WIDTH_pt) -> Drawing | None:
    """Bars of each recording with an error; None without any.

    whole : width of the drawing [pt]
    """
    known = [row for row in rows if any(of(row) is not None for _, of in SOURCES)][:MOST_ROWS]
    if not known:
        return None
    drawing = Drawing(name, whole, TOP + len(known) * ROW + FOOT)
    of_solutions = solution_names(known)
    names = [one_line(f"{of_solutions[row.solutions]} · {row.recording}", LONGEST_NAME) for row in known]
    left = max(map(text_width, names)) + 8.0
    width = (whole - left) / (len(SOURCES) + 1)
    largest = max([*(of(row) or 0.0 for row in known for _, of in SOURCES), 1e-9])
    for n, label in enumerate(names):
        drawing.text(left - 6.0, TOP + (n + 0.5) * ROW, label, TextLook(anchor="end"))
    drawing.text(left, 6.0, "standard deviation of E_rev (mV)", TextLook(bold=True))
    for place, (title, of) in enumerate(SOURCES):
        colour = BLUE if title in ("junction", "leak") else INK
        _draw_bars(drawing, title, [of(row) for row in known], left + place * width, width, largest, colour)
    shifts = [None if row.leak_sensitivity_mV is None else abs(row.leak_sensitivity_mV) for row in known]
    last = left + len(SOURCES) * width
    most = max([*(shift or 0.0 for shift in shifts), 1e-9])
    _draw_bars(drawing, "shift by 0.1 nS", shifts, last, width, most, ORANGE)
    return drawing


def _draw_bars(
    drawing: Drawing, title: str, values: Sequence[float | None], left: float, width: float, largest: float, colour: str
) -> None:
    across = Scale(0.0, largest, left, left + width - NUMBER - GAP)
    drawing.text(left, 18.0, title, TextLook(colour=colour))
    drawing.line([left, left], [TOP, TOP + len(values) * ROW], PALE, 0.8)
    for n, value in enumerate(values):
        y = TOP + (n + 0.5) * ROW
        if value is None:
            drawing.text(left + 3.0, y, "not known", TextLook(size=6.5, colour=GREY))
            continue
        right = across.at(value)
        bar = np.array([left, right, right, left]), np.array([y - 3.2, y - 3.2, y + 3.2, y + 3.2])
        drawing.lines([bar], colour, filled=True)
        drawing.text(right + 3.0, y, significant(value, 2), TextLook(size=6.5))
