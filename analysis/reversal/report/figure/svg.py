"""Figures as SVG: reproducible bytes, text kept as text, a description for screen readers."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

from reversal.report.figure.style import SETTINGS, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PATH_DATA = re.compile(r' d="([^"]*)"')
LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
UNUSED_ID = re.compile(
    r' id="(?:figure|axes|patch|line2d|text|matplotlib\.axis|xtick|ytick|legend|[A-Za-z]+Collection)_\d+"'
)


def svg_file(figure: Figure) -> str:
    """SVG document of a figure, without a date."""
    import matplotlib as mpl

    stream = io.StringIO()
    with styled(), mpl.rc_context({"svg.hashsalt": SETTINGS["svg.hashsalt"]}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "Reversal"})
    return stream.getvalue()


def inline_svg(figure: Figure, name: str, described: str) -> str:
    """The ``<svg>`` element of a figure for a page.

    name : unique on the page, so that the ids of two drawings differ
    described : description for screen readers
    """
    import matplotlib as mpl

    stream = io.StringIO()
    with styled(), mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = stream.getvalue()
    element = text[text.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = UNUSED_ID.sub("", element)
    element = PATH_DATA.sub(lambda found: f' d="{_short(found.group(1))}"', element)
    head = f'<svg role="img" aria-label="{escape(described, quote=True)}"'
    element = re.sub(r'\s(?:width|height)="[\d.]+pt"', "", element, count=2)  # the page sets the size
    return element.replace("<svg", head, 1)


def _short(path: str) -> str:
    """Round a path to a tenth of a point, which is below the resolution of screens and printers, and join its lines."""
    return " ".join(LONG_NUMBER.sub(lambda found: f"{float(found.group()):.1f}", path).split())
