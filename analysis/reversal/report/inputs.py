"""Input of the morning page, the cohort figures and the slides: tables, provenance, and faults without a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reversal.tables.results import Cohort


@dataclass(frozen=True, slots=True)
class Provenance:
    """Provenance of a report.

    versions : program and libraries, name -> version
    configuration_hash : hash of all declarations that affect the numbers of the report
    made : date of the report, ISO 8601; an input, not read from the clock, so that the same input gives the same bytes
    """

    versions: Mapping[str, str]
    configuration_hash: str
    made: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault without a recording, for example in a solution or a stimulus file.

    reason : complete sentences, including the remedy
    """

    file: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Night:
    """Content of the morning page, the cohort figures and the slides.

    failures : faults that are in no row of the tables; failed rows have the status failed
    charges : charge number of each ion, for axis labels
    """

    tables: Cohort
    provenance: Provenance
    failures: tuple[Failure, ...] = ()
    charges: Mapping[str, int] = field(default_factory=dict)
