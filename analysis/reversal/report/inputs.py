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
    recorded : date of the newest recording, ISO 8601, or "on an unknown date"; not the date of the report, so that the
        same recordings give the same bytes on another day
    """

    versions: Mapping[str, str]
    configuration_hash: str
    recorded: str


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
