"""Style of figures: colours, fonts, and the conventions of electrophysiology.

Concentrations use a dark-to-bright colour map that keeps its order in grey and for colour-blind readers (viridis,
without its pale end). Categories use the colours of Okabe & Ito 2008, "Color Universal Design".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1a1a1a"
GREY = "#6b6b6b"
PALE = "#d9d9d9"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#007a5a"
PURPLE = "#a3588a"
CATEGORIES = (INK, BLUE, ORANGE, GREEN, PURPLE, "#b58900", "#56b4e9")
MARKERS = ("circle", "square", "triangle", "diamond", "point-down", "plus", "cross")

FULL_PAGE_INCH = 7.2  # two columns of a journal
FULL_WIDTH_pt = 509.0  # between the margins of an A4 page
HALF_WIDTH_pt = 280.0


@dataclass(frozen=True, slots=True)
class FigureSize:
    """Width and height of a figure [pt]; a figure with one line for each cell may be higher if it is not ``fixed``.

    ending : of the file names
    """

    ending: str
    width: float
    height: float
    fixed: bool = True


PAGE_SIZE = FigureSize("", FULL_WIDTH_pt, 250.0, fixed=False)
COLUMN_SIZE = FigureSize("_column", 241.0, 190.0, fixed=False)  # 85 mm, one column of a journal
SLIDE_SIZE = FigureSize("_slide", 436.0, 190.0)  # half of the size on a slide: its text is 15 pt there
SIZES = (PAGE_SIZE, COLUMN_SIZE, SLIDE_SIZE)

# Colour map "viridis" of S. van der Walt and N. Smith (CC0) at 0, 1/17, … 1.
VIRIDIS = (
    "#440154",
    "#481769",
    "#472a7a",
    "#433d84",
    "#3d4e8a",
    "#355e8d",
    "#2e6d8e",
    "#297b8e",
    "#23898e",
    "#1f978b",
    "#21a585",
    "#2eb37c",
    "#46c06f",
    "#65cb5e",
    "#89d548",
    "#b0dd2f",
    "#d8e219",
    "#fde725",
)
DARKEST_TO_BRIGHTEST = 0.82  # above this part of the colour map, colours are too pale on white

SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: editable, selectable, readable aloud
    "svg.hashsalt": "reversal",
    "pdf.fonttype": 42,
    "font.family": ["DejaVu Sans"],  # included in matplotlib: the same metrics on every machine
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.5,
    "errorbar.capsize": 2.0,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "path.simplify": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """Context in which figures are drawn and saved; it does not change the settings of the caller's session."""
    import matplotlib as mpl

    with mpl.rc_context(SETTINGS):
        yield


def new_figure(width_inch: float, height_inch: float) -> Figure:
    """Empty figure that is not registered with pyplot, so it need not be closed."""
    from matplotlib.figure import Figure

    with styled():
        return Figure(figsize=(width_inch, height_inch), layout="constrained")


def concentration_colours(levels_mM: Iterable[float | None]) -> dict[float | None, str]:
    """Colour of each outside concentration, from dark (low) to bright (high); grey if it is not known."""
    levels = sorted({level for level in levels_mM if level is not None})
    colours: dict[float | None, str] = {
        level: viridis(DARKEST_TO_BRIGHTEST * place / max(len(levels) - 1, 1)) for place, level in enumerate(levels)
    }
    return colours | {None: GREY}


def viridis(share: float) -> str:
    """Colour of the colour map at a share of its range from 0 (dark) to 1 (bright)."""
    place, rest = divmod(share * (len(VIRIDIS) - 1), 1)
    ends = (VIRIDIS[int(place)], VIRIDIS[min(int(place) + 1, len(VIRIDIS) - 1)])
    first, second = (bytes.fromhex(colour[1:]) for colour in ends)
    return "#" + bytes(round(a + (b - a) * rest) for a, b in zip(first, second, strict=True)).hex()


def category_styles(names: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Colour and marker of each category (condition), in order of first appearance; the markers differ too."""
    return {
        name: (CATEGORIES[n % len(CATEGORIES)], MARKERS[n % len(MARKERS)])
        for n, name in enumerate(dict.fromkeys(names))
    }
