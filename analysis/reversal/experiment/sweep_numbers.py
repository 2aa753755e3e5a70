"""Numbers of sweeps as the recording sheet writes them: ``1-9,12``. The first sweep of a file is 0."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from reversal.experiment.closed_model import ConfigurationRefused

RANGE = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")


class SweepsRefused(ConfigurationRefused, ValueError):
    """A text that does not name sweeps."""


def sweep_ranges(text: str) -> tuple[range, ...]:
    """Ranges of sweeps that a text names, in its order. Raises SweepsRefused.

    >>> sweep_ranges("1-9, 12")
    (range(1, 10), range(12, 13))
    """
    ranges: list[range] = []
    for part in re.split(r"[,;]", text):
        match = RANGE.fullmatch(part.strip())
        if match is None:
            raise _refused("the sweeps cannot be read", part.strip() or text)
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise _refused("the range of sweeps ends before it starts", part.strip())
        twice = [max(first, other.start) for other in ranges if first < other.stop and other.start <= last]
        if twice:
            raise _refused(f"sweep {min(twice)} is named twice", text)
        ranges.append(range(first, last + 1))
    return tuple(ranges)


def listed_sweeps(numbers: Iterable[int]) -> str:
    """Numbers of sweeps as the recording sheet writes them.

    >>> listed_sweeps([0, 1, 2, 6, 8, 9])
    '0-2, 6, 8-9'
    """
    parts = []
    for _, run in itertools.groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        sweeps = [number for _, number in run]
        parts.append(str(sweeps[0]) if len(sweeps) == 1 else f"{sweeps[0]}-{sweeps[-1]}")
    return ", ".join(parts)


def _refused(what: str, found: str) -> SweepsRefused:
    return SweepsRefused(
        what,
        found=found,
        expected="numbers and ranges such as 1-9,12",
        remedy="`reversal inspect FILE` prints the numbers, from 0; format the cells of a spreadsheet as text",
    )
