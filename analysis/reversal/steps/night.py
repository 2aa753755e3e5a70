"""Input of the reports: tables of the cohort, and provenance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from reversal.experiment.step_settings import CohortSettings, ReportLabels
from reversal.report.inputs import Failure, Night, Provenance
from reversal.steps.software_versions import versions
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import Cohort, read_results

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def provenance(
    configuration_hash: str, recordings: Iterable[RecordingRow], labels: ReportLabels | None = None
) -> Provenance:
    """Provenance of a report about these recordings."""
    rows = list(recordings)
    about = labels or ReportLabels()
    starts = [DATE.match(row.started or "") for row in rows]
    dates = sorted({start[0] for start in starts if start})
    recorded = " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "on an unknown date"
    return Provenance(
        versions(),
        configuration_hash,
        recorded,
        title=about.title,
        folder=about.folder,
        recorded_by=about.recorded_by,
        atlas=about.atlas,
        experiments=tuple(dict.fromkeys(row.experiment for row in rows)),
    )


def night_of(project: CohortSettings, cohort: Cohort) -> Night:
    """Content of the morning page, the cohort figures and the slides."""
    return Night(
        tables=cohort,
        provenance=provenance(project.configuration_hash, cohort.recordings, project.labels),
        failures=tuple(Failure(project.solutions, name, reason) for name, reason in project.solution_faults.items()),
        charges=project.charges,
    )


def read_night(project: CohortSettings, files: Mapping[str, str | Path]) -> Night:
    """Content of the same, from files; without the lines of each cell, which are most of the rows and not shown."""
    return night_of(project, read_results(Cohort, files, without=("curves",)))
