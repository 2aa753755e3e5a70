"""The sentences that a run reports, and the file that keeps them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.logging import logger as snakemake_logger

from reversal.steps.run_log import EventsInWords, begin_log

BATCHES = {"0001": ("a", "b"), "0002": ("c",)}


def happens(event: str, **facts: object) -> None:
    """What Snakemake logs."""
    snakemake_logger.info(event, extra={"event": SimpleNamespace(value=event), **facts})


def plan(**counts: int) -> None:
    happens("run_info", stats={**counts, "total": sum(counts.values())})


def sentences(folder: Path) -> list[str]:
    """Lines of the only log, without date and time."""
    (file,) = (folder / "results/logs/runs").glob("*.log")
    return [line[21:] for line in file.read_text(encoding="utf-8").splitlines()]


def begin(folder: Path, *, writes: bool = True) -> EventsInWords:
    return begin_log((folder / "results", folder / "reports"), BATCHES, writes=writes)


def test_start_and_jobs_are_reported_without_rules_that_have_no_job(tmp_path: Path) -> None:
    begin(tmp_path)
    plan(measure_cells=2, cohort=1, cohort_files=1, all=1)
    rules = ("measure_cells", "measure_cells", "cohort_files", "cohort", "all")
    for job, rule in enumerate(rules, start=1):
        happens("job_info", jobid=job, rule_name=rule)
        happens("job_finished", job_id=job)
        happens("progress", done=job, total=5)
    first, *progress = sentences(tmp_path)
    assert first.startswith("Run of 3 cells on ")
    assert first.endswith(": 3 jobs (2 measure_cells, 1 cohort)")
    assert progress == ["1 of 3 jobs, less than a minute left", "2 of 3 jobs, less than a minute left", "3 of 3 jobs"]


def test_rules_that_were_to_run_and_did_not_end_are_known(tmp_path: Path) -> None:
    events = begin(tmp_path)
    plan(night_measure_cells=1, night_cohort=1)
    happens("job_info", jobid=1, rule_name="night_measure_cells")
    happens("job_finished", job_id=1)
    assert [events.is_unfinished(rule) for rule in ("measure_cells", "cohort", "morning_page")] == [False, True, False]


def test_a_failed_job_is_reported_with_its_cells_and_its_reason(tmp_path: Path) -> None:
    begin(tmp_path)
    plan(measure_cells=2)
    logs = [tmp_path / "0001.log", tmp_path / "0002.log"]
    logs[0].write_text("2026-11-26 03:00:00,1 ERROR first\n2026-11-26 03:00:01,1 ERROR a: the disk is full\n")
    for job, file in enumerate(logs):
        happens("job_error", jobid=job, rule_name="measure_cells", log=[str(file)])
    _, of_two, of_one = sentences(tmp_path)
    assert of_two == f"measure_cells of the cells a to b failed: a: the disk is full ({logs[0]})"
    assert of_one.startswith("measure_cells of c failed: its log has no error: it was killed")


def test_a_run_without_work_reports_the_last_results(tmp_path: Path) -> None:
    begin(tmp_path)
    summary = {"counts": {"recordings": {"measured": 4}}, "failures": []}
    (tmp_path / "results/cohort").mkdir()
    (tmp_path / "results/cohort/summary.json").write_text(json.dumps(summary), encoding="utf-8")
    snakemake_logger.info("Nothing to be done (all requested files are present and up to date).")
    text = (next((tmp_path / "results/logs/runs").iterdir())).read_text(encoding="utf-8")
    assert "Nothing to do: all results are up to date." in text
    assert "Recordings: 4 measured" in text


def test_a_dry_run_reports_once_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin(tmp_path, writes=False)
    plan(measure_cells=1)
    plan(measure_cells=1)
    assert capsys.readouterr().err.count("Run of 3 cells") == 1
    assert list(tmp_path.iterdir()) == []


def test_snakemake_does_not_repeat_the_sentences(tmp_path: Path) -> None:
    shown: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: shown.append(record.getMessage())  # type: ignore[method-assign]
    snakemake_logger.addHandler(handler)
    begin(tmp_path)
    plan(measure_cells=1)
    happens("progress", done=1, total=1)
    snakemake_logger.error("a file is missing")
    assert shown == ["a file is missing"]
