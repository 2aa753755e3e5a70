"""What reports are made from, beside the tables themselves: provenance, a night as a whole, faults of no recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reversal.report.cell.answers import told_once
from reversal.tables.checks_table import CheckRow
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.curves_table import CurvePoint
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import ReversalRow


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers of a report come from.

    versions : program and libraries, name -> version
    configuration_hash : hash of everything declared
    made : date of the report, ISO 8601; given, never read from the clock, so that the same input gives the same bytes
    """

    versions: Mapping[str, str]
    configuration_hash: str
    made: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault that belongs to no recording row: a solution, a stimulus file, a row without a name.

    reason : whole sentence or sentences, remedy included
    """

    file: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Night:
    """Every table of a cohort, as the morning page, the cohort figures and the deck read it.

    failures : only those that no row of the tables carries; failed rows are found by their status
    charges : charge number of the ions named, for axis labels
    """

    recordings: tuple[RecordingRow, ...]
    reversals: tuple[ReversalRow, ...]
    permeabilities: tuple[PermeabilityRow, ...]
    nernst: tuple[NernstRow, ...]
    provenance: Provenance
    cohort: tuple[PooledRow, ...] = ()
    comparisons: tuple[ComparisonRow, ...] = ()
    curves: tuple[CurvePoint, ...] = ()
    findings: tuple[CheckRow, ...] = ()
    failures: tuple[Failure, ...] = ()
    charges: Mapping[str, int] = field(default_factory=dict)

    def told_once(self) -> Night:
        """The night with fits that name flagged recordings instead of repeating their reasons."""
        return replace(
            self,
            permeabilities=told_once(self.permeabilities, self.recordings, self.reversals),
            nernst=told_once(self.nernst, self.recordings, self.reversals),
        )
