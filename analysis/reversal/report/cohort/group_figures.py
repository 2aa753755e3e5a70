"""What the cohort says as figures: E_rev by bath and group, and the shifts between groups, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from reversal.report.cohort.figure_data import Numbers, WideTable
from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.markers import draw_marker
from reversal.report.figure.scale import Scale, apart, round_ticks, tick_label, with_edges
from reversal.report.figure.style import GREY, INK, FigureSize, category_styles
from reversal.report.text.labels import one_line
from reversal.report.text.rounding import interval_mV, millivolts
from reversal.tables.cell_values import cell_values
from reversal.tables.group_reversals_table import GroupReversalRow
from reversal.tables.shifts_table import Design, Shifted, ShiftRow
from reversal.tables.sides import common_sides, solution_names
from reversal.tables.status import Status

ROW, AXIS, TOP, EDGE = 13.0, 30.0, 6.0, 8.0
LONGEST_NAME, WIDEST_NAME = 44, 0.5  # characters; part of the width
RADIUS, CELL_RADIUS, LETTER = 2.3, 1.2, 7.5
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class IntervalLine:
    """An estimate with its limits on a line of its own.

    mark : another value on the line, for example Nernst;  cells : values of the cells, drawn as small dots
    place : lines of one place, for example a bath, that follow each other have the dots of each cell joined
    """

    label: str
    value: float
    low: float | None
    high: float | None
    look: tuple[str, str] = (INK, "circle")
    filled: bool = True
    mark: float | None = None
    cells: Mapping[str, float] = field(default_factory=dict)
    place: object = None


def reversal_lines(rows: Sequence[GroupReversalRow]) -> tuple[IntervalLine, ...]:
    """Mean E_rev of each bath and group, with the Nernst potential as a mark; baths in their order, groups together."""
    looks = category_styles(row.condition for row in rows)
    names = solution_names(rows)
    baths = list(names)
    known = sorted((row for row in rows if row.e_rev_mV is not None), key=lambda row: baths.index(row.solutions))
    return tuple(
        IntervalLine(
            f"{names[row.solutions]} · {row.condition} (n = {row.n_cells})",
            row.e_rev_mV or 0.0,
            row.ci_low_mV,
            row.ci_high_mV,
            looks[row.condition],
            row.status is Status.OK,
            row.e_nernst_mV,
            cell_values(row.cells_mV),
            row.solutions,
        )
        for row in known
    )


def shift_lines(rows: Sequence[ShiftRow], baths: str = "baths") -> tuple[IntervalLine, ...]:
    """Shift of E_rev between each pair of groups, over all baths and in each bath; 0 is no shift.

    baths : what the baths are called
    """
    many = len({pair_name(row) for row in rows}) > 1
    return tuple(
        IntervalLine(
            f"{f'{pair_name(row)}, ' if many else ''}{row.bath or f'all {baths}'} ({_cells(row)})",
            row.difference or 0.0,
            row.ci_low,
            row.ci_high,
            (INK, "circle" if row.bath else "diamond"),
            row.status is Status.OK,
            cells=cell_values(row.cells),
        )
        for row in rows
        if row.difference is not None and row.quantity is Shifted.E_REV
    )


def shift_scale(rows: Sequence[ShiftRow]) -> str:
    """Name of the scale of shifts; with one pair of groups, it names them."""
    pairs = list(dict.fromkeys(pair_name(row) for row in rows))
    return f"E_rev, {one_line(pairs[0], LONGEST_NAME)} (mV)" if len(pairs) == 1 else "shift of E_rev (mV)"


def pair_name(row: ShiftRow) -> str:
    """Both groups, the first less the other."""
    groups = row.condition, row.against_condition
    if groups[0] == groups[1]:
        groups = row.experiment, row.against_experiment
    return f"{groups[0]} − {groups[1]}"


def _cells(row: ShiftRow) -> str:
    if row.design is Design.PAIRED:
        return f"paired, n = {row.n_cells}"
    return f"n = {row.n_cells} and {row.n_cells_against}"


def drawn_lines(lines: Sequence[IntervalLine], scale_name: str, zero: bool, name: str, size: FigureSize) -> Drawing:
    """Draw intervals below one another.

    zero : whether 0 is drawn as a line; else the marks of the lines are drawn
    """
    shown = lines[:MOST_LINES]
    row = ROW if not size.fixed else min(ROW, (size.height - TOP - AXIS) / max(len(shown), 1))
    drawing = Drawing(name, size.width, size.height if size.fixed else TOP + row * len(shown) + AXIS)
    widest = max((text_width(one_line(line.label, LONGEST_NAME), LETTER) for line in shown), default=0.0)
    names = min(widest, WIDEST_NAME * size.width) + EDGE
    ends = [
        x for line in shown for x in (line.value, line.low, line.high, line.mark, *line.cells.values()) if x is not None
    ]
    low, high = with_edges([*ends, *([0.0] if zero else [])] or [0.0], 0.06)
    across, bottom = Scale(low, high, names + EDGE, size.width - EDGE), TOP + row * len(shown)
    if zero:
        drawing.line([across.at(0.0)] * 2, [TOP, bottom], GREY, 0.8)
    _draw_cells(drawing, shown, row, across)
    for number, line in enumerate(shown):
        y = TOP + (number + 0.5) * row
        _draw_line(drawing, line, y, across, names)
    _draw_scale(drawing, across, bottom, scale_name)
    return drawing


def _draw_cells(drawing: Drawing, lines: Sequence[IntervalLine], row: float, across: Scale) -> None:
    """Small dots of the cells, and a line from each to that of the same cell in the next group of the place."""
    middles = [TOP + (number + 0.5) * row for number in range(len(lines))]
    for line, y in zip(lines, middles, strict=True):
        x = np.array([across.at(value) for value in line.cells.values()])
        drawing.circles(x, np.full(x.size, y), CELL_RADIUS, GREY)
    for number, (line, following) in enumerate(pairwise(lines)):
        if line.place is None or line.place != following.place:
            continue
        for cell in sorted(line.cells.keys() & following.cells.keys()):
            ends = [across.at(line.cells[cell]), across.at(following.cells[cell])]
            drawing.line(ends, middles[number : number + 2], GREY, 0.5)


def _draw_line(drawing: Drawing, line: IntervalLine, y: float, across: Scale, names: float) -> None:
    fits = min(LONGEST_NAME, max(int(names / text_width("n", LETTER)), 8))
    drawing.text(names, y, one_line(line.label, fits), TextLook(size=LETTER, anchor="end"))
    colour, shape = line.look
    if line.mark is not None:
        drawing.line([across.at(line.mark)] * 2, [y - 4.0, y + 4.0], GREY, 1.2)
    if line.low is not None and line.high is not None:
        drawing.line([across.at(line.low), across.at(line.high)], [y, y], colour, 1.1)
    draw_marker(drawing, shape, across.at(line.value), y, RADIUS, colour, filled=line.filled)


def _draw_scale(drawing: Drawing, across: Scale, bottom: float, scale_name: str) -> None:
    drawing.line([across.start, across.stop], [bottom, bottom], INK, 0.8)
    ticks = round_ticks(across.low, across.high, max(int((across.stop - across.start) / 40.0), 2)).labelled
    room = max((text_width(tick_label(tick)) for tick in ticks), default=0.0) + 5.0
    for tick in ticks:
        drawing.line([across.at(tick)] * 2, [bottom, bottom + 3.0], INK, 0.8)
    for tick in apart(ticks, across, room):
        drawing.text(across.at(tick), bottom + 9.0, tick_label(tick), TextLook(anchor="middle"))
    half = text_width(scale_name, 8.0) / 2
    middle = max(min((across.start + across.stop) / 2, drawing.width - half), half)
    drawing.text(middle, bottom + 20.0, scale_name, TextLook(size=8.0, anchor="middle"))


def reversals_in_words(rows: Sequence[GroupReversalRow]) -> str:
    """The means as a paper gives them: E_rev was −89.3 mV (95 %: −90.1 to −88.5; n = 5 cells) in K2.5."""
    groups: dict[str, list[str]] = {}
    names = solution_names(rows)
    for row in rows:
        if row.e_rev_mV is not None:
            value, limits = (
                millivolts(row.e_rev_mV, row.ci_low_mV, row.ci_high_mV),
                interval_mV(row.ci_low_mV, row.ci_high_mV),
            )
            interval = f"95 %: {limits}; " if limits else ""
            cells = f"n = {row.n_cells} cell{'' if row.n_cells == 1 else 's'}"
            groups.setdefault(row.condition, []).append(f"{value} mV ({interval}{cells}) in {names[row.solutions]}")
    many = len(groups) > 1
    return " ".join(f"E_rev {f'of {name} ' if many else ''}was {_listed(means)}." for name, means in groups.items())


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def shifts_in_words(rows: Sequence[ShiftRow]) -> str:
    """The sentences of the shifts of E_rev over all baths, or of those in the only bath."""
    overall = [row for row in of_all_baths(rows) if row.quantity is Shifted.E_REV]
    return " ".join(row.sentence for row in overall or rows)


def of_all_baths(rows: Sequence[ShiftRow]) -> list[ShiftRow]:
    """The shifts over all baths or in the only bath, and those of slopes; without those in single baths."""
    return [row for row in rows if row.bath is None or row.n_tests == 1]


def group_reversals_wide(rows: Sequence[GroupReversalRow]) -> WideTable:
    """Mean E_rev, one line a bath, columns by condition."""
    names = solution_names(rows)
    means = {(names[row.solutions], row.condition): _numbers(row) for row in rows}
    return WideTable(common_sides(rows).bath, means)


def _numbers(row: GroupReversalRow) -> Numbers:
    return row.e_rev_mV, row.ci_low_mV, row.ci_high_mV


def shifts_wide(rows: Sequence[ShiftRow]) -> WideTable:
    """Shift of E_rev, one line a bath, columns by pair of groups."""
    used = [row for row in rows if row.quantity is Shifted.E_REV]
    shifts = {(row.bath or "all", pair_name(row)): (row.difference, row.ci_low, row.ci_high) for row in used}
    return WideTable("bath", shifts)
