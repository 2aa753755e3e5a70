"""The tables of the cohort that the last run has written, if there are any that this version can read."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from reversal.tables.results import Cohort, read_results, tables_of


def written_cohort(results: Path) -> Cohort | None:
    """Tables of the cohort in the folder of the results; None if one is missing or is of another version."""
    files = tables_of(Cohort, results / "cohort")
    if not all(path.is_file() for path in files.values()):
        return None
    try:
        return read_results(Cohort, files)
    except ValidationError:  # columns of another version; the next run writes these tables again
        return None
