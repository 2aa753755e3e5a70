"""One system of the atlas: what it says, its equation, its figure, where it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from reversal.report.figure.style import FULL_PAGE_INCH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


# fixed margins with room for a second scale: fitting each figure to its words doubles the time of the page
MARGINS = {"left": 0.08, "right": 0.93, "bottom": 0.16, "top": 0.91, "wspace": 0.42}
LOWERED = re.compile(r"([A-Za-zµ]+)_([A-Za-z]+[⁺⁻]?)")
MINUS = re.compile(r"-(?=\d)")


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
    from matplotlib.figure import Figure

    figure = Figure(figsize=(FULL_PAGE_INCH, 2.75))
    left, right = figure.subplots(1, 2, gridspec_kw=MARGINS)
    section.draw(left, right)
    for axes, letter in ((left, "A"), (right, "B")):
        _lower(axes.set_title(f"{letter}\u2002{axes.get_title(loc='left')}"))
    for axes in figure.axes:
        for word in (axes.xaxis.label, axes.yaxis.label, *axes.texts):
            _lower(word)
    return figure


def typeset(text: str) -> Markup:
    """Return text for a page, safe, with ``E_K`` as E and a lowered K."""
    return Markup(LOWERED.sub(lambda found: f"{found.group(1)}<sub>{found.group(2)}</sub>", str(escape(text))))


def _lower(word: Text) -> None:
    """Lower the subscripts of a word in a figure and give its numbers a true minus."""
    text = MINUS.sub("−", word.get_text())
    face = "mathbf" if word.get_fontweight() == "bold" else "mathrm"
    word.set_text(LOWERED.sub(lambda found: rf"$\{face}{{{found[1]}}}_{{\{face}{{{found[2]}}}}}$", text))


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
