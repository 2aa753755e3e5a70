"""Data faults as typed exceptions: what is wrong, where, what was found, what was expected, what to do.

Only faults of the data, the configuration or the sheet are refusals. A step that handles a cell catches
:class:`Refusal` and writes a row with the reason. Any other exception is a bug and is never caught.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


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
    """A number outside the domain of a formula (negative concentration, z = 0, T ≤ 0 K)."""


def shown(value: object, max_length: int = 80) -> str:
    """Represent a value on one printable line of at most ``max_length`` characters."""
    text = repr(value)
    return text if len(text) <= max_length else text[: max_length - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str:
    """End of a message about an unknown name: the most similar known name, and the known names (20 at most)."""
    names = list(dict.fromkeys(known))
    folded = {other.lower(): other for other in names}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    more = ", …" if len(names) > 20 else ""
    listed = "Known: " + (", ".join(names[:20]) + more if names else "none")
    return f"Nearest: {folded[close[0]]!r}. {listed}" if close else listed
