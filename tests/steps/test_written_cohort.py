"""Tables of the cohort that are there: read back, or None if there are none that this version can read."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from reversal.steps.written_cohort import written_cohort
from reversal.tables.results import Cohort, write_results


def test_tables_are_read_and_missing_or_foreign_ones_are_none(tmp_path: Path) -> None:
    assert written_cohort(tmp_path) is None
    cohort = Cohort((), (), (), ())
    (tmp_path / "cohort").mkdir()
    files = {field.name: tmp_path / "cohort" / f"{field.name}.csv" for field in fields(Cohort)}
    write_results(cohort, files)
    assert written_cohort(tmp_path) == cohort
    files["pooled"].write_text("experiment,unknown\na,b\n", encoding="utf-8")
    assert written_cohort(tmp_path) is None
    write_results(cohort, files)
    files["shifts"].unlink()
    assert written_cohort(tmp_path) is None
