"""Input of the reports: tables of the cohort, and provenance."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reversal.experiment.step_settings import CohortSettings
from reversal.report.inputs import Failure, Night, Provenance
from reversal.steps.software_versions import versions
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import Cohort

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def provenance(configuration_hash: str, recordings: Iterable[RecordingRow]) -> Provenance:
    """Provenance of a report about these recordings."""
    starts = [DATE.match(row.started or "") for row in recordings]
    newest = max((start[0] for start in starts if start), default="on an unknown date")
    return Provenance(versions(), configuration_hash, newest)


def night_of(project: CohortSettings, cohort: Cohort) -> Night:
    """Content of the morning page, the cohort figures and the slides."""
    return Night(
        tables=cohort,
        provenance=provenance(project.configuration_hash, cohort.recordings),
        failures=tuple(Failure(project.solutions, name, reason) for name, reason in project.solution_faults.items()),
        charges=project.charges,
    )
