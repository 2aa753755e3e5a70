"""All recordings of a cell, measured: a row for every recording of the sheet, a reason wherever there is no number."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reversal.errors import Refusal
from reversal.experiment.step_settings import CellSettings, SheetEntry, SheetRow
from reversal.measure.cell_checks import checked_series
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.table_rows import check_rows, estimate_rows, iv_rows, recording_row, reversal_row
from reversal.recordings.store import Ingested
from reversal.tables.measured import CellMeasures, Status

log = logging.getLogger("reversal")


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A row of the sheet without numbers, and why."""

    status: Status
    reason: str


def measure_cell(outcomes: Sequence[Ingested], settings: CellSettings) -> CellMeasures:
    """Measure every recording of a cell.

    Each declared row gives one RecordingRow; one that could be measured gives a ReversalRow too, with a reason where
    it has no reversal potential. A Refusal of one recording becomes the reason of its row and stops nothing else.
    """
    by_name = {outcome.recording_id: outcome for outcome in outcomes}
    results = _with_series_checks(_all_measured(by_name, settings), settings)
    recordings = []
    for row in settings.sheet_rows:
        result = results[row.recording, row.row]
        recordings.append(recording_row(row, by_name.get(row.recording), *_spoken(result)))
        if recordings[-1].status is not Status.OK:
            log.warning("%s: %s: %s", row.recording, recordings[-1].status, recordings[-1].reason)
    measured = [result for result in results.values() if isinstance(result, Measured)]
    return CellMeasures(
        recordings=tuple(recordings),
        iv=tuple(point for one in measured for point in iv_rows(one)),
        reversals=tuple(reversal_row(one) for one in measured),
        estimates=tuple(row for one in measured for row in estimate_rows(one)),
        checks=tuple(row for one in measured for row in check_rows(one)),
    )


Results = dict[tuple[str, int], Measured | Unmeasured]


def _all_measured(by_name: Mapping[str, Ingested], settings: CellSettings) -> Results:
    """Every declared row measured, in the order of the sheet; the blocked ones are measured first."""
    results: Results = {}
    later = [row for row in settings.sheet_rows if not _is_blocked(row.entry, settings)]
    for row in [*(row for row in settings.sheet_rows if row not in later), *later]:
        blocked = _blocked_partner(row.entry, results, settings) if row.entry is not None else None
        results[row.recording, row.row] = _outcome(row, by_name.get(row.recording), settings, blocked)
    return {(row.recording, row.row): results[row.recording, row.row] for row in settings.sheet_rows}


def _outcome(
    row: SheetRow, outcome: Ingested | None, settings: CellSettings, blocked: Measured | None
) -> Measured | Unmeasured:
    if row.entry is None:
        return Unmeasured(Status.FAILED, row.fault or "the row of the sheet cannot be used")
    if row.entry.exclude is not None:
        return Unmeasured(Status.EXCLUDED, row.entry.exclude)
    if outcome is None or outcome.recording is None:
        failure = outcome.failure if outcome is not None else None
        return Unmeasured(Status.FAILED, failure or "the recording was not read")
    try:
        return measure_recording(row.entry, outcome.recording, settings, blocked)
    except Refusal as refusal:
        return Unmeasured(Status.FAILED, str(refusal))


def _is_blocked(entry: SheetEntry | None, settings: CellSettings) -> bool:
    if entry is None:
        return False
    leak = settings.experiments[entry.experiment].leak
    return leak.subtract == "blocker" and entry.condition == leak.blocker


def _blocked_partner(entry: SheetEntry, results: Results, settings: CellSettings) -> Measured | None:
    """Recording of the same bath with the channel blocked, the last one where there are several."""
    partners = [
        one
        for one in results.values()
        if isinstance(one, Measured)
        and _is_blocked(one.entry, settings)
        and (one.entry.experiment, one.entry.bath) == (entry.experiment, entry.bath)
        and one.entry is not entry
    ]
    return partners[-1] if partners else None


def _with_series_checks(results: Results, settings: CellSettings) -> Results:
    """Add to each recording what the cell's other recordings of its experiment say of it."""
    for name, experiment in settings.experiments.items():
        series = [one for one in results.values() if isinstance(one, Measured) and one.entry.experiment == name]
        found = checked_series(series, experiment.quality)
        for key, one in results.items():
            if isinstance(one, Measured) and one.entry.experiment == name and one.entry.recording in found:
                results[key] = replace(one, checks=(*one.checks, *found[one.entry.recording]))
    return results


def _spoken(result: Measured | Unmeasured) -> tuple[Measured | None, Status, str | None]:
    """What was measured, with status and reason of the recording."""
    if isinstance(result, Unmeasured):
        return None, result.status, result.reason
    if result.excluded is not None:
        return result, Status.EXCLUDED, result.excluded
    doubts = [*result.notes, *(found.sentence for found in result.findings)]
    return result, Status.FLAGGED if doubts else Status.OK, "; ".join(doubts) or None
