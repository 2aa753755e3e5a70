"""Whether a number may be used."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Whether a number may be used, from best to worst."""

    OK = "ok"
    FLAGGED = "flagged"
    EXCLUDED = "excluded"
    FAILED = "failed"
