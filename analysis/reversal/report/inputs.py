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
    recorded : first and last date of the recordings, ISO 8601, or "on an unknown date"; not the date of the report, so
        that the same recordings give the same bytes on another day
    title, folder : of the project; the name of the folder of the recordings
    recorded_by : who recorded; empty if not declared
    experiments : names of the experiments
    atlas : whether the run writes the atlas; without it no page links to it
    """

    versions: Mapping[str, str]
    configuration_hash: str
    recorded: str
    title: str = ""
    folder: str = ""
    recorded_by: str = ""
    experiments: tuple[str, ...] = ()
    atlas: bool = False

    @property
    def project(self) -> str:
        """Title of the project, or the name of its folder."""
        return self.title or self.folder or "Recordings"

    @property
    def about(self) -> str:
        """Which recordings a report is about: project, folder, experiments, date and person, those that are known."""
        folder = f"folder {self.folder}" if self.title and self.folder else ""
        experiments = ", ".join(name for name in self.experiments if name != "default")
        person = f"by {self.recorded_by}" if self.recorded_by else ""
        date = f"recorded {self.recorded} {person}".strip()
        return " · ".join(part for part in (self.project, folder, experiments, date) if part)


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
