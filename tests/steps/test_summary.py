"""Counts at the end of a run."""

from __future__ import annotations

from pathlib import Path

from reversal.steps.cohort_tables import summary
from reversal.steps.last_lines import last_lines
from reversal.tables.files import write_json
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import Cohort
from reversal.tables.status import Status


def recording(name: str, status: Status) -> RecordingRow:
    unknown = dict.fromkeys(RecordingRow.model_fields.keys())
    named = {"experiment": "default", "cell": "c", "recording": name, "file": "f", "status": status, "reason": "why"}
    return RecordingRow(**(unknown | named))


def test_last_line_counts_each_status_in_words(tmp_path: Path) -> None:
    rows = tuple(recording(status.name, status) for status in (*Status, Status.OK))
    path = tmp_path / "cohort/summary.json"
    path.parent.mkdir()
    write_json(path, summary(Cohort(rows, (), (), ()), "hash"))
    first, *_ = last_lines(tmp_path, tmp_path).splitlines()
    assert first == "Recordings: 2 measured, 1 flagged, 1 no reversal in range, 1 excluded, 1 failed"
