"""Measurement of a cell: a row for every recording, a reason for every missing number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import reversal.measure.measure_cell as measure_cell_module
from reversal.calibration.case_rig import declared, recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Leak, Quality
from reversal.experiment.step_settings import CellSettings, SheetEntry, SheetRow
from reversal.measure.measure_cell import measure_cell
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.recordings.recording.recording import Evidence, Recording
from reversal.recordings.recording.store import Ingested
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code
from reversal.tables.results import CellMeasures
from reversal.tables.reversals_table import Crossing, why_unusable
from reversal.tables.status import Severity, Status


def recording_of(case: Case, seed: int = 7) -> Recording:
    return recording_of_case(case, seed, Amplifier())


def rows_of(*rows: SheetRow, settings: CellSettings) -> CellSettings:
    return settings.model_copy(update={"sheet_rows": rows})


@pytest.fixture(scope="module")
def measures(case: Case) -> CellMeasures:
    """A cell with one good recording and one of each kind of fault."""
    entry, settings = declared(case)
    sound = recording_of(case)
    other = recording_of(case, 8)
    unknown = replace(other, command=replace(other.command, evidence=Evidence.UNKNOWN, basis="stimulus file is gone"))

    def row(number: int, name: str, **changes: object) -> SheetRow:
        other = entry.model_copy(update={"recording": name, **changes})
        return SheetRow(row=number, recording=name, cell=entry.cell, experiment="default", file="f.abf", entry=other)

    broken = SheetRow(row=5, recording="typo", cell=entry.cell, experiment="default", fault="bath 'K1O' is not there")
    rows = (
        row(2, "good", seal_GOhm=1.0 / case.leak_nS),
        row(3, "torn"),
        row(4, "left_out", exclude="seal lost"),
        broken,
        row(6, "blind"),
        row(7, "far"),
    )
    outcomes = [
        Ingested("good", sound, None),
        Ingested("torn", None, "torn.abf: the file ends before its data"),
        Ingested("left_out", sound, None),
        Ingested("blind", unknown, None),
        Ingested("far", recording_of(replace(case, low_mV=-30.0)), None),
    ]
    return measure_cell(outcomes, rows_of(*rows, settings=settings))


def test_every_row_of_the_sheet_is_a_row_of_the_table(measures: CellMeasures) -> None:
    assert [row.recording for row in measures.recordings] == ["good", "torn", "left_out", "typo", "blind", "far"]


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("torn", Status.FAILED, "ends before its data"),
        ("left_out", Status.EXCLUDED, "seal lost"),
        ("typo", Status.FAILED, "K1O"),
        ("blind", Status.FAILED, "the command is not known: stimulus file is gone"),
    ],
)
def test_a_recording_that_cannot_be_measured_is_a_row_with_a_reason(
    measures: CellMeasures, name: str, status: Status, reason: str
) -> None:
    (row,) = [row for row in measures.recordings if row.recording == name]
    assert row.status is status
    assert reason in (row.reason or "")
    assert name not in {reversal.recording for reversal in measures.reversals}


def test_a_recording_whose_file_is_lost_is_measured_and_marked(case: Case) -> None:
    entry, settings = declared(case)
    (row,) = settings.sheet_rows
    sound = recording_of(case)
    read, copied = (
        measure_cell([Ingested(entry.recording, sound, failure)], rows_of(row, settings=settings))
        for failure in (None, "the file is empty")
    )
    (found,) = [finding for finding in copied.findings if finding.code is Code.FILE_LOST]
    assert (found.recording, found.severity) == (entry.recording, Severity.WARNING)
    assert found.sentence.startswith("The file can no longer be read: the file is empty. The recording is that of an ")
    assert copied.reversals[0].e_rev_mV == read.reversals[0].e_rev_mV
    assert Code.FILE_LOST not in {finding.code for finding in read.findings}


def test_the_good_recording_is_measured_despite_the_others(measures: CellMeasures) -> None:
    (good,) = [row for row in measures.reversals if row.recording == "good"]
    assert good.crossing is Crossing.BRACKETED
    assert good.ci_low_mV is not None
    assert good.e_rev_mV is not None
    assert good.ci_high_mV is not None
    assert good.ci_low_mV < good.e_rev_mV < good.ci_high_mV
    assert good.e_nernst_mV == pytest.approx(-85.04, abs=0.05)  # 25.52 mV · ln(5/140) at 23 °C
    assert good.e_rev_uncorrected_mV is not None
    assert good.ljp_mV is not None
    assert good.with_leak_mV is not None
    assert good.e_rev_uncorrected_mV - good.with_leak_mV == pytest.approx(good.ljp_mV)
    assert good.shared_sd_mV is not None
    assert good.shared_sd_mV >= 1.0


def test_a_reversal_outside_the_tested_range_is_a_bound(measures: CellMeasures) -> None:
    (far,) = [row for row in measures.reversals if row.recording == "far"]
    assert far.e_rev_mV is None
    assert far.ci_low_mV is None
    assert (far.status, far.bound) == (Status.NO_REVERSAL, "below")
    assert Code.REVERSAL_OUT_OF_RANGE in {row.code for row in measures.findings if row.recording == "far"}


def test_a_recording_has_one_status_in_both_tables(measures: CellMeasures) -> None:
    statuses = {row.recording: (row.status, row.reason) for row in measures.recordings}
    assert {row.recording: (row.status, row.reason) for row in measures.reversals}.items() <= statuses.items()
    assert (statuses["good"][0], statuses["far"][0]) == (Status.OK, Status.NO_REVERSAL)


def blocked_pair(case: Case, **changes: object) -> CellMeasures:
    """A recording, and one of the leak alone in condition TTX, which is subtracted."""
    entry, settings = declared(case)
    leak = Leak(subtract="blocker", blocker="TTX")
    settings = settings.model_copy(update={"experiments": {"default": Experiment(leak=leak)}})
    blocked = entry.model_copy(update={"recording": "blocked", "condition": "TTX", **changes})
    rows = [
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
        for n, e in enumerate((entry, blocked), start=2)
    ]
    outcomes = [
        Ingested(entry.recording, recording_of(case), None),
        Ingested("blocked", recording_of(replace(case, scale=1e-3 * case.scale)), None),
    ]
    return measure_cell(outcomes, rows_of(*rows, settings=settings))


def test_a_subtracted_recording_has_no_reversal_potential_of_its_own(case: Case) -> None:
    measures = blocked_pair(replace(case, leak_nS=1.0))
    (row,) = measures.reversals
    assert (row.condition, row.leak_shift_mV != 0) == ("control", True)
    assert [row.condition for row in measures.recordings] == ["control", "TTX"]
    found = {found.code for found in measures.findings if found.recording == "blocked"}
    assert Code.SUBTRACTED in found
    assert not found & {Code.REVERSAL_OUT_OF_RANGE, Code.CURRENT_NOT_DETECTED}
    assert {row.recording for row in measures.estimates} == {row.recording}


def with_second_block(case: Case, leak_nS: float) -> CellMeasures:
    """A recording with 1 nS of leak, and two of the leak alone: 1 nS, then another."""
    entry, settings = declared(replace(case, leak_nS=1.0))
    leak = Leak(subtract="blocker", blocker="TTX")
    settings = settings.model_copy(update={"experiments": {"default": Experiment(leak=leak)}})
    blocks = [entry.model_copy(update={"recording": name, "condition": "TTX"}) for name in ("first", "second")]
    rows = [
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
        for n, e in enumerate((entry, *blocks), start=2)
    ]
    outcomes = [
        Ingested(entry.recording, recording_of(replace(case, leak_nS=1.0)), None),
        Ingested("first", recording_of(replace(case, scale=1e-3 * case.scale, leak_nS=1.0)), None),
        Ingested("second", recording_of(replace(case, scale=2e-3 * case.scale, leak_nS=leak_nS)), None),
    ]
    return measure_cell(outcomes, rows_of(*rows, settings=settings))


def test_two_blocked_recordings_that_disagree_are_a_finding(case: Case) -> None:
    (found,) = [f for f in with_second_block(case, 1.3).findings if f.code is Code.BLOCKED_RECORDINGS_DISAGREE]
    assert found.place == "first"
    assert found.number is not None
    assert found.number > 2.0


def test_every_recording_is_measured_once_with_several_blocked_ones(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[str] = []

    def counting(entry: SheetEntry, *others: Any) -> Measured:
        measured.append(entry.recording)
        return measure_recording(entry, *others)

    monkeypatch.setattr("reversal.measure.measure_cell.measure_recording", counting)
    with_second_block(case, 1.3)
    assert measured == ["first", "second", declared(case)[0].recording]


def test_two_blocked_recordings_that_agree_are_no_finding(case: Case) -> None:
    codes = {found.code for found in with_second_block(case, 1.0).findings}
    assert Code.SUBTRACTED in codes
    assert Code.BLOCKED_RECORDINGS_DISAGREE not in codes


@pytest.mark.parametrize(
    ("changes", "alike"), [({}, True), ({"temperature_C": 23.9}, True), ({"temperature_C": 33.0}, False)]
)
def test_a_blocked_recording_is_subtracted_at_the_same_temperature_only(
    case: Case, changes: dict[str, float], alike: bool
) -> None:
    measures = blocked_pair(case, **changes)
    missing = Code.BLOCKED_RECORDING_MISSING in {found.code for found in measures.findings}
    assert missing is not alike


def test_a_blocked_recording_may_name_the_recipe_of_the_pipette_otherwise(case: Case) -> None:
    entry, settings = declared(case)
    leak = Leak(subtract="blocker", blocker="TTX")
    named = {**settings.solutions, "again": settings.solutions[entry.pipette]}
    settings = settings.model_copy(update={"experiments": {"default": Experiment(leak=leak)}, "solutions": named})
    blocked = entry.model_copy(update={"recording": "blocked", "condition": "TTX", "pipette": "again"})
    rows = [
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
        for n, e in enumerate((entry, blocked), start=2)
    ]
    outcomes = [
        Ingested(entry.recording, recording_of(case), None),
        Ingested("blocked", recording_of(replace(case, scale=1e-3 * case.scale)), None),
    ]
    codes = {found.code for found in measure_cell(outcomes, rows_of(*rows, settings=settings)).findings}
    assert Code.SUBTRACTED in codes
    assert Code.BLOCKED_RECORDING_MISSING not in codes


def test_a_return_to_a_bath_of_another_name_is_compared(case: Case) -> None:
    """The same recipe under two names; the second recording has half the channel and 2 nS of leak."""
    entry, settings = declared(case)
    settings = settings.model_copy(update={"solutions": {**settings.solutions, "wash": settings.solutions[entry.bath]}})
    back = entry.model_copy(update={"recording": "back", "bath": "wash"})
    rows = [
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
        for n, e in enumerate((entry, back), start=2)
    ]
    outcomes = [
        Ingested(entry.recording, recording_of(case), None),
        Ingested("back", recording_of(replace(case, scale=0.5 * case.scale, leak_nS=case.leak_nS + 2.0)), None),
    ]
    measures = measure_cell(outcomes, rows_of(*rows, settings=settings))
    assert Code.RETURN_TO_BATH in {found.code for found in measures.findings if found.recording == "back"}


def test_a_bath_that_contradicts_its_declaration_is_a_finding(case: Case) -> None:
    """The bath was K20 but K2.5 was declared, after K5: E_rev rises although it should fall."""
    entry, settings = declared(replace(case, bath=SERIES[0]))
    first = entry.model_copy(update={"recording": "first", "bath": SERIES[1].name})
    rows = [
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
        for n, e in enumerate((first, entry), start=2)
    ]
    outcomes = [
        Ingested("first", recording_of(case), None),
        Ingested(entry.recording, recording_of(replace(case, bath=SERIES[3])), None),
    ]
    found = measure_cell(outcomes, rows_of(*rows, settings=settings)).findings
    (finding,) = [finding for finding in found if finding.code is Code.DECLARED_BATH]
    assert (finding.table, finding.recording) == ("recordings", entry.recording)
    assert (finding.number or 0.0) < (finding.limit or 0.0) < 0.0


def test_without_the_ion_outside_the_nernst_potential_is_missing_with_a_reason(case: Case) -> None:
    entry, settings = declared(case)
    bath = settings.solutions[entry.bath]
    without = bath.model_copy(update={"ions_mM": {**bath.ions_mM, "K": 0.0}})
    settings = settings.model_copy(update={"solutions": {**settings.solutions, entry.bath: without}})
    row = SheetRow(row=2, recording=entry.recording, cell=entry.cell, experiment="default", entry=entry)
    outcome = Ingested(entry.recording, recording_of(case), None)
    measures = measure_cell([outcome], rows_of(row, settings=settings))
    (reversal,) = measures.reversals
    assert reversal.e_rev_mV is not None
    assert (reversal.e_nernst_mV, reversal.deviation_mV) == (None, None)
    (finding,) = [finding for finding in measures.findings if finding.code is Code.NERNST_UNDEFINED]
    assert (finding.table, finding.place, finding.severity) == ("reversals", entry.bath, Severity.NOTE)


def test_an_exclusion_rule_removes_a_recording_from_the_fits_only(case: Case) -> None:
    """R_s is above 5 MΩ: flagged without the rule; with it excluded from the fits, but kept in the tables."""
    entry, settings = declared(case)
    outcomes = [Ingested(entry.recording, recording_of(case), None)]

    def measured_by(exclude: list[str]) -> CellMeasures:
        experiment = Experiment(quality=Quality(series_resistance_MOhm=5.0, exclude=exclude))
        return measure_cell(outcomes, settings.model_copy(update={"experiments": {"default": experiment}}))

    flagged, excluded = measured_by([]), measured_by(["series_resistance"])
    assert flagged.reversals[0].status is Status.FLAGGED
    assert all(point.reason is None for point in flagged.iv)
    (row,) = excluded.reversals
    assert (row.status, excluded.recordings[0].status) == (Status.EXCLUDED, Status.EXCLUDED)
    assert row.e_rev_mV == flagged.reversals[0].e_rev_mV
    (rule,) = [finding for finding in excluded.findings if finding.severity is Severity.EXCLUSION]
    assert rule.code is Code.SERIES_RESISTANCE
    assert {point.reason for point in excluded.iv} == {rule.sentence}
    assert why_unusable(row) is not None


def two_recordings(case: Case) -> tuple[list[Ingested], CellSettings]:
    """A cell with the recordings r1 and r2, and a third row that the sheet excludes."""
    entry, settings = declared(case)
    exclusions = {"r1": None, "r2": None, "r3": "seal lost"}
    entries = [entry.model_copy(update={"recording": name, "exclude": why}) for name, why in exclusions.items()]
    rows = [
        SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
        for n, e in enumerate(entries, start=2)
    ]
    outcomes = [Ingested(name, recording_of(case, seed), None) for seed, name in enumerate(exclusions, start=7)]
    return outcomes, rows_of(*rows, settings=settings)


def test_a_bug_in_one_recording_is_a_row_with_a_reason_and_a_traceback_in_the_log(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    def planted(entry: SheetEntry, recording: Recording | None, *rest: Any) -> Measured:
        if entry.recording == "r2":
            raise ZeroDivisionError("planted")
        assert recording is not None
        return measure_recording(entry, recording, *rest)

    found = measure_cell(*two_recordings(case), planted)
    assert [row.status for row in found.recordings if row.recording != "r2"] == [Status.FLAGGED, Status.EXCLUDED]
    (bug,) = [row for row in found.findings if row.code is Code.PROGRAM_ERROR]
    assert (bug.recording, bug.severity) == ("r2", Severity.FAILURE)
    assert "ZeroDivisionError: planted, in measure/measure_cell.py, line " in bug.sentence
    assert "Traceback" in caplog.text


def test_a_bug_where_recordings_are_compared_fails_those_of_the_cell(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planted(*_: object) -> None:
        raise IndexError("planted")

    monkeypatch.setattr(measure_cell_module, "mixed_kinds", planted)
    found = measure_cell(*two_recordings(case))
    assert [row.status for row in found.recordings] == [Status.FAILED, Status.FAILED, Status.EXCLUDED]
    assert {row.code for row in found.findings if row.recording != "r3"} == {Code.PROGRAM_ERROR}
    assert (found.reversals, found.iv) == ((), ())
