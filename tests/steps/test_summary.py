"""Counts at the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.steps.cohort_tables import summary
from reversal.steps.last_lines import last_lines, lines_of_incomplete_run
from reversal.tables.files import write_json
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import Cohort
from reversal.tables.status import Status


def recording(name: str, status: Status) -> RecordingRow:
    unknown = dict.fromkeys(RecordingRow.model_fields.keys())
    named = {"experiment": "default", "cell": "c", "recording": name, "file": "f", "status": status, "reason": "why"}
    return RecordingRow(**(unknown | named))


def written(folder: Path, *statuses: Status) -> None:
    rows = tuple(recording(f"{number}", status) for number, status in enumerate(statuses, start=1))
    (folder / "cohort").mkdir()
    write_json(folder / "cohort/summary.json", summary(Cohort(rows, (), (), ()), "hash"))


def test_last_line_counts_each_status_in_words(tmp_path: Path) -> None:
    written(tmp_path, *Status, Status.OK)
    first, *_ = last_lines(tmp_path, tmp_path).splitlines()
    assert first == "Recordings: 2 measured, 1 flagged, 1 no reversal in range, 1 excluded, 1 failed"


def test_ten_failures_are_listed_and_a_file_has_all(tmp_path: Path) -> None:
    written(tmp_path, *[Status.FAILED] * 1000)
    _, *failures, more = last_lines(tmp_path, tmp_path).splitlines()
    assert failures == [f"  c {number}: why" for number in range(1, 11)]
    assert more == f"  and 990 more, in {tmp_path / 'cohort' / 'recordings.csv'}"


def test_ten_failures_are_all_listed(tmp_path: Path) -> None:
    written(tmp_path, *[Status.FAILED] * 10)
    assert last_lines(tmp_path, tmp_path).splitlines()[-1] == "  c 10: why"


@pytest.mark.parametrize(
    ("unfinished", "said"),
    [
        ({"measure_cells", "cohort", "morning_page"}, " and the morning page are those of an earlier run:"),
        ({"morning_page"}, " are finished; the morning page is that of an earlier run:"),
        ({"report_cells"}, " are finished:"),
    ],
)
def test_an_incomplete_run_says_what_an_earlier_run_made(unfinished: set[str], said: str, tmp_path: Path) -> None:
    assert lines_of_incomplete_run(tmp_path, tmp_path, unfinished.__contains__) == []
    written(tmp_path, Status.OK)
    (tmp_path / "index.html").touch()
    lines = last_lines(tmp_path, tmp_path)
    assert lines_of_incomplete_run(tmp_path, tmp_path, unfinished.__contains__) == [
        f"The tables of all cells{said}",
        lines,
    ]


@pytest.mark.parametrize("content", ["", '{"counts": {"recor', "[]"])
def test_a_damaged_summary_counts_as_none(content: str, tmp_path: Path) -> None:
    written(tmp_path, Status.OK)
    (tmp_path / "cohort/summary.json").write_text(content, encoding="utf-8")
    assert last_lines(tmp_path, tmp_path) == ""
