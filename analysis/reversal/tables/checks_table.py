"""Table ``checks``: the number and the limit of every quality check."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Experiment, Number, RecordingName
from reversal.tables.files import Row
from reversal.tables.findings.code import Code


class Outcome(StrEnum):
    """Outcome of a check."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CheckRow(Row):
    """One quality check of a recording."""

    experiment: Experiment
    cell: Cell
    recording: RecordingName
    code: Annotated[Code, Field(description="the check, as in docs/reference/findings.md")]
    number: Annotated[Number, Field(description="value of the check in `unit`; empty if it cannot be measured")]
    limit: Annotated[Number, Field(description="limit of the check in `unit`")]
    unit: Annotated[str | None, Field(description="unit of number and limit; empty for fractions and counts")]
    outcome: Annotated[Outcome, Field(description="passed, failed, or unknown if there is no number")]
