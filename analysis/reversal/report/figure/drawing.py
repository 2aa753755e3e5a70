"""Drawings as SVG: lines, symbols and text, in points from the upper left corner.

Coordinates are written as whole tenths of a point, which is below the resolution of screens and printers. Text stays
text. It is one line of printable characters, so nothing in it is markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import repeat

import numpy as np

from reversal.arrays import FloatArray
from reversal.report.figure.style import INK
from reversal.report.text.labels import one_line
from reversal.report.text.symbols import DROP, LOWERED, runs, spoken

TENTHS = 10
FINE = 10
OFF_PAGE_pt = 1e5  # positions outside of a clipped plot are limited to this
FONTS = "DejaVu Sans, sans-serif"
SIZE_pt = 7.5
BASELINE = 0.36  # from the middle of a line of digits to its baseline, over font size
HALO_pt = 2.4
MEAN_CHARACTER = 0.6  # width over font size, DejaVu Sans
BOLD = 1.12
LONGEST_TEXT = 200
LONGEST_DESCRIPTION = 4000


@dataclass(frozen=True, slots=True)
class TextLook:
    """Look of a text.

    anchor : which part of the text is at its position: start, middle or end
    halo : white edge that separates the text from lines behind it
    upright : False for text that reads from bottom to top
    """

    size: float = SIZE_pt
    colour: str = INK
    anchor: str = "start"
    bold: bool = False
    halo: bool = False
    upright: bool = True


PLAIN_TEXT = TextLook()


class Drawing:
    """A picture that grows by lines, circles and text; later parts are in front of earlier ones.

    name : unique on a page, part of every id
    width, height : [pt]
    """

    __slots__ = ("_clips", "_parts", "height", "name", "width")

    def __init__(self, name: str, width: float, height: float) -> None:
        self.name, self.width, self.height = name, width, height
        self._parts: list[str] = []
        self._clips = 0

    def clip(self, left: float, top: float, right: float, bottom: float) -> str:
        """Id of a rectangle; lines and circles with this clip are drawn inside of it only."""
        self._clips += 1
        name = f"{self.name}-clip{self._clips}"
        box = f'x="{_tenths(left)}" y="{_tenths(top)}" width="{_tenths(right - left)}" height="{_tenths(bottom - top)}"'
        self._parts.append(f'<clipPath id="{name}"><rect {box}/></clipPath>')
        return name

    def lines(
        self,
        lines: Sequence[tuple[FloatArray, FloatArray]],
        colour: str,
        width: float = 1.0,
        *,
        dash: str = "",
        clip: str = "",
        opacity: float = 1.0,
        filled: bool = False,
        smooth: bool = False,
    ) -> None:
        """Draw lines with one look; each has x and y of its points [pt]. NaN interrupts a line.

        dash : lengths of dashes and gaps [pt], separated by spaces
        filled : areas inside the lines instead of the lines
        smooth : positions are written to a hundredth of a point; a smooth curve then has no visible corners
        """
        data = "".join(path_data(x, y, FINE if smooth else 1) for x, y in lines)
        if not data:
            return
        look = f'fill="{colour}"' if filled else f'fill="none" stroke="{colour}" stroke-width="{_tenths(width)}"'
        if dash:
            look += f' stroke-dasharray="{" ".join(str(_tenths(float(part))) for part in dash.split())}"'
        if opacity < 1.0:
            look += f' opacity="{opacity:g}"'
        self._parts.append(f'<path d="{data}" {look}{_clipped(clip)}/>')

    def line(self, x: Sequence[float], y: Sequence[float], colour: str, width: float = 1.0, dash: str = "") -> None:
        """Draw one line through a few points [pt]."""
        self.lines([(np.array(x, dtype=float), np.array(y, dtype=float))], colour, width, dash=dash)

    def circles(
        self,
        x: FloatArray,
        y: FloatArray,
        radius: float,
        colour: str,
        *,
        fill: str | None = None,
        clip: str = "",
        points: Sequence[str] = (),
    ) -> None:
        """Draw a circle at each position [pt]; ``fill`` is the colour inside if it is another.

        points : name of each circle for the script of a page; all positions are then known
        """
        inside, edge = (colour, "") if fill is None else (fill, f' stroke="{colour}" stroke-width="{TENTHS}"')
        circles = "".join(
            f'<circle cx="{across}" cy="{down}" r="{_tenths(radius)}"{name}/>'
            for (across, down), name in zip(_whole_tenths(x, y), _point_names(points) or repeat(""), strict=False)
        )
        if circles:
            self._parts.append(f'<g fill="{inside}"{edge}{_clipped(clip)}>{circles}</g>')

    def text(self, x: float, y: float, words: str, look: TextLook = PLAIN_TEXT) -> None:
        """Write a text whose middle of the line is at height ``y`` [pt]."""
        if not np.isfinite((x, y)).all():
            return
        drop = look.size * BASELINE
        if look.upright:
            place = f'x="{_tenths(x)}" y="{_tenths(y + drop)}"'
        else:
            place = f'transform="translate({_tenths(x + drop)} {_tenths(y)})rotate(-90)"'
        line = one_line(words, LONGEST_TEXT)
        inside = _lowered(line, look.size) if "_" in line else escape(line, quote=False)
        self._parts.append(f"<text {place}{_type(look)}>{inside}</text>")

    def svg(self, described: str) -> str:
        """The ``<svg>`` element, which fills the width of its place.

        described : description for screen readers
        """
        label = escape(one_line(spoken(described), LONGEST_DESCRIPTION), quote=True)
        box = f"0 0 {_tenths(self.width)} {_tenths(self.height)}"
        look = f'font-family="{FONTS}" font-size="{_tenths(SIZE_pt)}" fill="{INK}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" viewBox="{box}" {look}>'
        return f"{head}{''.join(self._parts)}</svg>"

    def svg_file(self, described: str) -> str:
        """The drawing as an SVG document of its size; its text is text in the font of the figures."""
        size = f'width="{self.width:g}pt" height="{self.height:g}pt" role='
        body = self.svg(described).replace("role=", size, 1)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def text_width(words: str, size: float = SIZE_pt, bold: bool = False) -> float:
    """Estimated width of a text [pt]."""
    return len(spoken(words)) * size * MEAN_CHARACTER * (BOLD if bold else 1.0)


def path_data(x: FloatArray, y: FloatArray, parts: int = 1) -> str:
    """Path through points [pt] in relative tenths of a point; NaN interrupts it, a single point makes none.

    parts : of a tenth, to which positions are rounded
    """
    known = np.isfinite(x) & np.isfinite(y)
    if known.all():
        return _unbroken(x, y, parts)
    ends = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return "".join(_unbroken(x[start:stop], y[start:stop], parts) for start, stop in ends.reshape(-1, 2))


def _unbroken(x: FloatArray, y: FloatArray, parts: int) -> str:
    points = _rounded(x * parts, y * parts)
    steps = np.diff(points, axis=0)
    steps = steps[(steps[:, 0] != 0) | (steps[:, 1] != 0)]
    if not steps.size:
        return ""
    first, rest = points[0].tolist(), steps.ravel().tolist()
    if parts != 1:
        first, rest = ([number / parts for number in numbers] for numbers in (first, rest))
    form = "M%d %dl" + "%d " * len(rest) if parts == 1 else "M%g %gl" + "%g " * len(rest)
    return (form % (*first, *rest)).rstrip().replace(" -", "-")  # one format for all numbers is fastest


def _whole_tenths(x: FloatArray, y: FloatArray) -> list[list[int]]:
    known = np.isfinite(x) & np.isfinite(y)
    made: list[list[int]] = _rounded(x[known], y[known]).tolist()
    return made


def _rounded(x: FloatArray, y: FloatArray) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    points = np.clip(np.stack((x, y), axis=1), -OFF_PAGE_pt, OFF_PAGE_pt)
    return np.rint(points * TENTHS).astype(np.int64)


def _tenths(length: float) -> int:
    return round(length * TENTHS)


def _lowered(line: str, size: float) -> str:
    """Text with the subscripts of its symbols smaller and below the line; ``dy`` is known to every program."""
    made, below = "", False
    for part, lowered in runs(line):
        move = f' dy="{_tenths(size * DROP * (1 if lowered else -1))}"' if lowered is not below else ""
        small = f' font-size="{_tenths(size * LOWERED)}"' if lowered else ""
        text = escape(part, quote=False)
        made += f"<tspan{move}{small}>{text}</tspan>" if move or small else text
        below = lowered
    return made


def _point_names(points: Sequence[str]) -> list[str]:
    return [f' data-point="{escape(name, quote=True)}"' for name in points]


def _clipped(clip: str) -> str:
    return f' clip-path="url(#{clip})"' if clip else ""


def _type(look: TextLook) -> str:
    """Attributes of a text that differ from those of the drawing."""
    made = f' font-size="{_tenths(look.size)}"' if look.size != SIZE_pt else ""
    made += f' fill="{look.colour}"' if look.colour != INK else ""
    made += f' text-anchor="{look.anchor}"' if look.anchor != "start" else ""
    made += ' font-weight="bold"' if look.bold else ""
    edge = f' stroke="#fff" stroke-width="{_tenths(HALO_pt)}" stroke-linejoin="round" paint-order="stroke"'
    return made + (edge if look.halo else "")
