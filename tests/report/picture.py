"""Reading a drawing back: its texts, circles and lines, in points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

from reversal.report.figure.drawing import BASELINE, TENTHS, SIZE_pt

SVG = "{http://www.w3.org/2000/svg}"
MINUS = "\u2212"


@dataclass(frozen=True)
class Text:
    """A text with the middle of its line [pt]."""

    words: str
    x: float
    y: float
    halo: bool
    anchor: str = "start"


@dataclass(frozen=True)
class Circle:
    """A circle [pt] with the colour inside."""

    x: float
    y: float
    fill: str


class Picture:
    """What an ``<svg>`` element shows."""

    def __init__(self, svg: str) -> None:
        self.root = ElementTree.fromstring(svg)
        self.texts = [_text(node) for node in self.root.iter(f"{SVG}text")]
        self.circles = [
            Circle(float(node.get("cx", 0)) / TENTHS, float(node.get("cy", 0)) / TENTHS, group.get("fill", ""))
            for group in self.root.iter(f"{SVG}g")
            for node in group.iter(f"{SVG}circle")
        ]
        self.clips = {f"url(#{clip.get('id')})": _box(clip[0]) for clip in self.root.iter(f"{SVG}clipPath")}
        self.paths = [(node.get("d", ""), dict(node.attrib)) for node in self.root.iter(f"{SVG}path")]

    @property
    def words(self) -> list[str]:
        """All texts in order."""
        return [text.words for text in self.texts]

    def placed(self, words: str) -> Text:
        """The only text with these words."""
        (found,) = (text for text in self.texts if text.words == words)
        return found


def points_of(path: str) -> np.ndarray:
    """Points of a path that consists of M and l [pt], shape (points, 2)."""
    points: list[tuple[float, float]] = []
    for command, rest in re.findall(r"([Ml])([^Ml]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", rest)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = points[-1] if command == "l" else (0.0, 0.0)
            points.append((x + dx, y + dy))
    return np.array(points) / TENTHS


def number(words: str) -> float | None:
    """Value of the label of a tick; None for another text."""
    try:
        return float(words.replace(MINUS, "-"))
    except ValueError:
        return None


def _box(rectangle: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom [pt]."""
    left, top, width, height = (float(rectangle.get(name, 0)) / TENTHS for name in ("x", "y", "width", "height"))
    return left, top, left + width, top + height


def _text(node: ElementTree.Element) -> Text:
    size = float(node.get("font-size", SIZE_pt * TENTHS))
    x, y = float(node.get("x", 0)), float(node.get("y", 0)) - BASELINE * size
    moved = re.match(r"translate\((-?\d+) (-?\d+)\)", node.get("transform", ""))
    if moved:
        x, y = float(moved[1]) - BASELINE * size, float(moved[2])
    halo, anchor = node.get("paint-order") == "stroke", node.get("text-anchor", "start")
    return Text("".join(node.itertext()), x / TENTHS, y / TENTHS, halo, anchor)
