"""Width of texts in DejaVu Sans, and texts broken into lines. All lengths are in em, the size of the font."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from PIL import ImageFont

from reversal.report.text.symbols import LOWERED, runs
from reversal.report.text.typeset import font_file

UNITS = 2048  # of DejaVu Sans in an em, so that widths are exact
NO_LETTER = "\uffff"  # has the width of every letter that the font has not
OTHER_LETTER = 1.15  # widest letter of the other fonts: boxes; Chinese, Japanese and Korean have 1
BREAKS = "-_/.,"  # a long word breaks after one of these, if one is in the second half of the line
ROUNDING = 1e-6  # of sums of widths
KEPT = 4096  # widths of the last texts: names, units and numbers occur in many tables


class _Advances(dict[str, float]):
    """Width of each letter, as it is asked for."""

    def __init__(self, bold: bool) -> None:
        file = font_file("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
        self._font = ImageFont.truetype(str(file), UNITS, layout_engine=ImageFont.Layout.BASIC)
        self._unknown = self._font.getlength(NO_LETTER)

    def __missing__(self, letter: str) -> float:
        width = self._font.getlength(letter)
        self[letter] = width = OTHER_LETTER if width == self._unknown else width / UNITS
        return width


_advances = cache(_Advances)


@lru_cache(KEPT)
def text_width(text: str, bold: bool = False) -> float:
    """Width of a line, in which symbols have subscripts; pairs of letters may stand a little closer."""
    of = _advances(bold)
    if "_" not in text:
        return sum(map(of.__getitem__, text))
    return sum(sum(map(of.__getitem__, part)) * (LOWERED if lowered else 1.0) for part, lowered in runs(text))


def broken(text: str, room: float, bold: bool = False) -> list[str]:
    """Lines of a text, which have a given room. Words are broken only if one is longer than a line."""
    room += ROUNDING
    if text_width(text, bold) <= room:
        return [text]
    space, lines, line, used = text_width(" ", bold), [], "", 0.0
    for word in text.split():
        width = text_width(word, bold)
        if line and used + space + width > room:
            lines.append(line)
            line, used = "", 0.0
        if width > room:
            *whole, word = _broken_word(word, room, bold)
            lines += whole
            width = text_width(word, bold)
        line, used = (f"{line} {word}", used + space + width) if line else (word, width)
    return [*lines, line]


def _broken_word(word: str, room: float, bold: bool) -> Iterator[str]:
    """Parts of a word that fit on lines; an accent stays on its letter."""
    of, line, used = _advances(bold), "", 0.0
    for letter in word:
        if line and used + of[letter] > room and not unicodedata.category(letter).startswith("M"):
            end = max(map(line.rfind, BREAKS)) + 1
            end = end if 2 * end > len(line) else len(line)
            yield line[:end]
            line = line[end:]
            used = sum(of[kept] for kept in line)
        line += letter
        used += of[letter]
    yield line
