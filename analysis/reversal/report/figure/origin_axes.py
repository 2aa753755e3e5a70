"""Axes that cross at the origin, as is usual for I–V curves.

Labels of ticks are next to the axis, on the side with no curve. If curves pass on both sides, the labels are at the
edge of the plot, where no curve is, and the axis keeps its ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reversal.arrays import FloatArray
from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.scale import Scale, Ticks, round_ticks, tick_label
from reversal.report.figure.style import GREY, INK

TICK, FINE_TICK = 2.5, 1.3
AWAY = 4.0  # from an axis to the labels of its ticks
LINE = 8.0  # height of a label
X_ROOM_pt, Y_ROOM_pt = 25.0, 15.0  # smallest distance of ticks with labels
TIGHT_X_pt, TIGHT_Y_pt, FEWEST_LABELS = 18.0, 10.0, 3
SIZE_pt = 7.0  # of their labels
POSITIONS = 25  # at which curves are compared with the place of a label
NEAR = 1.5  # a curve closer to a label passes through it
LEFT_EDGE_pt, BOTTOM_EDGE_pt = 26.0, 13.0  # room for labels at the edge of a plot
Box = tuple[float, float, float, float]  # left, top, right, bottom
Curves = Sequence[tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class OriginAxes:
    """Axes of a plot. An axis is at the zero of the other scale, or at its start if zero is not shown.

    curves : x and y of the points of each curve, in order of x [pt]
    unit : of the labels of the vertical axis, in units of its scale
    """

    across: Scale
    down: Scale
    curves: Curves
    unit: float = 1.0

    @property
    def origin(self) -> tuple[float, float]:
        """Where the axes cross [pt]."""
        x = self.across.at(0.0) if self.across.contains(0.0) else self.across.start
        y = self.down.at(0.0) if self.down.contains(0.0) else self.down.start
        return x, y

    def draw_lines(self, drawing: Drawing) -> None:
        """Draw both axes and their ticks; at the edge too, where their labels are."""
        x, y = self.origin
        drawing.line([self.across.start, self.across.stop], [y, y], INK, 0.8)
        drawing.line([x, x], [self.down.start, self.down.stop], INK, 0.8)
        dashes = [_dash(self.across.at(tick), y, 0.0, TICK) for tick in self._x_ticks.labelled if tick]
        dashes += [_dash(self.across.at(tick), y, 0.0, FINE_TICK) for tick in self._x_ticks.fine]
        dashes += [_dash(x, self.down.at(tick), TICK, 0.0) for tick in self._y_ticks.labelled if tick]
        drawing.lines(dashes, INK, 0.8)
        self._draw_edges(drawing)

    def draw_labels(self, drawing: Drawing, x_name: str, y_name: str) -> None:
        """Write the labels of the ticks, and the names of the axes at their ends."""
        x, y = self.origin
        for tick, box in zip(self._shown_x, self._x_boxes, strict=True):
            look = TextLook(size=SIZE_pt, anchor="middle", halo=True)
            drawing.text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, tick_label(tick), look)
        for tick, box in zip(self._shown_y, self._y_boxes, strict=True):
            at_right = box[0] > x
            look = TextLook(size=SIZE_pt, anchor="start" if at_right else "end", halo=True)
            drawing.text(box[0 if at_right else 2], (box[1] + box[3]) / 2, tick_label(tick / self.unit), look)
        drawing.text(self.across.stop + 4, y, x_name)
        drawing.text(x, self.down.stop - 8, y_name, TextLook(anchor="start" if x < 20 else "middle"))

    def _draw_edges(self, drawing: Drawing) -> None:
        left, bottom = self.across.start, self.down.start
        if self._x_side is None:
            drawing.line([left, self.across.stop], [bottom, bottom], GREY, 0.6)
            drawing.lines([_dash(self.across.at(tick), bottom, 0.0, TICK) for tick in self._shown_x], GREY, 0.6)
        if self._y_side is None:
            drawing.line([left, left], [bottom, self.down.stop], GREY, 0.6)
            drawing.lines([_dash(left, self.down.at(tick), TICK, 0.0) for tick in self._shown_y], GREY, 0.6)

    @cached_property
    def _shown_x(self) -> tuple[float, ...]:
        """Ticks with a label; zero is labelled only at the edge."""
        return tuple(tick for tick in self._x_ticks.labelled if tick or self._x_side is None)

    @cached_property
    def _shown_y(self) -> tuple[float, ...]:
        return tuple(tick for tick in self._y_ticks.labelled if tick or self._y_side is None)

    @property
    def _x_boxes(self) -> list[Box]:
        if self._x_side is None:
            return self._boxes_of_x(self._shown_x, 1.0, self.down.start)
        return self._boxes_of_x(self._shown_x, self._x_side, self.origin[1])

    @property
    def _y_boxes(self) -> list[Box]:
        if self._y_side is None:
            return self._boxes_of_y(self._shown_y, -1.0, self.across.start)
        return self._boxes_of_y(self._shown_y, self._y_side, self.origin[0])

    @cached_property
    def _x_ticks(self) -> Ticks:
        return _ticks(self.across, X_ROOM_pt, TIGHT_X_pt)

    @cached_property
    def _y_ticks(self) -> Ticks:
        return _ticks(self.down, Y_ROOM_pt, TIGHT_Y_pt)

    @cached_property
    def _x_side(self) -> float | None:
        """1 for labels below the axis, -1 above; None if curves pass through labels on both sides."""
        ticks, y = [tick for tick in self._x_ticks.labelled if tick], self.origin[1]
        return self._free_side({side: self._boxes_of_x(ticks, side, y) for side in (1.0, -1.0)})

    @cached_property
    def _y_side(self) -> float | None:
        """-1 for labels left of the axis, 1 to its right; None if curves pass through labels on both sides."""
        ticks, x = [tick for tick in self._y_ticks.labelled if tick], self.origin[0]
        return self._free_side({side: self._boxes_of_y(ticks, side, x) for side in (-1.0, 1.0)})

    def _free_side(self, boxes: dict[float, list[Box]]) -> float | None:
        return next((side for side, some in boxes.items() if not any(map(self._is_passed, some))), None)

    def _boxes_of_x(self, ticks: Sequence[float], side: float, y: float) -> list[Box]:
        near, far = sorted((y + side * AWAY, y + side * (AWAY + LINE)))
        halves = [text_width(tick_label(tick), SIZE_pt) / 2 for tick in ticks]
        return [
            (self.across.at(t) - half, near, self.across.at(t) + half, far)
            for t, half in zip(ticks, halves, strict=True)
        ]

    def _boxes_of_y(self, ticks: Sequence[float], side: float, x: float) -> list[Box]:
        boxes = []
        for tick in ticks:
            width, y = text_width(tick_label(tick / self.unit), SIZE_pt), self.down.at(tick)
            near, far = sorted((x + side * AWAY, x + side * (AWAY + width)))
            boxes.append((near, y - LINE / 2, far, y + LINE / 2))
        return boxes

    def _is_passed(self, box: Box) -> bool:
        """Whether a curve passes through a box, or the box is outside of the plot."""
        left, top, right, bottom = box[0] - NEAR, box[1] - NEAR, box[2] + NEAR, box[3] + NEAR
        if (
            box[0] < self.across.start - LEFT_EDGE_pt
            or box[2] > self.across.stop + X_ROOM_pt
            or box[3] > self.down.start + LINE
        ):
            return True
        x = np.linspace(left, right, POSITIONS)
        return any(_passes(across, down, x, top, bottom) for across, down in self.curves if across.size)


def _passes(across: FloatArray, down: FloatArray, x: FloatArray, top: float, bottom: float) -> bool:
    """Whether a curve is between two heights at one of the positions, or goes from one side of them to the other."""
    y = np.interp(x, across, down, left=np.nan, right=np.nan)
    y = y[np.isfinite(y)]
    return bool(y.size) and float(y.max()) >= top and float(y.min()) <= bottom


def _ticks(scale: Scale, room: float, tight: float) -> Ticks:
    """Ticks with room for their labels; closer together if otherwise only one or two would have a label."""
    length = abs(scale.stop - scale.start)
    for most in range(int(length / room), int(length / tight) + 1):
        ticks = round_ticks(scale.low, scale.high, most)
        if sum(tick != 0.0 for tick in ticks.labelled) >= FEWEST_LABELS:
            return ticks
    return round_ticks(scale.low, scale.high, int(length / room))


def _dash(x: float, y: float, across: float, down: float) -> tuple[FloatArray, FloatArray]:
    return np.array([x - across, x + across]), np.array([y - down, y + down])
