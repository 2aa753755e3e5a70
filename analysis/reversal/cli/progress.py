"""One line on the terminal with what is done and the time left; nothing if the output is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

EVERY_S = 0.2
WIDTH = 79


class Progress:
    """Counts things that are done. Used in a ``with`` statement, which clears the line at its end."""

    def __init__(self, total: int, things: str) -> None:
        self._total, self._things = total, things
        self._done = 0
        self._started = self._printed = time.monotonic()
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_shown:
            print(f"\r{' ' * WIDTH}\r", end="", file=sys.stderr, flush=True)

    def done_one(self, name: str) -> None:
        """Count one more thing, and print the line if the last one is old."""
        self._done += 1
        now = time.monotonic()
        if self._is_shown and now - self._printed >= EVERY_S:
            self._printed = now
            print(f"\r{self._line(name, now)[:WIDTH]:<{WIDTH}}", end="", file=sys.stderr, flush=True)

    def _line(self, name: str, now: float) -> str:
        left_s = (now - self._started) / self._done * (self._total - self._done)
        left = f"{left_s / 60:.0f} min" if left_s >= 90 else f"{left_s:.0f} s"
        return f"{self._done} of {self._total} {self._things}, about {left} left: {name}"
