"""Symbols with subscripts: every text has one spelling (E_rev, P_Na/P_K), which pages, figures and slides set.

Only symbols of this list are set, so that a name in a file or a sheet with an underscore keeps it.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

SYMBOL = re.compile(
    r"(?<![\w.])(?:(?P<base>E)_(?P<of>rev|Nernst)|(?P<membrane>[RC])_(?P<part>s|m)|(?P<holding>I)_(?P<hold>hold))(?!\w|\.\w)"
    r"|(?<![\w.])P_(?P<ion>[^\W_]+)/P_(?P<reference>[^\W_]+)"
)
LOWERED = 0.72  # size of a subscript over that of the text
DROP = 0.22  # of its baseline, over the size of the text

Run = tuple[str, bool]  # text, and whether it is a subscript


def runs(text: str) -> list[Run]:
    """Text as parts that are set on the line or as a subscript."""
    parts: list[Run] = []
    end = 0
    for found in SYMBOL.finditer(text):
        parts.append((text[end : found.start()], False))
        for number, symbol in enumerate(found[0].split("/")):
            base, _, lowered = symbol.partition("_")
            parts += [("/" * bool(number) + base, False), (lowered, True)]
        end = found.end()
    parts.append((text[end:], False))
    return [part for part in parts if part[0]]


def as_html(text: str) -> Markup:
    """Text for a page, escaped, with its subscripts."""
    if "_" not in text:
        return Markup(escape(text))
    return Markup("").join(
        Markup("<sub>{}</sub>").format(part) if lowered else escape(part) for part, lowered in runs(text)
    )


def spoken(text: str) -> str:
    """Text without the underscores of its symbols, for titles of windows and descriptions of figures."""
    return "".join(part for part, _ in runs(text)) if "_" in text else text
