"""A recording that is in two cells is named in both, and a mean over cells counts it once."""

from __future__ import annotations

import pytest

from reversal.fit.cohort.repeated_cells import (
    in_two_cells,
    named_in_means,
    repeated_cells,
    same_in_other_cells,
    with_finding,
)
from reversal.tables.findings.code import Code
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CohortFits
from reversal.tables.status import Status

CURRENTS = " ".join(f"{n * 1.7 - 20:.7g}" for n in range(32))
OTHERS = " ".join(f"{n * 1.3 - 20:.7g}" for n in range(32))


def row(name: str, cell: str, currents: str | None, status: Status = Status.OK, experiment: str = "e") -> RecordingRow:
    blank = dict.fromkeys(RecordingRow.model_fields)
    names = {"experiment": experiment, "cell": cell, "recording": name, "file": f"{name}.abf", "status": status}
    return RecordingRow.model_validate(blank | names | {"samples": currents and f"9 4000 {currents}"})


ROWS = [row("a1", "a", CURRENTS), row("b1", "b", OTHERS), row("b2", "b", CURRENTS), row("c1", "c", CURRENTS)]


def test_the_first_cell_of_the_sheet_keeps_the_recording() -> None:
    same = same_in_other_cells(ROWS)
    assert {name: [other.recording for other in others] for name, others in same.items()} == {
        "a1": ["b2", "c1"],
        "b2": ["a1", "c1"],
        "c1": ["a1", "b2"],
    }
    assert repeated_cells(ROWS, same) == {("e", "b"): "a", ("e", "c"): "a"}


@pytest.mark.parametrize("status", [Status.EXCLUDED, Status.FAILED])
def test_a_recording_that_is_left_out_repeats_nothing(status: Status) -> None:
    rows = [row("a1", "a", CURRENTS), row("b1", "b", CURRENTS, status), row("c1", "c", None)]
    assert same_in_other_cells(rows) == {}


def test_cells_of_two_experiments_are_named_and_both_counted() -> None:
    rows = [row("a1", "a", CURRENTS), row("b1", "b", CURRENTS, experiment="other")]
    same = same_in_other_cells(rows)
    assert set(same) == {"a1", "b1"}
    assert repeated_cells(rows, same) == {}
    assert same_in_other_cells([row("a1", "a", CURRENTS), row("a2", "a", CURRENTS)]) == {}


def test_a_row_is_flagged_once() -> None:
    found = in_two_cells([ROWS[2]])
    flagged = with_finding(ROWS[0], found)
    assert (flagged.status, flagged.reason) == (Status.FLAGGED, "The recording has the same samples as b2 of cell b.")
    assert with_finding(flagged, found) == flagged
    assert with_finding(row("x", "x", None, Status.EXCLUDED), found).status is Status.EXCLUDED


def test_a_mean_names_the_cells_that_it_does_not_count() -> None:
    blank = dict.fromkeys(PooledRow.model_fields)
    counts = {"n_cells": 1, "n_recordings": 4, "n_bounded": 0, "n_excluded": 0, "method": "m", "condition": "control"}
    made = blank | counts | {"quantity": "P", "status": Status.OK}
    pooled = [PooledRow.model_construct(**made | {"experiment": name}) for name in ("e", "other")]
    named = named_in_means(CohortFits(tuple(pooled)), {("e", "b"): "a"})
    assert [one.status for one in named.pooled] == [Status.FLAGGED, Status.OK]
    assert [(one.code, one.place, one.number) for one in named.findings] == [(Code.CELLS_REPEATED, "b (as a)", 1.0)]
