"""Data faults as typed exceptions: what is wrong, where, what was found, what was expected, what to do.

Only faults of data or declarations are refusals. A step that handles a cell catches :class:`Refusal` and writes a row;
a bug is any other exception and is never caught.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Refusal(Exception):
    """A fault of the data or the declarations that a person can mend.

    what : one sentence without a final full stop
    file : the file it is in
    place : row, key, sweep or epoch inside the file
    found, expected : the value met and what would have been right
    remedy : what to do about it
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
        where = ", ".join(part for part in (self.file, self.place) if part)
        parts = [f"{where}: {self.what}." if where else f"{self.what}."]
        if self.found is not None:
            parts.append(f"Found: {shown(self.found)}.")
        if self.expected:
            parts.append(f"Expected: {self.expected}.")
        if self.remedy:
            parts.append(f"{self.remedy[0].upper()}{self.remedy[1:].removesuffix('.')}.")
        return " ".join(parts)


class DomainError(Refusal, ValueError):
    """A number outside the range in which a formula means anything (negative concentration, z = 0, T ≤ 0 K)."""


def shown(value: object, longest: int = 80) -> str:
    """Represent a value met in a file on one printable line of bounded length."""
    text = repr(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the closest known name and list the known ones (20 at most), for the end of a message."""
    names = list(dict.fromkeys(known))
    folded = {other.lower(): other for other in names}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    more = ", …" if len(names) > 20 else ""
    listed = "Known: " + (", ".join(names[:20]) + more if names else "none")
    return f"Nearest: {folded[close[0]]!r}. {listed}" if close else listed
