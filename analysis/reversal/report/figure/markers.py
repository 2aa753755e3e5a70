"""Symbols of categories: they differ in shape as well as in colour."""

from __future__ import annotations

import numpy as np

from reversal.report.figure.drawing import Drawing

# Corners around the middle, in units of the radius; areas are about that of a circle.
CORNERS = {
    "square": ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    "triangle": ((0.0, -1.2), (1.15, 0.85), (-1.15, 0.85)),
    "point-down": ((0.0, 1.2), (1.15, -0.85), (-1.15, -0.85)),
    "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    "plus": (
        *((-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4)),
        *((0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4)),
    ),
    "cross": (
        *((0.0, -0.5), (0.6, -1.1), (1.1, -0.6), (0.5, 0.0), (1.1, 0.6), (0.6, 1.1)),
        *((0.0, 0.5), (-0.6, 1.1), (-1.1, 0.6), (-0.5, 0.0), (-1.1, -0.6), (-0.6, -1.1)),
    ),
}


def draw_marker(
    drawing: Drawing, shape: str, x: float, y: float, radius: float, colour: str, *, filled: bool = True
) -> None:
    """Draw a symbol with its middle at a position [pt]; white inside if it is not filled."""
    if shape == "circle":
        drawing.circles(np.array([x]), np.array([y]), radius, colour, fill=None if filled else "#fff")
        return
    corners = np.array(CORNERS[shape])
    edge = np.vstack((corners, corners[:1])) * radius + (x, y)
    drawing.lines([(edge[:, 0], edge[:, 1])], colour if filled else "#fff", filled=True)
    drawing.lines([(edge[:, 0], edge[:, 1])], colour, 1.0)
