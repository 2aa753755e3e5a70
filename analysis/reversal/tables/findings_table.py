"""Table ``findings``: all notes, warnings and failures about the numbers, one finding a row."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Number
from reversal.tables.files import Row
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, reason_of
from reversal.tables.status import Severity, status_of


class FindingRow(Row):
    """One finding about one row of another table."""

    experiment: Experiment
    cell: Cell
    recording: Annotated[
        str | None, Field(description="recording to which the finding refers; empty for fits and cohorts")
    ]
    condition: Annotated[
        Condition | None, Field(description="condition to which the finding refers; empty if there is none")
    ]
    table: Annotated[str, Field(description="table of the row to which the finding refers")]
    quantity: Annotated[
        str | None, Field(description="quantity in that row to which the finding refers, such as P_Na/P_K")
    ]
    code: Annotated[Code, Field(description="code of the finding, as in docs/reference/findings.md")]
    severity: Annotated[
        Severity,
        Field(description="note, warning, no reversal, exclusion or failure: effect on the status of the number"),
    ]
    number: Annotated[Number, Field(description="number of the finding in `unit`; empty if there is none")]
    limit: Annotated[Number, Field(description="limit of the number in `unit`; empty if there is none")]
    unit: Annotated[str | None, Field(description="unit of number and limit; empty for fractions and counts")]
    place: Annotated[str | None, Field(description="recordings, baths, ions or cells to which the sentence refers")]
    sentence: Annotated[str, Field(description="the finding in words")]
    remedy: Annotated[str | None, Field(description="what to do about it; empty if nothing can be done")]


def finding_rows(
    findings: Iterable[Finding],
    table: str,
    *,
    experiment: str,
    cell: str = "",
    recording: str | None = None,
    condition: str | None = None,
    quantity: str | None = None,
) -> list[FindingRow]:
    """Rows of the findings about one row of a table."""
    return [
        FindingRow(
            experiment=experiment,
            cell=cell,
            recording=recording,
            condition=condition,
            table=table,
            quantity=quantity,
            code=found.code,
            severity=found.severity,
            number=found.number,
            limit=found.limit,
            unit=found.unit or None,
            place=found.place or None,
            sentence=found.sentence,
            remedy=found.remedy or None,
        )
        for found in findings
    ]


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Judged(Generic[R]):
    """A row and the findings that its status and reason are made of."""

    row: R
    findings: tuple[Finding, ...]

    def keeping(self, codes: Container[Code]) -> Judged[R]:
        """The row with only those of its findings that have one of these codes."""
        findings = tuple(found for found in self.findings if found.code in codes)
        return Judged(self.row.model_copy(update=judged(findings)), findings)

    def adding(self, *more: Finding, **columns: Any) -> Judged[R]:
        """The row with further findings in front, other columns changed as given."""
        findings = (*more, *self.findings)
        return Judged(self.row.model_copy(update={**columns, **judged(findings)}), findings)


def judge(model: type[R], findings: Iterable[Finding], **columns: Any) -> Judged[R]:
    """Make a row whose status and reason are those of its findings."""
    known = tuple(findings)
    return Judged(model(**columns, **judged(known)), known)


def judged(findings: Iterable[Finding]) -> dict[str, Any]:
    """The columns ``status`` and ``reason`` of a row with these findings."""
    known = tuple(findings)
    return {"status": status_of(found.severity for found in known), "reason": reason_of(known)}
