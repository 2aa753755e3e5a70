"""Words in file names, folders, comments and tags: names of cells, solutions, concentrations, temperatures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

# what may stand before or after a word: names join words with _, - and dots
_BEFORE, _AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_NUMBER = r"(\d{1,4}(?:[.,p]\d{1,3})?)"
CELL_WORDS = (
    r"(?P<cell>s(?:lice)?[ _#-]?\d{1,3}[ _-]?c(?:ell)?[ _#-]?\d{1,3})",
    r"(?P<cell>(?:cell|neuron|oocyte|myocyte|egg|patch|zelle|cellule)[ _#-]?(?:no\.? ?)?\d{1,3}[a-z]?)",
)
SHORT_CELL_WORDS = (r"(?P<cell>c[_#-]?\d{1,3}[a-z]?)",)  # too short for a comment
NAMED_CELLS = tuple(re.compile(_BEFORE + words + _AFTER, re.IGNORECASE) for words in CELL_WORDS)
NAMED_CELLS_OF_FILES = (
    *NAMED_CELLS,
    *(re.compile(_BEFORE + words + _AFTER, re.IGNORECASE) for words in SHORT_CELL_WORDS),
)
TEMPERATURE = re.compile(rf"(?<![\w.,-]){_NUMBER}\s*(?:°|º|deg)?\s*C(?![\w°])")
ROOM = re.compile(_BEFORE + r"(?:RT|room ?temp(?:erature)?)" + _AFTER)


def named_by(text: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Names of which a word is in the text, in order; a word inside another one does not count."""
    found = [(match, name) for name, alike in words.items() for word in alike for match in _matches(word, text)]
    covered = [(one.start(), one.end()) for one, _ in found]
    whole = [
        name
        for match, name in found
        if not any(a <= match.start() and match.end() <= b and b - a > match.end() - match.start() for a, b in covered)
    ]
    yield from dict.fromkeys(whole)


def _matches(word: str, text: str) -> Iterator[re.Match[str]]:
    if not word.strip():
        return
    pattern = r"[\s_-]*".join(re.escape(part) for part in word.split())
    # a point after a digit belongs to a number: K2 is not in K2.5
    yield from re.finditer(rf"(?<![A-Za-z0-9])(?<!\d[.,]){pattern}(?![A-Za-z0-9])(?![.,]\d)", text, re.IGNORECASE)


def concentrations_mM(text: str, ion: str) -> list[float]:
    """Concentrations of an ion that a text names, such as 5 mM K, K5, 2.5K, K2p5, [K]o = 5.

    >>> concentrations_mM("bath 2.5 mM K+, then K10", "K")
    [2.5, 10.0]
    """
    name = rf"\[?{re.escape(ion)}(?:\d?[+-])?\]?o?"
    patterns = (
        rf"(?<![A-Za-z0-9.,]){_NUMBER}\s*(?:mM)?[\s_-]*{name}{_AFTER}",
        rf"{_BEFORE}{name}\s*[=:_-]?\s*{_NUMBER}(?:\s*mM)?(?![A-Za-z0-9]|[.,]\d)",
    )
    found = {m.start(): m[1] for pattern in patterns for m in re.finditer(pattern, text)}
    return list(dict.fromkeys(_number(found[at]) for at in sorted(found)))


def temperatures_C(text: str) -> list[float]:
    """Temperatures in °C that a text names.

    >>> temperatures_C("cell 3, 22.5 °C")
    [22.5]
    """
    return list(dict.fromkeys(_number(match[1]) for match in TEMPERATURE.finditer(text)))


def _number(text: str) -> float:
    """A number with a point, a comma, or the p of file names, which cannot have a point."""
    return float(text.replace(",", ".").replace("p", "."))


def cell_in(text: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """The name of a cell in a text, as written; None if there is none, or several."""
    for pattern in patterns:
        names = [match["cell"] for match in pattern.finditer(text) if match["cell"]]
        if len({plain_cell(name) for name in names}) == 1:
            return names[-1]
    return None


def plain_cell(name: str) -> str:
    """A name of a cell without what differs between two ways to write it.

    >>> plain_cell("Cell_03") == plain_cell("cell 3"), plain_cell("s1_c2")
    (True, 's1c2')
    """
    return re.sub(r"0*(\d+)", r"\1", re.sub(r"[\s_#.-]+", "", name)).casefold().replace("no", "")
