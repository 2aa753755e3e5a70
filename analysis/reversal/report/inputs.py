"""What the pages of a night are made from: the cohort's tables, where its numbers come from, faults of no recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reversal.tables.results import Cohort


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers of a report come from.

    versions : program and libraries, name -> version
    configuration_hash : hash of everything declared that the numbers of the report depend on
    made : date of the report, ISO 8601; given, never read from the clock, so that the same input gives the same bytes
    """

    versions: Mapping[str, str]
    configuration_hash: str
    made: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault that belongs to no recording: a solution, a stimulus file.

    reason : whole sentence or sentences, remedy included
    """

    file: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Night:
    """What the morning page, the cohort figures and the slides show.

    failures : only those that no row of the tables carries; failed rows are found by their status
    charges : charge number of the ions named, for axis labels
    """

    tables: Cohort
    provenance: Provenance
    failures: tuple[Failure, ...] = ()
    charges: Mapping[str, int] = field(default_factory=dict)
