"""Findings about the fits of a cell or a cohort, by code."""

from __future__ import annotations

from collections.abc import Iterable

from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow


def found_by_code(findings: Iterable[FindingRow], **columns: str) -> dict[Code, FindingRow]:
    """Findings whose ``columns`` (such as table and quantity) have the given values."""
    return {row.code: row for row in findings if all(getattr(row, name) == value for name, value in columns.items())}
