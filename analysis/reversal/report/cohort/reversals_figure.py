"""Reversal potentials of all cells against the concentration that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from reversal.arrays import FloatArray
from reversal.report.cell.series_figure import CONCENTRATION_EDGE, MOST_TICKS, TICK, ARROW_mV, draw_concentration_axes
from reversal.report.figure.drawing import Drawing, text_width
from reversal.report.figure.key import KeyEntry, draw_key
from reversal.report.figure.markers import draw_marker
from reversal.report.figure.scale import Scale, round_ticks, tick_label, with_edges
from reversal.report.figure.style import GREY, PALE, FigureSize, category_styles
from reversal.report.text.labels import one_line
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

BOTTOM = 30.0
RADIUS = 2.0
DASH = 1.06  # half-width of the Nernst mark of a single bath, as a factor of concentration
APART = 1.06  # largest horizontal offset of a cell, as a factor
CROWDED = 60  # points; more are drawn smaller
NERNST_DASH = "4 2"


def reversals_of_all(rows: Sequence[ReversalRow], ion_label: str, name: str, size: FigureSize) -> Drawing:
    """E_rev of all cells with 95 % intervals; points of a cell are joined and offset horizontally."""
    drawing = Drawing(name, size.width, size.height)
    used = [row for row in rows if row.out_mM and row.e_rev_mV is not None]
    looks = category_styles(row.condition for row in used)
    top = draw_key(drawing, _key(drawing, used, looks), 30.0)
    across, down = _scales(drawing, rows, used, top)
    draw_concentration_axes(drawing, across, down, [row.out_mM for row in rows if row.out_mM], ion_label)
    shift = _offsets(rows)
    joined = [line for line in _by_cell(used, shift, lambda row: row.e_rev_mV) if len(line) > 1]
    drawing.lines([_placed(line, across, down) for line in joined], PALE, 0.7)
    nernst = [_widened(line) for line in _by_cell(rows, {}, lambda row: row.e_nernst_mV)]
    drawing.lines(_once(_placed(line, across, down) for line in nernst), GREY, 0.8, dash=NERNST_DASH, smooth=True)
    small = 0.7 if len(used) > CROWDED else 1.0
    for row in used:
        x = across.at((row.out_mM or 0.0) * shift[row.cell])
        _draw_point(drawing, row, x, down, looks[row.condition], small)
    return drawing


def _draw_point(drawing: Drawing, row: ReversalRow, x: float, down: Scale, look: tuple[str, str], small: float) -> None:
    colour, shape = look
    value = row.e_rev_mV or 0.0
    known = row.ci_low_mV is not None or row.ci_high_mV is not None
    for end, towards in ((row.ci_low_mV, -ARROW_mV), (row.ci_high_mV, ARROW_mV)):
        if end is not None:
            drawing.line([x, x], [down.at(value), down.at(end)], colour, 0.9 * small)
        elif known:
            tip = down.at(value + towards)
            back = tip - 4.0 if towards < 0 else tip + 4.0
            drawing.line([x, x], [down.at(value), back], colour, 0.9 * small)
            drawing.lines([(np.array([x - 2.0, x, x + 2.0]), np.array([back, tip, back]))], colour, filled=True)
    draw_marker(drawing, shape, x, down.at(value), RADIUS * small, colour, filled=row.status is Status.OK)


def _scales(
    drawing: Drawing, rows: Sequence[ReversalRow], used: Sequence[ReversalRow], top: float
) -> tuple[Scale, Scale]:
    levels = [row.out_mM for row in rows if row.out_mM]
    ends: list[float | None] = [row.e_nernst_mV for row in rows if row.out_mM]
    for row in used:
        value = row.e_rev_mV or 0.0
        open_end = row.ci_low_mV is not None or row.ci_high_mV is not None
        for limit, towards in ((row.ci_low_mV, -ARROW_mV), (row.ci_high_mV, ARROW_mV)):
            ends += [value, value + towards if limit is None and open_end else limit]
    low_mV, high_mV = with_edges([end for end in ends if end is not None] or [0.0], 0.05)
    ticks = round_ticks(low_mV, high_mV, MOST_TICKS).labelled
    left = 17.0 + max((text_width(tick_label(tick)) for tick in ticks), default=0.0) + TICK
    across = Scale(
        min(levels) / CONCENTRATION_EDGE, max(levels) * CONCENTRATION_EDGE, left, drawing.width - 6.0, log=True
    )
    return across, Scale(low_mV, high_mV, drawing.height - BOTTOM, top + 3.0)


def _key(drawing: Drawing, used: Sequence[ReversalRow], looks: Mapping[str, tuple[str, str]]) -> list[KeyEntry]:
    entries = [KeyEntry("Nernst (measured temperatures)", _nernst_sign(drawing))]
    for condition, look in looks.items():
        for sound in (True, False):
            if any(row.condition == condition and (row.status is Status.OK) is sound for row in used):
                name = one_line(condition, 30) + ("" if sound else ", flagged")
                entries.append(KeyEntry(name, _point_sign(drawing, look, sound)))
    return entries


def _nernst_sign(drawing: Drawing) -> Callable[[float, float], None]:
    return lambda x, y: drawing.line([x - 7, x + 7], [y, y], GREY, 0.8, dash=NERNST_DASH)


def _point_sign(drawing: Drawing, look: tuple[str, str], sound: bool) -> Callable[[float, float], None]:
    def draw(x: float, y: float) -> None:
        drawing.line([x, x], [y - 4, y + 4], look[0], 0.9)
        draw_marker(drawing, look[1], x, y, RADIUS, look[0], filled=sound)

    return draw


Line = list[tuple[float, float]]  # concentration [mM] and potential [mV]


def _by_cell(
    rows: Sequence[ReversalRow], shift: Mapping[str, float], potential: Callable[[ReversalRow], float | None]
) -> list[Line]:
    """Potentials of each cell and condition by rising concentration, one line for each value of the other side."""
    lines: dict[tuple[str, str, float | None], Line] = {}
    for row in rows:
        e_mV = potential(row)
        if row.out_mM and e_mV is not None:
            lines.setdefault((row.cell, row.condition, row.in_mM), []).append(
                (row.out_mM * shift.get(row.cell, 1.0), e_mV)
            )
    return [sorted(line) for line in lines.values()]


def _widened(line: Line) -> Line:
    """A line that is seen: a single point becomes a dash."""
    levels = {level for level, _ in line}
    return line if len(levels) > 1 else [(line[0][0] / DASH, line[0][1]), (line[0][0] * DASH, line[0][1])]


def _placed(line: Line, across: Scale, down: Scale) -> tuple[FloatArray, FloatArray]:
    x, y = np.array(line).T
    return across(x), down(y)


def _once(lines: Iterable[tuple[FloatArray, FloatArray]]) -> list[tuple[FloatArray, FloatArray]]:
    """Lines without repetitions: cells in the same baths at one temperature have one Nernst line."""
    return list({(x.round(2).tobytes(), y.round(2).tobytes()): (x, y) for x, y in lines}.values())


def _offsets(rows: Sequence[ReversalRow]) -> dict[str, float]:
    """Factor on the concentration of each cell, so that intervals at one concentration do not overlap."""
    cells = list(dict.fromkeys(row.cell for row in rows))
    if len(cells) < 2:
        return dict.fromkeys(cells, 1.0)
    return {cell: APART ** (2 * n / (len(cells) - 1) - 1) for n, cell in enumerate(cells)}
