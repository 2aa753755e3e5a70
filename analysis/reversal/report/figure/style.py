"""Style of figures: colours, fonts, and the conventions of electrophysiology.

Concentrations use a dark-to-bright colour map that keeps its order in grey and for colour-blind readers (viridis,
without its pale end). Categories use the colours of Okabe & Ito 2008, "Color Universal Design".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1a1a1a"
GREY = "#6b6b6b"
PALE = "#d9d9d9"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#007a5a"
PURPLE = "#a3588a"
CATEGORIES = (INK, BLUE, ORANGE, GREEN, PURPLE, "#b58900", "#56b4e9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

HALF_PAGE_INCH = 3.5  # one column of a journal
FULL_PAGE_INCH = 7.2  # two columns
A4_INCH = (8.27, 11.69)

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
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    levels = sorted({level for level in levels_mM if level is not None})
    colour_map = colormaps["viridis"]
    top = 0.82  # above this the colour map is too pale on white
    colours: dict[float | None, str] = {
        level: to_hex(colour_map(top * place / max(len(levels) - 1, 1))) for place, level in enumerate(levels)
    }
    return colours | {None: GREY}


def category_styles(names: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Colour and marker of each category (condition), in order of first appearance; the markers differ too."""
    return {
        name: (CATEGORIES[n % len(CATEGORIES)], MARKERS[n % len(MARKERS)])
        for n, name in enumerate(dict.fromkeys(names))
    }


def axes_at_origin(axes: Axes, x_label: str, y_label: str, points: Sequence[tuple[float, float]] = ()) -> None:
    """Cross the axes at the origin, with the labels at their ends, as is usual for I–V curves.

    points : the drawn points (x, y), so that tick labels of the x axis can avoid them
    """
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    axes.set_xlim(min(left, 0.0), max(right, 0.0))
    axes.set_ylim(min(low, 0.0), max(high, 0.0))
    axes.spines["left"].set_position(("data", 0.0))
    axes.spines["bottom"].set_position(("data", 0.0))
    axes.spines[["top", "right"]].set_visible(False)
    axes.yaxis.set_major_formatter(_without_zero)
    axes.tick_params(axis="x", direction="inout", labelbottom=False)
    axes.tick_params(axis="y", direction="inout")
    _label_ticks(axes, points)
    axes.annotate(x_label, (1.0, 0.0), (5, 0), axes.get_yaxis_transform(), "offset points", ha="left", va="center")
    axes.annotate(y_label, (0.0, 1.0), (0, 3), axes.get_xaxis_transform(), "offset points", ha="center", va="bottom")


def _label_ticks(axes: Axes, points: Sequence[tuple[float, float]]) -> None:
    """Place each tick label below the x axis, or above it if a curve is close below; omit it between two curves."""
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    ticks = [float(tick) for tick in axes.get_xticks() if left <= tick <= right and tick != 0]
    spacing = ticks[1] - ticks[0] if len(ticks) > 1 else right - left
    enough, needed = 0.12 * (high - low), 0.035 * (high - low)
    for tick in ticks:
        near = [y for x, y in points if abs(x - tick) <= 0.6 * spacing]
        below = min((-y for y in near if y <= 0), default=enough)
        above = min((y for y in near if y >= 0), default=enough)
        if max(below, above) < needed and len(ticks) > 3:
            continue
        sign, side = (1, "bottom") if below < enough and above > below else (-1, "top")
        text = _without_zero(tick, 0.0)
        axes.annotate(text, (tick, 0.0), (0, 4 * sign), "data", "offset points", ha="center", va=side, fontsize=7.5)


def scale_bars(axes: Axes, x_unit: str, y_unit: str, x_size: float, y_size: float) -> None:
    """Replace the axes by scale bars at the lower right, labelled with size and unit."""
    axes.set_axis_off()
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    x, y = right, low
    axes.plot([x - x_size, x, x], [y, y, y + y_size], color=INK, linewidth=1.4, clip_on=False, solid_joinstyle="miter")
    gap_x, gap_y = (right - left) * 0.015, (high - low) * 0.02
    axes.text(x - x_size / 2, y - gap_y, _size(x_size, x_unit), ha="center", va="top", fontsize=7)
    axes.text(x + gap_x, y + y_size / 2, _size(y_size, y_unit), ha="left", va="center", fontsize=7)


def bar_size(span: float) -> float:
    """Size of a scale bar: 1, 2 or 5 times a power of ten, closest to a quarter of the span."""
    goal = max(span, 1e-12) / 4
    power = 10.0 ** math.floor(math.log10(goal))
    return float(min((1 * power, 2 * power, 5 * power, 10 * power), key=lambda size: abs(math.log(size / goal))))


def _size(size: float, unit: str) -> str:
    """Label of a scale bar in a convenient unit: 2 nA for 2000 pA, 1 s for 1000 ms."""
    larger = {"pA": "nA", "ms": "s"}
    return f"{size / 1000:g} {larger[unit]}" if size >= 1000 and unit in larger else f"{size:g} {unit}"


def _without_zero(value: float, _position: float) -> str:
    return "" if value == 0 else f"{value:g}".replace("-", "\u2212")
