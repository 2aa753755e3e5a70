"""One section of the atlas: summary, equations, figure and source of one system."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


# fixed margins with room for a second scale: a layout fitted to each figure doubles the time of the page
MARGINS = {"left": 0.16, "right": 0.86, "bottom": 0.17, "top": 0.9}
PANEL_INCH = (3.6, 2.75)
SUBSCRIPT = re.compile(r"([A-Za-zµΔλτγαβσφμ̃]+)_([A-Za-z∞]+[⁺⁻]?)")
EXPONENT = re.compile(r"\^([0-9.]+)")
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


@dataclass(frozen=True, slots=True)
class AtlasPanel:
    """One panel of a section: its figure, the numbers of its curves as CSV, its description for screen readers."""

    figure: Figure
    csv: str
    described: str


def section_panels(section: AtlasSection) -> tuple[AtlasPanel, AtlasPanel]:
    """Figures of a section, one for each panel, so that they can be placed side by side or below each other."""
    from matplotlib.figure import Figure

    figures = Figure(figsize=PANEL_INCH), Figure(figsize=PANEL_INCH)
    left, right = (figure.subplots(gridspec_kw=MARGINS) for figure in figures)
    section.draw(left, right)
    panels = tuple(
        AtlasPanel(figure, curves_csv(figure), f"{figure.axes[0].get_title(loc='left')}. {section.figure_text}")
        for figure in figures
    )
    for axes, letter in ((left, "A"), (right, "B")):
        _typeset_in_figure(axes.set_title(f"{letter}\u2002{axes.get_title(loc='left')}"))
    for axes in (axes for figure in figures for axes in figure.axes):
        for label in (axes.xaxis.label, axes.yaxis.label, *axes.texts):
            _typeset_in_figure(label)
    return panels[0], panels[1]


def curves_csv(figure: Figure) -> str:
    """Points of the curves of a figure as CSV, one point a line: curve, x, y.

    The header has the labels of the axes. A curve has the name of the label in its colour; if there is none, a number.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = {text.get_color(): " ".join(text.get_text().split()) for axes in figure.axes for text in axes.texts}
    for axes in figure.axes:
        writer.writerow(["curve", figure.axes[0].get_xlabel() or "x", axes.get_ylabel() or "y"])
        for number, line in enumerate(axes.lines, start=1):
            name = f"{number} {names.get(line.get_color(), '')}".strip()
            points = np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)])
            writer.writerows([name, f"{x:.6g}", f"{y:.6g}"] for x, y in points)
    return stream.getvalue()


def typeset(text: str) -> Markup:
    """Text for the page, escaped; ``E_K`` becomes E with a subscript K, ``^1.5`` an exponent."""
    subscripts = SUBSCRIPT.sub(lambda found: f"{found.group(1)}<sub>{found.group(2)}</sub>", str(escape(text)))
    return Markup(EXPONENT.sub(lambda found: f"<sup>{found.group(1)}</sup>", subscripts))


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
