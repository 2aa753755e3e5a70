"""Key of a figure: signs with their meaning, in rows above the plot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reversal.report.figure.drawing import Drawing, text_width

ROW, SIGN = 11.0, 18.0  # height of a row, width of a sign
GAP = 8.0


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A meaning, and a function that draws its sign around the middle of a place [pt]."""

    meaning: str
    draw: Callable[[float, float], None]


def draw_key(drawing: Drawing, entries: Sequence[KeyEntry], left: float) -> float:
    """Draw the key from the upper edge on. Returns where the plot can begin [pt]."""
    x, y = left, 6.0
    for entry in entries:
        width = SIGN + text_width(entry.meaning) + GAP
        if x + width > drawing.width and x > left:
            x, y = left, y + ROW
        entry.draw(x + (SIGN - 4) / 2, y)
        drawing.text(x + SIGN, y, entry.meaning)
        x += width
    return y + ROW if entries else y
