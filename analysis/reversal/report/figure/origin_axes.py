"""Axes that cross at the origin, as is usual for I–V curves.

Ticks are labelled on the side of an axis with fewer curves, in front of them, with a white edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.report.figure.drawing import Drawing, TextLook, text_width
from reversal.report.figure.scale import Scale, Ticks, round_ticks, tick_label
from reversal.report.figure.style import INK

TICK, FINE_TICK = 2.5, 1.3
AWAY = 4.0  # from an axis to the labels of its ticks
LINE = 8.0  # height of a label
X_ROOM_pt, Y_ROOM_pt = 27.0, 15.0  # smallest distance of ticks with labels
SIZE_pt = 7.0  # of their labels
POSITIONS = 9  # at which curves are compared with the place of a label
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class OriginAxes:
    """Axes of a plot. An axis is at the zero of the other scale, or at its start if zero is not shown.

    curves : x and y of the points of each curve, in order of x [pt]
    unit : of the labels of the vertical axis, in units of its scale
    """

    across: Scale
    down: Scale
    curves: Sequence[tuple[FloatArray, FloatArray]]
    unit: float = 1.0

    @property
    def origin(self) -> tuple[float, float]:
        """Where the axes cross [pt]."""
        x = self.across.at(0.0) if self.across.contains(0.0) else self.across.start
        y = self.down.at(0.0) if self.down.contains(0.0) else self.down.start
        return x, y

    def draw_lines(self, drawing: Drawing) -> None:
        """Draw both axes and their ticks."""
        x, y = self.origin
        drawing.line([self.across.start, self.across.stop], [y, y], INK, 0.8)
        drawing.line([x, x], [self.down.start, self.down.stop], INK, 0.8)
        dashes = [_dash(self.across.at(tick), y, 0.0, TICK) for tick in self._x_ticks.labelled if tick]
        dashes += [_dash(self.across.at(tick), y, 0.0, FINE_TICK) for tick in self._x_ticks.fine]
        dashes += [_dash(x, self.down.at(tick), TICK, 0.0) for tick in self._y_ticks.labelled if tick]
        drawing.lines(dashes, INK, 0.8)

    def draw_labels(self, drawing: Drawing, x_name: str, y_name: str) -> None:
        """Write the labels of the ticks, and the names of the axes at their ends."""
        x, y = self.origin
        side = self._side([self._boxes_of_x(sign) for sign in (1.0, -1.0)])
        for tick in filter(None, self._x_ticks.labelled):
            below = y + side * (AWAY + LINE / 2 + 0.5)
            drawing.text(
                self.across.at(tick), below, tick_label(tick), TextLook(size=SIZE_pt, anchor="middle", halo=True)
            )
        side = -self._side([self._boxes_of_y(sign) for sign in (-1.0, 1.0)])
        for tick in filter(None, self._y_ticks.labelled):
            look = TextLook(size=SIZE_pt, anchor="start" if side > 0 else "end", halo=True)
            drawing.text(x + side * AWAY, self.down.at(tick), tick_label(tick / self.unit), look)
        drawing.text(self.across.stop + 4, y, x_name)
        drawing.text(x, self.down.stop - 8, y_name, TextLook(anchor="start" if x < 20 else "middle"))

    @property
    def _x_ticks(self) -> Ticks:
        return _ticks(self.across, X_ROOM_pt)

    @property
    def _y_ticks(self) -> Ticks:
        return _ticks(self.down, Y_ROOM_pt)

    def _side(self, both: Sequence[Sequence[Box]]) -> float:
        """1 for the first set of places, -1 for the second if fewer curves pass through it."""
        first, second = (sum(self._passing(box) for box in boxes) for boxes in both)
        return -1.0 if second < first else 1.0

    def _boxes_of_x(self, sign: float) -> list[Box]:
        near, far = sorted((self.origin[1] + sign * AWAY, self.origin[1] + sign * (AWAY + LINE)))
        boxes = []
        for tick in filter(None, self._x_ticks.labelled):
            x, half = self.across.at(tick), text_width(tick_label(tick), SIZE_pt) / 2
            boxes.append((x - half, near, x + half, far))
        return boxes

    def _boxes_of_y(self, sign: float) -> list[Box]:
        boxes = []
        for tick in filter(None, self._y_ticks.labelled):
            y, x = self.down.at(tick), self.origin[0]
            near, far = sorted((x + sign * AWAY, x + sign * (AWAY + text_width(tick_label(tick / self.unit), SIZE_pt))))
            boxes.append((near, y - LINE / 2, far, y + LINE / 2))
        return boxes

    def _passing(self, box: Box) -> int:
        """Number of curves that pass through a box inside the plot."""
        left, right = max(box[0], self.across.start), min(box[2], self.across.stop)
        top, bottom = max(box[1], self.down.stop), min(box[3], self.down.start)
        if left >= right or top >= bottom:
            return 0
        x = np.linspace(left, right, POSITIONS)
        count = 0
        for across, down in self.curves:
            if across.size:
                y = np.interp(x, across, down, left=np.nan, right=np.nan)
                count += bool(((y >= top) & (y <= bottom)).any())
        return count


def _ticks(scale: Scale, room: float) -> Ticks:
    return round_ticks(scale.low, scale.high, int(abs(scale.stop - scale.start) / room))


def _dash(x: float, y: float, across: float, down: float) -> tuple[FloatArray, FloatArray]:
    return np.array([x - across, x + across]), np.array([y - down, y + down])
