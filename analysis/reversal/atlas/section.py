"""One section of the atlas: summary, equations, figure and source of one system."""

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


# fixed margins with room for a second scale: a layout fitted to each figure doubles the time of the page
MARGINS = {"left": 0.08, "right": 0.93, "bottom": 0.16, "top": 0.91, "wspace": 0.42}
SUBSCRIPT = re.compile(r"([A-Za-zµ]+)_([A-Za-z]+[⁺⁻]?)")
MINUS = re.compile(r"-(?=\d)")


@dataclass(frozen=True, slots=True)
class AtlasSection:
    """A section of the atlas.

    key : anchor on the page;  summary : two or three sentences about the system
    equations : one line each;  source : publications of the equations
    draw : draws the two panels into the given axes;  figure_text : description of the figure for screen readers
    systems : systems of the textbook table whose cases are listed in this section
    """

    key: str
    title: str
    summary: str
    equations: tuple[str, ...]
    source: str
    draw: Callable[[Axes, Axes], None]
    figure_text: str
    systems: tuple[str, ...] = field(default=())


def section_figure(section: AtlasSection) -> Figure:
    """Figure of a section: two panels side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(FULL_PAGE_INCH, 2.75))
    left, right = figure.subplots(1, 2, gridspec_kw=MARGINS)
    section.draw(left, right)
    for axes, letter in ((left, "A"), (right, "B")):
        _typeset_in_figure(axes.set_title(f"{letter}\u2002{axes.get_title(loc='left')}"))
    for axes in figure.axes:
        for label in (axes.xaxis.label, axes.yaxis.label, *axes.texts):
            _typeset_in_figure(label)
    return figure


def typeset(text: str) -> Markup:
    """Text for the page, escaped; ``E_K`` becomes E with a subscript K."""
    return Markup(SUBSCRIPT.sub(lambda found: f"{found.group(1)}<sub>{found.group(2)}</sub>", str(escape(text))))


def _typeset_in_figure(label: Text) -> None:
    """Give a label of a figure its subscripts and typographic minus signs."""
    text = MINUS.sub("−", label.get_text())
    face = "mathbf" if label.get_fontweight() == "bold" else "mathrm"
    label.set_text(SUBSCRIPT.sub(lambda found: rf"$\{face}{{{found[1]}}}_{{\{face}{{{found[2]}}}}}$", text))


def label_line(axes: Axes, x: float, y: float, text: str, colour: str, align: str = "left") -> None:
    """Write the name of a curve next to it in its colour; this replaces a legend."""
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
