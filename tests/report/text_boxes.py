"""Places of the texts of a drawing, with the widths of their letters: what is clipped, overlaps, or is crossed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
from fontTools.ttLib import TTFont

from reversal.report.figure.drawing import BASELINE, TENTHS, SIZE_pt
from tests.report.picture import SVG, points_of

TALL = 0.72  # height of capitals and digits over the size of the font
SLACK_pt = 0.6  # rounding of positions
NEAR = 0.5  # a line that only touches a box


@dataclass(frozen=True)
class Box:
    """A text with its place [pt]; ``order`` counts the elements of the drawing."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    order: int
    halo: bool

    def overlaps(self, other: Box) -> bool:
        """Whether two texts share more than a hair's breadth."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > SLACK_pt
            and min(self.bottom, other.bottom) - max(self.top, other.top) > SLACK_pt
        )


def width_pt(words: str, size: float, bold: bool) -> float:
    """Width of a text in the font of the figures [pt]; a letter that is not in it is as wide as its size."""
    widths, em = _widths(bold)
    return sum(widths.get(ord(letter), em) for letter in words) * size / em


@cache
def _widths(bold: bool) -> tuple[dict[int, int], int]:
    """Width of each letter, and of a square of the size of the font, in units of the font."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = TTFont(Path(mpl.get_data_path(), "fonts", "ttf", name))
    widths = font["hmtx"].metrics
    return {code: widths[glyph][0] for code, glyph in font.getBestCmap().items()}, font["head"].unitsPerEm


def faults(svg: str) -> list[str]:
    """Texts that leave the drawing, pairs that overlap, and texts that a line passes through."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = (float(part) / TENTHS for part in root.get("viewBox", "").split())
    boxes = [_box(node, order) for order, node in enumerate(root.iter()) if node.tag == f"{SVG}text"]
    found = [f"clipped: {box.words}" for box in boxes if not _inside(box, width, height)]
    found += [f"overlap: {a.words} | {b.words}" for a, b in combinations(boxes, 2) if a.overlaps(b)]
    clips = {f"url(#{clip.get('id')})": _clip(clip[0]) for clip in root.iter(f"{SVG}clipPath")}
    for order, node in enumerate(root.iter()):
        if node.tag != f"{SVG}path" or node.get("stroke") is None:
            continue
        points = _dense(node.get("d", ""))
        if (clip := node.get("clip-path")) is not None:
            points = points[_within(points, clips[clip], 0.0)]
        for box in boxes:
            hidden = order > box.order or not box.halo
            place = (box.left, box.top, box.right, box.bottom)
            if hidden and _within(points, place, -NEAR).any():
                found.append(f"crossed: {box.words} by {node.get('stroke')}")
    return found


def _inside(box: Box, width: float, height: float) -> bool:
    return (
        box.left >= -SLACK_pt
        and box.top >= -SLACK_pt
        and box.right <= width + SLACK_pt
        and box.bottom <= height + SLACK_pt
    )


def _clip(rectangle: ElementTree.Element) -> tuple[float, float, float, float]:
    left, top, width, height = (float(rectangle.get(name, 0)) / TENTHS for name in ("x", "y", "width", "height"))
    return left, top, left + width, top + height


def _within(points: np.ndarray, place: tuple[float, float, float, float], edge: float) -> np.ndarray:
    x, y = points.T
    left, top, right, bottom = place
    return (x >= left - edge) & (x <= right + edge) & (y >= top - edge) & (y <= bottom + edge)


def _dense(path: str) -> np.ndarray:
    """Points along each line of a path, closer together than a letter is wide."""
    made = [np.zeros((0, 2))]
    for line in re.findall(r"M[^M]*", path):
        corners = points_of(line)
        steps = np.diff(corners, axis=0)
        counts = np.maximum(np.ceil(np.abs(steps).max(axis=1, initial=0.0) / 1.5).astype(int), 1)
        for start, step, count in zip(corners, steps, counts, strict=False):
            made.append(start + step * np.linspace(0.0, 1.0, count + 1)[:, None])
    return np.concatenate(made)


def _box(node: ElementTree.Element, order: int) -> Box:
    size = float(node.get("font-size", SIZE_pt * TENTHS)) / TENTHS
    bold = node.get("font-weight") == "bold"
    width = width_pt(node.text or "", size, bold)
    for part in node.iter(f"{SVG}tspan"):
        width += width_pt(part.text or "", float(part.get("font-size", size * TENTHS)) / TENTHS, bold)
    anchor = {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor", "start")]
    words, halo = "".join(node.itertext()), node.get("paint-order") == "stroke"
    half = TALL * size / 2
    moved = re.match(r"translate\((-?\d+) (-?\d+)\)", node.get("transform", ""))
    if moved:
        x, y = float(moved[1]) / TENTHS - BASELINE * size, float(moved[2]) / TENTHS
        return Box(words, x - half, y - (1 - anchor) * width, x + half, y + anchor * width, order, halo)
    x, y = float(node.get("x", 0)) / TENTHS, float(node.get("y", 0)) / TENTHS - BASELINE * size
    return Box(words, x - anchor * width, y - half, x + (1 - anchor) * width, y + half, order, halo)
