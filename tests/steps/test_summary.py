"""Counts at the end of a run."""

from __future__ import annotations

from pathlib import Path

from reversal.steps.cohort_tables import summary
from reversal.steps.finished_steps import say_finished
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


def test_an_incomplete_run_says_what_an_earlier_run_made(tmp_path: Path) -> None:
    assert lines_of_incomplete_run(tmp_path, tmp_path) == []
    written(tmp_path, Status.OK)
    (tmp_path / "index.html").touch()
    earlier, lines = lines_of_incomplete_run(tmp_path, tmp_path)
    assert earlier == "The tables of all cells and the morning page are those of an earlier run:"
    assert lines == last_lines(tmp_path, tmp_path)
    say_finished(tmp_path / "finished/cohort", [])
    assert lines_of_incomplete_run(tmp_path, tmp_path)[0].endswith("the morning page is that of an earlier run:")
    say_finished(tmp_path / "finished/morning_page", [])
    assert lines_of_incomplete_run(tmp_path, tmp_path)[0] == "The tables of all cells are finished:"
