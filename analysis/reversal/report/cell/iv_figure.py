"""I–V curves of one condition: the full range, and the range near the reversal potentials."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.origin_axes import OriginAxes
from reversal.report.figure.scale import Scale, convenient_unit, with_edges
from reversal.report.figure.style import FULL_WIDTH_pt, concentration_colours
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED
from reversal.tables.iv_table import IVPoint
from reversal.tables.reversals_table import ReversalRow

HEIGHT = 210.0
TOP, BOTTOM = 28.0, 18.0  # the titles and the name of the current above the plots, labels of ticks below them
AXIS_NAME = 34.0  # room for "V (mV)" at the end of an axis
LABELS = 30.0  # room for labels to the left of a plot
SHARE_OF_FULL = 0.53
KEY_ROW, KEY_LINE = 11.0, 16.0
KEY_TOP = 22.0
WIDEST_KEY = 1 / 3  # of the width
NARROWEST_PAIR = 400.0
RADIUS = 1.6
CROSS = 1.8
MOST_IN_UNIT = 20_000.0  # larger currents are given in the next unit
MOST_nA = 1000.0  # beyond a patch-clamp amplifier: currents of two electrodes are given in µA
ZOOM_mV = 12.0  # shown on both sides of the reversal potentials
NEAREST_mV = 6.0  # points closer to E_rev do not set the range of currents near it
ERROR_BAR_pt = 0.4  # shorter ones are hidden by the line

Levels = Mapping[float | None, str]


@dataclass(frozen=True, slots=True)
class Curve:
    """I–V of one recording: the points that are used, in order of voltage, and those that are not.

    points, left_out : shape (points, 2), voltage [mV] and current [pA]
    errors_pA : half of each 95 % interval, shape (points,);  sweeps : number of the sweep of each point
    """

    recording: str
    level_mM: float | None
    points: FloatArray
    errors_pA: FloatArray
    sweeps: tuple[int, ...]
    left_out: FloatArray


def iv_family(
    points: Sequence[IVPoint],
    reversals: Sequence[ReversalRow],
    ion_label: str,
    name: str,
    size: tuple[float, float] = (FULL_WIDTH_pt, HEIGHT),
) -> Drawing:
    """I–V curves, one per recording, coloured by concentration: full range, and range near E_rev.

    size : width [pt], and height [pt] of a plot; a narrow drawing has one plot below the other
    """
    width, height = size
    levels = {row.recording: row.out_mM for row in reversals}
    colours = concentration_colours(levels.values())
    curves = curves_of(points, levels)
    shown_levels = list(dict.fromkeys(curve.level_mM for curve in curves))
    key = _Key(f"{ion_label} (mM)", [_amount(level) for level in shown_levels], width, height)
    near = _range_near_reversals(curves, reversals)
    below = near is not None and width < NARROWEST_PAIR
    drawing = Drawing(name, width, height * (1 + below))
    right = width - key.width
    middle = right * SHARE_OF_FULL
    end = right if near is None or below else middle
    _draw_plot(drawing, "full range", _Place(2.0, end - AXIS_NAME, 0.0, height), _full_range(curves), curves, colours)
    if near is not None:
        marks = [row for row in reversals if row.e_rev_mV is not None]
        left, top = (2.0, height) if below else (middle + 10, 0.0)
        place = _Place(left, right - AXIS_NAME, top, top + height)
        _draw_plot(drawing, "near E_rev", place, near, curves, colours, marks)
    key.draw(drawing, right, [colours[level] for level in shown_levels])
    return drawing


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a plot is in the drawing [pt]."""

    left: float
    right: float
    top: float
    bottom: float


def curves_of(points: Sequence[IVPoint], levels_mM: Mapping[str, float | None]) -> list[Curve]:
    """Curves of the recordings, by rising concentration, those without a known concentration last."""
    by_recording: dict[str, list[IVPoint]] = {}
    for point in points:
        by_recording.setdefault(point.recording, []).append(point)
    names = sorted(by_recording, key=lambda name: (_or_last(levels_mM.get(name)), name))
    return [_curve(name, levels_mM.get(name), by_recording[name]) for name in names]


def _curve(recording: str, level_mM: float | None, points: Sequence[IVPoint]) -> Curve:
    used = sorted((point for point in points if point.used), key=lambda point: (_volt(point), point.sweep))
    return Curve(
        recording,
        level_mM,
        _placed(used),
        np.array([TWO_SIDED_95_ROUNDED * (point.se_pA or 0.0) for point in used]),
        tuple(point.sweep for point in used),
        _placed([point for point in points if not point.used]),
    )


def _placed(points: Sequence[IVPoint]) -> FloatArray:
    return np.array([(_volt(point), point.i_pA) for point in points], dtype=float).reshape(-1, 2)


def _volt(point: IVPoint) -> float:
    return point.v_command_mV if point.v_membrane_mV is None else point.v_membrane_mV


def _or_last(level_mM: float | None) -> float:
    return math.inf if level_mM is None else level_mM


def _amount(level_mM: float | None) -> str:
    return "not known" if level_mM is None else f"{level_mM:g}"


Range = tuple[tuple[float, float], tuple[float, float]]  # of voltage [mV] and of current [pA]


def _full_range(curves: Sequence[Curve]) -> Range:
    """Range of all points with their errors."""
    volts, currents = [0.0], [0.0]
    for curve in curves:
        for points, errors in ((curve.points, curve.errors_pA), (curve.left_out, 0.0)):
            volts += points[:, 0].tolist()
            currents += (points[:, 1] - errors).tolist() + (points[:, 1] + errors).tolist()
    return with_edges(list(filter(math.isfinite, volts)), 0.04), with_edges(list(filter(math.isfinite, currents)), 0.04)


def _range_near_reversals(curves: Sequence[Curve], reversals: Sequence[ReversalRow]) -> Range | None:
    """Range that shows every reversal potential with the curve around it; 0 mV too if it is not far away."""
    found = {row.recording: row.e_rev_mV for row in reversals if row.e_rev_mV is not None}
    if not found:
        return None
    left, right = min(found.values()) - ZOOM_mV, max(found.values()) + ZOOM_mV
    span = right - left
    if max(-right, left) <= span / 2:
        left, right = min(left, -0.06 * span), max(right, 0.06 * span)
    reach = max([1.0, *(_nearby_pA(c, e) for c in curves if (e := found.get(c.recording)) is not None)])
    return (left, right), (-1.5 * reach, 1.5 * reach)


def _nearby_pA(curve: Curve, e_rev_mV: float) -> float:
    """Absolute current at the closest point more than 6 mV from the reversal potential [pA]; 0 without points."""
    away = np.abs(curve.points[:, 0] - e_rev_mV)
    distant = np.flatnonzero(away > NEAREST_mV)
    return float(abs(curve.points[distant[np.argmin(away[distant])], 1])) if distant.size else 0.0


def _draw_plot(
    drawing: Drawing,
    title: str,
    place: _Place,
    shown: Range,
    curves: Sequence[Curve],
    colours: Levels,
    marks: Sequence[ReversalRow] = (),
) -> None:
    (left_mV, right_mV), (low_pA, high_pA) = shown
    across = Scale(left_mV, right_mV, place.left + LABELS, place.right)
    down = Scale(low_pA, high_pA, place.bottom - BOTTOM, place.top + TOP)
    largest_pA = max(-low_pA, high_pA)
    factor, unit = (1e6, "µA") if largest_pA > MOST_nA * 1e3 else convenient_unit(largest_pA, "pA", MOST_IN_UNIT)
    axes = OriginAxes(across, down, [(across(c.points[:, 0]), down(c.points[:, 1])) for c in curves], factor)
    drawing.text(place.left, place.top + 6.0, title, TextLook(size=8.0, bold=True))
    axes.draw_lines(drawing)
    clip = drawing.clip(across.start - RADIUS, down.stop - RADIUS, across.stop + RADIUS, down.start + RADIUS)
    for curve in curves:
        _draw_curve(drawing, curve, across, down, colours[curve.level_mM], clip)
    for row in marks:
        _draw_mark(drawing, row, across, down.at(0.0), colours[row.out_mM], clip)
    axes.draw_labels(drawing, "V (mV)", f"I ({unit})")


def _draw_curve(drawing: Drawing, curve: Curve, across: Scale, down: Scale, colour: str, clip: str) -> None:
    x, y = across(curve.points[:, 0]), down(curve.points[:, 1])
    bars = np.abs(down(curve.points[:, 1] + curve.errors_pA) - y)
    drawing.lines([(x, y)], colour, 1.0, clip=clip)
    long = np.flatnonzero(bars > ERROR_BAR_pt)
    drawing.lines([(x[[n, n]], y[n] + bars[n] * np.array([-1.0, 1.0])) for n in long], colour, 0.8, clip=clip)
    known = bool(np.isfinite(x).all() and np.isfinite(y).all())
    names = [f"{curve.recording}:{sweep}" for sweep in curve.sweeps] if known else []
    drawing.circles(x, y, RADIUS, colour, clip=clip, points=names)
    x, y = across(curve.left_out[:, 0]), down(curve.left_out[:, 1])
    both = np.array([-CROSS, CROSS])
    crosses = [(u + both, v + sign * both) for u, v in zip(x, y, strict=True) for sign in (-1.0, 1.0)]
    drawing.lines(crosses, colour, 0.9, clip=clip)


def _draw_mark(drawing: Drawing, row: ReversalRow, across: Scale, zero: float, colour: str, clip: str) -> None:
    """Mark E_rev on the voltage axis, with its interval as a bar; an open end reaches the edge of the zoom."""
    if row.e_rev_mV is None:
        return
    low = row.e_rev_mV - ZOOM_mV if row.ci_low_mV is None else row.ci_low_mV
    high = row.e_rev_mV + ZOOM_mV if row.ci_high_mV is None else row.ci_high_mV
    ends, x = across(np.array([low, high])), across(np.array([row.e_rev_mV] * 2))
    drawing.lines([(ends, np.array([zero, zero]))], colour, 4.0, clip=clip, opacity=0.45)
    drawing.lines([(x, np.array([zero - 5.0, zero + 5.0]))], colour, 1.2, clip=clip)


class _Key:
    """Concentrations and their colours, to the right of the plots, in as many columns as are needed."""

    __slots__ = ("amounts", "column", "rows", "title", "width")

    def __init__(self, title: str, amounts: Sequence[str], width: float, height: float) -> None:
        self.rows = int((height - KEY_TOP) // KEY_ROW)
        self.column = KEY_LINE + max(text_width(amount) for amount in amounts) + 6
        most = max(int(WIDEST_KEY * width // self.column), 1) * self.rows
        self.title, self.amounts = title, amounts if len(amounts) <= most else [*amounts[: most - 1], "…"]
        self.width = max(text_width(title), -(-len(self.amounts) // self.rows) * self.column)

    def draw(self, drawing: Drawing, left: float, colours: Sequence[str]) -> None:
        """Write the key at ``left`` [pt]."""
        drawing.text(left, 6.0, self.title)
        for place, (amount, colour) in enumerate(zip(self.amounts, colours, strict=False)):
            column, row = divmod(place, self.rows)
            x, y = left + column * self.column, KEY_TOP + row * KEY_ROW - 4
            drawing.line([x, x + KEY_LINE - 4], [y, y], colour, 1.0)
            drawing.circles(np.array([x + (KEY_LINE - 4) / 2]), np.array([y]), RADIUS, colour)
            drawing.text(x + KEY_LINE, y, amount)
