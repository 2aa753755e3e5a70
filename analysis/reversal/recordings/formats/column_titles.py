"""Titles of the columns of a text table: name, unit and what the column is.

A unit is in brackets (``Im (nA)``, ``Im [nA]``), after a slash or "in", or the last word (``Im_nA``). A second line of
titles can have the units alone. The units of the columns are used; a name only shows that a column is time or voltage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reversal.recordings.recording.units import (
    CURRENT,
    CURRENT_TO_PA,
    OTHER,
    TIME_TO_S,
    VOLTAGE,
    VOLTAGE_TO_MV,
    plain_unit,
)

TIME = "time"
TIME_WORDS = {"sec": "s", "second": "s", "seconds": "s", "msec": "ms", "usec": "us"}
UNITS = {**dict.fromkeys(TIME_TO_S, TIME), **dict.fromkeys(CURRENT_TO_PA, CURRENT)}
UNITS |= dict.fromkeys(VOLTAGE_TO_MV, VOLTAGE)
SINGLE_LETTERS = ("A", "V", "s")  # without brackets they can also be the name of a column

IN_BRACKETS = re.compile(r"(?P<name>.*?)\s*[(\[{<]\s*(?P<unit>[^()\[\]{}<>]*?)\s*[)\]}>]")
AFTER_SLASH = re.compile(r"(?P<name>.*?)\s*(?:/|\bin\b)\s*(?P<unit>[^\s/]+)")
LAST_WORD = re.compile(r"(?P<name>.*[A-Za-z].*?)[\s_,.:-]+(?P<unit>[^\s_,.:-]+)")
TIME_NAME = re.compile(r"t|times?|time[\s_-].*", re.IGNORECASE)
VOLTAGE_NAME = re.compile(
    r"[vu][\s_-]?(m|mem|mon|cmd|com|command|hold)?[\s_#-]*\d*|.*(volt|potential|command|cmd).*", re.IGNORECASE
)
CURRENT_NAME = re.compile(r"i[\s_-]?(m|mem|mon)?[\s_#-]*\d*|.*(current).*", re.IGNORECASE)
CHANNEL_WORDS = ("in", "ai", "adc", "ch", "chan", "channel", "amp", "electrode", "cell", "headstage")


@dataclass(frozen=True, slots=True)
class ColumnTitle:
    """Title of a column. ``unit`` is empty if the title has none. ``role`` is time, current, voltage, other or ""."""

    name: str
    unit: str
    role: str

    @property
    def signal(self) -> str:
        """Name without the number of the sweep; columns of one signal are its sweeps.

        The number of an input or electrode stays, because it names another signal.
        """
        words = re.findall(r"[^\W\d_]+|[-+]?\d+(?:\.\d+)?", self.name.lower())
        if len(words) == 2 and words[0] in CHANNEL_WORDS:
            return " ".join(words)
        return " ".join(word for word in words if word[-1].isalpha() and (len(word) > 1 or word in "iv"))


def column_titles(lines: Sequence[Sequence[str]]) -> list[ColumnTitle]:
    """Titles of the columns from the lines before a table, each divided into its words.

    The last line with a unit, a time or a voltage counts; the result is empty if there is none.

    >>> [(title.name, title.unit, title.role) for title in column_titles([["Time (s)", "Im (nA)"]])]
    [('Time', 's', 'time'), ('Im', 'nA', 'current')]
    """
    for n in range(len(lines) - 1, -1, -1):
        titles = _titles_of_lines(lines[n], lines[n - 1] if n else None)
        if any(title.unit or title.role for title in titles):
            return titles
    return []


def _titles_of_lines(line: Sequence[str], above: Sequence[str] | None) -> list[ColumnTitle]:
    """Titles in a line, or in the line above if this one has units only."""
    units = [_bare_unit(word) for word in line]
    if above is None or None in units or not any(units):
        return [_title(word, n) for n, word in enumerate(line)]
    return [_with_unit(name, unit or "", n) for n, (name, unit) in enumerate(zip(above, units, strict=True))]


def _title(text: str, n: int) -> ColumnTitle:
    """Title of the n-th column."""
    match = IN_BRACKETS.fullmatch(text)
    if match is not None:
        return _with_unit(match["name"], known_unit(match["unit"]) or match["unit"], n)
    for form in (AFTER_SLASH, LAST_WORD):
        match = form.fullmatch(text)
        unit = None if match is None else known_unit(match["unit"])
        if match is not None and unit is not None and _can_be_unit(unit, match["name"], form):
            return _with_unit(match["name"], unit, n)
    unit = known_unit(text)
    return _with_unit(text, "", n) if unit is None or unit in SINGLE_LETTERS else _with_unit("", unit, n)


def _can_be_unit(unit: str, name: str, form: re.Pattern[str]) -> bool:
    """False for the last word of a name such as "Sweep A", which is no unit."""
    if form is AFTER_SLASH or unit not in SINGLE_LETTERS:
        return True
    return {"A": CURRENT_NAME, "V": VOLTAGE_NAME, "s": TIME_NAME}[unit].fullmatch(name.strip()) is not None


def _with_unit(name: str, unit: str, n: int) -> ColumnTitle:
    name = name.strip()
    if unit:
        role = UNITS.get(unit, OTHER)
        is_time = role == TIME and (n == 0 or TIME_NAME.fullmatch(name) is not None)
        return ColumnTitle(name, unit, role if role != TIME or is_time else OTHER)
    if TIME_NAME.fullmatch(name):
        return ColumnTitle(name, "", TIME)
    return ColumnTitle(name, "", VOLTAGE if VOLTAGE_NAME.fullmatch(name) else "")


def known_unit(text: str) -> str | None:
    """Unit of current, voltage or time, spelled as in the tables of units; None for another text."""
    unit = plain_unit(text)
    unit = TIME_WORDS.get(unit.lower(), unit)
    if unit in UNITS:
        return unit
    return next((known for known in UNITS if known.lower() == unit.lower() and len(unit) > 1), None)


def _bare_unit(word: str) -> str | None:
    """Unit of a word that is nothing but a unit or is empty; None for another word."""
    text = word.strip().strip("()[]{}<>").strip()
    return "" if not text else known_unit(text)
