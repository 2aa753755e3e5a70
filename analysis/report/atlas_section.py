"""One system of the atlas: what it says, its equation, its figure, where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.report.style import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the atlas.

    key : anchor on the page;  words : what the system does, two or three sentences
    equations : lines of plain mathematics;  source : where they come from
    draw : fills the given axes, one panel each;  described : the figure in words
    systems : the systems of the textbook table whose cases stand here
    """

    key: str
    title: str
    words: str
    equations: tuple[str, ...]
    source: str
    draw: Callable[[Axes, Axes], None]
    described: str
    systems: tuple[str, ...] = field(default=())


def figure_of(section: Section) -> Figure:
    """Return the section's figure: two panels side by side."""
    figure = new_figure(7.2, 2.75)
    left, right = figure.subplots(1, 2)
    section.draw(left, right)
    for axes, letter in ((left, "A"), (right, "B")):
        axes.set_title(f"{letter}  {axes.get_title(loc='left')}")
    return figure


def label_line(axes: Axes, x: float, y: float, text: str, colour: str, align: str = "left") -> None:
    """Write a curve's name beside it in its own colour, which spares the legend."""
    axes.annotate(
        text,
        (x, y),
        (3 if align == "left" else -3, 0),
        "data",
        "offset points",
        color=colour,
        fontsize=7.5,
        ha=align,
        va="center",
    )
