"""Input of the reports: tables of the cohort, and provenance."""

from __future__ import annotations

from datetime import date

from reversal.experiment.step_settings import CohortSettings
from reversal.report.inputs import Failure, Night, Provenance
from reversal.steps.software_versions import versions
from reversal.tables.results import Cohort


def provenance(configuration_hash: str) -> Provenance:
    """Provenance of a report made today."""
    return Provenance(versions(), configuration_hash, date.today().isoformat())


def night_of(project: CohortSettings, cohort: Cohort) -> Night:
    """Content of the morning page, the cohort figures and the slides."""
    return Night(
        tables=cohort,
        provenance=provenance(project.configuration_hash),
        failures=tuple(Failure(project.solutions, name, reason) for name, reason in project.solution_faults.items()),
        charges=project.charges,
    )
