"""Whether a number may be used."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Whether a number may be used, from best to worst."""

    OK = "ok"
    FLAGGED = "flagged"
    EXCLUDED = "excluded"
    FAILED = "failed"


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of several; ok without any."""
    return max(statuses, key=list(Status).index, default=Status.OK)
