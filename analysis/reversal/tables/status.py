"""Status of a row: the worst severity of its findings."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Whether a number may be used, from best to worst."""

    OK = "ok"
    FLAGGED = "flagged"
    NO_REVERSAL = "no reversal in range"
    EXCLUDED = "excluded"
    FAILED = "failed"


class Severity(StrEnum):
    """Effect of a finding on the number to which it refers."""

    NOTE = "note"
    WARNING = "warning"
    NO_REVERSAL = "no reversal"
    EXCLUSION = "exclusion"
    FAILURE = "failure"


STATUS_OF = {
    Severity.NOTE: Status.OK,
    Severity.WARNING: Status.FLAGGED,
    Severity.NO_REVERSAL: Status.NO_REVERSAL,
    Severity.EXCLUSION: Status.EXCLUDED,
    Severity.FAILURE: Status.FAILED,
}


def status_of(severities: Iterable[Severity]) -> Status:
    """Status of a row with findings of these severities; ok without findings."""
    return worst(STATUS_OF[severity] for severity in severities)


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of several statuses; ok if there are none."""
    return max(statuses, key=list(Status).index, default=Status.OK)
