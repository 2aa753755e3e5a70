"""Data faults as typed exceptions: what is wrong, where, what was found, what was expected, what to do.

Only faults of the data, the configuration or the sheet are refusals. A step that handles a cell catches
:class:`Refusal` and writes a row with the reason. Any other exception is a bug. It is caught only where the work on one
recording or one cell ends, by :func:`bugs_as_refusals`: a night must not lose its results to one odd file.
"""

from __future__ import annotations

import difflib
import re
import traceback
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

JOINERS = "\u200c\u200d"  # invisible, but words of several languages need them
UNSEEN = {
    "Cc",
    "Cf",
    "Cs",
    "Zl",
    "Zp",
}  # categories of Unicode: controls, format characters, half characters, line ends


class Refusal(Exception):
    """A fault of the data, the configuration or the sheet that the user can correct.

    what : one sentence without a final full stop
    file : the file that has the fault
    place : row, key, sweep or epoch inside the file
    found, expected : the value found, and what a valid value is
    remedy : what to do
    """

    def __init__(
        self,
        what: str,
        *,
        file: object = None,
        place: str | None = None,
        found: object = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.file = None if file is None else str(file)
        self.place = place
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        where = printable(", ".join(part for part in (self.file, self.place) if part), kept="")
        what = f"{self.what.removesuffix('.')}."
        parts = [f"{where}: {what}" if where else what]
        if self.found is not None:
            parts.append(f"Found: {shown(self.found)}.")
        if self.expected:
            parts.append(f"Expected: {self.expected}.")
        if self.remedy:
            parts.append(f"{self.remedy[0].upper()}{self.remedy[1:].removesuffix('.')}.")
        return printable(" ".join(parts))


class DomainError(Refusal, ValueError):
    """A number outside the domain of a formula (negative concentration, z = 0, T ≤ 0 K)."""


class ProgramError(Refusal):
    """A bug that ended the work on one recording or one cell; its cause has the traceback."""


@contextmanager
def bugs_as_refusals() -> Iterator[None]:
    """Boundary of one recording or one cell: raise ProgramError for an exception that nobody expected.

    Faults of the computer pass: no memory, and a disk that fails or is full. They are not about this recording.
    """
    try:
        yield
    except (Refusal, OSError, MemoryError):
        raise
    except Exception as bug:
        what = f"this program has an error here: {_bug_in_words(bug)}"
        raise ProgramError(what, remedy="Please report it") from bug


def _bug_in_words(bug: Exception) -> str:
    """Exception and the last line of this package that it passed, the same in every run."""
    package = Path(__file__).parent
    frames = traceback.extract_tb(bug.__traceback__)[1:]  # the first is the boundary
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(package)]
    where = f", in {Path(own[-1].filename).relative_to(package).as_posix()}, line {own[-1].lineno}" if own else ""
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", str(bug))
    return f"{type(bug).__name__}{f': {_cut(message)}' if message else ''}{where}"


def printable(text: str, kept: str = "\n\t") -> str:
    """Text with an escape in the place of each character that is not seen but changes what a terminal shows.

    A file name can have marks that reverse the direction of the text after them, or commands to the terminal.

    kept : characters that stay
    """
    if text.isprintable():
        return text
    stay = kept + JOINERS
    return "".join(
        c.encode("unicode_escape").decode() if c not in stay and unicodedata.category(c) in UNSEEN else c for c in text
    )


def shown(value: object, max_length: int = 80) -> str:
    """Represent a value on one printable line of at most ``max_length`` characters."""
    return _cut(repr(value), max_length)


def _cut(text: str, max_length: int = 80) -> str:
    return text if len(text) <= max_length else text[: max_length - 1] + "…"


def nearest(name: str, known: Iterable[str], most: int = 20) -> str:
    """End of a message about an unknown name: the most similar known name, and the known names (``most`` at most)."""
    names = list(dict.fromkeys(known))
    more = ", …" if len(names) > most else ""
    listed = "Known: " + (", ".join(names[:most]) + more if names else "none")
    close = max(names, key=lambda other: _similarity(name, other), default="")
    return f"Nearest: {close!r}. {listed}" if max(_similarity(name, close)) >= 0.5 else listed


def _similarity(name: str, other: str) -> tuple[float, float]:
    """Fraction of equal words in two names, and of equal letters; a word may have a typing error.

    Words come first: a name with the same first word is nearer than one that happens to share more letters.
    """
    words, others = name.lower().split("_"), other.lower().split("_")
    best = [max(_equal_letters(word, another) for another in others) for word in words]
    equal = sum(part for part in best if part >= 0.75)
    return 2 * equal / (len(words) + len(others)), _equal_letters(name.lower(), other.lower())


def _equal_letters(text: str, other: str) -> float:
    return difflib.SequenceMatcher(None, text, other).ratio()
