"""Findings and checks of a measured recording, by code."""

from __future__ import annotations

from reversal.measure.measure_recording import Measured
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding


def found_by_code(one: Measured) -> dict[Code, Finding]:
    """Findings about a recording by itself."""
    return {found.code: found for found in one.findings}


def numbers_by_code(one: Measured) -> dict[Code, float | None]:
    """Number of every check, passed or failed."""
    return {check.finding.code: check.finding.number for check in one.checks}
