"""A recording that is entered twice in a cell counts once; rows that contradict each other are both left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reversal.calibration.case_rig import declared, recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.experiment.step_settings import CellSettings, SheetEntry, SheetRow
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.measure.measure_cell import measure_cell
from reversal.measure.repeated_rows import repeated_rows
from reversal.recordings.recording.recording import Recording, SweepSelection
from reversal.recordings.recording.store import Ingested
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code
from reversal.tables.results import CellMeasures
from reversal.tables.status import Status


@pytest.fixture(scope="module")
def made() -> Recording:
    return recording_of_case(Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[1]), 1)


def measured(made: Recording, *changes: dict[str, object]) -> CellMeasures:
    """A cell in which each row reads the same recording, under another file name."""
    entry, settings = declared(Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[3]))
    entries = [entry.model_copy(update={"recording": f"r{n}", **change}) for n, change in enumerate(changes, start=1)]
    rows = tuple(
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment=e.experiment, entry=e)
        for n, e in enumerate(entries, start=2)
    )
    experiments = {**settings.experiments, "other": settings.experiments["default"]}
    settings = settings.model_copy(update={"sheet_rows": rows, "experiments": experiments})
    outcomes = [Ingested(e.recording, _chosen(made, e), None) for e in entries]
    return measure_cell(outcomes, settings)


def _chosen(made: Recording, entry: SheetEntry) -> Recording:
    """The recording as it is read for a row, under another file name."""
    numbers = [n for part in sweep_ranges(entry.sweeps or f"0-{len(made.sweeps) - 1}") for n in part]
    sweeps, waves = (tuple(those[n] for n in numbers) for those in (made.sweeps, made.command.sweeps))
    return replace(
        made,
        file=f"{entry.recording}.csv",
        sweeps=sweeps,
        command=replace(made.command, sweeps=waves),
        selection=SweepSelection(len(made.sweeps), tuple(numbers)),
    )


def statuses(found: CellMeasures) -> list[Status]:
    return [row.status for row in found.recordings]


def test_a_recording_that_is_entered_twice_is_used_once(made: Recording) -> None:
    found = measured(made, {}, {}, {})
    assert statuses(found)[1:] == [Status.EXCLUDED, Status.EXCLUDED]
    assert [row.recording for row in found.reversals] == ["r1"]
    repeats = [row for row in found.findings if row.code is Code.RECORDING_REPEATED]
    assert [(row.recording, row.place) for row in repeats] == [("r2", "r1"), ("r3", "r1")]


@pytest.mark.parametrize(
    "change",
    [{"bath": SERIES[1].name}, {"condition": "drug"}, {"temperature_C": 30.0}, {"window_stop_ms": 90.0}],
    ids=lambda one: next(iter(one)),
)
def test_one_recording_under_two_declarations_is_used_under_neither(made: Recording, change: dict[str, object]) -> None:
    found = measured(made, {}, change)
    assert statuses(found) == [Status.EXCLUDED, Status.EXCLUDED]
    contradicted = [row for row in found.findings if row.code is Code.RECORDING_CONTRADICTED]
    assert [row.place for row in contradicted] == ["r2", "r1"]
    assert all(next(iter(change)) in row.sentence for row in contradicted)
    assert found.reversals == ()


def test_two_experiments_may_measure_one_recording(made: Recording) -> None:
    found = measured(made, {}, {"experiment": "other"})
    assert Status.EXCLUDED not in statuses(found)
    assert len(found.reversals) == 2


def test_a_row_that_the_user_left_out_repeats_nothing(made: Recording) -> None:
    found = measured(made, {"exclude": "wrong bath"}, {})
    assert [row.recording for row in found.reversals] == ["r2"]


@pytest.mark.parametrize(
    ("chosen", "shared"),
    [
        (("0-9", "6-14"), {"r1": "6-9", "r2": "6-9"}),
        ((None, "6,8-14"), {"r1": "6, 8-14", "r2": "6, 8-14"}),
        (("0-7", "8-14"), {}),
        (("0-7", "8-14", "7"), {"r1": "7", "r3": "7"}),
    ],
)
def test_recordings_with_a_sweep_in_common_are_not_used(
    made: Recording, chosen: tuple[str | None, ...], shared: dict[str, str]
) -> None:
    found = measured(made, *({"sweeps": sweeps} for sweeps in chosen))
    repeated = [row for row in found.findings if row.code is Code.SWEEPS_REPEATED]
    assert {row.recording for row in repeated} == set(shared)
    assert all(f"sweeps {shared[row.recording]} in common" in row.sentence for row in repeated)
    assert [status is Status.EXCLUDED for status in statuses(found)] == [
        f"r{n}" in shared for n, _ in enumerate(chosen, start=1)
    ]


def test_sweeps_with_equal_numbers_in_two_series_of_a_file_are_not_in_common(made: Recording) -> None:
    entry, _ = declared(Case("steady", "background_potassium", 0.12, 3.0, 5.0, 0.8, 0.02, SERIES[3]))
    other = replace(made, sweeps=tuple(replace(sweep, current=1.01 * sweep.i_pA) for sweep in made.sweeps))
    rows = [entry.model_copy(update={"recording": name}) for name in ("r1", "r2")]
    settings = CellSettings(
        cell=entry.cell,
        sheet_rows=tuple(
            SheetRow(row=n, recording=e.recording, cell=e.cell, experiment=e.experiment, entry=e)
            for n, e in enumerate(rows, start=2)
        ),
        experiments={},
        solutions={},
        ions={},
    )
    assert repeated_rows({"r1": Ingested("r1", made, None), "r2": Ingested("r2", other, None)}, settings) == {}


def test_two_experiments_may_measure_sweeps_in_common(made: Recording) -> None:
    found = measured(made, {"sweeps": "0-9"}, {"sweeps": "6-14", "experiment": "other"})
    assert not [row for row in found.findings if row.code is Code.SWEEPS_REPEATED]
