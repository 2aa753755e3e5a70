"""What the pages of calibration share: groups of recordings, and how far a count of them may be off."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar


class Drawn(Protocol):
    """A case with the levels it was drawn at, by factor."""

    @property
    def factors(self) -> Mapping[str, str]: ...


class OfCase(Protocol):
    """An outcome of a case."""

    @property
    def case(self) -> Drawn: ...


Result = TypeVar("Result", bound=OfCase)


def by_factor(results: Sequence[Result]) -> dict[tuple[str, str], list[Result]]:
    """Recordings grouped by each level of each factor: the cells of a table."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        for factor, level in one.case.factors.items():
            groups.setdefault((factor, level), []).append(one)
    return groups


def slack(count: int) -> float:
    """Three standard errors of a coverage of 95 % from so many recordings, of cells that each give several."""
    return 3.0 * math.sqrt(0.95 * 0.05 / max(count, 1)) * 1.3
