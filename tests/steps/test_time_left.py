"""The time left of a run with jobs of different duration."""

from __future__ import annotations

import pytest

from reversal.steps.time_left import TimeLeft, in_words


def run_in_turn(jobs: TimeLeft, rule: str, number: int, span_s: float, begin_s: float = 0.0) -> float:
    """Run jobs one after the other; when the last has ended [s]."""
    for job in range(number):
        jobs.starts(id(rule) + job, rule, begin_s)
        begin_s += span_s
        jobs.ends(id(rule) + job, begin_s)
    return begin_s


def test_it_is_not_known_before_a_job_has_ended() -> None:
    jobs = TimeLeft({"measure_cells": 4})
    assert jobs.seconds(0.0) is None
    jobs.starts(1, "measure_cells", 0.0)
    assert jobs.seconds(5.0) is None


def test_jobs_of_each_rule_take_the_time_of_their_rule() -> None:
    jobs = TimeLeft({"measure_cells": 10, "report_cells": 10})
    now = run_in_turn(jobs, "measure_cells", 10, 60.0)
    now = run_in_turn(jobs, "report_cells", 2, 6.0, now)
    assert jobs.seconds(now) == pytest.approx(8 * 6.0)


def test_a_rule_that_has_not_run_is_expected_to_take_the_mean_time() -> None:
    jobs = TimeLeft({"measure_cells": 2, "report_cells": 2})
    assert jobs.seconds(run_in_turn(jobs, "measure_cells", 2, 30.0)) == pytest.approx(60.0)


def test_jobs_that_run_at_once_share_the_time() -> None:
    jobs = TimeLeft({"measure_cells": 8})
    for job in range(4):
        jobs.starts(job, "measure_cells", 0.0)
    for job in range(4):
        jobs.ends(job, 100.0)
    assert jobs.seconds(100.0) == pytest.approx(100.0)


def test_the_time_of_running_jobs_counts() -> None:
    jobs = TimeLeft({"measure_cells": 2})
    now = run_in_turn(jobs, "measure_cells", 1, 100.0)
    jobs.starts(7, "measure_cells", now)
    assert jobs.seconds(now + 40.0) == pytest.approx(60.0)
    assert jobs.seconds(now + 500.0) == 0.0


def test_a_job_that_failed_is_expected_again() -> None:
    jobs = TimeLeft({"measure_cells": 2})
    now = run_in_turn(jobs, "measure_cells", 1, 100.0)
    jobs.starts(7, "measure_cells", now)
    jobs.fails(7)
    assert jobs.seconds(now) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, "less than a minute left"), (89, "1 min left"), (3540, "59 min left"), (7290, "2 h 2 min left")],
)
def test_in_words(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words
