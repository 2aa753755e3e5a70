"""A quality check: a finding with a number and its limit, and whether the number is within it."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, Value, finding


@dataclass(frozen=True, slots=True)
class Check:
    """A check whose number is known.

    finding : number, limit and the sentence of a failed check
    notes : further findings of a failed check
    """

    finding: Finding
    passed: bool
    notes: tuple[Finding, ...] = ()

    @property
    def excess(self) -> float:
        """Number minus limit of a check that fails above its limit."""
        return (self.finding.number or 0.0) - (self.finding.limit or 0.0)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Finding of a failed check; empty for one that passed."""
        return () if self.passed else (self.finding, *self.notes)


def above(code: Code, number: float, limit: float, *, place: str = "", **values: Value) -> Check:
    """Check that fails if the number is above its limit."""
    return Check(finding(code, number, limit, place=place, severity=None, **values), number <= limit)


def below(code: Code, number: float, limit: float, *, place: str = "", **values: Value) -> Check:
    """Check that fails if the number is below its limit."""
    return Check(finding(code, number, limit, place=place, severity=None, **values), number >= limit)


def outside(code: Code, number: float, limit: float, *, place: str = "", **values: Value) -> Check:
    """Check that fails if the absolute value of the number is above its limit."""
    return Check(finding(code, number, limit, place=place, severity=None, **values), abs(number) <= limit)
