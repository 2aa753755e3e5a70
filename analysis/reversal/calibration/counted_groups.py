"""Groups of recordings by the levels of their factors, and the counting error of their coverage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

CLAIMED_COVERAGE = (0.93, 0.97)
STANDARD_ERRORS_95 = 1.96
COUNTING_ERRORS = 1.5  # by which a count may miss a claim: about three standard errors
CLUSTERING = 1.3  # the recordings of one cell are not independent


Limits = tuple[float | None, float | None]
"""Limits of an interval, None for an open end."""


class DrawnCase(Protocol):
    """A case with its level of each factor."""

    @property
    def factors(self) -> Mapping[str, str]: ...


class CaseOutcome(Protocol):
    """An outcome of a case."""

    @property
    def case(self) -> DrawnCase: ...


OutcomeT = TypeVar("OutcomeT", bound=CaseOutcome)


def by_factor(results: Sequence[OutcomeT]) -> dict[tuple[str, str], list[OutcomeT]]:
    """Recordings by factor and level: the rows of a table."""
    groups: dict[tuple[str, str], list[OutcomeT]] = {}
    for one in results:
        for factor, level in one.case.factors.items():
            groups.setdefault((factor, level), []).append(one)
    return groups


def contains(limits: Limits, true: float) -> bool:
    """Whether an interval contains the truth; an open end has no limit."""
    low, high = limits
    return (low is None or low <= true) and (high is None or true <= high)


def counting_error(share: float, count: int, clustering: float = 1.0) -> float:
    """Half-width of the 95 % interval of a share that is counted on ``count`` trials.

    clustering : 1 for independent trials, ``CLUSTERING`` for recordings of which several are of one cell
    """
    return clustering * STANDARD_ERRORS_95 * math.sqrt(share * (1.0 - share) / max(count, 1))


def coverage_slack(count: int, clustering: float = 1.0) -> float:
    """How far a share near 95 % or 5 % that is counted on ``count`` trials may be outside a claim by chance."""
    return COUNTING_ERRORS * counting_error(0.95, count, clustering)


def found_as(recordings: int) -> str:
    """Sentence with the counting error of a coverage of 95 %, of all recordings and of a tenth of them."""
    errors = [100.0 * counting_error(0.95, count, CLUSTERING) for count in (recordings, recordings // 10)]
    return (
        f"A true 95 % is found as 95 ± {errors[0]:.1f} % of {recordings} recordings, and as 95 ± {errors[1]:.1f} % of "
        f"{recordings // 10}."
    )
