"""All recordings of a cell, measured: a row for every recording of the sheet, a finding for every missing number."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from reversal.errors import ProgramError, Refusal, bugs_as_refusals
from reversal.experiment.measure_settings import Leak
from reversal.experiment.step_settings import CellSettings, SheetEntry, SheetRow
from reversal.measure.assessment import Assessed, assessed
from reversal.measure.given_values import EnteredReversal, entered_reversal, measure_points
from reversal.measure.iv.points import Points
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.quality.cell_checks import cell_checks
from reversal.measure.quality.cell_recording import CellRecording
from reversal.measure.quality.check import Check
from reversal.measure.quality.mixed_kinds import mixed_kinds
from reversal.measure.quality.quality_constants import SAME_TEMPERATURE_C
from reversal.measure.repeated_rows import repeated_rows
from reversal.measure.reversal.leak import without_leak
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.measure.table_rows import (
    check_rows,
    entered_row,
    estimate_rows,
    iv_rows,
    recording_findings,
    recording_row,
    reversal_findings,
    reversal_row,
)
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.results import CellMeasures
from reversal.tables.status import Status

log = logging.getLogger("reversal")


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A row of the sheet without numbers, and why."""

    finding: Finding


Outcome = Measured | EnteredReversal | Unmeasured
Place = tuple[str, int]  # name and line of a recording in the sheet
MeasureOne = Callable[[SheetEntry, Recording | None, CellSettings, Points | None], Measured]


def measure_entry(
    entry: SheetEntry, recording: Recording | None, settings: CellSettings, blocked: Points | None = None
) -> Measured:
    """A recording measured, or the I–V points of a row without one."""
    if recording is None:
        return measure_points(entry, settings, blocked)
    return measure_recording(entry, recording, settings, blocked)


def measure_cell(
    outcomes: Sequence[Ingested], settings: CellSettings, measure: MeasureOne = measure_entry
) -> CellMeasures:
    """Measure every recording of a cell.

    measure : how one row is measured; a caller that measures a cell again may keep what has not changed

    Each declared row gives one RecordingRow. If it could be measured and is not subtracted from others, it also gives a
    ReversalRow with the same status, and with a reason if it has no reversal potential. A Refusal of one recording
    becomes a finding about it and does not stop the others; neither does a bug.
    """
    by_name = {outcome.recording_id: outcome for outcome in outcomes}
    try:
        with bugs_as_refusals():
            return _tables(_all_measured(by_name, settings, measure), by_name, settings)
    except ProgramError as bug:  # where the recordings are compared with each other
        none = _refused(bug)
        return _tables({(r.recording, r.row): _declared(r) or none for r in settings.sheet_rows}, by_name, settings)


def _tables(results: Mapping[Place, Outcome], by_name: Mapping[str, Ingested], settings: CellSettings) -> CellMeasures:
    assessments = _all_assessed(results, by_name, settings)
    recordings, findings = [], []
    for row in settings.sheet_rows:
        place = (row.recording, row.row)
        result = results[place]
        measured = result if isinstance(result, Measured) else None
        if isinstance(result, Measured):
            found = assessments[place].findings
        elif isinstance(result, EnteredReversal):
            found = result.findings
        else:
            found = (result.finding, *_of_file(by_name.get(row.recording)))
        recordings.append(recording_row(row, by_name.get(row.recording), measured, found))
        of_recording = assessments[place].of_recording if isinstance(result, Measured) else found
        findings.extend(recording_findings(row, of_recording))
        if recordings[-1].status is not Status.OK:
            log.warning("%s: %s: %s", row.recording, recordings[-1].status, recordings[-1].reason)
    measured_ones = tuple(assessments.values())
    own = tuple(one for one in measured_ones if not one.subtracted)
    entered = tuple(one for one in results.values() if isinstance(one, EnteredReversal))
    return CellMeasures(
        recordings=tuple(recordings),
        iv=tuple(point for one in measured_ones for point in iv_rows(one)),
        reversals=(*(reversal_row(one) for one in own), *map(entered_row, entered)),
        estimates=tuple(row for one in own for row in estimate_rows(one.measured)),
        checks=tuple(row for one in measured_ones for row in check_rows(one)),
        findings=(*findings, *(row for one in measured_ones for row in reversal_findings(one))),
    )


def _all_measured(by_name: Mapping[str, Ingested], settings: CellSettings, measure: MeasureOne) -> dict[Place, Outcome]:
    """Every declared row measured, in the order of the sheet; those with a blocker are measured first."""
    results: dict[Place, Outcome] = {}
    repeated = repeated_rows(by_name, settings)
    later = [row for row in settings.sheet_rows if not _is_blocked(row.entry, settings)]
    for row in [*(row for row in settings.sheet_rows if row not in later), *later]:
        blocked = _blocked_partners(row.entry, results, settings) if row.entry is not None else []
        results[row.recording, row.row] = _result(row, by_name.get(row.recording), settings, blocked, repeated, measure)
    return {(row.recording, row.row): results[row.recording, row.row] for row in settings.sheet_rows}


def _result(
    row: SheetRow,
    outcome: Ingested | None,
    settings: CellSettings,
    blocked: Sequence[Measured],
    repeated: Mapping[str, Finding],
    measure: MeasureOne,
) -> Outcome:
    if (declared := _declared(row)) is not None:
        return declared
    assert row.entry is not None
    if row.entry.e_rev_mV is not None:
        return _entered(row.entry, settings)
    if outcome is None and not row.entry.points:
        return Unmeasured(finding(Code.RECORDING_ABSENT))
    if outcome is not None and outcome.recording is None:
        code = Code.PROGRAM_ERROR if outcome.by_bug else Code.NOT_READ
        return Unmeasured(finding(code, message=outcome.failure or ""))
    if row.recording in repeated:
        return Unmeasured(repeated[row.recording])
    try:
        recording = None if outcome is None else outcome.recording
        with bugs_as_refusals():
            measured = _less_blocked(row.entry, recording, settings, blocked, measure)
    except Refusal as refusal:
        return _refused(refusal)
    return measured if measured.refused is None else Unmeasured(measured.refused)


def _declared(row: SheetRow) -> Unmeasured | None:
    """Why a row is not measured, as the sheet shows it; None if it is."""
    if row.entry is None:
        return Unmeasured(finding(Code.SHEET_FAULT, message=row.fault or ""))
    return None if row.entry.exclude is None else Unmeasured(finding(Code.EXCLUDED, message=row.entry.exclude))


def _refused(refusal: Refusal) -> Unmeasured:
    if isinstance(refusal, ProgramError):
        log.warning("%s", refusal, exc_info=refusal)
        return Unmeasured(finding(Code.PROGRAM_ERROR, message=str(refusal)))
    return Unmeasured(finding(Code.NOT_MEASURABLE, message=str(refusal)))


def _entered(entry: SheetEntry, settings: CellSettings) -> Outcome:
    """A reversal potential of the sheet; a condition that is subtracted from others has none."""
    if _is_blocked(entry, settings):
        return Unmeasured(finding(Code.NOT_MEASURABLE, message="a reversal potential cannot be subtracted from an I–V"))
    try:
        with bugs_as_refusals():
            return entered_reversal(entry, settings)
    except Refusal as refusal:
        return _refused(refusal)


def _less_blocked(
    entry: SheetEntry,
    recording: Recording | None,
    settings: CellSettings,
    blocked: Sequence[Measured],
    measure: MeasureOne,
) -> Measured:
    """The recording less the last of the blocked ones, with a finding if the others give another reversal potential."""
    if not blocked:
        return measure(entry, recording, settings, None)
    *others, last = blocked
    used = measure(entry, recording, settings, last.iv.total)
    leak = settings.experiments[entry.experiment].leak
    changes = {other.entry.recording: _change_mV(used, other.iv.total, leak) for other in others}
    shifts = {name: change for name, change in changes.items() if change is not None}
    if not shifts:
        return used
    farthest = max(shifts, key=lambda name: abs(shifts[name]))
    found = finding(Code.BLOCKED_RECORDINGS_DISAGREE, shifts[farthest], place=farthest, used=last.entry.recording)
    return replace(used, declared=(*used.declared, found))


def _change_mV(used: Measured, blocked: Points, leak: Leak) -> float | None:
    """Change of E_rev if another blocked I–V is subtracted; None if the intervals overlap or there is no E_rev."""
    less = without_leak(used.iv.total, leak, blocked=blocked)
    here, there = used.reversal.estimate, reversal_of(less.points, compare=False).estimate
    return there.e_mV - here.e_mV if here and there and here.is_apart_from(there) else None


def _is_blocked(entry: SheetEntry | None, settings: CellSettings) -> bool:
    return entry is not None and settings.experiments[entry.experiment].subtracts(entry.condition)


def _blocked_partners(entry: SheetEntry, results: Mapping[Place, Outcome], settings: CellSettings) -> list[Measured]:
    """Recordings of the same bath, pipette and temperature with the channel blocked.

    Those of the experiment itself come before those of another experiment, which may have another window. Empty for a
    recording from which no other is subtracted.
    """
    leak = settings.experiments[entry.experiment].leak
    if leak.subtract != "blocker" or entry.condition == leak.blocker:
        return []
    wanted = (leak.blocker, *_recipes_of(entry, settings))
    partners = [
        one
        for one in results.values()
        if isinstance(one, Measured)
        and _is_blocked(one.entry, settings)
        and one.entry is not entry
        and (one.entry.condition, *_recipes_of(one.entry, settings)) == wanted
        and abs(one.entry.temperature_C - entry.temperature_C) <= SAME_TEMPERATURE_C
    ]
    own = [one for one in partners if one.entry.experiment == entry.experiment]
    return own or partners


def _recipes_of(entry: SheetEntry, settings: CellSettings) -> tuple[str, ...]:
    """Bath, pipette and cytosol, each by the first name of its recipe."""
    return tuple(settings.same_recipe(name) for name in (entry.bath, entry.pipette, entry.intracellular))


def _of_file(outcome: Ingested | None) -> tuple[Finding, ...]:
    if outcome is None or not outcome.is_copy:
        return ()
    return (finding(Code.FILE_LOST, message=outcome.failure or ""),)


def _all_assessed(
    results: Mapping[Place, Outcome], by_name: Mapping[str, Ingested], settings: CellSettings
) -> dict[Place, Assessed]:
    """Findings about every measured recording, those against the others of its experiment with them."""
    assessments: dict[Place, Assessed] = {}
    measured = {place: one for place, one in results.items() if isinstance(one, Measured)}
    of_cell: dict[str, dict[str, tuple[Check, ...]]] = {}
    mixed: dict[str, dict[str, Finding]] = {}
    for name in dict.fromkeys(one.entry.experiment for one in measured.values()):
        experiment = settings.experiments[name]
        of_experiment = [one for one in measured.values() if one.entry.experiment == name]
        series = [
            _with_recipes(cell_recording(one, subtracted=_is_blocked(one.entry, settings)), settings)
            for one in of_experiment
        ]
        of_cell[name], mixed[name] = cell_checks(series, experiment.quality), mixed_kinds(series)
    for place, one in measured.items():
        name = one.entry.experiment
        checks = of_cell[name].get(one.entry.recording, ())
        exclude, subtracted = settings.experiments[name].quality.exclude, _is_blocked(one.entry, settings)
        found = [*_of_file(by_name.get(one.entry.recording))]
        if one.entry.recording in mixed[name]:
            found.append(mixed[name][one.entry.recording])
        assessments[place] = assessed(one, checks, exclude, found, subtracted=subtracted)
    return assessments


def _with_recipes(one: CellRecording, settings: CellSettings) -> CellRecording:
    """Bath and solution in the cell by the first name of their recipe."""
    return replace(one, bath=settings.same_recipe(one.bath), inside=settings.same_recipe(one.inside))


def cell_recording(one: Measured, *, subtracted: bool = False) -> CellRecording:
    """Numbers that are compared with the other recordings of the cell; a subtracted one has no reversal potential."""
    return CellRecording(
        recording=one.entry.recording,
        bath=one.entry.extracellular,
        inside=one.entry.intracellular,
        condition=one.entry.condition,
        temperature_C=one.entry.temperature_C,
        passive=one.passive,
        curve=one.iv.curve,
        v_membrane_mV=one.iv.v_membrane_mV,
        points=one.used.points,
        estimate=None if subtracted else one.reversal.estimate,
        prediction=one.prediction,
        tails_without_reversal=any(found.code is Code.TAIL_SIGN for found in one.findings),
        budget=one.budget,
        ions=one.ions_mV,
        leak=one.used.known,
        leak_errors=one.result.leak_errors,
        chosen_step_ms=_chosen_step_ms(one),
        subtracted=subtracted,
    )


def _chosen_step_ms(one: Measured) -> tuple[int, int] | None:
    """Start and end of the steps to 1 ms, if the currents decided between steady state and peak."""
    if not one.iv.plan.chosen:
        return None
    step, per_ms = one.iv.plan.epochs[0], one.recording.sample_rate_Hz / 1000.0
    return round(step.start / per_ms), round(step.stop / per_ms)
