"""A recording that is in two cells is named in both, and a mean over cells counts it once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.cohort.repeated_cells import (
    in_two_cells,
    named_in_means,
    repeated_cells,
    same_in_other_cells,
    with_finding,
    without_cells,
)
from reversal.tables.findings.code import Code
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import Selection
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


def test_a_cell_that_is_left_out_does_not_stand_for_its_other_recordings() -> None:
    rows = [row("a1", "a", CURRENTS), row("b1", "b", CURRENTS), row("b2", "b", OTHERS), row("c1", "c", OTHERS)]
    assert repeated_cells(rows, same_in_other_cells(rows)) == {("e", "b"): "a"}
    mixed = [rows[3], rows[0], rows[2], rows[1]]  # c is first, so b repeats it, and a repeats nothing that is counted
    assert repeated_cells(mixed, same_in_other_cells(mixed)) == {("e", "b"): "c"}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rows of four cells, each with a flagged recording or without, and what is made of those that are counted."""

    ratios: list[PermeabilityRow]
    lines: list[NernstRow]

    def named(self, repeated: dict[tuple[str, str], str]) -> CohortFits:
        counted = without_cells(self.ratios, repeated), without_cells(self.lines, repeated)
        return named_in_means(fit_cohort(*counted), self.ratios, self.lines, repeated)


def ratio(cell: str, condition: str, flagged: int = 0, ion: str = "Na") -> PermeabilityRow:
    made = dict.fromkeys(PermeabilityRow.model_fields) | {"p_ratio": 0.02, "ci_low": 0.018, "ci_high": 0.022}
    names = {"experiment": "e", "cell": cell, "condition": condition, "ion": ion, "reference": "K"}
    counts = {"n_baths": 3, "n_recordings": 3, "n_left_out": 0, "n_flagged": flagged, "status": Status.OK}
    return PermeabilityRow.model_construct(**made | names | counts | {"bound": Bound.TWO_SIDED})


def line(cell: str, condition: str) -> NernstRow:
    made = dict.fromkeys(NernstRow.model_fields) | {"slope_ratio": 0.9, "n_baths": 3, "status": Status.OK}
    counts = {"n_recordings": 3, "n_left_out": 0, "n_flagged": 0}
    return NernstRow.model_construct(**made | counts | {"experiment": "e", "cell": cell, "condition": condition})


def named_rows(fits: CohortFits) -> dict[tuple[str, str | None, str | None], str | None]:
    rows = [one for one in fits.findings if one.code is Code.CELLS_REPEATED]
    assert all(one.number == len((one.place or "").split(", ")) for one in rows)
    return {(one.table, one.condition, one.quantity): one.place for one in rows}


def test_only_the_means_that_would_contain_a_cell_name_it() -> None:
    made = [ratio(cell, condition) for condition in ("control", "mutant") for cell in "ab"]
    ratios = [*made, ratio("c", "control"), ratio("c", "control", ion="Cs"), ratio("a", "control", ion="Cs")]
    fits = Fitted(ratios, [line(cell, "control") for cell in "abc"]).named({("e", "c"): "a"})
    assert named_rows(fits) == {
        ("pooled", "control", "P_Na/P_K"): "c (as a)",
        ("pooled", "control", "P_Cs/P_K"): "c (as a)",
        ("pooled", "control", "slope ratio"): "c (as a)",
        ("comparisons", "mutant", "P_Na/P_K"): "c (as a)",
    }
    flagged = [(row.condition, row.quantity) for row in fits.pooled if "(as a)" in (row.reason or "")]
    assert flagged == [("control", "P_Na/P_K"), ("control", "P_Cs/P_K"), ("control", "slope ratio")]
    (compared,) = fits.comparisons
    assert "c (as a)" in (compared.reason or "")
    assert compared.status is not Status.OK


def test_a_cell_without_a_value_is_not_named() -> None:
    ratios = [ratio(cell, "control") for cell in "abc"]
    ratios[2] = ratios[2].model_copy(update={"p_ratio": None, "bound": None})
    lines = [line(cell, "control").model_copy(update={"n_baths": 2}) for cell in "abc"]
    assert named_rows(Fitted(ratios, lines).named({("e", "c"): "a"})) == {}


def test_the_mean_without_flagged_recordings_does_not_name_a_flagged_cell() -> None:
    ratios = [ratio("a", "control", 1), ratio("b", "control"), ratio("d", "control"), ratio("c", "control", 1)]
    fits = Fitted(ratios, []).named({("e", "c"): "a"})
    assert [(row.selection, "(as a)" in (row.reason or "")) for row in fits.pooled] == [
        (Selection.ALL, True),
        (Selection.UNFLAGGED, False),
    ]
